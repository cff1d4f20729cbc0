/**
 * The front: what the gateway needs of an HTTP server. One implementation is on node:http (node-front.ts); a codec of our own may
 * take its place. Nothing outside src/http sees the server beneath.
 */
import type { Body } from "./body.ts";
import type { Headers } from "./headers.ts";

/** A request as it came, after framing and syntax were accepted; not yet canonical. */
export interface IncomingRequest {
  readonly method: string;
  /** The request target as sent: origin-form `/path?query`, or absolute-form. */
  readonly target: string;
  /** "1.0", "1.1" or "2". */
  readonly httpVersion: string;
  readonly headers: Headers;
  readonly body: Body;
  /** Bytes of the body received so far; undefined when the front does not count them. */
  readonly receivedBytes?: number;
  /** Address of the peer, IPv4-mapped IPv6 already as IPv4. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Present on TLS connections. */
  readonly tls: TlsFacts | undefined;
  /** Name of the listener that took the connection. */
  readonly listener: string;
  /** Calls back once when the client goes away before the answer is complete; at once when it has gone already. */
  onAbort(listener: () => void): void;
}

export interface TlsFacts {
  readonly protocol: string;
  readonly cipher: string;
  readonly servername: string | undefined;
  /** DER of the client's certificate, when it sent one. */
  readonly clientCertificate: Uint8Array | undefined;
  /** True when the chain of that certificate was verified against the listener's authorities. */
  readonly clientAuthorized: boolean;
}

/** The answer to one request. `send` may be called once. */
export interface Reply {
  readonly isSent: boolean;
  /**
   * Sends the answer: a small buffered body with its head in one write, a stream chunk by chunk with back-pressure. Framing headers
   * (Content-Length, Transfer-Encoding, Connection) are computed here; those in `headers` are ignored. A Date is added where there is none.
   * `onDone(bytesSent, error?)` is called once: after the last byte was handed to the socket, or when either side broke off.
   */
  send(
    status: number,
    reason: string,
    headers: Headers,
    body: Body,
    onDone?: (bytesSent: number, error?: Error) => void,
  ): void;
  /** Breaks the connection off: for answers that must not look complete. */
  destroy(): void;
}

export type RequestHandler = (request: IncomingRequest, reply: Reply) => void;

/** A connection that asked for an upgrade; either accept by tunnelling to an upstream or refuse with an answer. */
export type UpgradeHandler = (request: IncomingRequest, tunnel: Tunnel) => void;

export interface Tunnel {
  /** Answers an upgrade request with an ordinary response and closes. */
  refuse(status: number, reason: string, headers: Headers, body: Body): void;
  /** Joins both ends after the backend accepted: writes the 101 head with these headers, then bytes both ways. */
  join(
    headers: Headers,
    backend: import("node:stream").Duplex,
    firstBytes: Uint8Array,
    /** Called once when both ends are closed, with the bytes that went each way. */
    onDone?: (received: number, sent: number) => void,
  ): void;
  /** Tells both ends, once they are joined, that the gateway goes away, and closes. */
  goAway(): void;
}

/**
 * Connections that wait to be accepted, as far as the system lets them (Linux: net.core.somaxconn). Of callers that all come back at once,
 * those beyond it are heard again after seconds only.
 */
export const BACKLOG = 4_096;

export interface FrontOptions {
  /** Name in logs, for example "public". */
  readonly name: string;
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Shares the port with listeners of other threads; the kernel spreads connections over them (SO_REUSEPORT). */
  readonly reusePort?: boolean;
  readonly tls?: FrontTls;
  /** Session tickets of all threads that share the port are made with it; left out: with one of this front's own. */
  readonly ticketSecret?: Uint8Array | undefined;
  /** Connections from other addresses are closed unseen. */
  readonly accepts?: ((address: string) => boolean) | undefined;
  /** Each connection must begin with a PROXY header, and come from an address that is believed. */
  readonly believesProxy?: ((address: string) => boolean) | undefined;
  /** Answers with `Connection: close` while draining. */
  readonly limits: FrontLimits;
  readonly onRequest: RequestHandler;
  readonly onUpgrade: UpgradeHandler;
  /** Requests refused by the codec itself (framing, syntax, time-out): for the access log. */
  readonly onRefused?: (facts: { status: number; reason: string; remoteAddress: string }) => void;
}

/** A certificate of the gateway, and what it asks of callers who come by that name. */
export interface TlsIdentity {
  /** PEM, with the intermediate authorities behind it. */
  readonly certificate: string;
  readonly key: string;
  /** Whether clients are asked for a certificate; default none. Refusing those without one is the gateway's part. */
  readonly clientCertificate?: "none" | "optional" | "required" | undefined;
  /** PEM of the authorities whose clients are trusted. */
  readonly authorities?: string | undefined;
  /** PEM of their revocation lists: when given, each authority of a chain must have one. */
  readonly crls?: string | undefined;
}

/** The identity in itself is the one for clients that name no host, or none of `identities`. */
export interface FrontTls extends TlsIdentity {
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  /** By host name. */
  readonly identities?: ReadonlyMap<string, TlsIdentity> | undefined;
  /** Offers HTTP/2 beside HTTP/1.1. */
  readonly http2?: boolean | undefined;
  /** Value of Strict-Transport-Security, sent with each answer. */
  readonly hsts?: string | undefined;
}

export interface FrontLimits {
  readonly maxHeaderBytes: number;
  readonly maxHeaderCount: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly writeIdleTimeoutMs: number;
  readonly maxConnections: number;
  /** Of one caller; 0: no bound. */
  readonly maxConnectionsPerAddress: number;
}

export interface Front {
  readonly name: string;
  /** Resolves with the bound port; rejects with a clear error when the address is taken. */
  listen(): Promise<{ host: string; port: number }>;
  /**
   * Lame duck: keeps accepting and answers with `Connection: close` for `lameDuckMs`, then closes idle connections and waits for the
   * rest. WebSockets that are still open shortly before `graceMs` are over are told goodbye.
   */
  drain(lameDuckMs: number, graceMs: number): Promise<void>;
  close(): Promise<void>;
  /**
   * Takes up other certificates for new connections; connections of clients that the new settings may not trust are closed after
   * the request under way. Throws, and changes nothing, when a certificate cannot be used.
   */
  replaceTls(tls: FrontTls): void;
}
