/** `sallyport example NAME`: starts a runnable example of the source tree. */
import { existsSync } from "node:fs";
import { type Command, FINE, MISTAKES, onlyPositional, UsageError } from "../command.ts";

const EXAMPLES: readonly string[] = ["contoso"];

export const example: Command = {
  help: `Usage: sallyport example contoso [--before]

Serves Contoso Retail's partner API with its doors closed: keys, tokens, limits, addresses. Starts sample backends and an
identity provider, and prints lines to paste, each showing one door. Ctrl+C stops it.

  --before   the API as it was, with no door at all

Examples:
  sallyport example contoso
  sallyport example contoso --before`,
  options: { before: { type: "boolean" } },
  async run(args, terminal) {
    const name = onlyPositional(args, "NAME");
    if (!EXAMPLES.includes(name))
      throw new UsageError(`there is no example "${name}"; there is ${EXAMPLES.join(", ")}`);
    const start = new URL(`../../../examples/${name}/start.ts`, import.meta.url);
    if (!existsSync(start)) {
      terminal.err.line("The examples are in the source tree: clone the repository, then npm start.");
      return MISTAKES;
    }
    // It reads --before from the command line itself, and runs until it is stopped.
    await import(start.href);
    return FINE;
  },
};
