/** `sallyport trace`: shows a recorded trace on a terminal. */
import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { type Arguments, type Command, FINE, flag, MISTAKES, onlyPositional, textOption } from "../command.ts";
import { parseTrace, traceLines } from "../trace-view.ts";
import type { Terminal } from "../terminal.ts";

const TIMEOUT_MS = 10_000;

export const trace: Command = {
  help: `Usage: sallyport trace URL|FILE|- [--key KEY] [--full]

Shows every step of a traced request: section, time since receipt, policy, outcome, duration, document and line, and what
its expressions gave. The URL is that of the response header Ocp-Apim-Trace-Location; - reads the trace from standard input.

  --key KEY   subscription key that may see the trace (default: SALLYPORT_KEY); not needed under run --dev
  --full      show long values whole

Examples:
  curl -si http://127.0.0.1:8080/orders/items -H 'Ocp-Apim-Trace: true' | grep -i trace
  sallyport trace http://127.0.0.1:8080/.sallyport/trace/0f8fad5b-d9cb-469f-a165-70867728950e
  sallyport trace saved-trace.json`,
  options: { key: { type: "string" }, full: { type: "boolean" } },
  async run(args, terminal) {
    const from = onlyPositional(args, "URL, FILE or -");
    const text = await read(from, args, terminal);
    if (text === undefined) return MISTAKES;
    const parsed = parseTrace(text);
    if (parsed === undefined) {
      terminal.err.line(`${from} holds no trace: a trace is JSON with traceId and traceEntries`);
      return MISTAKES;
    }
    for (const line of traceLines(parsed, terminal.out, flag(args, "full"))) terminal.out.line(line);
    return FINE;
  },
};

async function read(from: string, args: Arguments, terminal: Terminal): Promise<string | undefined> {
  try {
    if (from === "-") return await readAll(process.stdin);
    if (!/^https?:\/\//i.test(from)) return await readFile(from, "utf8");
    const key = textOption(args, "key") ?? terminal.env.SALLYPORT_KEY;
    const headers: Record<string, string> = key === undefined ? {} : { "Ocp-Apim-Subscription-Key": key };
    const response = await fetch(from, { headers, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await response.text();
    if (response.ok) return body;
    terminal.err.line(`${from} answered ${response.status}${hintOf(response.status, key)}`);
  } catch (error) {
    const { code, cause, message } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
    terminal.err.line(
      `${from} cannot be read: ${code === "ENOENT" ? "there is no such file" : (cause?.code ?? message)}`,
    );
  }
  return undefined;
}

/** A gateway does not tell those who may not see a trace whether it is there. */
function hintOf(status: number, key: string | undefined): string {
  if (status !== 401 && status !== 403 && status !== 404) return "";
  if (key === undefined) return ": traces are shown to keys that may trace: --key KEY";
  return status === 404 ? ": it is not kept any more, or the key may not see it" : ": the key may not trace";
}
