/** A request as policies and the gateway see it. */
import type { Body } from "../body.ts";
import type { IncomingRequest, TlsFacts } from "../front.ts";
import { Headers } from "../headers.ts";
import type { Peer } from "../node-request.ts";
import type { RequestBody } from "./request-body.ts";
import type { RequestHead } from "./request-head.ts";

export class NativeRequest implements IncomingRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly #peer: Peer;
  readonly #source: RequestBody | undefined;
  #onAbort: (() => void)[] | undefined;
  #isAborted = false;

  constructor(head: RequestHead, peer: Peer, body: Body, source: RequestBody | undefined) {
    this.method = head.method;
    this.target = head.target;
    this.httpVersion = head.isHttp10 ? "1.0" : "1.1";
    this.headers = new Headers(head.raw);
    this.body = body;
    this.#peer = peer;
    this.#source = source;
  }

  get receivedBytes(): number {
    return this.#source === undefined ? (this.body.length ?? 0) : this.#source.received;
  }

  get remoteAddress(): string {
    return this.#peer.remoteAddress;
  }

  get remotePort(): number {
    return this.#peer.remotePort;
  }

  get tls(): TlsFacts | undefined {
    return this.#peer.tls;
  }

  get listener(): string {
    return this.#peer.listener;
  }

  onAbort(listener: () => void): void {
    if (this.#isAborted) {
      listener();
      return;
    }
    this.#onAbort ??= [];
    this.#onAbort.push(listener);
  }

  /** The peer is gone before the answer was complete. */
  abort(): void {
    this.#isAborted = true;
    const listeners = this.#onAbort;
    this.#onAbort = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener();
  }
}
