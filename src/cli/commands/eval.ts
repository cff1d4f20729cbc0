/** `sallyport eval`: what a policy expression gives, on a sample request or one of your own. */
import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { createInterface } from "node:readline";
import { type Case, evaluateCase } from "../../csharp/evaluate.ts";
import { type Command, FINE, MISTAKES, onlyPositional, textOption, UsageError } from "../command.ts";
import { printAnswer } from "../eval/answer.ts";
import { type Globals, globalsFrom } from "../eval/sample-context.ts";
import { historyFile } from "../eval/history.ts";
import { prompt } from "../eval/prompt.ts";
import type { Terminal } from "../terminal.ts";

export const evaluate: Command = {
  help: `Usage: sallyport eval [EXPRESSION] [--context FILE]
       sallyport eval --batch FILE|- [--context FILE]

Compiles a policy expression as the gateway does and evaluates it. EXPRESSION is C#: bare, @(expression) or @{ block }.
It sees a sample request, POST https://api.contoso.com/orders/v1/items/42?x=1&y=2&y=3; a JSON file replaces any part of it:

  { "request": { "method", "url", "headers", "body", "ipAddress", "matchedParameters" },
    "response": { "status", "headers", "body" }, "variables": {}, "api": {}, "operation": {},
    "product": {}, "subscription": {}, "user": {}, "requestId", "timestamp", "lastError": {} }

Without EXPRESSION it asks for one after the other: Tab completes, .help lists what else there is. From a pipe it takes one a line.

  --context FILE   the JSON file
  --batch FILE     lines {"id", "expr", "setup"?} from a file, or - for standard input; prints a line for each:
                   {"id", "static", "type", "value", "str"}, or "exception", or "compileError"

Exit codes: 0 a value, 1 an exception or a compile error, 2 wrong usage. With --batch: 1 when a line could not be read.

Examples:
  sallyport eval
  sallyport eval '1 + 1'
  sallyport eval 'context.Request.Headers.GetValueOrDefault("X-Multi", "none")'
  sallyport eval '@{ var body = context.Request.Body.As<JObject>(); return body["b"].Count(); }'
  sallyport eval --context request.json 'context.Request.Url.Query.GetValueOrDefault("page", "1")'`,
  options: { context: { type: "string" }, batch: { type: "string" } },
  async run(args, terminal) {
    const globals = globalsFrom(textOption(args, "context"));
    const batch = textOption(args, "batch");
    if (batch === undefined && args.positionals.length === 0) {
      const { stdin: input, stdout: output } = process;
      if (!input.isTTY) return evaluateLines(globals, terminal);
      return prompt({ input, output, terminal, globals, historyFile: historyFile(terminal.env) });
    }
    if (batch === undefined) return printAnswer(onlyPositional(args, "EXPRESSION"), globals(), terminal);
    if (args.positionals.length > 0) throw new UsageError("--batch takes its expressions from the file");
    if (batch !== "-") await access(batch).catch(() => Promise.reject(new UsageError(`${batch} cannot be read`)));
    return evaluateBatch(batch, globals, terminal);
  },
};

/** One expression a line. */
async function evaluateLines(globals: () => Globals, terminal: Terminal): Promise<number> {
  let code = FINE;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== "" && printAnswer(line, globals(), terminal) !== FINE) code = MISTAKES;
  return code;
}

async function evaluateBatch(file: string, globals: () => Globals, terminal: Terminal): Promise<number> {
  let code = FINE;
  let number = 0;
  const input = file === "-" ? process.stdin : createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    const parsed = caseOf(line);
    if (parsed === undefined) {
      terminal.err.line(`line ${number}: not of the form {"id": "...", "expr": "..."}`);
      code = MISTAKES;
    } else terminal.out.line(JSON.stringify(evaluateCase(parsed, globals())));
  }
  return code;
}

function caseOf(line: string): Case | undefined {
  try {
    const { id, expr, setup } = JSON.parse(line) as Record<string, unknown>;
    if (typeof expr !== "string" || (setup !== undefined && typeof setup !== "string")) return undefined;
    return { id: String(id), expr, ...(setup === undefined ? {} : { setup }) };
  } catch {
    return undefined;
  }
}
