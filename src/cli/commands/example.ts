/** `sallyport example NAME`: starts a runnable example of the source tree. */
import { existsSync } from "node:fs";
import { type Command, FINE, flag, MISTAKES, onlyPositional, UsageError } from "../command.ts";

const EXAMPLES: readonly string[] = ["contoso", "ai", "business-events"];

export const example: Command = {
  help: `Usage: sallyport example NAME

Serves an example with all that it needs (sample backends, an identity provider), and prints lines to paste. Ctrl+C stops it.

  contoso           Contoso Retail's partner API with its doors closed: keys, tokens, limits, addresses
  contoso --before  the same API as it was, with no door at all
  ai                models behind keys, claims and an identity, with limits of tokens and the cost of each team
  business-events   a purchase order's way from a webhook, by a vault and OData, to a queue

Examples:
  sallyport example contoso
  sallyport example contoso --before
  sallyport example ai`,
  options: { before: { type: "boolean" } },
  async run(args, terminal) {
    const name = onlyPositional(args, "NAME");
    if (!EXAMPLES.includes(name))
      throw new UsageError(`there is no example "${name}"; there are ${EXAMPLES.join(", ")}`);
    if (flag(args, "before") === true && name !== "contoso") throw new UsageError("--before goes with contoso");
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
