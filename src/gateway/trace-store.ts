/**
 * Traces of the last requests, in memory, for those who may see them: the caller with the key that made the request, or anyone in
 * development mode. A trace that is not there and one that is not yours look alike.
 */
import { digestOf, isKeyOf } from "./subscription.ts";

/** As many as APIM keeps. */
const MAX_TRACES = 100;

interface Kept {
  readonly json: string;
  /** Digest of the key of the traced request; null when it had none. */
  readonly keyDigest: Buffer | null;
}

export class TraceStore {
  readonly #traces = new Map<string, Kept>();

  keep(id: string, json: string, key: string | null): void {
    if (this.#traces.size >= MAX_TRACES) {
      const oldest = this.#traces.keys().next().value;
      if (oldest !== undefined) this.#traces.delete(oldest);
    }
    this.#traces.set(id, { json, keyDigest: key === null ? null : digestOf(key) });
  }

  /** @param isOpen development mode: no key is asked for */
  find(id: string, key: string | undefined, isOpen: boolean): string | undefined {
    const kept = this.#traces.get(id);
    if (kept === undefined) return undefined;
    const isOwner = key !== undefined && kept.keyDigest !== null && isKeyOf(kept.keyDigest, key);
    return isOpen || isOwner ? kept.json : undefined;
  }
}
