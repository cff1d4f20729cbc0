/**
 * Finds known secrets in texts: one walk over the text, however many secrets there are, since a refused call may cost its caller little
 * and a gateway has many keys.
 */
export const MASK = "***";
/** Shorter "secrets" would blank out half of every text. */
const MIN_LENGTH = 3;
const FILTER_BITS = 0xffff;

export class SecretMask {
  /** By their first three characters; longer ones first, since a secret may contain another. */
  readonly #byStart = new Map<string, string[]>();
  /** Which starts there may be, by their hash: spares most places of a text the look-up. */
  readonly #filter = new Uint8Array(FILTER_BITS + 1);

  constructor(secrets: Iterable<string>) {
    for (const secret of new Set(secrets)) {
      if (secret.length < MIN_LENGTH) continue;
      const start = secret.slice(0, MIN_LENGTH);
      const others = this.#byStart.get(start);
      if (others === undefined) this.#byStart.set(start, [secret]);
      else others.push(secret);
      this.#filter[hashAt(secret, 0)] = 1;
    }
    for (const list of this.#byStart.values()) list.sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    if (this.#byStart.size === 0) return text;
    let clean = "";
    let from = 0;
    for (let at = 0; at <= text.length - MIN_LENGTH; at++) {
      if (this.#filter[hashAt(text, at)] === 0) continue;
      const found = this.#byStart.get(text.slice(at, at + MIN_LENGTH))?.find((secret) => text.startsWith(secret, at));
      if (found === undefined) continue;
      clean += text.slice(from, at) + MASK;
      from = at + found.length;
      at = from - 1;
    }
    return from === 0 ? text : clean + text.slice(from);
  }
}

function hashAt(text: string, at: number): number {
  return ((text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2)) & FILTER_BITS;
}
