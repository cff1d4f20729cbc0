/** Shows a mistake as compilers do: where, the line with the place marked, and the way out. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { printable, type Sink } from "./terminal.ts";

/** Gives the text of a file that a diagnostic names; undefined when it cannot be had. */
export type TextOf = (file: string) => string | undefined;

/** Columns of a line that are shown: policy expressions run to thousands. */
const WIDTH = 100;

export function frame(diagnostic: Diagnostic, textOf: TextOf, sink: Pick<Sink, "paint">): string[] {
  const { severity, code, message, file, line, column, hint } = diagnostic;
  const isError = severity === "error";
  const title = sink.paint(isError ? "red" : "yellow", `${severity} ${code}`);
  const lines = [`${title}${sink.paint("bold", `: ${printable(message)}`)}`];
  if (file !== undefined) {
    const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
    lines.push(`  ${sink.paint("cyan", "-->")} ${printable(place)}`);
    if (line !== undefined) lines.push(...excerpt(diagnostic, line, textOf(file), sink));
  }
  if (hint !== undefined) lines.push(`  ${sink.paint("cyan", "=")} ${printable(hint)}`);
  return lines;
}

function excerpt(diagnostic: Diagnostic, line: number, text: string | undefined, sink: Pick<Sink, "paint">): string[] {
  const whole = text?.split(/\r?\n/)[line - 1];
  if (whole === undefined) return [];
  const column = Math.min(Math.max(diagnostic.column ?? 1, 1), whole.length + 1);
  const end = Math.min(Math.max(diagnostic.endColumn ?? column + 1, column + 1), Math.max(whole.length, column) + 1);
  const from = column > WIDTH * 0.8 ? column - Math.floor(WIDTH / 2) : 0;
  const shown = whole.slice(from, from + WIDTH);
  const ellipsis = from > 0 ? "..." : "";
  // Tabs stay tabs under the line, so that the mark stands where the text does, whatever their width.
  const before = ellipsis.replace(/./g, " ") + whole.slice(from, column - 1).replace(/[^\t]/g, " ");
  const length = Math.max(1, Math.min(end, from + WIDTH + 1) - column);
  const number = String(line);
  const gutter = sink.paint("cyan", `${" ".repeat(number.length)} |`);
  const rest = from + WIDTH < whole.length ? "..." : "";
  return [
    gutter,
    `${sink.paint("cyan", `${number} |`)} ${ellipsis}${printable(shown)}${rest}`,
    `${gutter} ${before}${sink.paint(diagnostic.severity === "error" ? "red" : "yellow", "^".repeat(length))}`,
  ];
}
