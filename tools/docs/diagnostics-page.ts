/** The list of diagnostic codes, from their catalogue. */
import { CODE_GROUPS } from "../../src/cli/diagnostic-codes.ts";
import { type Page, page, plain, table } from "./markdown.ts";

export function diagnosticsPage(): Page {
  const parts = CODE_GROUPS.flatMap(({ title, codes }) => [
    `## ${title}`,
    table(
      ["Code", "Meaning", "Way out"],
      codes.map((entry) => [entry.code, plain(entry.meaning), plain(entry.wayOut)]),
    ),
  ]);
  return page(
    "docs/reference/diagnostics.md",
    "# Diagnostics",
    "Codes that `sallyport check` and `sallyport run` name; `sallyport explain CODE` shows an entry. `SP` codes are mistakes, or " +
      "warnings of a configuration. `SW` codes are warnings of `check`: what would run, but surely not as it was meant. Codes that begin " +
      "with `CS` are those of the [C# compiler](https://learn.microsoft.com/dotnet/csharp/language-reference/compiler-messages/).",
    "A comment before an element silences `SW` codes in it, and may say why: `<!-- sallyport-disable SW3001: tokens are shared -->`. " +
      "`sallyport check --ignore SW3001,SW3103` silences warnings everywhere.",
    ...parts,
  );
}
