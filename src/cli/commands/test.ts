/** `sallyport test`: requests through the policies of a configuration, and whether what came of them is what was expected. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Diagnostics } from "../../base/diagnostic.ts";
import { loadConfiguration } from "../../main.ts";
import {
  type Arguments,
  type Command,
  FINE,
  MISTAKES,
  textOption,
  UsageError,
  WRONG_USAGE,
  wordOption,
} from "../command.ts";
import { countText, plural, printFrames, textsOf } from "../report.ts";
import { printable, type Terminal } from "../terminal.ts";
import { readCases, type TestCase } from "../trial/case-file.ts";
import { junit, type Result } from "../trial/junit.ts";
import { TokenMaker } from "../trial/outside.ts";
import { runCase } from "../trial/trial.ts";

const FILE = /\.test\.ya?ml$/;

export const test: Command = {
  help: `Usage: sallyport test FOLDER [FILE-OR-FOLDER...] [--settings FILE] [--environment NAME] [--only TEXT]
                     [--format human|json|junit]

Sends the requests of test files through the policies of a configuration, and compares what comes of them with what the files expect:
the answer, the reason of a refusal, the calls to backends. Nothing leaves the process: backends are played by answers that the files give,
every OpenID provider is there with a key that signs the tokens of the tests, secrets that are not there are placeholders.
Each case has counters and caches of its own.

  FILE-OR-FOLDER       test files, or folders searched for *.test.yaml (default: tests in FOLDER)
  --only TEXT          cases whose name holds this text
  --settings FILE      settings file (default: sallyport.yaml in the folder)
  --environment NAME   overrides to use (default: SALLYPORT_ENVIRONMENT)
  --format json        a line per case: {file, line, name, ok, problems}
  --format junit       JUnit XML, for pipelines that show results of tests

Exit codes: 0 all as expected, 1 something else came, 2 wrong usage, or a configuration or test file that cannot be loaded.

Examples:
  sallyport test apim-artifacts
  sallyport test apim-artifacts tests/orders.test.yaml --only "without a token"
  sallyport test apim-artifacts --format junit > policies.xml`,
  options: {
    settings: { type: "string" },
    environment: { type: "string" },
    only: { type: "string" },
    format: { type: "string" },
  },
  async run(args, terminal) {
    const format = wordOption(args, "format", ["human", "json", "junit"]);
    const [folder, ...paths] = args.positionals;
    if (folder === undefined) throw new UsageError("FOLDER is missing");
    const cases = await casesIn(paths.length > 0 ? paths : [join(folder, "tests")], args, terminal);
    if (cases === undefined) return WRONG_USAGE;
    const { program, diagnostics } = await loadConfiguration(folder, {
      environment: textOption(args, "environment"),
      settingsFile: textOption(args, "settings"),
      areSecretsOptional: true,
      dev: true,
    });
    if (program === undefined) {
      printFrames(diagnostics, textsOf(folder, "."), terminal.err);
      terminal.err.line(`Not tested: ${countText(diagnostics)}. See sallyport check.`);
      return WRONG_USAGE;
    }
    const tokens = new TokenMaker();
    const results: Result[] = [];
    for (const one of cases) {
      const begun = performance.now();
      const problems = await runCase(one, program, tokens).catch((error: Error) => [error.message]);
      results.push({ test: one, problems, durationMs: performance.now() - begun });
      if (format === "json") terminal.out.line(jsonOf(one, problems));
      else if (format === "human") print(one, problems, terminal);
    }
    const failed = results.filter(({ problems }) => problems.length > 0).length;
    if (format === "junit") terminal.out.line(junit(results));
    if (format === "human") {
      const verdict = `${plural(cases.length, "case")}, ${failed === 0 ? "all as expected" : `${failed} not as expected`}.`;
      terminal.out.line(terminal.out.paint(failed === 0 ? "green" : "red", verdict));
    }
    return failed === 0 ? FINE : MISTAKES;
  },
};

/** Undefined, and said, when there is none or a file has mistakes. */
async function casesIn(
  paths: readonly string[],
  args: Arguments,
  { err }: Terminal,
): Promise<readonly TestCase[] | undefined> {
  const diagnostics = new Diagnostics();
  const cases: TestCase[] = [];
  for (const path of paths) for (const file of await filesIn(path)) cases.push(...(await readCases(file, diagnostics)));
  printFrames(diagnostics.list, textsOf("."), err);
  if (diagnostics.failed) {
    err.line(`Not tested: ${countText(diagnostics.list)}.`);
    return undefined;
  }
  const only = textOption(args, "only");
  const chosen = only === undefined ? cases : cases.filter(({ name }) => name.includes(only));
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    cases.length > 0 ? `No case has "${only}" in its name` : `There is no case in ${paths.join(", ")} (*.test.yaml)`,
  );
}

async function filesIn(path: string): Promise<string[]> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile()) return [path];
  if (facts === undefined)
    throw new UsageError(`There is no file or folder ${path}; see the guide, docs/guide/testing.md`);
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => FILE.test(name))
    .sort()
    .map((name) => join(path, name));
}

function print({ file, line, name }: TestCase, problems: readonly string[], { out }: Terminal): void {
  if (problems.length === 0) {
    out.line(`${out.paint("green", "ok  ")}  ${printable(name)}`);
    return;
  }
  out.line(`${out.paint("red", "FAIL")}  ${printable(name)}  (${printable(file)}:${line})`);
  for (const problem of problems) out.line(`        ${printable(problem)}`);
}

function jsonOf({ file, line, name }: TestCase, problems: readonly string[]): string {
  return JSON.stringify({ file, line, name, ok: problems.length === 0, problems });
}
