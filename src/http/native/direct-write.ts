/**
 * Writes a small message straight to the handle of a plain socket. Nearly always the kernel takes it at once: then the stream around the
 * socket, its request object for each write and the turn it takes to say that all is well would cost a third of what writing costs. When
 * the kernel does not take all, libuv keeps the rest, in order with whatever the stream writes later.
 *
 * The handle is not documented. Where it is not what it was, everything is written through the stream.
 */
import { Socket } from "node:net";

/** What the kernel may need to finish a write later; Node's own class, which it does not export. */
interface WriteRequest {
  oncomplete?: (status: number) => void;
}
type WriteRequestClass = new () => WriteRequest;

interface Handle {
  /** Gives an error of libuv, below 0, or 0. */
  writeLatin1String(request: WriteRequest, text: string): number;
  /** Bytes that the kernel has not taken yet. */
  readonly writeQueueSize: number;
}

/** Who waits until the kernel has taken a message. */
export interface Flushable {
  flushed(): void;
}

/** Learnt from the first write of a stream. */
let Request: WriteRequestClass | undefined;
/** Not used up by a write: most are over at once, and need none. */
let spare: WriteRequest | undefined;

/**
 * @param text of characters up to U+00FF
 * @param sender told later when this returns false, unless the connection ends before
 * @returns true when the kernel has all of it
 */
export function writeText(socket: Socket, text: string, sender: Flushable): boolean {
  const handle = socket.constructor === Socket ? handleOf(socket) : null;
  if (handle === null) {
    socket.write(text, "latin1", () => sender.flushed());
    return false;
  }
  if (Request === undefined || socket.writableLength > 0 || !socket.writable) {
    if (Request === undefined) learn(handle);
    socket.write(text, "latin1", () => sender.flushed());
    return socket.writableLength === 0;
  }
  const request = spare ?? new Request();
  spare = undefined;
  if (handle.writeLatin1String(request, text) !== 0) {
    // Nothing was written: the stream meets the same error, and ends the connection as it ends all.
    socket.write(text, "latin1", () => sender.flushed());
    return false;
  }
  if (handle.writeQueueSize > 0) {
    request.oncomplete = (status) => (status < 0 ? socket.destroy() : sender.flushed());
    return false;
  }
  spare = request;
  return true;
}

/** True when the kernel has all that was written to a plain socket. */
export function isFlushed(socket: Socket): boolean {
  return socket.writableLength === 0 && !((handleOf(socket)?.writeQueueSize ?? 0) > 0);
}

function handleOf(socket: Socket): Handle | null {
  return (socket as unknown as { readonly _handle: Handle | null })._handle;
}

function learn(handle: Handle): void {
  if (Object.hasOwn(handle, "writeLatin1String")) return;
  handle.writeLatin1String = (request, text) => {
    Reflect.deleteProperty(handle, "writeLatin1String");
    Request ??= request.constructor as WriteRequestClass;
    return handle.writeLatin1String(request, text);
  };
}
