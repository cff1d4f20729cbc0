/**
 * Evaluates recorded cases and answers in their form, so that results can be compared with those of .NET line by line.
 * `expr` is a bare expression, `@(expression)` or `@{block}`; `setup` are statements before an expression.
 */
import { describe, type Description } from "./describe.ts";
import { type CompiledExpression, type CompileError, Compiler } from "./index.ts";
import { CsException, FuelExhausted } from "./runtime/values.ts";
import { errorType, type Type } from "./types.ts";

export { describe } from "./describe.ts";

export interface Case {
  readonly id: string;
  readonly expr: string;
  readonly setup?: string;
}

/** A variable of the expressions, with its value in the representation of its type. */
export interface Global {
  readonly type: Type;
  readonly value: unknown;
}

export interface ExceptionAnswer {
  readonly type: string;
  readonly message: string;
  readonly inner?: ExceptionAnswer;
}

export interface CompileErrorAnswer {
  readonly code: string;
  readonly message: string;
  /** From 1; 0 and the line behind the last are the brackets around the code, -1 is `setup`. */
  readonly line: number;
  /** From 1. */
  readonly col: number;
  /** A way out: for readers, not a part of the form. */
  readonly hint?: string;
}

/** Exactly one of: a description, `exception`, `compileError`, `timeout` (the budget of steps or memory was spent). */
export interface Answer extends Partial<Omit<Description, "type">> {
  readonly id: string;
  /** Static type of an expression, as far as it is known; none for a block. */
  readonly static?: string;
  readonly type?: string | null;
  readonly exception?: ExceptionAnswer;
  readonly compileError?: readonly CompileErrorAnswer[];
  readonly timeout?: true;
}

/** What follows the first errors only repeats them. */
const MAX_COMPILE_ERRORS = 5;

/** @param hasHints errors tell a way out, where there is one: more than the recorded form has */
export function evaluateCase(
  { id, expr, setup }: Case,
  globals: Readonly<Record<string, Global>>,
  hasHints = false,
): Answer {
  const { code, kind } = unwrap(expr);
  const types = Object.fromEntries(Object.entries(globals).map(([name, { type }]) => [name, type]));
  const compiler = new Compiler({ globals: types });
  const compiled = compiler.compile(code, kind, { setup });
  const head = { id, ...staticType(compiled, kind) };
  if (compiled.errors.length > 0) {
    const errors = compiled.errors.slice(0, MAX_COMPILE_ERRORS);
    const answer = (e: CompileError): CompileErrorAnswer => ({
      ...compileErrorAnswer(e, code, kind, setup),
      ...(hasHints && e.hint !== undefined ? { hint: e.hint } : {}),
    });
    return { ...head, compileError: errors.map(answer) };
  }
  compiler.link();
  return {
    ...head,
    ...run(
      compiled,
      Object.values(globals).map((g) => g.value),
    ),
  };
}

function unwrap(expr: string): { code: string; kind: "expr" | "block" } {
  const text = expr.trim();
  if (text.startsWith("@{") && text.endsWith("}")) return { code: text.slice(2, -1), kind: "block" };
  if (text.startsWith("@(") && text.endsWith(")")) return { code: text.slice(2, -1), kind: "expr" };
  return { code: expr, kind: "expr" };
}

function staticType({ type }: CompiledExpression, kind: string): { static?: string } {
  return kind === "block" || type === errorType || type.kind === "null" ? {} : { static: String(type) };
}

function run(compiled: CompiledExpression, values: unknown[]): Omit<Answer, "id"> {
  try {
    const { type, value, str, opaque } = describe(compiled.runBoxed(...values));
    return opaque ? { value, opaque } : { type, value, str };
  } catch (error) {
    if (error instanceof CsException) return { exception: exceptionAnswer(error) };
    if (error instanceof FuelExhausted) return { timeout: true };
    throw error;
  }
}

function exceptionAnswer({ typeName, message, inner }: CsException): ExceptionAnswer {
  return inner ? { type: typeName, message, inner: exceptionAnswer(inner) } : { type: typeName, message };
}

/** The C# compiler sees the code inside of these brackets. */
const BRACKETS = { expr: ["return (object)(\n", "\n); }\n"], block: ["\n", "\n}\n"] } as const;

function compileErrorAnswer(
  error: CompileError,
  code: string,
  kind: "expr" | "block",
  setup: string | undefined,
): CompileErrorAnswer {
  const { code: errorCode, message, compilerOffset } = error;
  if (setup !== undefined && error.start < 0) {
    return { code: errorCode, message, line: -1, col: setup.length + 2 + error.start };
  }
  const [before, after] = BRACKETS[kind];
  const text = before + code + after;
  const upTo = text.slice(0, before.length + compilerOffset);
  const line = upTo.split("\n").length - 1;
  return { code: errorCode, message, line, col: upTo.length - upTo.lastIndexOf("\n") };
}
