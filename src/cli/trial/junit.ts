/** Results of `sallyport test` as JUnit XML, which pipelines show: one suite for each file. */
import type { TestCase } from "./case-file.ts";

export interface Result {
  readonly test: TestCase;
  /** Empty: all was as expected. */
  readonly problems: readonly string[];
  readonly durationMs: number;
}

export function junit(results: readonly Result[]): string {
  const suites = [...Map.groupBy(results, ({ test }) => test.file)].map(([file, of]) => suite(file, of));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>`;
}

function suite(file: string, results: readonly Result[]): string {
  const failures = results.filter(({ problems }) => problems.length > 0).length;
  const head = `<testsuite name="${escaped(file)}" tests="${results.length}" failures="${failures}">`;
  return `  ${head}\n${results.map(testCase).join("\n")}\n  </testsuite>`;
}

function testCase({ test, problems, durationMs }: Result): string {
  const { name, file, line } = test;
  const head = `<testcase name="${escaped(name)}" classname="${escaped(file)}" time="${(durationMs / 1000).toFixed(3)}"`;
  if (problems.length === 0) return `    ${head} />`;
  const text = escaped([`${file}:${line}`, ...problems].join("\n"));
  return `    ${head}>\n      <failure message="${escaped(problems[0])}">${text}</failure>\n    </testcase>`;
}

/** Characters that XML 1.0 cannot hold are replaced. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
