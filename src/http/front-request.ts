/** A request as policies and the gateway see it, whichever engine has read it. */
import type { Body } from "./body.ts";
import type { IncomingRequest, TlsFacts } from "./front.ts";
import type { Headers } from "./headers.ts";
import type { Peer } from "./peer.ts";

/** What an engine has read of a request when it hands it on. */
export interface ReadHead {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: Headers;
}

export class FrontRequest implements IncomingRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly #peer: Peer;
  readonly #arriving: { readonly received: number } | undefined;
  #onAbort: (() => void)[] | undefined;
  #isAborted = false;

  /** @param arriving counts the bytes of the body as they come; undefined: the body is here, or there is none */
  constructor(head: ReadHead, peer: Peer, body: Body, arriving: { readonly received: number } | undefined) {
    this.method = head.method;
    this.target = head.target;
    this.httpVersion = head.httpVersion;
    this.headers = head.headers;
    this.body = body;
    this.#peer = peer;
    this.#arriving = arriving;
  }

  get receivedBytes(): number {
    return this.#arriving === undefined ? (this.body.length ?? 0) : this.#arriving.received;
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

  /** Called by the connection when the client is gone before the answer was complete. */
  abort(): void {
    this.#isAborted = true;
    const listeners = this.#onAbort;
    this.#onAbort = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener();
  }
}
