/** A real HTTP server that records what it is asked and answers as it is told: the backend of conformance and e2e tests. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface RecordedRequest {
  readonly method: string;
  /** Path with query, as it came over the wire. */
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Waits before it answers. */
  readonly delayMs?: number;
  /** Closes the connection instead of answering. */
  readonly drop?: boolean;
}

export class RecordingBackend {
  readonly requests: RecordedRequest[] = [];
  /** Answers in order; the last one repeats. */
  answers: readonly ScriptedAnswer[] = [{}];
  readonly #server: Server;
  #next = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<RecordingBackend> {
    const server = createServer();
    const backend = new RecordingBackend(server);
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = new Map<string, string>();
      for (const [name, value] of Object.entries(request.headers)) headers.set(name, [value].flat().join(", "));
      const body = Buffer.concat(chunks).toString("utf8");
      backend.requests.push({ method: request.method ?? "", path: request.url ?? "", headers, body });
      const answer = backend.answers[Math.min(backend.#next++, backend.answers.length - 1)] ?? {};
      if (answer.delayMs) await sleep(answer.delayMs);
      if (answer.drop) {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status ?? 200, { "Content-Type": "text/plain", ...answer.headers });
      response.end(answer.body ?? "from backend");
    });
    // As a proxy it leads to itself, whatever host is asked for.
    server.on("connect", (request, socket, head) => {
      const headers = new Map(
        Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
      );
      backend.requests.push({ method: "CONNECT", path: request.url ?? "", headers, body: "" });
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      if (head.length > 0) socket.unshift(head);
      server.emit("connection", socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What was asked since the last call. */
  take(): RecordedRequest[] {
    return this.requests.splice(0);
  }

  script(answers: readonly ScriptedAnswer[]): void {
    this.answers = answers;
    this.#next = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
