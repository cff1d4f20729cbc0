/**
 * Both ends of a WebSocket, joined: bytes pass as they come, each way, until both ends have finished. Frames are followed only as far as it
 * takes to know where one ends, so that the gateway can say goodbye between two of them when it goes away.
 */
import type { Duplex } from "node:stream";
import { closeFrame, FrameReader } from "./websocket-frames.ts";

/** RFC 6455 section 7.4.1: an end goes away, such as a server that goes down. */
const GOING_AWAY = 1001;
const REASON = "The gateway is going away.";
/** How long both ends are given to take the goodbye in. */
const FAREWELL_MS = 1_000;

/** When to say goodbye, so that it is heard before a grace period ends; both in ms from its begin. */
export function farewellAt(graceMs: number): number {
  return Math.max(graceMs / 2, graceMs - FAREWELL_MS);
}

export class JoinedEnds {
  readonly #ends: readonly Duplex[];
  readonly #toBackend: Way;
  readonly #toClient: Way;
  #isLeaving = false;

  /** @param onDone called once when both ends are closed, with the bytes of the client and those of the backend that passed */
  constructor(client: Duplex, backend: Duplex, onDone?: (received: number, sent: number) => void) {
    this.#ends = [client, backend];
    this.#toBackend = new Way(client, backend);
    this.#toClient = new Way(backend, client);
    let open = 2;
    const closed = () => {
      // Each end reads its goodbye at its own pace.
      if (!this.#isLeaving) this.#destroy();
      if (--open === 0) onDone?.(this.#toBackend.bytes, this.#toClient.bytes);
    };
    client.once("close", closed);
    backend.once("close", closed);
    // A failure of one end is a failure of the other.
    client.on("error", () => backend.destroy());
    backend.on("error", () => client.destroy());
    if (client.destroyed) backend.destroy();
    if (backend.destroyed) client.destroy();
  }

  /** What an end sent before it was listened to. */
  begin(fromClient: Uint8Array, fromBackend: Uint8Array): void {
    if (fromBackend.length > 0) this.#toClient.pass(fromBackend);
    if (fromClient.length > 0) this.#toBackend.pass(fromClient);
  }

  /** Closes the connection towards both ends, each after the frame that is passing. */
  goAway(): void {
    this.#isLeaving = true;
    setTimeout(() => this.#destroy(), FAREWELL_MS).unref();
    this.#toClient.close(closeFrame(GOING_AWAY, REASON, false));
    this.#toBackend.close(closeFrame(GOING_AWAY, REASON, true));
  }

  #destroy(): void {
    for (const end of this.#ends) end.destroy();
  }
}

/** One direction. */
class Way {
  bytes = 0;
  readonly #from: Duplex;
  readonly #to: Duplex;
  readonly #frames = new FrameReader();
  /** Sent at the end of the frame that is passing; undefined: nobody closes. */
  #lastWord: Buffer | undefined;
  #isClosed = false;

  constructor(from: Duplex, to: Duplex) {
    this.#from = from;
    this.#to = to;
    from.on("data", (chunk: Buffer) => this.pass(chunk));
    to.on("drain", () => from.resume());
    from.on("end", () => to.end());
  }

  pass(chunk: Uint8Array): void {
    // The other's answer to a goodbye, and what it said before it had read that: nobody's any more.
    if (this.#isClosed) return;
    const end = this.#frames.feed(chunk, this.#isLeaving);
    const passing = end === chunk.length ? chunk : chunk.subarray(0, end);
    this.bytes += passing.length;
    if (passing.length > 0 && !this.#to.write(passing)) this.#from.pause();
    this.#closeBetweenFrames();
  }

  close(lastWord: Buffer): void {
    this.#lastWord ??= lastWord;
    this.#closeBetweenFrames();
  }

  readonly #isLeaving = (): boolean => this.#lastWord !== undefined;

  #closeBetweenFrames(): void {
    if (this.#lastWord === undefined || this.#isClosed || !this.#frames.isAtBoundary) return;
    this.#isClosed = true;
    if (this.#frames.hasClosed) this.#to.end();
    else this.#to.end(this.#lastWord);
    // Read on: a socket that closes with bytes unread is reset, and the goodbye could be lost with it.
    this.#from.resume();
  }
}
