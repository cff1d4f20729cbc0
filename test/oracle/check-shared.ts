/**
 * Checks against data that is not part of the project: recorded .NET results, verdicts of the C# compiler and a corpus of real policy documents.
 *   node test/oracle/check-shared.ts ../shared
 * Prints counts; exits with 1 when something differs that known-differences.ts does not name.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SourceText } from "../../src/base/source-text.ts";
import { checkDocument } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { answer, differences, type Recorded } from "./compare.ts";
import { compareVerdicts, type Verdict } from "./compiler-verdicts.ts";
import { KNOWN_DOCUMENTS, KNOWN_EXPRESSIONS, KNOWN_VERDICTS } from "./known-differences.ts";

const shared = process.argv[2] ?? "../shared";

function lines<T>(path: string): T[] {
  const text = readFileSync(join(shared, path), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

function checkExpressions(): number {
  const cases = lines<Recorded>("oracle/expressions.jsonl");
  const wrong = cases.filter((c) => differences(c, answer(c)).length > 0).map((c) => c.id);
  const unknown = wrong.filter((id) => !Object.hasOwn(KNOWN_EXPRESSIONS, id));
  console.log(`C# expressions: ${cases.length - wrong.length} of ${cases.length} equal to .NET`);
  for (const id of unknown) console.log(`  differs: ${id}`);
  return unknown.length;
}

interface Indexed {
  readonly file: string;
  readonly flags: readonly string[];
}

/** Flags of documents that are not what an author would deploy: templates, excerpts, snippets without a root. */
const NOT_DEPLOYABLE = [
  "maybe-placeholder",
  "csharp-parse-error",
  "unparseable-by-lenient-scanner",
  "ellipsis",
  "bare-element",
  "no-single-root",
];

function checkCorpus(): number {
  const started = performance.now();
  const counts = {
    accepted: 0,
    unsupported: 0,
    known: 0,
    flaggedAccepted: 0,
    flaggedUnsupported: 0,
    flaggedRefused: 0,
  };
  const unexpected: string[] = [];
  for (const { file, flags } of lines<Indexed>("corpus/index.jsonl")) {
    const text = readFileSync(join(shared, "corpus", file), "utf8");
    const errors = checkDocument(new SourceText(text, file), policies).filter((d) => d.severity === "error");
    const isFlagged = flags.some((flag) => NOT_DEPLOYABLE.includes(flag));
    const isUnsupported = errors.every((d) => d.code === "SP2001");
    if (errors.length === 0) counts[isFlagged ? "flaggedAccepted" : "accepted"]++;
    else if (isUnsupported) counts[isFlagged ? "flaggedUnsupported" : "unsupported"]++;
    else if (isFlagged) counts.flaggedRefused++;
    else if (Object.hasOwn(KNOWN_DOCUMENTS, file)) counts.known++;
    else
      unexpected.push(
        `  refused: ${file}:${errors[0].line}:${errors[0].column} ${errors[0].code} ${errors[0].message}`,
      );
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `Policy documents: ${counts.accepted} accepted, ${counts.unsupported} with unsupported policies by name, ${counts.known} known mistakes; ` +
      `flagged as broken, templated or rootless: ${counts.flaggedAccepted} accepted, ${counts.flaggedUnsupported} unsupported, ${counts.flaggedRefused} refused; ${seconds} s`,
  );
  for (const line of unexpected) console.log(line);
  return unexpected.length;
}

function checkVerdicts(): number {
  return compareVerdicts(lines<Verdict>("oracle/corpus-verdicts.jsonl"), join(shared, "corpus"), KNOWN_VERDICTS);
}

const failures = checkExpressions() + checkVerdicts() + checkCorpus();
process.exitCode = failures === 0 ? 0 : 1;
