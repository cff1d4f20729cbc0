/**
 * The backend's end of a WebSocket whose messages somebody looks at: bytes pass as they come, in both directions. When a watcher says
 * so, the connection is closed between two frames, and both ends are told why.
 */
import { Duplex } from "node:stream";
import { closeFrame, FrameReader } from "../http/websocket-frames.ts";
import type { SocketWatch } from "../kit/socket-watch.ts";

/** RFC 6455 section 7.4.1: a message violates the policy of an end. */
const POLICY_VIOLATION = 1008;
/** How long the client is given to take the close frame in. */
const LINGER_MS = 2_000;

export class WatchedSocket extends Duplex {
  readonly #backend: Duplex;
  readonly #watches: readonly SocketWatch[];
  readonly #fromBackend = new FrameReader((message) => this.#tell(message));
  readonly #fromClient = new FrameReader();
  #reason: string | undefined;
  #isClosed = false;

  constructor(backend: Duplex, watches: readonly SocketWatch[]) {
    super({ allowHalfOpen: true });
    this.#backend = backend;
    this.#watches = watches;
    backend.on("data", (chunk: Buffer) => this.#received(chunk));
    backend.on("end", () => {
      if (!this.#isClosed) this.push(null);
    });
    backend.on("error", (error) => this.#gone(error));
    backend.on("close", () => this.#gone());
  }

  #received(chunk: Buffer): void {
    if (this.#isClosed) return;
    const end = this.#fromBackend.feed(chunk, () => this.#reason !== undefined);
    const passing = end === chunk.length ? chunk : chunk.subarray(0, end);
    if (passing.length > 0 && !this.push(passing)) this.#backend.pause();
    this.#closeBetweenFrames();
  }

  #tell(message: Buffer): void {
    for (const watch of this.#watches) {
      const said = watch(message);
      if (said instanceof Promise)
        said.then(
          (reason) => {
            this.#reason ??= reason;
            this.#closeBetweenFrames();
          },
          (error: Error) => this.destroy(error),
        );
      else this.#reason ??= said;
    }
  }

  #closeBetweenFrames(): void {
    if (this.#reason === undefined || this.#isClosed || this.destroyed || !this.#fromBackend.isAtBoundary) return;
    this.#isClosed = true;
    this.push(closeFrame(POLICY_VIOLATION, this.#reason, false));
    this.push(null);
    if (this.#fromClient.isAtBoundary) this.#backend.end(closeFrame(POLICY_VIOLATION, this.#reason, true));
    else this.#backend.destroy();
    setTimeout(() => this.destroy(), LINGER_MS).unref();
  }

  /** The backend is gone; the client still has to read what was said last. */
  #gone(error?: Error): void {
    if (!this.#isClosed) this.destroy(error);
  }

  override _read(): void {
    this.#backend.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#isClosed || this.#backend.destroyed) {
      done();
      return;
    }
    this.#fromClient.feed(chunk);
    if (this.#backend.write(chunk)) done();
    else this.#backend.once("drain", () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.#isClosed) this.#backend.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#backend.destroy();
    done(error);
  }
}
