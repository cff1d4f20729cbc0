/**
 * Tokens that one policy has verified, by the SHA-256 digest of everything that decided: the whole token and the keys the policy was given
 * by expressions. An entry counts only while its providers' key sets are still the ones it was verified with.
 */
import { hash } from "node:crypto";

interface Remembered<T> {
  readonly value: T;
  /** Versions of the providers' key sets. */
  readonly versions: string;
  readonly length: number;
}

/** Characters of all tokens that are remembered by one policy: some thousands of usual size. */
const MAX_LENGTH = 8 * 1024 * 1024;
/** Texts whose digests are remembered, and how long they may be: callers send one token many times, and its digest costs most. */
const MAX_TEXTS = 1_000;
const MAX_TEXT_LENGTH = 2_048;

export class TokenMemory<T> {
  readonly #entries = new Map<string, Remembered<T>>();
  /** Digests of texts that were found genuine, whole text by whole text. */
  readonly #digests = new Map<string, string>();
  #length = 0;

  static digest(text: string): string {
    return hash("sha256", text, "base64");
  }

  /** The same, for a text that may have been kept. */
  digestOf(text: string): string {
    return this.#digests.get(text) ?? TokenMemory.digest(text);
  }

  find(digest: string, versions: string): T | undefined {
    const found = this.#entries.get(digest);
    return found?.versions === versions ? found.value : undefined;
  }

  /** @param text that `digest` was made of: what is remembered of it is about as long */
  keep(digest: string, versions: string, text: string, value: T): void {
    const { length } = text;
    this.#keepText(text, digest);
    this.#length += length - (this.#entries.get(digest)?.length ?? 0);
    this.#entries.set(digest, { value, versions, length });
    for (const [oldest, { length: freed }] of this.#entries) {
      if (this.#length <= MAX_LENGTH) break;
      this.#entries.delete(oldest);
      this.#length -= freed;
    }
  }
  #keepText(text: string, digest: string): void {
    if (text.length > MAX_TEXT_LENGTH) return;
    if (this.#digests.size >= MAX_TEXTS) this.#digests.clear();
    // A text of its own: a part of a header section would keep all of that in memory.
    this.#digests.set(Buffer.from(text, "latin1").toString("latin1"), digest);
  }
}
