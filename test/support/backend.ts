/** A real HTTP server as backend, which remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  readonly method: string;
  readonly url: string;
  /** [name, value, ...] */
  readonly raw: readonly string[];
  readonly body: string;
}

export class Backend {
  readonly seen: Seen[] = [];
  readonly url: string;
  /** Replaces the default answer, which is 200 with the text "backend". */
  answer: ((request: IncomingMessage, response: ServerResponse, body: string) => void) | undefined;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Backend> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const backend = new Backend(server);
    server.on("request", (request, response) => void backend.#receive(request, response));
    return backend;
  }

  get server(): ReturnType<typeof createServer> {
    return this.#server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The last request's header, names without case. */
  header(name: string): string | undefined {
    const raw = this.seen.at(-1)?.raw ?? [];
    const at = raw.findIndex((item, i) => i % 2 === 0 && item.toLowerCase() === name.toLowerCase());
    return at < 0 ? undefined : raw[at + 1];
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks).toString("latin1");
    this.seen.push({ method: request.method ?? "", url: request.url ?? "", raw: request.rawHeaders, body });
    if (this.answer !== undefined) this.answer(request, response, body);
    else response.end("backend");
  }
}
