/** WebSocket handshakes on node:http: refused with an ordinary answer, or joined to the backend's socket byte by byte. */
import type { Duplex } from "node:stream";
import type { Body } from "./body.ts";
import type { Tunnel } from "./front.ts";
import type { Headers } from "./headers.ts";
import { headText, refusalText } from "./raw-response.ts";

/** Bytes of a refusal's body that are sent at most. */
const MAX_REFUSAL_BYTES = 1_048_576;

export class NodeTunnel implements Tunnel {
  readonly #client: Duplex;
  readonly #firstBytes: Uint8Array;
  #isUsed = false;

  /** @param firstBytes what the client sent after its head */
  constructor(client: Duplex, firstBytes: Uint8Array) {
    this.#client = client;
    this.#firstBytes = firstBytes;
  }

  refuse(status: number, reason: string, headers: Headers, body: Body): void {
    if (this.#isUsed) return;
    this.#isUsed = true;
    void this.#sendRefusal(status, reason, headers, body);
  }

  join(
    headers: Headers,
    backend: Duplex,
    firstBytes: Uint8Array,
    onDone?: (received: number, sent: number) => void,
  ): void {
    if (this.#isUsed || this.#client.destroyed) {
      backend.destroy();
      onDone?.(0, 0);
      return;
    }
    this.#isUsed = true;
    const client = this.#client;
    try {
      client.write(headText(101, "", headers, ["Connection", "Upgrade", "Upgrade", "websocket"]), "latin1");
    } catch {
      backend.destroy();
      client.end(refusalText(502, "Bad gateway"), "latin1");
      onDone?.(0, 0);
      return;
    }
    if (firstBytes.length > 0) client.write(firstBytes);
    if (this.#firstBytes.length > 0) backend.write(this.#firstBytes);
    joinStreams(client, backend, onDone);
  }

  async #sendRefusal(status: number, reason: string, headers: Headers, body: Body): Promise<void> {
    const client = this.#client;
    try {
      const bytes = await body.collect(MAX_REFUSAL_BYTES);
      const framing = ["Content-Length", String(bytes.length), "Date", new Date().toUTCString(), "Connection", "close"];
      client.write(headText(status, reason, headers, framing), "latin1");
      client.end(bytes);
    } catch {
      client.end(refusalText(502, "Bad gateway"), "latin1");
    }
  }
}

/** Copies both ways until both ends have finished; a failure of one end is a failure of the other. */
function joinStreams(client: Duplex, backend: Duplex, onDone?: (received: number, sent: number) => void): void {
  let received = 0;
  let sent = 0;
  let open = 2;
  const closed = () => {
    open--;
    client.destroy();
    backend.destroy();
    if (open === 0) onDone?.(received, sent);
  };
  copy(client, backend, (bytes) => {
    received += bytes;
  });
  copy(backend, client, (bytes) => {
    sent += bytes;
  });
  client.once("close", closed);
  backend.once("close", closed);
  client.on("error", () => backend.destroy());
  backend.on("error", () => client.destroy());
  if (client.destroyed) backend.destroy();
  if (backend.destroyed) client.destroy();
}

function copy(from: Duplex, to: Duplex, count: (bytes: number) => void): void {
  from.on("data", (chunk: Buffer) => {
    count(chunk.length);
    if (!to.write(chunk)) from.pause();
  });
  to.on("drain", () => from.resume());
  from.on("end", () => to.end());
}
