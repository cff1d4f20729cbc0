/** Shows what an expression gives: value and types, an exception, or compile errors with their places. */
import { type Answer, evaluateCase } from "../../csharp/evaluate.ts";
import { frame } from "../code-frame.ts";
import { FINE, MISTAKES } from "../command.ts";
import { printable, type Terminal } from "../terminal.ts";
import type { Globals } from "./sample-context.ts";

/** Evaluates and prints the result with its types, or what went wrong; answers the exit code. */
export function printAnswer(expr: string, globals: Globals, terminal: Terminal): number {
  const answer = evaluateCase({ id: "", expr }, globals, true);
  if (answer.compileError !== undefined) {
    for (const { col, ...error } of answer.compileError) {
      const diagnostic = { ...error, column: col, severity: "error", file: "expression" } as const;
      for (const text of frame(diagnostic, () => codeOf(expr), terminal.err)) terminal.err.line(text);
    }
    return MISTAKES;
  }
  if (answer.timeout) {
    terminal.err.line("The expression takes too many steps, or too much memory.");
    return MISTAKES;
  }
  for (
    let thrown = answer.exception, word = "threw";
    thrown !== undefined;
    thrown = thrown.inner, word = "because of"
  ) {
    terminal.err.line(
      `${terminal.err.paint("red", `${word} ${printable(thrown.type)}`)}: ${printable(thrown.message)}`,
    );
  }
  if (answer.exception !== undefined) return MISTAKES;
  terminal.out.line(printable(valueText(answer)));
  terminal.out.line(terminal.out.paint("dim", typeText(answer)));
  return FINE;
}

/** The code between the brackets, which is what places count in. */
function codeOf(expr: string): string {
  const text = expr.trim();
  const isBracketed = (text.startsWith("@(") && text.endsWith(")")) || (text.startsWith("@{") && text.endsWith("}"));
  return isBracketed ? text.slice(2, -1) : expr;
}

/** Texts as they are; collections as JSON, because their ToString() says nothing. */
function valueText({ value, str }: Answer): string {
  if (value === null || value === undefined) return "null";
  return typeof value === "object" ? JSON.stringify(value) : (str ?? String(value));
}

function typeText(answer: Answer): string {
  const atRunTime = answer.type ?? (answer.opaque ? "a sequence" : "null");
  return answer.static === undefined ? atRunTime : `${atRunTime}, static type ${answer.static}`;
}
