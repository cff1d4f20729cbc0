/** The upstream client: what policies and the gateway need to call a backend. node-upstream.ts implements it on undici's dispatch. */
import type { Duplex } from "node:stream";
import type { Body } from "./body.ts";
import type { IncomingRequest } from "./front.ts";
import type { Headers } from "./headers.ts";

export interface UpstreamRequest {
  readonly method: string;
  /** `https://host:port`, no path. */
  readonly origin: string;
  /** Path with query, as it goes on the wire. */
  readonly path: string;
  /** Without framing and hop-by-hop headers; Host included when it differs from the origin. */
  readonly headers: Headers;
  readonly body: Body;
  /** Until the response head has arrived. */
  readonly headersTimeoutMs: number;
  /** Between two chunks of the response body. */
  readonly bodyTimeoutMs?: number;
  readonly allowHttp2?: boolean;
  readonly tls?: UpstreamTls;
  /** Goes through this proxy, whatever the egress rules say. */
  readonly proxy?: UpstreamProxy | undefined;
  /** Ends the request when it is aborted. */
  readonly signal?: AbortSignal;
  /** Ends the request when this caller goes away; costs less than a signal made for the purpose. */
  readonly caller?: Pick<IncomingRequest, "onAbort">;
}

export interface UpstreamProxy {
  /** `http://host:port` */
  readonly url: string;
  readonly username?: string | undefined;
  /** A secret. */
  readonly password?: string | undefined;
}

export interface UpstreamTls {
  /** Verify the chain (default true). */
  readonly validateChain?: boolean;
  /** Verify the host name (default true). */
  readonly validateName?: boolean;
  /** PEM of the client certificate and key for mutual TLS. */
  readonly certificate?: string;
  readonly key?: string;
  /** PEM of additional authorities. */
  readonly authorities?: string;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly reason: string;
  /** End-to-end headers only: hop-by-hop fields are already gone. Content-Length is kept as information. */
  readonly headers: Headers;
  readonly body: Body;
}

/**
 * `protocol`: the backend answered something that is no valid HTTP. `unsendable`: the request itself is none, and was not sent.
 * `denied`: the egress rules do not allow the call.
 */
export type UpstreamFailure =
  | "timeout"
  | "connect"
  | "reset"
  | "protocol"
  | "unsendable"
  | "tls"
  | "aborted"
  | "denied";

/** Why a backend could not be used. The message names no secrets. */
export class UpstreamError extends Error {
  readonly failure: UpstreamFailure;

  constructor(failure: UpstreamFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "UpstreamError";
    this.failure = failure;
  }
}

export interface Upstream {
  /** Rejects with UpstreamError. Redirects are not followed. */
  request(request: UpstreamRequest): Promise<UpstreamResponse>;
  /** Sends an upgrade request; resolves when the backend answered 101, or with its refusal. */
  upgrade(request: UpstreamRequest): Promise<{ response: UpstreamResponse; socket?: Duplex; firstBytes?: Uint8Array }>;
  close(): Promise<void>;
}
