/** Writes a request to a backend: in one write when it is small, its body chunk by chunk when it streams, cut off when the body breaks off. */
import type { Socket } from "node:net";
import type { Body, BodySink, BodySource } from "../body.ts";
import { post, type Sender } from "./batch.ts";
import { INLINE_BYTES, latin1Of } from "./octets.ts";

/** What a sender tells the connection it writes to. */
export interface SenderHost {
  /** More of the body has been written. */
  bodySent(): void;
  /** The body ended before it was complete, or is not as long as it said. */
  bodyFailed(error: Error): void;
}

/** Nobody waits for it to be sent: the answer tells more. */
const NOBODY: Sender = { posted: () => {}, flushed: () => {} };
const NOTHING = new Uint8Array(0);

/** A head and a body that is in memory. */
export function sendWhole(socket: Socket, head: string, body: Body): void {
  if (body.octets !== undefined) {
    post(socket, head + body.octets, NOBODY);
    return;
  }
  const bytes = body.buffered ?? NOTHING;
  if (bytes.length <= INLINE_BYTES) {
    post(socket, bytes.length === 0 ? head : head + latin1Of(bytes), NOBODY);
    return;
  }
  socket.cork();
  socket.write(head, "latin1");
  socket.write(bytes);
  socket.uncork();
}

/** A body that streams, behind its head. */
export class BodySender implements BodySink {
  /** False once all of it was written, or given up. */
  isSending = true;
  readonly #socket: Socket;
  readonly #host: SenderHost;
  readonly #length: number | undefined;
  #source: BodySource | undefined;
  #sent = 0;

  constructor(socket: Socket, head: string, body: Body, host: SenderHost) {
    this.#socket = socket;
    this.#host = host;
    this.#length = body.length;
    socket.write(head, "latin1");
    const source = body.pipe(this);
    if (this.isSending) this.#source = source;
  }

  chunk(data: Uint8Array): boolean {
    if (!this.isSending || data.length === 0) return this.isSending;
    this.#sent += data.length;
    this.#host.bodySent();
    if (this.#length === undefined) return this.#writeChunk(data);
    if (this.#sent <= this.#length) return this.#socket.write(data);
    this.#fail(new Error("The request body is longer than it said."));
    return false;
  }

  end(): void {
    if (!this.isSending) return;
    if (this.#length !== undefined && this.#sent !== this.#length) {
      this.#fail(new Error("The request body is shorter than it said."));
      return;
    }
    this.isSending = false;
    if (this.#length === undefined) this.#socket.write("0\r\n\r\n", "latin1");
  }

  error(error: Error): void {
    if (this.isSending) this.#fail(error);
  }

  /** The socket takes more. */
  drained(): void {
    if (this.isSending) this.#source?.resume();
  }

  /** Nobody wants the rest. */
  stop(): void {
    if (!this.isSending) return;
    this.isSending = false;
    this.#source?.cancel();
  }

  #fail(error: Error): void {
    this.isSending = false;
    this.#host.bodyFailed(error);
  }

  /** RFC 9112 section 7.1. */
  #writeChunk(data: Uint8Array): boolean {
    const socket = this.#socket;
    const size = `${data.length.toString(16)}\r\n`;
    if (data.length <= INLINE_BYTES) return socket.write(`${size}${latin1Of(data)}\r\n`, "latin1");
    socket.cork();
    socket.write(size, "latin1");
    socket.write(data);
    const goesOn = socket.write("\r\n", "latin1");
    socket.uncork();
    return goesOn;
  }
}
