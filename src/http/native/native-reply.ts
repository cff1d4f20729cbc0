/**
 * The answer to one request. A small body leaves with its head in one write; a stream goes chunk by chunk and is stopped while the client
 * does not read. What breaks off is cut so that it cannot be taken for whole.
 */
import type { Socket } from "node:net";
import type { Body, BodySource } from "../body.ts";
import type { Reply } from "../front.ts";
import type { Headers } from "../headers.ts";
import { hasContent, sendable } from "../no-content.ts";
import { post, type Sender } from "./batch.ts";
import type { Deadlines, Timed } from "./deadlines.ts";
import { isFlushed } from "./direct-write.ts";
import { INLINE_BYTES, latin1Of } from "./octets.ts";
import { answerHead, type Framing, type UnsendableAnswer } from "./response-text.ts";

export type OnDone = (bytesSent: number, error?: Error) => void;

/** What a reply needs of its connection. */
export interface ReplyHost {
  readonly socket: Socket;
  readonly deadlines: Deadlines;
  readonly writeIdleTimeoutMs: number;
  readonly hsts: string | undefined;
  /** Asked when the answer begins: does the connection end with it? */
  decideClose(): boolean;
  /** The answer is over: sent completely, or broken off. */
  replyDone(): void;
  destroy(): void;
}

/** Larger bodies are written in slices of this size, so that progress can be seen. */
const SLICE_BYTES = 65_536;
const INVALID_BODY = '{ "statusCode": 500, "message": "Internal server error" }';
const LAST_CHUNK = "0\r\n\r\n";

export class NativeReply implements Reply, Sender, Timed {
  isSent = false;
  /** The status line is on its way. */
  isStarted = false;
  dueAt = 0;
  turn = 0;
  readonly #host: ReplyHost;
  readonly #isHead: boolean;
  readonly #isHttp10: boolean;
  #onDone: OnDone | undefined;
  #isOver = false;
  /** Everything was written; the kernel has not taken all of it yet. */
  #isFlushing = false;
  #bytesSent = 0;
  #framing: Framing = "none";
  #length: number | undefined;
  /** The head while it waits for the first bytes of a stream. */
  #head = "";
  #source: BodySource | undefined;
  /** What is left of a large body in memory. */
  #rest: Uint8Array | undefined;

  constructor(host: ReplyHost, isHead: boolean, isHttp10: boolean) {
    this.#host = host;
    this.#isHead = isHead;
    this.#isHttp10 = isHttp10;
  }

  send(status: number, reason: string, headers: Headers, made: Body, onDone?: OnDone): void {
    if (this.isSent) throw new Error("A request can be answered only once.");
    this.isSent = true;
    this.#onDone = onDone;
    const body = sendable(status, made);
    if (this.#isOver) {
      body.discard();
      this.#report(new Error("The client has gone."));
      return;
    }
    const hasBody = !this.#isHead && hasContent(status);
    const { length } = body;
    this.#framing = hasBody ? (length !== undefined ? "length" : this.#isHttp10 ? "close" : "chunked") : "none";
    this.#length = length;
    const closes = this.#host.decideClose();
    const described = hasBody || this.#isHead ? length : 0;
    const { hsts } = this.#host;
    let head: string;
    try {
      head = answerHead({ status, reason, headers, framing: this.#framing, length: described, closes, hsts });
    } catch (error) {
      // A policy put a line break or a character beyond one byte into a header: nothing of it may reach the wire.
      body.discard();
      this.#sendInvalid(error as UnsendableAnswer, closes);
      return;
    }
    this.isStarted = true;
    if (!hasBody) {
      body.discard();
      this.#last(head);
    } else if (body.octets !== undefined) {
      this.#bytesSent = body.octets.length;
      this.#last(head + body.octets);
    } else {
      this.#sendBody(head, body);
    }
  }

  #sendBody(head: string, body: Body): void {
    const bytes = body.buffered;
    if (bytes === undefined) {
      this.#sendStream(head, body);
    } else if (bytes.length <= INLINE_BYTES) {
      this.#bytesSent = bytes.length;
      this.#last(bytes.length === 0 ? head : head + latin1Of(bytes));
    } else {
      this.#host.socket.cork();
      this.#host.socket.write(head, "latin1");
      this.#rest = bytes;
      this.#sendSlices();
      this.#host.socket.uncork();
      this.#settle();
    }
  }

  destroy(): void {
    this.isSent = true;
    this.#host.destroy();
    this.abort(new Error("The answer was broken off."));
  }

  /** The peer is gone, or the connection was given up. */
  abort(error: Error): void {
    if (this.#isOver) return;
    const source = this.#source;
    this.#source = undefined;
    source?.cancel(error);
    this.#finish(error);
  }

  /** The client has not read for too long. */
  onDue(): void {
    this.#host.destroy();
    this.abort(new Error("The client stopped reading."));
  }

  /** The socket takes more. */
  drained(): void {
    if (this.#isOver) return;
    this.#host.deadlines.clear(this);
    if (this.#rest !== undefined) {
      this.#sendSlices();
      this.#settle();
    } else if (!this.#isFlushing) {
      this.#source?.resume();
    } else {
      this.flushed();
    }
  }

  /** A write has left the process. */
  flushed(): void {
    if (!this.#isFlushing || this.#isOver) return;
    if (isFlushed(this.#host.socket)) this.#finish();
  }

  posted(isTaken: boolean): void {
    if (isTaken) this.#finish();
    else if (!this.#isOver) this.#wait();
  }

  #sendSlices(): void {
    const { socket } = this.#host;
    while (this.#rest !== undefined) {
      const slice = this.#rest.subarray(0, SLICE_BYTES);
      const isLast = slice.length === this.#rest.length;
      this.#bytesSent += slice.length;
      this.#rest = isLast ? undefined : this.#rest.subarray(SLICE_BYTES);
      this.#isFlushing = isLast;
      if (!socket.write(slice) && !isLast) {
        this.#wait();
        return;
      }
    }
  }

  #sendStream(head: string, body: Body): void {
    this.#head = head;
    const source = body.pipe({
      chunk: (data) => this.#chunk(data),
      end: () => this.#streamEnded(),
      error: (error) => this.#streamFailed(error),
    });
    if (this.#isOver || this.#isFlushing) return;
    this.#source = source;
    // With the first bytes if they are here already, else alone: an event stream may stay silent for minutes.
    if (this.#head !== "") this.#host.socket.write(this.#takeHead(), "latin1");
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = "";
    return head;
  }

  #chunk(data: Uint8Array): boolean {
    if (this.#isOver || this.#isFlushing) return false;
    if (data.length === 0) return true;
    this.#bytesSent += data.length;
    if (this.#length !== undefined && this.#bytesSent > this.#length) {
      this.#streamFailed(new Error("The body is longer than it said."));
      return false;
    }
    const goesOn = this.#write(data);
    if (!goesOn) this.#wait();
    return goesOn;
  }

  #write(data: Uint8Array): boolean {
    const { socket } = this.#host;
    const head = this.#takeHead();
    const isChunked = this.#framing === "chunked";
    const before = isChunked ? `${head}${data.length.toString(16)}\r\n` : head;
    if (data.length <= INLINE_BYTES)
      return socket.write(`${before}${latin1Of(data)}${isChunked ? "\r\n" : ""}`, "latin1");
    if (before === "") return socket.write(data);
    socket.cork();
    socket.write(before, "latin1");
    let goesOn = socket.write(data);
    if (isChunked) goesOn = socket.write("\r\n", "latin1");
    socket.uncork();
    return goesOn && socket.writableLength < socket.writableHighWaterMark;
  }

  #streamEnded(): void {
    if (this.#isOver) return;
    this.#source = undefined;
    if (this.#length !== undefined && this.#bytesSent !== this.#length) {
      this.#streamFailed(new Error("The body is shorter than it said."));
      return;
    }
    this.#last(this.#takeHead() + (this.#framing === "chunked" ? LAST_CHUNK : ""));
  }

  /** Without the last chunk, and with the connection cut, the answer cannot be taken for a complete one. */
  #streamFailed(error: Error): void {
    if (this.#isOver) return;
    const source = this.#source;
    this.#source = undefined;
    source?.cancel(error);
    this.#host.destroy();
    this.#finish(error);
  }

  #last(text: string): void {
    this.#isFlushing = true;
    if (text === "") this.#settle();
    else post(this.#host.socket, text, this);
  }

  /** After the last write: over at once when the kernel took everything, else when it has. */
  #settle(): void {
    if (!this.#isFlushing || this.#isOver) return;
    const { socket } = this.#host;
    if (socket.writableLength === 0) {
      this.#finish();
      return;
    }
    this.#wait();
    // Told when all that was written before has left.
    socket.write("", () => this.flushed());
  }

  #wait(): void {
    this.#host.deadlines.set(this, this.#host.writeIdleTimeoutMs);
  }

  #finish(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.turn !== 0) this.#host.deadlines.remove(this);
    if (this.isSent) this.#report(error);
    this.#host.replyDone();
  }

  #report(error?: Error): void {
    const onDone = this.#onDone;
    this.#onDone = undefined;
    onDone?.(this.#bytesSent, error);
  }

  #sendInvalid(error: Error, closes: boolean): void {
    const text =
      "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n" +
      `Content-Length: ${INVALID_BODY.length}\r\nConnection: ${closes ? "close" : "keep-alive"}\r\n\r\n`;
    this.isStarted = true;
    this.#host.socket.write(this.#isHead ? text : text + INVALID_BODY, "latin1");
    this.#finish(error);
  }
}
