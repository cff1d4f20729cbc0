/** `sallyport eval` on a terminal: asks for expressions and commands, one after the other. */
import { createInterface, type Interface } from "node:readline";
import { complete } from "../../csharp/complete.ts";
import { Compiler } from "../../csharp/index.ts";
import { errorType, type Type } from "../../csharp/types.ts";
import { findCodeEnd } from "../../xml/balanced-code.ts";
import { FINE, UsageError } from "../command.ts";
import { printable, type Terminal } from "../terminal.ts";
import { printAnswer } from "./answer.ts";
import { HISTORY_SIZE, readHistory, writeHistory } from "./history.ts";
import { type Globals, globalsFrom } from "./sample-context.ts";

export interface PromptOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly terminal: Terminal;
  readonly globals: () => Globals;
  readonly historyFile: string | undefined;
}

const HELP = `C# as in policies: an expression, @(expression) or @{ block }, which may go over several lines.
Tab completes names and, behind a dot, members.

  .type EXPRESSION   the static type, without evaluating
  .context FILE      take the request from a JSON file; see sallyport eval --help
  .context           back to the sample request
  .help              this
  .exit              leave (or Ctrl+D)`;

const COMMANDS: readonly string[] = [".context", ".exit", ".help", ".type"];

const READY = "> ";
const MORE = "... ";

/** Runs until `.exit` or the end of the input. */
export function prompt(options: PromptOptions): Promise<number> {
  const session = new Session(options.terminal, options.globals);
  const lines = createInterface({
    input: options.input,
    output: options.output,
    terminal: true,
    prompt: READY,
    history: readHistory(options.historyFile),
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
    completer: (line: string) => session.completions(line),
  });
  lines.on("history", (history) => writeHistory(options.historyFile, history));
  lines.on("SIGINT", () => {
    if (session.isIdle && lines.line === "") lines.close();
    else startAnew(lines, session);
  });
  options.terminal.out.line("C# of policies. .help lists what there is besides expressions.");
  lines.prompt();
  lines.on("line", (line) => {
    if (session.isOver) return;
    session.take(line);
    if (session.isOver) {
      lines.close();
      return;
    }
    lines.setPrompt(session.isIdle ? READY : MORE);
    lines.prompt();
  });
  return new Promise((resolve) => lines.once("close", () => resolve(FINE)));
}

/** Ctrl+C gives up what was typed. */
function startAnew(lines: Interface, session: Session): void {
  session.discard();
  lines.write(null, { ctrl: true, name: "e" });
  lines.write(null, { ctrl: true, name: "u" });
  lines.setPrompt(READY);
  lines.prompt();
}

class Session {
  isOver = false;
  readonly #terminal: Terminal;
  readonly #sample: () => Globals;
  #globals: () => Globals;
  /** Lines of an expression whose end is still to come. */
  #pending = "";

  constructor(terminal: Terminal, globals: () => Globals) {
    this.#terminal = terminal;
    this.#sample = globals;
    this.#globals = globals;
  }

  get isIdle(): boolean {
    return this.#pending === "";
  }

  discard(): void {
    this.#pending = "";
  }

  take(line: string): void {
    if (this.isIdle && line.trim() === "") return;
    if (this.isIdle && line.trimStart().startsWith(".")) {
      this.#command(line.trim());
      return;
    }
    this.#pending += this.isIdle ? line : `\n${line}`;
    if (isUnfinished(this.#pending)) return;
    const expression = this.#pending;
    this.discard();
    printAnswer(expression, this.#globals(), this.#terminal);
  }

  #command(line: string): void {
    const [, name, rest] = /^(\.\w*)\s*([\s\S]*)$/.exec(line) ?? [];
    if (name === ".exit") this.isOver = true;
    else if (name === ".help") this.#terminal.out.line(HELP);
    else if (name === ".type" && rest !== "") this.#type(rest);
    else if (name === ".context") this.#context(rest);
    else this.#terminal.err.line(`There is no command ${printable(line)}; .help lists them`);
  }

  #type(text: string): void {
    const kind = text.startsWith("@{") ? "block" : "expr";
    const code = /^@[({]/.test(text) ? text.slice(2, -1) : text;
    const { type, errors } = new Compiler({ globals: this.#types() }).compile(code, kind);
    if (type !== errorType && errors.length === 0) this.#terminal.out.line(String(type));
    for (const { code: errorCode, message } of errors) this.#terminal.err.line(`${errorCode}: ${printable(message)}`);
  }

  #context(file: string): void {
    if (file === "") {
      this.#globals = this.#sample;
      return;
    }
    try {
      this.#globals = globalsFrom(file);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#terminal.err.line(printable(error.message));
    }
  }

  #types(): Record<string, Type> {
    return Object.fromEntries(Object.entries(this.#globals()).map(([name, { type }]) => [name, type]));
  }

  /** In readline's form: whole names, and the part of the line that they replace. */
  completions(line: string): [string[], string] {
    if (this.isIdle && /^\.\w*$/.test(line)) return [COMMANDS.filter((c) => c.startsWith(line)), line];
    if (/^\.context\s/.test(line)) return [[], ""];
    const text = `${this.#pending}\n${line.replace(/^\.type\s/, "")}`.trimStart();
    const { code, setup } = withoutStatements(text);
    const { names, prefix } = complete(code, this.#types(), setup);
    return [[...names], prefix];
  }
}

/** Is a bracket of `@( )` or `@{ }` still open? */
function isUnfinished(text: string): boolean {
  const start = text.length - text.trimStart().length;
  if (!/^@[({]/.test(text.slice(start))) return false;
  const code = findCodeEnd(text, start + 1);
  return code.end === undefined && code.at === -1;
}

/** Of an open block: the statement that is being typed, and those before it. */
function withoutStatements(text: string): { code: string; setup?: string } {
  if (!text.startsWith("@{")) return { code: text.replace(/^@\(/, "") };
  const end = Math.max(text.lastIndexOf(";"), text.lastIndexOf("}"), 1) + 1;
  const setup = text.slice(2, end);
  return { code: text.slice(end).replace(/^\s*return\s/, ""), setup };
}
