/** Character classes of XML 1.0 (https://www.w3.org/TR/xml/#charsets) and Namespaces in XML, by UTF-16 unit as .NET has them. */
import { CsException } from "../runtime/values.ts";

/** XML's own name space names. */
export const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
export const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";

export function isXmlSpace(c: number): boolean {
  return c === 32 || c === 10 || c === 9 || c === 13;
}

/** May begin a name without a colon. */
export function isNameStart(c: number): boolean {
  if (c < 128) return ((c | 32) >= 97 && (c | 32) <= 122) || c === 95;
  return (
    (c >= 0xc0 && c <= 0x2ff && c !== 0xd7 && c !== 0xf7) ||
    (c >= 0x370 && c <= 0x1fff && c !== 0x37e) ||
    c === 0x200c ||
    c === 0x200d ||
    (c >= 0x2070 && c <= 0x218f) ||
    (c >= 0x2c00 && c <= 0x2fef) ||
    (c >= 0x3001 && c <= 0xd7ff) ||
    (c >= 0xf900 && c <= 0xfdcf) ||
    (c >= 0xfdf0 && c <= 0xfffd)
  );
}

/** May be inside a name without a colon. */
export function isNameChar(c: number): boolean {
  if (c < 128) return isNameStart(c) || (c >= 48 && c <= 57) || c === 45 || c === 46;
  return isNameStart(c) || c === 0xb7 || (c >= 0x300 && c <= 0x36f) || c === 0x203f || c === 0x2040;
}

/** First offset, from `from` on, at which something other than a Char of XML stands; -1 when there is none. */
export function findInvalidChar(text: string, from = 0): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 32 && c < 0xd800) continue;
    if (c < 32 && c !== 9 && c !== 10 && c !== 13) return i;
    if (c >= 0xd800 && c <= 0xdfff) {
      const next = text.charCodeAt(i + 1);
      if (c > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return i;
      i++;
    } else if (c >= 0xfffe) {
      return i;
    }
  }
  return -1;
}

/** The character at an offset and its code, as messages show them: `' ', hexadecimal value 0x20`. */
export function charArguments(text: string, at: number): readonly [shown: string, hex: string] {
  const code = text.codePointAt(at) ?? 0;
  const shown = code === 0 ? "." : String.fromCodePoint(code);
  return [shown, `0x${code.toString(16).toUpperCase().padStart(2, "0")}`];
}

export function xmlError(message: string): CsException {
  return new CsException("System.Xml.XmlException", message);
}

export function badNameChar(text: string, at: number, start: boolean): string {
  const [shown, hex] = charArguments(text, at);
  return start
    ? `Name cannot begin with the '${shown}' character, hexadecimal value ${hex}.`
    : `The '${shown}' character, hexadecimal value ${hex}, cannot be included in a name.`;
}

export function invalidChar(text: string, at: number): string {
  const [shown, hex] = charArguments(text, at);
  return `'${shown}', hexadecimal value ${hex}, is an invalid character.`;
}

/** Throws XmlException unless the text is a name without a colon. */
export function checkNCName(name: string): void {
  if (name === "") {
    throw new CsException(
      "System.ArgumentException",
      "The empty string '' is not a valid local name. (Parameter 'name')",
    );
  }
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (i === 0 ? !isNameStart(c) : !isNameChar(c)) throw xmlError(badNameChar(name, i, i === 0));
  }
}

/** White space only. */
export function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isXmlSpace(text.charCodeAt(i))) return false;
  return true;
}
