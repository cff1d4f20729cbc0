/** `sallyport eval`: what a policy expression gives, on a sample request or one of your own. */
import { createReadStream } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { type Answer, type Case, evaluateCase, type Global } from "../../csharp/evaluate.ts";
import { type } from "../../csharp/types.ts";
import "../../engine/context/index.ts";
import { type StubContext, stubContext } from "../../engine/context/stub.ts";
import { frame } from "../code-frame.ts";
import { type Arguments, type Command, FINE, MISTAKES, onlyPositional, textOption, UsageError } from "../command.ts";
import { printable, type Terminal } from "../terminal.ts";

export const evaluate: Command = {
  help: `Usage: sallyport eval EXPRESSION [--context FILE]
       sallyport eval --batch FILE|- [--context FILE]

Compiles a policy expression as the gateway does and evaluates it. EXPRESSION is C#: bare, @(expression) or @{ block }.
It sees a sample request, POST https://api.contoso.com/orders/v1/items/42?x=1&y=2&y=3; a JSON file replaces any part of it:

  { "request": { "method", "url", "headers", "body", "ipAddress", "matchedParameters" },
    "response": { "status", "headers", "body" }, "variables": {}, "api": {}, "operation": {},
    "product": {}, "subscription": {}, "user": {}, "requestId", "timestamp" }

  --context FILE   the JSON file
  --batch FILE     lines {"id", "expr", "setup"?} from a file, or - for standard input; prints a line for each:
                   {"id", "static", "type", "value", "str"}, or "exception", or "compileError"

Exit codes: 0 a value, 1 an exception or a compile error, 2 wrong usage. With --batch: 1 when a line could not be read.

Examples:
  sallyport eval '1 + 1'
  sallyport eval 'context.Request.Headers.GetValueOrDefault("X-Multi", "none")'
  sallyport eval '@{ var body = context.Request.Body.As<JObject>(); return body["b"].Count(); }'
  sallyport eval --context request.json 'context.Request.Url.Query.GetValueOrDefault("page", "1")'`,
  options: { context: { type: "string" }, batch: { type: "string" } },
  async run(args, terminal) {
    const globals = await globalsOf(args);
    const batch = textOption(args, "batch");
    if (batch === undefined) return evaluateOne(onlyPositional(args, "EXPRESSION"), globals(), terminal);
    if (args.positionals.length > 0) throw new UsageError("--batch takes its expressions from the file");
    if (batch !== "-") await access(batch).catch(() => Promise.reject(new UsageError(`${batch} cannot be read`)));
    return evaluateBatch(batch, globals, terminal);
  },
};

type Globals = Readonly<Record<string, Global>>;

/** A new context for each expression: reading a body uses it up. */
async function globalsOf(args: Arguments): Promise<() => Globals> {
  const file = textOption(args, "context");
  const given = file === undefined ? {} : await readContext(file);
  const contextType = type("IContext");
  const make = (): Globals => ({ context: { type: contextType, value: stubContext(given) } });
  try {
    make();
  } catch (error) {
    throw new UsageError(`${file} is no context: ${(error as Error).message}`);
  }
  return make;
}

async function readContext(file: string): Promise<StubContext> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`);
  }
  throw new UsageError(`${file} must hold an object`);
}

function evaluateOne(expr: string, globals: Globals, terminal: Terminal): number {
  const answer = evaluateCase({ id: "", expr }, globals);
  if (answer.compileError !== undefined) {
    for (const { code, message, line, col } of answer.compileError) {
      const diagnostic = { code, message, line, column: col, severity: "error", file: "expression" } as const;
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
