/** What the vault servers of tests share: a real server on loopback, and the ways in which a vault can fail. */
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { SERVER } from "../certificates.ts";

/** `throttled`: 429; `refusing`: 403; `silent`: takes requests and answers none. */
export type Mood = "well" | "down" | "throttled" | "refusing" | "silent";

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export abstract class VaultServer {
  /** Secret values by name. */
  readonly values = new Map<string, string>();
  mood: Mood = "well";
  /** Every request, whatever came of it. */
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #scheme: string;

  protected constructor(secure: boolean) {
    const listener = (request: IncomingMessage, response: ServerResponse) => void this.#receive(request, response);
    this.#scheme = secure ? "https" : "http";
    this.#server = secure
      ? createSecure({ cert: SERVER.certificate, key: SERVER.key }, listener)
      : createPlain(listener);
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get url(): string {
    return `${this.#scheme}://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  /** Answers as the documented interface does. */
  protected abstract answer(asked: Asked, response: ServerResponse): void;

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "/", headers } = request;
    const asked = { method, url: new URL(url, this.url), headers, body: Buffer.concat(chunks).toString("utf8") };
    this.asked.push(asked);
    if (this.mood === "down") request.socket.destroy();
    else if (this.mood === "throttled")
      send(response, 429, { errors: ["rate"], error: { code: 429 } }, { "Retry-After": "1" });
    else if (this.mood === "refusing")
      send(response, 403, { errors: ["permission denied"], error: { code: "Forbidden" } });
    else if (this.mood === "well") this.answer(asked, response);
  }
}

export function send(
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(content));
}
