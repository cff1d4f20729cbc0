/**
 * Recorded results of real .NET against ours. Static types, run-time types, values, texts, exceptions and error codes with positions
 * count; messages of compile errors do not.
 */
import {
  type Answer,
  type Case,
  type CompileErrorAnswer,
  evaluateCase,
  type Global,
} from "../../src/csharp/evaluate.ts";
import { type } from "../../src/csharp/types.ts";
import "../../src/engine/context/index.ts";
import { stubContext } from "../../src/engine/context/stub.ts";

export interface Recorded extends Answer, Case {
  readonly cat: string;
}

/** What differs, in words; empty when all is equal. The parts of an answer that must be the same; undefined parts do not count. */
export function differences(expected: Recorded, actual: Answer): string[] {
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

export function answer(recorded: Recorded): Answer {
  const globals: Record<string, Global> = { context: { type: type("IContext"), value: stubContext() } };
  try {
    return evaluateCase(recorded, globals);
  } catch (error) {
    return {
      id: recorded.id,
      exception: {
        type: "INTERNAL",
        message: String((error as Error).stack)
          .split("\n")
          .slice(0, 4)
          .join(" | "),
      },
    };
  }
}
