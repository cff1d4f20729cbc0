/** Requests and responses as policies see and change them: the caller's, the backend's, and those of send-request. */
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import type { UpstreamProxy } from "../http/upstream.ts";
import type { RequestUrl } from "./url.ts";

/** What request and response share, so that set-header and set-body work on both. */
export class Message {
  headers: Headers;
  body: Body;
  /** True after an expression read the body without preserveContent: what follows sees an empty body, as in APIM. */
  isBodyConsumed = false;

  constructor(headers: Headers, body: Body) {
    this.headers = headers;
    this.body = body;
  }

  /** Fields that described the old content, its coding and length, go with it. */
  setBody(body: Body): void {
    this.body.discard();
    this.headers.remove("Content-Encoding");
    this.headers.remove("Content-Length");
    this.body = body;
    this.isBodyConsumed = false;
  }
}

/** A certificate with its private key, PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

export class RequestMessage extends Message {
  /** Upper case. */
  method: string;
  url: RequestUrl;
  /** Presented to the backend instead of the one its entity names (authentication-certificate). */
  clientCertificate: ClientCertificate | undefined = undefined;
  /** Goes to the backend through this one (proxy). */
  proxy: UpstreamProxy | undefined = undefined;
  /** Its Authorization, when there is one, came from the caller and not from a policy. */
  carriesCallersAuthorization = false;
  /** That of the caller is for policies alone: it was issued for the gateway, not for a backend (MCP). */
  withholdsCallersAuthorization = false;

  constructor(method: string, url: RequestUrl, headers: Headers, body: Body) {
    super(headers, body);
    this.method = method;
    this.url = url;
  }
}

export class ResponseMessage extends Message {
  status: number;
  reason: string;

  constructor(status: number, reason = "", headers = new Headers(), body: Body = Body.none) {
    super(headers, body);
    this.status = status;
    this.reason = reason;
  }
}
