/** Where log bytes go. One write is under way at a time; none blocks the event loop, nor the end of the process. */
import { close, constants, fstatSync, mkdirSync, open, openSync, write } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";

export interface Sink {
  write(bytes: Buffer, done: (error: Error | null) => void): void;
  close(): void;
}

const STDOUT = 1;
const AGAIN_MS = 50;

/** A file, opened on first use and anew after an error: it may have been removed, or its disk replaced. */
export class FileSink implements Sink {
  readonly #path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  write(bytes: Buffer, done: (error: Error | null) => void): void {
    const settle = (error: Error | null) => {
      if (error !== null) this.close();
      done(error);
    };
    if (this.#fd !== undefined) {
      writeAll(this.#fd, bytes, settle);
      return;
    }
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
    } catch {
      // Opening fails then, too, and says the same.
    }
    open(this.#path, "a", 0o640, (error, fd) => {
      if (error) {
        done(error);
        return;
      }
      this.#fd = fd;
      writeAll(fd, bytes, settle);
    });
  }

  close(): void {
    if (this.#fd !== undefined) close(this.#fd, () => {});
    this.#fd = undefined;
  }
}

/** One write after the other, whoever asks: blocks of several threads never mix. */
export class QueuedSink implements Sink {
  readonly #sink: Sink;
  #last: Promise<void> = Promise.resolve();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  write(bytes: Buffer, done: (error: Error | null) => void): void {
    this.#last = this.#last.then(
      () =>
        new Promise((resolve) => {
          this.#sink.write(bytes, (error) => {
            done(error);
            resolve();
          });
        }),
    );
  }

  close(): void {
    this.#sink.close();
  }
}

/** An open descriptor. */
class DescriptorSink implements Sink {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Buffer, done: (error: Error | null) => void): void {
    writeAll(this.#fd, bytes, done);
  }

  close(): void {}
}

class SocketSink implements Sink {
  readonly #socket: Socket;

  constructor(fd: number) {
    this.#socket = new Socket({ fd, readable: false, writable: true });
    // Failed writes report themselves; without a listener the event would end the process.
    this.#socket.on("error", () => {});
    this.#socket.unref();
  }

  write(bytes: Buffer, done: (error: Error | null) => void): void {
    this.#socket.write(bytes, (error) => done(error ?? null));
  }

  close(): void {}
}

function writeAll(fd: number, bytes: Buffer, done: (error: Error | null) => void): void {
  write(fd, bytes, 0, bytes.length, null, (error, written) => {
    // A pipe that is full and does not block: its reader will come.
    if (error?.code === "EAGAIN") setTimeout(() => writeAll(fd, bytes, done), AGAIN_MS).unref();
    else if (error) done(error);
    else if (written < bytes.length) writeAll(fd, bytes.subarray(written), done);
    else done(null);
  });
}

/**
 * Standard output. A blocking write to a pipe whose reader stands still holds a thread, and the end of the process with it; so a pipe
 * is opened anew without blocking (setting the flag on the descriptor would change it for the parent, too), and a socket, which
 * cannot be opened again, is left to the event loop.
 */
export function standardOutput(): Sink {
  try {
    return new DescriptorSink(
      openSync("/proc/self/fd/1", constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK),
    );
  } catch {
    return fstatSync(STDOUT).isSocket() ? new SocketSink(STDOUT) : new DescriptorSink(STDOUT);
  }
}
