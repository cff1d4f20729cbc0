/**
 * From the command line to a command: finds it, parses its options, answers help, turns wrong usage into exit code 2.
 */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { closest } from "../base/closest.ts";
import { type Arguments, type Command, type CommandEntry, FINE, UsageError, WRONG_USAGE } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export async function runCommand(
  argv: readonly string[],
  commands: readonly CommandEntry[],
  terminal: Terminal,
): Promise<number> {
  const [name, ...rest] = normalize(argv);
  const entry = commands.find((c) => c.name === name);
  if (entry === undefined) {
    terminal.err.line(name === undefined ? "sallyport: no command given" : `sallyport: unknown command "${name}"`);
    const near =
      name &&
      closest(
        name,
        commands.map((c) => c.name),
      );
    terminal.err.line(near ? `Did you mean "${near}"?` : "Try: sallyport help");
    return WRONG_USAGE;
  }
  try {
    const command = await entry.load();
    const args = parse(command, rest);
    if (args.values.help === true) {
      terminal.out.line(command.help);
      return FINE;
    }
    return await command.run(args, terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.err.line(`sallyport ${entry.name}: ${error.message}`);
    terminal.err.line(`Try: sallyport ${entry.name} --help`);
    return WRONG_USAGE;
  }
}

/** `--help`, `-h`, `--version` and `-v` are commands too. */
function normalize(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  if (first === "--help" || first === "-h") return ["help", ...rest];
  if (first === "--version" || first === "-v") return ["version", ...rest];
  return argv;
}

function parse(command: Command, argv: readonly string[]): Arguments {
  // What other tools call --format json.
  const json: ParseArgsOptionsConfig = command.options.format === undefined ? {} : { json: { type: "boolean" } };
  const options: ParseArgsOptionsConfig = {
    ...command.options,
    ...json,
    help: { type: "boolean", short: "h" },
  };
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      allowNegative: true,
      strict: true,
    });
    return { positionals, values: values.json === true ? { ...values, format: "json" } : values };
  } catch (error) {
    throw new UsageError(optionMistake(error as NodeJS.ErrnoException, Object.keys(options)));
  }
}

function optionMistake(error: NodeJS.ErrnoException, names: readonly string[]): string {
  const unknown = error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" ? /'(--?[^' ]+)/.exec(error.message)?.[1] : undefined;
  if (unknown !== undefined) {
    const near = closest(unknown.replace(/^--?/, ""), names);
    return `unknown option ${unknown}${near === undefined ? "" : `; did you mean --${near}?`}`;
  }
  return error.message.split(". ")[0];
}
