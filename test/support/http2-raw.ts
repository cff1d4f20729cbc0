/** A client of HTTP/2 that writes frames as they come, for what no well-behaved client would send (RFC 9113 section 4). */
import { connect, type TLSSocket } from "node:tls";

export const Frame = {
  Data: 0,
  Headers: 1,
  Priority: 2,
  Reset: 3,
  Settings: 4,
  Ping: 6,
  GoAway: 7,
  WindowUpdate: 8,
  Continuation: 9,
} as const;

export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;

export interface ReceivedFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** HPACK without tables and without compression (RFC 7541 section 6.2.2). */
export function headerBlock(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), ...[name, value].map((text) => literal(text))]),
  );
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  length.push(rest);
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** The pseudo-header fields of a request. */
export function pseudo(path = "/open/x", more: Readonly<Record<string, string>> = {}): [string, string][] {
  const all = { ":method": "GET", ":scheme": "https", ":authority": "localhost", ":path": path, ...more };
  return Object.entries(all);
}

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export class RawHttp2 {
  readonly frames: ReceivedFrame[] = [];
  readonly socket: TLSSocket;
  readonly closed: Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  #wake: (() => void)[] = [];

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) =>
      socket.once("close", () => {
        this.#notify();
        resolve();
      }),
    );
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** Connects and sends the preface with empty settings. */
  static open(port: number, ca: string): Promise<RawHttp2> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port, ca, servername: "localhost", ALPNProtocols: ["h2"] };
      const socket = connect(options, () => {
        socket.off("error", reject);
        const client = new RawHttp2(socket);
        client.write(PREFACE, frame(Frame.Settings, 0, 0));
        resolve(client);
      });
      socket.once("error", reject);
    });
  }

  write(...parts: Uint8Array[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(parts));
  }

  request(stream: number, fields = pseudo(), flags = END_STREAM | END_HEADERS): void {
    this.write(frame(Frame.Headers, flags, stream, headerBlock(fields)));
  }

  /** The first frame that fits; undefined when the connection ends without. */
  async next(fits: (frame: ReceivedFrame) => boolean): Promise<ReceivedFrame | undefined> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined || this.socket.destroyed) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Error code of GOAWAY; "closed" when the connection ends without. */
  async goAway(): Promise<number | "closed"> {
    const found = await this.next(({ type }) => type === Frame.GoAway);
    return found === undefined ? "closed" : found.payload.readUInt32BE(4);
  }

  /** Error code of RST_STREAM or GOAWAY, whichever comes; "answered" when the stream gets a response. */
  async outcome(stream: number): Promise<number | "answered" | "closed"> {
    const found = await this.next(
      (f) => f.type === Frame.GoAway || (f.stream === stream && (f.type === Frame.Reset || f.type === Frame.Headers)),
    );
    if (found === undefined) return "closed";
    if (found.type === Frame.Headers) return "answered";
    return found.payload.readUInt32BE(found.type === Frame.GoAway ? 4 : 0);
  }

  /** The same, of the stream alone: after GOAWAY, streams that were begun go on. */
  async outcomeAfter(stream: number): Promise<number | "answered" | "closed"> {
    const found = await this.next((f) => f.stream === stream && (f.type === Frame.Reset || f.type === Frame.Headers));
    if (found === undefined) return "closed";
    return found.type === Frame.Headers ? "answered" : found.payload.readUInt32BE(0);
  }

  close(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 9) {
      const length = this.#received.readUIntBE(0, 3);
      if (this.#received.length < 9 + length) break;
      const [type, flags] = [this.#received[3], this.#received[4]];
      const stream = this.#received.readUInt32BE(5) & 0x7fffffff;
      const payload = Buffer.from(this.#received.subarray(9, 9 + length));
      this.frames.push({ type, flags, stream, payload });
      this.#received = this.#received.subarray(9 + length);
      if (type === Frame.Settings && (flags & ACK) === 0) this.write(frame(Frame.Settings, ACK, 0));
    }
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) one();
  }
}
