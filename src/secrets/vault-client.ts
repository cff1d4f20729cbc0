/** What a vault's client gives, whichever vendor's it is. */

export interface VaultValue {
  readonly value: string;
  /** When the vault says that it ends, ms since the epoch. */
  readonly expiresAt?: number;
}

export interface VaultClient {
  /**
   * @param reference what follows the prefix of the source
   * @throws Error whose message says why in one line, without values; Throttled
   */
  read(reference: string, timeoutMs: number): Promise<VaultValue>;
}

/** The vault asked to be left alone for a while. */
export class Throttled extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super("the vault asks for fewer requests (429)");
    this.name = "Throttled";
    this.retryAfterMs = retryAfterMs;
  }
}

/** Retry-After in seconds or as a date (RFC 9110 section 10.2.3); at most an hour. */
export function retryAfterMs(header: string | undefined, now: number): number {
  const seconds = Number(header);
  const ms = header === undefined ? 0 : Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 1_000), 3_600_000) : 1_000;
}

/** One member of a secret that is a JSON object: `#key`. */
export function memberOf(text: string, key: string | undefined): string {
  if (key === undefined) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`the secret is not JSON: it has no "${key}"`);
  }
  const members = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const member: unknown = members.get(key);
  if (member === undefined || member === null) throw new Error(`the secret has no member "${key}"`);
  return typeof member === "string" ? member : JSON.stringify(member);
}

/** `reference#key`. */
export function splitMember(reference: string): { readonly path: string; readonly key: string | undefined } {
  const at = reference.lastIndexOf("#");
  return at < 0 ? { path: reference, key: undefined } : { path: reference.slice(0, at), key: reference.slice(at + 1) };
}
