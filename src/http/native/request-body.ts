/** The body of a request as it arrives: framed by its length or in chunks, handed to one sink, stopped while the sink is full. */
import type { BodySink, BodySource } from "../body.ts";
import { type BodyReceiver, ChunkedReader } from "./chunked.ts";

/** Whose connection the body comes on. */
export interface BodyHost {
  /** Somebody wants the body: it may be read, and 100 be sent. */
  bodyWanted(): void;
}

export class RequestBody implements BodySource, BodyReceiver {
  /** Bytes of content so far. */
  received = 0;
  isComplete = false;
  /** It may be read: somebody takes it, or it is thrown away. */
  isFlowing = false;
  readonly #host: BodyHost;
  readonly #chunked: ChunkedReader | undefined;
  /** Bytes still to come when the length is known. */
  #left: number;
  #sink: BodySink | undefined;
  #isLent = false;
  /** Why it ended early, for who starts it afterwards. */
  #failure: Error | undefined;

  /** @param length undefined: chunked */
  constructor(host: BodyHost, length: number | undefined) {
    this.#host = host;
    this.#left = length ?? Number.POSITIVE_INFINITY;
    this.#chunked = length === undefined ? new ChunkedReader() : undefined;
  }

  /** Bytes still to come, Infinity when nobody knows. */
  get left(): number {
    return this.isComplete ? 0 : this.#left;
  }

  /** The bytes were no body. */
  get isFailed(): boolean {
    return this.#chunked?.isFailed ?? false;
  }

  get isTooLarge(): boolean {
    return this.#chunked?.isTooLarge ?? false;
  }

  start(sink: BodySink): void {
    const failure = this.#failure;
    if (failure !== undefined) {
      queueMicrotask(() => sink.error(failure));
      return;
    }
    this.#sink = sink;
    this.isFlowing = true;
    this.#host.bodyWanted();
  }

  resume(): void {
    if (this.#sink === undefined || this.isFlowing) return;
    this.isFlowing = true;
    this.#host.bodyWanted();
  }

  /** What still comes is read and dropped, up to the limits of the connection. */
  cancel(): void {
    this.#sink = undefined;
    if (this.isFlowing) return;
    this.isFlowing = true;
    this.#host.bodyWanted();
  }

  /** Reads what is its own of some bytes, until the sink is full. Gives the place where it stopped. */
  read(bytes: Buffer, start: number, end: number, isLent: boolean): number {
    this.#isLent = isLent;
    let at = end;
    if (this.#chunked !== undefined) {
      at = this.#chunked.read(bytes, start, end, this);
      this.isComplete = this.#chunked.isDone;
    } else {
      at = Math.min(end, start + this.#left);
      this.#left -= at - start;
      this.content(bytes, start, at);
      this.isComplete = this.#left === 0;
    }
    return at;
  }

  content(bytes: Buffer, start: number, end: number): boolean {
    this.received += end - start;
    const sink = this.#sink;
    if (sink === undefined) return true;
    const part = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
    // Set before the sink is called, which may ask for more at once.
    this.isFlowing = false;
    if (sink.chunk(this.#isLent ? Buffer.from(part) : part) || this.#sink === undefined) this.isFlowing = true;
    return this.isFlowing;
  }

  /** Tells the sink that it has all. */
  end(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.end();
  }

  fail(error: Error): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.isFlowing = true;
    this.isComplete = true;
    this.#failure = error;
    sink?.error(error);
  }
}
