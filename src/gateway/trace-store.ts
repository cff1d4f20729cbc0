/**
 * Traces of the last requests, in memory, for those who may see them: the caller with the key that made the request, or anyone in
 * development mode. A trace that is not there and one that is not yours look alike. Threads of a process tell each other of theirs.
 */
import { BroadcastChannel } from "node:worker_threads";
import { digestOf, isKeyOf } from "./subscription.ts";

/** As many as APIM keeps. */
const MAX_TRACES = 100;
/** What another thread told before it answered its caller has arrived by then. */
const ON_ITS_WAY_MS = 100;

interface Kept {
  readonly json: string;
  /** Digest of the key of the traced request; null when it had none. */
  readonly keyDigest: Buffer | null;
}

interface Told {
  readonly id: string;
  readonly json: string;
  readonly keyDigest: Uint8Array | null;
}

export class TraceStore {
  readonly #traces = new Map<string, Kept>();
  readonly #others: BroadcastChannel | undefined;

  /** @param channel that the threads of a process share; undefined: there is one thread */
  constructor(channel?: string) {
    if (channel === undefined) return;
    this.#others = new BroadcastChannel(channel);
    this.#others.onmessage = (message) => this.#heard(message as { readonly data: Told });
    this.#others.unref();
  }

  keep(id: string, json: string, key: string | null): void {
    const keyDigest = key === null ? null : digestOf(key);
    this.#put(id, { json, keyDigest });
    this.#others?.postMessage({ id, json, keyDigest } satisfies Told);
  }

  /** @param isOpen development mode: no key is asked for */
  async find(id: string, key: string | undefined, isOpen: boolean): Promise<string | undefined> {
    if (this.#others !== undefined && !this.#traces.has(id))
      await new Promise((resolve) => setTimeout(resolve, ON_ITS_WAY_MS));
    const kept = this.#traces.get(id);
    if (kept === undefined) return undefined;
    const isOwner = key !== undefined && kept.keyDigest !== null && isKeyOf(kept.keyDigest, key);
    return isOpen || isOwner ? kept.json : undefined;
  }

  close(): void {
    this.#others?.close();
  }

  #heard({ data: { id, json, keyDigest } }: { readonly data: Told }): void {
    this.#put(id, { json, keyDigest: keyDigest === null ? null : Buffer.from(keyDigest) });
  }

  #put(id: string, kept: Kept): void {
    if (this.#traces.size >= MAX_TRACES) {
      const oldest = this.#traces.keys().next().value;
      if (oldest !== undefined) this.#traces.delete(oldest);
    }
    this.#traces.set(id, kept);
  }
}
