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

export class TokenMemory<T> {
  readonly #entries = new Map<string, Remembered<T>>();
  #length = 0;

  static digest(text: string): string {
    return hash("sha256", text, "base64");
  }

  find(digest: string, versions: string): T | undefined {
    const found = this.#entries.get(digest);
    return found?.versions === versions ? found.value : undefined;
  }

  /** @param length characters of the token: what is remembered of it is about as long */
  keep(digest: string, versions: string, length: number, value: T): void {
    this.#length += length - (this.#entries.get(digest)?.length ?? 0);
    this.#entries.set(digest, { value, versions, length });
    for (const [oldest, { length: freed }] of this.#entries) {
      if (this.#length <= MAX_LENGTH) break;
      this.#entries.delete(oldest);
      this.#length -= freed;
    }
  }
}
