/** `sallyport version`. */
import { type Command, FINE } from "../command.ts";
import { productVersion } from "../version.ts";

export const version: Command = {
  help: "Usage: sallyport version\n\nPrints the versions of Sallyport and of the Node it runs on.",
  options: {},
  async run(_args, terminal) {
    terminal.out.line(`sallyport ${productVersion()} (node ${process.versions.node})`);
    return FINE;
  },
};
