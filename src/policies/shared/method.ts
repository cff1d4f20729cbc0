/** A method as it may go on the wire: a token (RFC 9110 section 9.1), except those a gateway must not send. */
export function isMethod(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}$/.test(text) && text !== "CONNECT" && text !== "TRACE";
}
