/**
 * Evaluates recorded cases and compares with what .NET answered: counts by category, and the ids that differ.
 *   node test/oracle/run-expressions.ts expressions.jsonl [--verbose] [--only=id-prefix]
 * Static types, run-time types, values, texts, exceptions and error codes with positions count; messages of compile errors do not.
 */
import { readFileSync } from "node:fs";
import { type Answer, type Case, type CompileErrorAnswer, evaluateCase, type Global } from "../../src/csharp/evaluate.ts";
import { type } from "../../src/csharp/types.ts";
import "../../src/engine/context/index.ts";
import { stubContext } from "../../src/engine/context/stub.ts";

interface Recorded extends Answer, Case {
  readonly cat: string;
}

/** The parts of an answer that must be the same; undefined parts do not count. */
function differences(expected: Recorded, actual: Answer): string[] {
  if (expected.compileError) {
    // "Not all code paths return a value" is reported at a method's name, which we have not.
    const place = (e: CompileErrorAnswer) => (e.code === "CS0161" ? e.code : `${e.code} ${e.line}:${e.col}`);
    const places = (answer: Answer) => (answer.compileError ?? []).map(place).join(", ");
    return same("compileError", places(expected), places(actual));
  }
  if (expected.exception) {
    return [
      ...same("static", expected.static, actual.static ?? expected.static),
      ...same("exception", expected.exception, actual.exception ?? actual.compileError ?? actual.value ?? null),
    ];
  }
  if (expected.timeout) return same("timeout", true, actual.timeout);
  const parts = expected.opaque ? (["value"] as const) : (["type", "value", "str"] as const);
  if (!("value" in actual)) return [`${show(actual.exception ?? actual.compileError ?? actual.timeout)}`];
  return [
    ...(expected.static === undefined ? [] : same("static", expected.static, actual.static)),
    ...parts.flatMap((part) => same(part, expected[part], actual[part])),
  ];
}

function same(what: string, expected: unknown, actual: unknown): string[] {
  return show(expected) === show(actual) ? [] : [`${what}: ${show(actual)} instead of ${show(expected)}`];
}

/** JSON with sorted keys. */
function show(value: unknown): string {
  return JSON.stringify(value, (_, v) =>
    typeof v === "object" && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v,
  );
}

function answer(recorded: Recorded): Answer {
  const globals: Record<string, Global> = { context: { type: type("IContext"), value: stubContext() } };
  try {
    return evaluateCase(recorded, globals);
  } catch (error) {
    return { id: recorded.id, exception: { type: "INTERNAL", message: String((error as Error).stack).split("\n").slice(0, 4).join(" | ") } };
  }
}

const [path, ...flags] = process.argv.slice(2);
const only = flags.find((f) => f.startsWith("--only="))?.slice(7);
const verbose = flags.includes("--verbose") || only !== undefined;
const counts = new Map<string, { total: number; right: number; wrong: string[] }>();

for (const line of readFileSync(path, "utf8").split("\n")) {
  if (line === "") continue;
  const recorded = JSON.parse(line) as Recorded;
  if (only !== undefined && !recorded.id.startsWith(only)) continue;
  const wrong = differences(recorded, answer(recorded));
  const count = counts.get(recorded.cat) ?? { total: 0, right: 0, wrong: [] };
  counts.set(recorded.cat, count);
  count.total++;
  if (wrong.length === 0) count.right++;
  else count.wrong.push(recorded.id);
  if (verbose && wrong.length > 0) {
    console.log(`${recorded.id}  ${recorded.setup ? `${recorded.setup} ` : ""}${recorded.expr}\n    ${wrong.join("\n    ")}`);
  }
}

let total = 0;
let right = 0;
for (const [category, count] of counts) {
  total += count.total;
  right += count.right;
  console.log(`${category.padEnd(18)} ${count.right}/${count.total}  ${count.wrong.join(" ")}`);
}
console.log(`${"all".padEnd(18)} ${right}/${total}`);
