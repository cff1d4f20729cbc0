/** The list of the audit's codes, from their catalogue. */
import { AUDIT_CODES, OWASP, type OwaspId, owaspPage } from "../../src/audit/catalogue.ts";
import { type Page, page, plain, table } from "./markdown.ts";

const DOORS: readonly (readonly [prefix: string, title: string])[] = [
  ["SA1", "Who may call"],
  ["SA2", "How much"],
  ["SA3", "The way to backends"],
  ["SA4", "Secrets"],
  ["SA5", "Subscriptions and products"],
  ["SA6", "Listeners"],
];

export function auditPage(): Page {
  const codes = Object.entries(AUDIT_CODES);
  const parts = DOORS.flatMap(([prefix, title]) => [
    `## ${title}`,
    table(
      ["Code", "Severity", "Found when", "Way out", "OWASP"],
      codes
        .filter(([code]) => code.startsWith(prefix))
        .map(([code, { title: name, severity, meaning, fix, owasp }]) => [
          code,
          severity,
          plain(`**${name}.** ${meaning}`),
          plain(fix),
          owasp,
        ]),
    ),
  ]);
  const owasp = (Object.keys(OWASP) as OwaspId[]).map((id) => [
    `[${id} ${OWASP[id].title}](${owaspPage(id)})`,
    codes
      .filter(([, entry]) => entry.owasp === id)
      .map(([code]) => code)
      .join(", "),
  ]);
  return page(
    "docs/reference/audit.md",
    "# Findings of the audit",
    "What `sallyport audit` looks for; `sallyport explain CODE` shows an entry, [the guide](../guide/audit.md) says how it looks. The severity is " +
      "that of a door which is open on every way; one that is open on some ways only is one step less severe.",
    ...parts,
    "## By the OWASP API Security Top 10 (2023)",
    table(["Category", "Codes"], owasp),
    "The other categories (API1, API3, API6, API10) are about objects, properties, business flows and answers: a configuration alone does not tell.",
  );
}
