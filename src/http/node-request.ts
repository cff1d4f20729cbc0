/** The request side of the front on node:http: facts of the connection, and the body as it arrives. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { Body, type BodySink, type BodySource } from "./body.ts";
import type { IncomingRequest, TlsFacts } from "./front.ts";
import type { AcceptedHead } from "./head-check.ts";
import { Headers } from "./headers.ts";

/** What all requests of a connection share, established once. */
export interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly tls: TlsFacts | undefined;
  readonly listener: string;
}

const EMPTY_BODY = Body.bytes(new Uint8Array(0));

export class NodeRequest implements IncomingRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly #peer: Peer;
  readonly #source: RequestBodySource | undefined;
  #onAbort: (() => void)[] | undefined;
  #isAborted = false;

  constructor(message: IncomingMessage, head: AcceptedHead, peer: Peer, onBodyStart: (() => void) | undefined) {
    this.method = message.method as string;
    this.target = message.url as string;
    this.httpVersion = message.httpVersion;
    this.headers = new Headers(message.rawHeaders);
    this.#peer = peer;
    if (head.framing === "none") {
      this.body = Body.none;
    } else if (head.framing === "length" && head.length === 0) {
      this.body = EMPTY_BODY;
    } else {
      this.#source = new RequestBodySource(message, onBodyStart);
      this.body = Body.stream(this.#source, head.framing === "length" ? head.length : undefined);
    }
  }

  get receivedBytes(): number {
    return this.#source?.received ?? 0;
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

  /** Called by the connection when the peer is gone before the answer was complete. */
  abort(): void {
    this.#isAborted = true;
    const listeners = this.#onAbort;
    this.#onAbort = undefined;
    for (const listener of listeners ?? []) listener();
  }
}

/** Hands chunks on as the parser finds them. Trailers are dropped: nothing may follow the checks in disguise (RFC 9110 section 6.5.1). */
class RequestBodySource implements BodySource {
  received = 0;
  readonly #message: IncomingMessage;
  readonly #onStart: (() => void) | undefined;
  #sink: BodySink | undefined;

  constructor(message: IncomingMessage, onStart: (() => void) | undefined) {
    this.#message = message;
    this.#onStart = onStart;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#onStart?.();
    const message = this.#message;
    if (message.destroyed) {
      queueMicrotask(() => this.#fail(message.errored));
      return;
    }
    message.on("data", (chunk: Buffer) => {
      this.received += chunk.length;
      if (this.#sink !== undefined && !this.#sink.chunk(chunk)) message.pause();
    });
    message.on("end", () => {
      const reader = this.#sink;
      this.#sink = undefined;
      reader?.end();
    });
    message.on("error", (error) => this.#fail(error));
    message.on("close", () => this.#fail(null));
  }

  resume(): void {
    if (this.#sink !== undefined) this.#message.resume();
  }

  cancel(): void {
    this.#sink = undefined;
    // What still comes is read and dropped up to the limits of the connection.
    if (!this.#message.destroyed) this.#message.resume();
  }

  #fail(error: Error | null): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.error(error ?? new Error("The request body ended early."));
  }
}

/** IPv4 in IPv6 clothes (`::ffff:192.0.2.1`) is IPv4: address rules must match it (RFC 4291 section 2.5.5.2). */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return "";
  const isMapped = address.startsWith("::ffff:") && address.includes(".");
  const plain = isMapped ? address.slice(7) : address;
  const zone = plain.indexOf("%");
  return zone < 0 ? plain : plain.slice(0, zone);
}

export function peerOf(socket: Socket, listener: string): Peer {
  return {
    remoteAddress: plainAddress(socket.remoteAddress),
    remotePort: socket.remotePort ?? 0,
    tls: "getProtocol" in socket ? tlsFacts(socket as TLSSocket) : undefined,
    listener,
  };
}

/** Longer chains are no honest ones; Node sets no limit of its own. */
const MAX_CHAIN = 8;

function tlsFacts(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerCertificate(false);
  // `servername` is false when the client sent none.
  const servername = (socket as { servername?: string | false | null }).servername;
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher()?.name ?? "",
    servername: typeof servername === "string" ? servername.toLowerCase() : undefined,
    clientCertificate: certificate?.raw,
    clientAuthorized: certificate?.raw !== undefined && socket.authorized && chainLength(socket) <= MAX_CHAIN,
  };
}

function chainLength(socket: TLSSocket): number {
  let length = 1;
  for (let at = socket.getPeerCertificate(true); length <= MAX_CHAIN; length++) {
    const issuer = at.issuerCertificate;
    // The root is its own issuer.
    if (issuer === undefined || issuer === at) return length;
    at = issuer;
  }
  return length;
}
