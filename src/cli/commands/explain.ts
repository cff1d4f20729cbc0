/** `sallyport explain`: what a diagnostic code means. */
import { auditEntry, OWASP, owaspPage } from "../../audit/catalogue.ts";
import { type Command, FINE, MISTAKES, onlyPositional } from "../command.ts";
import { compilerPage, findCode } from "../diagnostic-codes.ts";
import { printable } from "../terminal.ts";

export const explain: Command = {
  help: `Usage: sallyport explain CODE

What a code of \`check\` or \`audit\` means, and the way out.

Examples:
  sallyport explain SP2004
  sallyport explain SW3001
  sallyport explain SA1002`,
  options: {},
  async run(args, terminal) {
    const code = onlyPositional(args, "CODE").toUpperCase();
    const entry = findCode(code);
    if (entry !== undefined) {
      terminal.out.line(`${terminal.out.paint("bold", entry.code)}  ${entry.meaning}`);
      terminal.out.line(entry.wayOut);
      if (code.startsWith("SW"))
        terminal.out.line(
          `To silence it: <!-- sallyport-disable ${code} --> before the element, or check --ignore ${code}`,
        );
      return FINE;
    }
    const door = auditEntry(code);
    if (door !== undefined) {
      const { title, severity, owasp, meaning, fix } = door;
      terminal.out.line(`${terminal.out.paint("bold", code)}  ${title} (${severity})`);
      terminal.out.line(meaning);
      terminal.out.line(fix);
      terminal.out.line(`${owasp} ${OWASP[owasp].title}: ${owaspPage(owasp)}`);
      terminal.out.line(
        `To silence it: <!-- sallyport-disable ${code} --> before the element, or audit --ignore ${code}`,
      );
      return FINE;
    }
    if (/^CS\d{4}$/.test(code)) {
      terminal.out.line(`${terminal.out.paint("bold", code)}  A code of the C# compiler: ${compilerPage(code)}`);
      return FINE;
    }
    terminal.err.line(`There is no code ${printable(code)}`);
    return MISTAKES;
  },
};
