/**
 * The document type declaration, as far as it matters to a reader that loads nothing from outside: its identifiers and the internal general
 * entities. Element, attribute and notation declarations are stepped over.
 */
import { badNameChar } from "./xml-characters.ts";
import { type XmlScanner, normalizeLines } from "./xml-scanner.ts";

export interface DocType {
  readonly name: string;
  readonly publicId: string | null;
  readonly systemId: string | null;
  readonly internalSubset: string;
  /** Replacement text by name; null for entities that live outside the document. */
  readonly entities: ReadonlyMap<string, string | null>;
}

/** Reads a declaration whose `<!` is behind the scanner. */
export function readDocType(scanner: XmlScanner): DocType {
  if (!scanner.take("DOCTYPE")) throw scanner.unexpected(scanner.pos, "DOCTYPE");
  if (scanner.skipBlanks() === 0) throw scanner.expectingBlank(scanner.pos);
  const { prefix, local } = scanner.qName();
  scanner.skipBlanks();
  const { publicId, systemId } = externalId(scanner);
  scanner.skipBlanks();
  const entities = new Map<string, string | null>();
  let internalSubset = "";
  if (scanner.take("[")) {
    const start = scanner.pos;
    readSubset(scanner, entities);
    internalSubset = normalizeLines(scanner.text.slice(start, scanner.pos));
    scanner.pos++;
    scanner.skipBlanks();
  }
  if (!scanner.take(">")) {
    if (scanner.atEnd) throw scanner.error("Unexpected end of file while parsing DOCTYPE has occurred.");
    throw publicId === null && systemId === null && internalSubset === ""
      ? scanner.error("Expecting external ID, '[' or '>'.")
      : scanner.unexpected(scanner.pos, ">");
  }
  return { name: prefix === "" ? local : `${prefix}:${local}`, publicId, systemId, internalSubset, entities };
}

function externalId(scanner: XmlScanner): { publicId: string | null; systemId: string | null } {
  if (scanner.take("SYSTEM")) {
    scanner.skipBlanks();
    return { publicId: null, systemId: literal(scanner) };
  }
  if (!scanner.take("PUBLIC")) return { publicId: null, systemId: null };
  scanner.skipBlanks();
  const publicId = literal(scanner);
  scanner.skipBlanks();
  const quoted = scanner.startsWith('"') || scanner.startsWith("'");
  return { publicId, systemId: quoted ? literal(scanner) : null };
}

function literal(scanner: XmlScanner): string {
  const quote = scanner.text[scanner.pos];
  if (quote !== '"' && quote !== "'") throw scanner.unexpected(scanner.pos, '"', "'");
  const end = scanner.text.indexOf(quote, scanner.pos + 1);
  if (end < 0) throw scanner.error("There is an unclosed literal string.", scanner.text.length);
  const value = scanner.text.slice(scanner.pos + 1, end);
  scanner.pos = end + 1;
  return value;
}

/** Up to the closing bracket, on which the scanner stops. */
function readSubset(scanner: XmlScanner, entities: Map<string, string | null>): void {
  for (;;) {
    scanner.skipBlanks();
    if (scanner.startsWith("]")) return;
    if (scanner.take("<!--")) scanner.upTo("-->", "Comment");
    else if (scanner.take("<?")) scanner.upTo("?>", "PI");
    else if (scanner.take("<!ENTITY")) readEntity(scanner, entities);
    else if (scanner.take("<!")) skipDeclaration(scanner);
    else if (scanner.startsWith("%")) scanner.upTo(";", "PEReference");
    else if (scanner.atEnd) throw scanner.error("Unexpected end of file while parsing DTD has occurred.");
    else throw scanner.unexpected(scanner.pos, "<!ENTITY", "]");
  }
}

function readEntity(scanner: XmlScanner, entities: Map<string, string | null>): void {
  if (scanner.skipBlanks() === 0) throw scanner.expectingBlank(scanner.pos);
  const isParameter = scanner.take("%");
  if (isParameter) scanner.skipBlanks();
  const name = scanner.ncName();
  if (scanner.peek() === 58) throw scanner.error(badNameChar(":", 0, false));
  scanner.skipBlanks();
  const outside = scanner.startsWith("SYSTEM") || scanner.startsWith("PUBLIC");
  const value = outside ? null : expandCharacters(scanner, literal(scanner));
  // The first declaration of a name is the one that counts (https://www.w3.org/TR/xml/#sec-entity-decl).
  if (!isParameter && !entities.has(name)) entities.set(name, value);
  skipDeclaration(scanner);
}

/** Character references in an entity's value are replaced when it is declared; entity references when it is used. */
function expandCharacters(scanner: XmlScanner, value: string): string {
  return normalizeLines(value).replace(
    /&#(?:x([0-9a-fA-F]+)|(\d+));/g,
    (reference, hex: string | undefined, dec: string) => {
      const code = hex === undefined ? Number(dec) : Number.parseInt(hex, 16);
      if (code > 0x10ffff || code === 0) throw scanner.error("Invalid value of a character entity reference.");
      // An escaped ampersand must survive to the use of the entity.
      return code === 38 ? reference : String.fromCodePoint(code);
    },
  );
}

/** To the end of a declaration, over quoted strings. */
function skipDeclaration(scanner: XmlScanner): void {
  for (;;) {
    const c = scanner.text[scanner.pos];
    if (c === undefined) throw scanner.error("Unexpected end of file while parsing DTD has occurred.");
    if (c === '"' || c === "'") {
      literal(scanner);
    } else {
      scanner.pos++;
      if (c === ">") return;
    }
  }
}
