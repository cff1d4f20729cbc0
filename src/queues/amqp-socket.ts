/**
 * How the client library of Azure Service Bus is made to connect by our own means. It resolves names and connects by itself, past every
 * egress rule, with one exception: it takes a WebSocket of the caller's making. To AMQP that is a stream of bytes like any other, so this
 * one is a plain TLS connection, as brokers have it on port 5671, with the face of a WebSocket.
 */
import type { Duplex } from "node:stream";

/** Opens the connection to a broker, past the egress rules. */
export type Connect = () => Promise<Duplex>;

/** What the library uses of a WebSocket. */
export interface AmqpSocket {
  binaryType: string;
  readonly url: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: Uint8Array }) => void) | null;
  onclose: (() => void) | null;
  onerror: ((error: Error) => void) | null;
  send(data: Uint8Array): void;
  close(): void;
}

/** A class of such sockets, which the library makes at each attempt to connect. @param onFailure told why there is no connection */
export function amqpSocketClass(connect: Connect, onFailure: (error: Error) => void): new (url: string) => AmqpSocket {
  return class implements AmqpSocket {
    binaryType = "arraybuffer";
    readonly url: string;
    onopen: AmqpSocket["onopen"] = null;
    onmessage: AmqpSocket["onmessage"] = null;
    onclose: AmqpSocket["onclose"] = null;
    onerror: AmqpSocket["onerror"] = null;
    #stream: Duplex | undefined;
    #isClosed = false;

    constructor(url: string) {
      this.url = url;
      connect().then(
        (stream) => this.#opened(stream),
        (error: Error) => {
          onFailure(error);
          if (!this.#isClosed) this.onerror?.(error);
          this.#end();
        },
      );
    }

    send(data: Uint8Array): void {
      this.#stream?.write(data);
    }

    close(): void {
      // Closed when the stream is: before, the client would take it for a connection that was lost.
      if (this.#stream === undefined) this.#end();
      else this.#stream.end();
    }

    #opened(stream: Duplex): void {
      if (this.#isClosed) {
        stream.destroy();
        return;
      }
      this.#stream = stream;
      stream.on("data", (data: Buffer) => this.onmessage?.({ data }));
      stream.on("error", (error: Error) => {
        if (!this.#isClosed) this.onerror?.(error);
      });
      stream.on("close", () => this.#end());
      this.onopen?.();
    }

    #end(): void {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.onclose?.();
    }
  };
}
