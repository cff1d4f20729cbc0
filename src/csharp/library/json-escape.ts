/** Strings as JSON literals, escaped as Json.NET escapes them: quotes, backslashes, control characters, U+0085, U+2028, U+2029. */

const needsEscape = { '"': /["\\\u0000-\u001f\u0085\u2028\u2029]/g, "'": /['\\\u0000-\u001f\u0085\u2028\u2029]/g };

const short: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  "\\": "\\\\",
  '"': '\\"',
  "'": "\\'",
};

function escapeCharacter(c: string): string {
  return short[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The text between the quotes. */
export function escapeJson(text: string, quote: '"' | "'" = '"'): string {
  return text.replace(needsEscape[quote], escapeCharacter);
}

/** Strings up to this length are looked through one by one; a regular expression pays off for longer ones only. */
const SHORT = 40;

/** The literal with its quotes. */
export function quoteJson(text: string): string {
  return isPlain(text) ? `"${text}"` : `"${text.replace(needsEscape['"'], escapeCharacter)}"`;
}

/** Nothing to escape in a short text. */
function isPlain(text: string): boolean {
  if (text.length > SHORT) return false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 32 || c === 34 || c === 92 || (c > 126 && (c === 0x85 || c === 0x2028 || c === 0x2029))) return false;
  }
  return true;
}

/** JsonConvert.ToString(string, delimiter, StringEscapeHandling): 0 Default, 1 EscapeNonAscii, 2 EscapeHtml. */
export function quoteJsonWith(text: string, delimiter: string, handling: number): string {
  const quote = delimiter === "'" ? "'" : '"';
  let escaped = escapeJson(text, quote);
  if (handling === 1) escaped = escaped.replace(/[^\u0000-\u007f]/g, escapeCharacter);
  if (handling === 2) escaped = escaped.replace(/[<>&']|(?<!\\)"/g, unicodeEscape);
  return `${delimiter}${escaped}${delimiter}`;
}

function unicodeEscape(c: string): string {
  return `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
