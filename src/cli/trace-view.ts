/** A recorded trace as lines for people: section by section, each step with what its expressions gave. */
import { columns, printable, type Sink } from "./terminal.ts";

interface Entry {
  readonly source: string;
  readonly elapsed: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Trace {
  readonly traceId: string;
  readonly sections: readonly (readonly [name: string, entries: readonly Entry[]])[];
}

/** Reads APIM's trace shape; undefined when the text is none. */
export function parseTrace(text: string): Trace | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(json) || !isObject(json.traceEntries)) return undefined;
  const sections = Object.entries(json.traceEntries).map(([name, list]) => {
    const entries = (Array.isArray(list) ? list : []).filter(isObject).map((entry) => ({
      source: textOf(entry.source),
      elapsed: textOf(entry.elapsed),
      data: isObject(entry.data) ? entry.data : { message: entry.data },
    }));
    return [name, entries] as const;
  });
  return { traceId: textOf(json.traceId), sections };
}

/** Keys of `data` that have a column of their own, or that a column says already. */
const SHOWN = new Set([
  "outcome",
  "scope",
  "path",
  "file",
  "line",
  "column",
  "durationMs",
  "expression",
  "value",
  "type",
  "exception",
]);
const MAX_VALUE = 160;

/** What somebody who reads a trace came for is never cut. */
const WHOLE = new Set(["lastError", "exception", "message"]);

/** @param isFull values are shown whole, however long */
export function traceLines(trace: Trace, sink: Pick<Sink, "paint">, isFull = false): string[] {
  const lines = [sink.paint("bold", `Trace ${printable(trace.traceId)}`)];
  for (const [name, entries] of trace.sections) {
    if (entries.length === 0) continue;
    lines.push("", sink.paint("bold", printable(name)));
    const heads = columns(entries.map(head));
    for (const [i, entry] of entries.entries()) {
      const failed = /^(failed|refused)/.test(textOf(entry.data.outcome)) || entry.data.exception !== undefined;
      lines.push(failed ? sink.paint("red", heads[i]) : heads[i]);
      for (const detail of details(entry.data, isFull)) lines.push(sink.paint("dim", `      ${detail}`));
    }
  }
  return lines;
}

function head(entry: Entry): string[] {
  const { data, source, elapsed } = entry;
  const place =
    data.file === undefined ? "" : `${textOf(data.file)}${data.line === undefined ? "" : `:${textOf(data.line)}`}`;
  const duration = typeof data.durationMs === "number" ? `${data.durationMs} ms` : "";
  const nested = [textOf(data.scope), textOf(data.path)].filter((t) => t !== "").join(" ");
  return ["", seconds(elapsed), source, textOf(data.outcome), duration, place, nested].map((cell) =>
    oneLine(cell, true),
  );
}

/** `00:00:01.2345678` -> `1.234567 s`, as far as the clock's hours are zero. */
function seconds(elapsed: string): string {
  const match = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(elapsed);
  if (match === null) return elapsed;
  const total = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return `+${(total * 1000).toFixed(3)} ms`;
}

function details(data: Readonly<Record<string, unknown>>, isFull: boolean): string[] {
  const lines: string[] = [];
  // What an expression threw is the next entry's affair.
  const hasThrown = data.value === "(exception)";
  if (data.expression !== undefined && !hasThrown) {
    const result =
      data.exception === undefined
        ? oneLine(`${textOf(data.value)} (${textOf(data.type)})`, isFull)
        : oneLine(`threw ${textOf(data.exception)}`, true);
    lines.push(`${oneLine(textOf(data.expression), isFull)}  ->  ${result}`);
  }
  for (const [name, value] of Object.entries(data)) {
    if (SHOWN.has(name) || value === undefined || isEmpty(value) || isRepeated(name, data)) continue;
    lines.push(`${oneLine(name, isFull)}: ${oneLine(textOf(value), isFull || WHOLE.has(name))}`);
  }
  return lines;
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** A step's message is its policy and outcome over again. */
function isRepeated(name: string, data: Readonly<Record<string, unknown>>): boolean {
  return (
    name === "message" &&
    typeof data.message === "string" &&
    data.outcome !== undefined &&
    data.message.endsWith(textOf(data.outcome))
  );
}

function oneLine(text: string, isWhole: boolean): string {
  const flat = printable(text.replace(/\s*[\r\n]+\s*/g, " "));
  return flat.length > MAX_VALUE && !isWhole ? `${flat.slice(0, MAX_VALUE)}...` : flat;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
