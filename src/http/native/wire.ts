/**
 * A socket whose bytes are handed over as they arrive, read into one buffer that all sockets share: without it Node allocates 64 KiB for
 * every read and gives most of them back. That is possible because a read and the handling of its bytes are one turn of the event loop.
 */
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Bytes } from "./octets.ts";

export interface WireReader {
  /**
   * Bytes from 0 to `end` have arrived.
   * @param isLent they are good until the call returns: who needs them longer makes a copy
   */
  received(bytes: Bytes, end: number, isLent: boolean): void;
  /** The peer will send no more. */
  ended(): void;
  /** The last call: nothing is left of the connection. */
  closed(): void;
}

const READ_BYTES = 65_536;
const shared = Buffer.allocUnsafeSlow(READ_BYTES) as Bytes;

type Handle = object;
interface HandleOwner {
  _handle: Handle | null;
}

/**
 * Reads a socket for a reader.
 * @param socket plain or TLS; nothing of it was read yet
 * @returns the socket to write to from now on: `net.Socket` takes a buffer to read into only when it is made, so a new one takes the
 * place of a plain socket. The old one is an empty shell that is destroyed with it, by which its server counts connections.
 */
export function openWire(socket: Socket, reader: WireReader): Socket {
  const handle = (socket as unknown as HandleOwner)._handle;
  const canMove = socket.constructor === Socket && handle !== null && handle !== undefined && !socket.destroyed;
  const wire = canMove && socket.readableLength === 0 ? move(socket, handle, reader) : listen(socket, reader);
  wire.on("end", () => reader.ended());
  // What is wrong with a connection concerns its two ends; `close` follows.
  wire.on("error", () => {});
  wire.on("close", () => reader.closed());
  return wire;
}

function move(shell: Socket, handle: Handle, reader: WireReader): Socket {
  (shell as unknown as HandleOwner)._handle = null;
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer: shared,
      callback: (size: number) => {
        reader.received(shared, size, true);
        return true;
      },
    },
  };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  socket.once("close", () => shell.destroy());
  // In flow, so that `end` is told.
  socket.resume();
  return socket;
}

function listen(socket: Socket, reader: WireReader): Socket {
  socket.allowHalfOpen = true;
  socket.on("data", (chunk: Bytes) => reader.received(chunk, chunk.length, false));
  return socket;
}

/** The rest of a connection as a stream, for whoever takes it over after an upgrade. Its maker hands it the bytes and the end. */
export class WireStream extends Duplex {
  readonly #socket: Socket;
  /** Tells the writer that the socket takes more. */
  #onDrain: (() => void) | undefined;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on("drain", () => this.#drained());
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  received(bytes: Bytes, end: number, isLent: boolean): void {
    const chunk = isLent ? Buffer.from(bytes.subarray(0, end)) : bytes;
    if (!this.push(chunk)) this.#socket.pause();
  }

  ended(): void {
    this.push(null);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#socket.write(chunk)) done();
    else this.#onDrain = done;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #drained(): void {
    const done = this.#onDrain;
    this.#onDrain = undefined;
    done?.();
  }
}
