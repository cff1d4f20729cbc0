/** A client that writes bytes to a socket and reads what comes back, for requests no well-behaved client would send. */
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

export interface RawResponse {
  readonly status: number;
  /** Lower-case names; repeated fields are joined by a comma. */
  readonly headers: Map<string, string>;
  readonly body: string;
}

export class RawClient {
  /** When set, all clients of this process speak TLS. */
  static tls: ConnectionOptions | undefined;
  /** When set, all clients of this process send their octets one by one, long texts in that many pieces. */
  static pieces: number | undefined;
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #isClosed = false;
  #wake: (() => void)[] = [];
  #writing: Promise<void> = Promise.resolve();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#notify();
    });
    socket.on("error", () => {});
    socket.on("end", () => {
      this.#isClosed = true;
      this.#notify();
    });
    socket.on("close", () => {
      this.#isClosed = true;
      this.#notify();
    });
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const options = { port, host: "127.0.0.1", allowHalfOpen: true };
      const opened = () => resolve(new RawClient(socket));
      const socket: Socket =
        RawClient.tls === undefined ? connect(options, opened) : connectTls({ ...options, ...RawClient.tls }, opened);
      socket.once("error", reject);
    });
  }

  write(text: string | Uint8Array): void {
    const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
    if (RawClient.pieces === undefined) this.socket.write(bytes);
    else this.#writing = this.#writing.then(() => this.#writeInPieces(bytes, RawClient.pieces ?? 1));
  }

  async #writeInPieces(bytes: Uint8Array, pieces: number): Promise<void> {
    const size = Math.ceil(bytes.length / pieces);
    this.socket.setNoDelay(true);
    for (let at = 0; at < bytes.length && !this.socket.destroyed; at += size) {
      this.socket.write(bytes.subarray(at, at + size));
      // A turn of the event loop, in which the other side reads what has come.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The next whole response. Rejects when the connection ends inside it. */
  async response(method = "GET"): Promise<RawResponse> {
    const head = await this.#until(() => {
      const end = this.#received.indexOf("\r\n\r\n");
      return end < 0 ? undefined : this.#take(end + 4).toString("latin1");
    }, "a response head");
    const [statusLine, ...lines] = head.trimEnd().split("\r\n");
    const status = Number(statusLine.split(" ")[1]);
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      const earlier = headers.get(name);
      headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
    }
    if (status === 100) return { status, headers, body: "" };
    const isEmpty = method === "HEAD" || status === 204 || status === 304 || status === 101;
    const body = isEmpty ? "" : await this.#body(headers);
    return { status, headers, body };
  }

  /** Everything until the other side closes. */
  async rest(): Promise<string> {
    while (!this.#isClosed) await this.#change();
    return this.#take(this.#received.length).toString("latin1");
  }

  /** True once the other side has closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.socket.destroy();
  }

  async #body(headers: Map<string, string>): Promise<string> {
    const length = headers.get("content-length");
    if (length !== undefined) {
      const size = Number(length);
      return this.#until(
        () => (this.#received.length < size ? undefined : this.#take(size).toString("latin1")),
        "the whole body",
      );
    }
    if (headers.get("transfer-encoding") === "chunked") return this.#chunked();
    return this.rest();
  }

  async #chunked(): Promise<string> {
    let body = "";
    for (;;) {
      const line = await this.#until(() => {
        const end = this.#received.indexOf("\r\n");
        return end < 0 ? undefined : this.#take(end + 2).toString("latin1");
      }, "a chunk");
      const size = Number.parseInt(line, 16);
      const data = await this.#until(
        () => (this.#received.length < size + 2 ? undefined : this.#take(size + 2).toString("latin1")),
        "a chunk's data",
      );
      if (size === 0) return body;
      body += data.slice(0, -2);
    }
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#isClosed)
        throw new Error(`The connection ended before ${what}; received: ${this.#received.toString("latin1")}`);
      await this.#change();
    }
  }

  #take(size: number): Buffer {
    const taken = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return taken;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) one();
  }
}

/** Sends bytes on a connection of their own and gives the first response; a second read tells whether the connection was closed. */
export async function send(port: number, text: string): Promise<RawResponse> {
  const client = await RawClient.open(port);
  try {
    client.write(text);
    return await client.response();
  } finally {
    client.close();
  }
}
