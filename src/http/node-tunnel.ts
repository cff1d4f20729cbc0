/** WebSocket handshakes on node:http: refused with an ordinary answer, or joined to the backend's socket byte by byte. */
import type { Duplex } from "node:stream";
import type { Body } from "./body.ts";
import type { Tunnel } from "./front.ts";
import type { Headers } from "./headers.ts";
import { JoinedEnds } from "./joined-ends.ts";
import { headText, refusalText } from "./raw-response.ts";

/** Bytes of a refusal's body that are sent at most. */
const MAX_REFUSAL_BYTES = 1_048_576;

export class NodeTunnel implements Tunnel {
  readonly #client: Duplex;
  readonly #firstBytes: Uint8Array;
  #isUsed = false;
  #ends: JoinedEnds | undefined;

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
    this.#ends = new JoinedEnds(client, backend, onDone);
    this.#ends.begin(this.#firstBytes, firstBytes);
  }

  goAway(): void {
    this.#ends?.goAway();
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
