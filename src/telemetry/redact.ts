/**
 * What stands between secrets and the logs: the values that the configuration holds, and credentials as they look.
 *
 * Takes credentials out of texts that were not meant to hold any: messages of errors, which quote addresses with passwords, connection
 * strings and tokens.
 */

import { MASK, SecretMask } from "./secret-mask.ts";

/** Of the configuration in force and of the one before it, whose requests may still be under way. */
let known: SecretMask | undefined;
let before: SecretMask | undefined;
/** Of the process: what its vaults and identities are opened with. */
let own: SecretMask | undefined;

/** From now on no line of any log of this thread shows these values of a configuration. */
export function hideFromLogs(secrets: SecretMask): void {
  before = known;
  known = secrets;
}

/** The same for what opens vaults and identity services. */
export function hideOwnFromLogs(secrets: Iterable<string>): void {
  own = new SecretMask(secrets);
}

/** Each with the part before the secret as its first group. All take time in proportion to the text: callers can have a hand in it. */
const PATTERNS: readonly RegExp[] = [
  // scheme://user:password@host, and a token alone before the @.
  /((?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/)[^\s/@]{1,1000}@/gi,
  // Authorization: Bearer x; also inside other texts.
  /\b((?:bearer|basic|digest|sharedaccesssignature|negotiate|dpop)\s+)(?=[^\s"',;]*[\d=._-])[^\s"',;]{6,}/gi,
  // Connection strings and forms: AccountKey=...; password=... client_secret=...
  /((?:password|passwd|pwd|secret|accountkey|sharedaccesskey|accesskey|api[_-]?key|apikey|subscription-key|access_token|refresh_token|id_token|client_secret|client_assertion|sig|signature)"?\s*[=:]\s*"?)(?!\*\*\*)[^\s"'&;,]+/gi,
];
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** Runs of at least three parts of base64url: there may be tokens in them. */
const DOTTED = /(?<![\w-])[\w-]+(?:\.[\w-]*){2,}/g;
/** The first part of a token, a JSON object. */
const TOKEN_HEADER = /\beyJ[\w-]{5,}/;
const MIN_PAYLOAD_CHARS = 5;
/** What may come before any of them; spares most texts the search. */
const HINT = /:\/\/|[=:]|bearer|basic|eyJ|-----BEGIN/i;

/** Takes out the values that configurations of this process hold, and nothing else: for texts that may hold anything. */
export function withoutKnown(text: string): string {
  return [known, before, own].reduce((rest, mask) => mask?.mask(rest) ?? rest, text);
}

export function redact(text: string): string {
  const unknown = withoutKnown(text);
  if (!HINT.test(unknown)) return unknown;
  let clean = unknown.replace(PRIVATE_KEY, MASK).replace(DOTTED, withoutTokens);
  for (const pattern of PATTERNS)
    clean = clean.replace(pattern, (match, before: string) => `${before}${MASK}${match.endsWith("@") ? "@" : ""}`);
  return clean;
}

function withoutTokens(dotted: string): string {
  const parts = dotted.split(".");
  const clean: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const start = parts[i].search(TOKEN_HEADER);
    if (start >= 0 && i + 2 < parts.length && parts[i + 1].length >= MIN_PAYLOAD_CHARS) {
      clean.push(parts[i].slice(0, start) + MASK);
      i += 2;
    } else {
      clean.push(parts[i]);
    }
  }
  return clean.join(".");
}
