/**
 * Takes credentials out of texts that were not meant to hold any: messages of errors, which quote addresses with passwords, connection
 * strings and tokens.
 */

const MASK = "***";

/** Each with the part before the secret as its first group. */
const PATTERNS: readonly RegExp[] = [
  // scheme://user:password@host, and a token alone before the @.
  /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]{1,1000}@/gi,
  // Authorization: Bearer x; also inside other texts.
  /\b((?:bearer|basic|digest|sharedaccesssignature|negotiate|dpop)\s+)(?=[^\s"',;]*[\d=._-])[^\s"',;]{6,}/gi,
  // Connection strings and forms: AccountKey=...; password=... client_secret=...
  /((?:password|passwd|pwd|secret|accountkey|sharedaccesskey|accesskey|api[_-]?key|apikey|subscription-key|access_token|refresh_token|id_token|client_secret|client_assertion|sig|signature)"?\s*[=:]\s*"?)(?!\*\*\*)[^\s"'&;,]+/gi,
];
/** Three parts of base64url, the first a JSON object: a token. */
const JWT = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
/** What may come before any of them; spares most texts the search. */
const HINT = /:\/\/|[=:]|bearer|basic|eyJ/i;

export function redact(text: string): string {
  if (!HINT.test(text)) return text;
  let clean = text.replace(JWT, MASK);
  for (const pattern of PATTERNS)
    clean = clean.replace(pattern, (match, before: string) => `${before}${MASK}${match.endsWith("@") ? "@" : ""}`);
  return clean;
}
