/** `sallyport version`. */
import { readFile } from "node:fs/promises";
import { type Command, FINE } from "../command.ts";

export const version: Command = {
  help: "Usage: sallyport version\n\nPrints the versions of Sallyport and of the Node it runs on.",
  options: {},
  async run(_args, terminal) {
    // Two folders up both from src/cli/commands and from dist/cli/commands, then one more.
    const text = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(text) as { version: string };
    terminal.out.line(`sallyport ${version} (node ${process.versions.node})`);
    return FINE;
  },
};
