/** The XML declaration: `<?xml version="1.0" encoding="utf-8" standalone="yes"?>`. */
import type { XmlScanner } from "./xml-scanner.ts";

const order = ["version", "encoding", "standalone"];

export interface Declaration {
  readonly version: string;
  readonly encoding: string | null;
  readonly standalone: string | null;
}

/** Reads a declaration at the start of a text. */
export function readDeclaration(scanner: XmlScanner): Declaration {
  const found = new Map<string, string>();
  let last = -1;
  scanner.pos = "<?xml".length;
  for (;;) {
    const blanks = scanner.skipBlanks();
    if (scanner.startsWith("?>")) break;
    if (blanks === 0) throw scanner.unexpected(scanner.pos, "?>");
    const at = scanner.pos;
    const name = scanner.ncName();
    const place = order.indexOf(name);
    // The version comes first and must be there.
    if (place <= last || (last < 0 && place > 0)) throw malformed(scanner, at);
    last = place;
    found.set(name, readValue(scanner, name));
  }
  const version = found.get("version");
  if (version === undefined) throw malformed(scanner, scanner.pos);
  scanner.pos += "?>".length;
  return { version, encoding: found.get("encoding") ?? null, standalone: found.get("standalone") ?? null };
}

function malformed(scanner: XmlScanner, at: number) {
  return scanner.error("Syntax for an XML declaration is invalid.", at);
}

function readValue(scanner: XmlScanner, name: string): string {
  const quote = scanner.openingQuote();
  const at = scanner.pos;
  const end = scanner.text.indexOf(quote, at);
  if (end < 0) throw scanner.error("There is an unclosed literal string.", scanner.text.length);
  const value = scanner.text.slice(at, end);
  scanner.pos = end + 1;
  if (name === "version" && value !== "1.0") throw scanner.error(`Version number '${value}' is invalid.`, at);
  if (name === "standalone" && value !== "yes" && value !== "no") throw malformed(scanner, at);
  return value;
}
