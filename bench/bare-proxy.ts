/**
 * The measure of the benchmarks: a reverse proxy on node:http and undici in the fastest form known that is still correct. Raw header
 * lists both ways, fields of the connection left out, one write for a whole answer; no limits, no policy, no log, no second look.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Dispatcher, Pool } from "undici";
import { ready } from "./child.ts";

const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "upgrade",
  "trailer",
  "proxy-connection",
  "content-length",
  "host",
]);

const [backendPort] = process.argv.slice(2);
const pool = new Pool(`http://127.0.0.1:${backendPort}`, { connections: 256, pipelining: 1 });

class Handler implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  #status = 0;
  #reason = "";
  #headers: string[] = [];
  #chunks: Buffer[] = [];

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, reason = ""): void {
    this.#status = status;
    this.#reason = reason;
    const raw = controller.rawHeaders as Buffer[];
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i].toString("latin1");
      if (!HOP_BY_HOP.has(name.toLowerCase())) this.#headers.push(name, raw[i + 1].toString("latin1"));
    }
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#headers.push("Content-Length", String(body.length));
    this.#response.writeHead(this.#status, this.#reason, this.#headers);
    this.#response.end(body.toString("latin1"), "latin1");
  }

  onResponseError(): void {
    this.#response.writeHead(502).end();
  }
}

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer | null): void {
  const { rawHeaders } = request;
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!HOP_BY_HOP.has(rawHeaders[i].toLowerCase())) headers.push(rawHeaders[i], rawHeaders[i + 1]);
  }
  const method = request.method as Dispatcher.HttpMethod;
  pool.dispatch({ method, path: request.url as string, headers, body }, new Handler(response));
}

const server = createServer({ noDelay: true, optimizeEmptyRequests: true }, (request, response) => {
  if (request.method === "GET") {
    forward(request, response, null);
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => forward(request, response, Buffer.concat(chunks)));
});
server.listen(0, "127.0.0.1", () => ready(server.address()));
