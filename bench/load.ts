/**
 * Load generator: a closed loop over keep-alive connections, one request at a time on each, in a process of its own. Every answer is
 * checked for its status and read to its length.
 */
import { connect, type Socket } from "node:net";
import { ready } from "./child.ts";

export interface LoadOrder {
  readonly port: number;
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

class Connection {
  readonly #socket: Socket;
  readonly #request: string;
  readonly #latencies: number[];
  readonly #done: (isOk: boolean) => void;
  #sentAt = 0;
  #head = "";
  /** Bytes of the body still to come; -1 while the head is read. */
  #left = -1;
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
    if (this.#left >= 0) {
      this.#left -= chunk.length;
    } else {
      this.#head += chunk.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /content-length: *(\d+)/i.exec(this.#head.slice(0, end))?.[1];
      this.#isOk = this.#head.startsWith("HTTP/1.1 200 ") && length !== undefined;
      this.#left = Number(length ?? 0) - (this.#head.length - end - 4);
      this.#head = "";
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
  const sockets = await Promise.all(Array.from({ length: order.connections }, () => open(order.port)));
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

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.setNoDelay(true);
    socket.once("error", reject);
  });
}

process.on("message", async (order: LoadOrder) => {
  process.send?.(await run(order));
});
ready({ port: 0, address: "", family: "" });
