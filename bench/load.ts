/**
 * Load generator: a closed loop over keep-alive connections, one request at a time on each, in a process of its own. Every answer is
 * checked for its status and read to its end.
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ready } from "./child.ts";

export interface LoadOrder {
  readonly port: number;
  readonly isTls: boolean;
  readonly connections: number;
  readonly durationMs: number;
  /** Bytes of one request, as latin1 text. */
  readonly request: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const CHUNKED = -2;

class Connection {
  readonly #socket: Socket;
  readonly #request: string;
  readonly #latencies: number[];
  readonly #done: (isOk: boolean) => void;
  #sentAt = 0;
  #head = "";
  /** Bytes of the body still to come; -1 while the head is read, -2 while chunks come. */
  #left = -1;
  /** The last bytes of a chunked body. */
  #tail = "";
  #isOk = false;
  isStopping = false;

  constructor(socket: Socket, request: string, latencies: number[], done: (isOk: boolean) => void) {
    this.#socket = socket;
    this.#request = request;
    this.#latencies = latencies;
    this.#done = done;
    socket.on("data", (chunk) => this.#receive(chunk));
  }

  send(): void {
    this.#sentAt = performance.now();
    this.#socket.write(this.#request, "latin1");
  }

  #receive(chunk: Buffer): void {
    if (this.#left === CHUNKED) {
      this.#tail = (this.#tail + chunk.toString("latin1", Math.max(0, chunk.length - 5))).slice(-5);
      if (this.#tail !== "0\r\n\r\n") return;
      this.#left = 0;
    } else if (this.#left >= 0) {
      this.#left -= chunk.length;
    } else {
      this.#head += chunk.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /content-length: *(\d+)/i.exec(this.#head.slice(0, end))?.[1];
      const isChunked = length === undefined && /transfer-encoding: *chunked/i.test(this.#head.slice(0, end));
      this.#isOk = this.#head.startsWith("HTTP/1.1 200 ") && (isChunked || length !== undefined);
      this.#left = isChunked ? CHUNKED : Number(length ?? 0) - (this.#head.length - end - 4);
      this.#tail = this.#head.slice(-5);
      this.#head = "";
      if (isChunked && this.#tail !== "0\r\n\r\n") return;
      if (isChunked) this.#left = 0;
    }
    if (this.#left > 0) return;
    this.#left = -1;
    this.#latencies.push(performance.now() - this.#sentAt);
    this.#done(this.#isOk);
    if (!this.isStopping) this.send();
  }
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  let errors = 0;
  const sockets = await Promise.all(Array.from({ length: order.connections }, () => open(order)));
  const connections = sockets.map((socket) => {
    socket.on("error", () => errors++);
    return new Connection(socket, order.request, latencies, (isOk) => {
      if (!isOk) errors++;
    });
  });
  const startedAt = performance.now();
  for (const connection of connections) connection.send();
  await new Promise((resolve) => setTimeout(resolve, order.durationMs));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.isStopping = true;
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const socket of sockets) socket.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 1000);
  return { requests: latencies.length, errors, seconds, p50Us: at(0.5), p99Us: at(0.99) };
}

function open({ port, isTls }: LoadOrder): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const opened = () => resolve(socket);
    const to = { port, host: "127.0.0.1" };
    // Whose certificate it is does not matter here, only what the cipher costs.
    const socket: Socket = isTls ? connectTls({ ...to, rejectUnauthorized: false }, opened) : connect(to, opened);
    socket.setNoDelay(true);
    socket.once("error", reject);
  });
}

process.on("message", async (order: LoadOrder) => {
  process.send?.(await run(order));
});
ready({ port: 0, address: "", family: "" });
