/** Syntax of header fields (RFC 9110 section 5): what may be written to the wire. Checked where text comes from policies or backends. */

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible characters, blanks, tabs and obs-text; no control characters, nothing beyond one byte. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Also the syntax of a reason phrase. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}
