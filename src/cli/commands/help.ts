/** `sallyport help [COMMAND]`. */
import { type Command, type CommandEntry, FINE, UsageError } from "../command.ts";
import { columns } from "../terminal.ts";

export function help(entries: readonly CommandEntry[]): Command {
  return {
    help: "Usage: sallyport help [COMMAND]",
    options: {},
    async run(args, terminal) {
      const [name] = args.positionals;
      if (name !== undefined) {
        const entry = entries.find((e) => e.name === name);
        if (entry === undefined) throw new UsageError(`unknown command "${name}"`);
        terminal.out.line((await entry.load()).help);
        return FINE;
      }
      terminal.out.line(`Sallyport: a self-hosted API gateway that runs Azure API Management policies unmodified.

Usage: sallyport COMMAND [ARGUMENTS]

${columns(entries.map((e) => [`  ${e.name}`, e.summary])).join("\n")}

Examples:
  sallyport check apim-artifacts            find every mistake in a configuration
  sallyport run apim-artifacts --dev        serve it on this machine, with keys made for you
  sallyport eval '1 + 1'                    what a policy expression gives

sallyport COMMAND --help tells more. Exit codes: 0 fine, 1 mistakes found, 2 wrong usage.`);
      return FINE;
    },
  };
}
