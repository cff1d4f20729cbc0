/** One request from its arrival to its line in the access log: what is known of it, gathered as it becomes known. */
import type { ExchangeState } from "../engine/exchange.ts";
import { Body } from "../http/body.ts";
import type { IncomingRequest, Reply } from "../http/front.ts";
import { Headers } from "../http/headers.ts";
import { UpstreamError } from "../http/upstream.ts";
import type { Clock } from "../base/clock.ts";
import type { LastError } from "../kit/exchange.ts";
import type { RequestUrl } from "../kit/url.ts";
import type { AccessLog, AccessRecord } from "../telemetry/access-log.ts";
import type { RecordedTrace } from "../telemetry/trace-recorder.ts";
import { newRequestId } from "./request-id.ts";

/** What answers a request: the reply of the front, or a tunnel that refuses. */
export type Answerer = Pick<Reply, "send">;

export class Visit {
  readonly id = newRequestId();
  readonly receivedAt: number;
  readonly startedAt: number;
  readonly incoming: IncomingRequest;
  readonly answerer: Answerer;
  /** The peer's address until it is known who stands behind it. */
  clientAddress: string;
  /** Canonical; undefined until it is known that the request has a canonical form. */
  url: RequestUrl | undefined;
  exchange: ExchangeState | undefined;
  trace: RecordedTrace | null = null;
  isAnswered = false;
  /** Why the gateway itself refused, where no policy ran; and more of it, for the log alone. */
  refusal: string | undefined;
  detail = "";
  readonly #clock: Clock;
  readonly #accessLog: AccessLog | undefined;

  constructor(incoming: IncomingRequest, answerer: Answerer, clock: Clock, accessLog: AccessLog | undefined) {
    this.incoming = incoming;
    this.answerer = answerer;
    this.clientAddress = incoming.remoteAddress;
    this.receivedAt = clock.now();
    this.startedAt = clock.monotonic();
    this.#clock = clock;
    this.#accessLog = accessLog;
  }

  /** An answer for which no policy ran. `reason` is for the log. */
  answer(status: number, message: string, reason: string, headers = new Headers()): void {
    this.isAnswered = true;
    this.refusal = reason;
    headers.set("Content-Type", "application/json");
    const body = Body.text(`{ "statusCode": ${status}, "message": ${JSON.stringify(message)} }`);
    this.answerer.send(status, "", headers, body, (bytes, error) => this.done(status, bytes, error));
  }

  /** The answer that policies made. */
  respond(exchange: ExchangeState): void {
    const response = exchange.response;
    if (response === null) {
      this.answer(500, "Internal server error", "NoResponse");
      return;
    }
    this.isAnswered = true;
    if (response.isBodyConsumed) response.setBody(Body.none);
    const { body } = response;
    this.answerer.send(response.status, response.reason, response.headers, body, (bytes, error) => {
      exchange.transferredBytes = bytes + (this.incoming.receivedBytes ?? 0);
      void exchange.finish();
      this.done(response.status, bytes, error);
    });
  }

  /** The answer is out, or the connection broke. */
  done(status: number, bytes: number, error?: Error): void {
    this.#accessLog?.add(this.#record(status, bytes, error));
  }

  #record(status: number, bytes: number, error: Error | undefined): AccessRecord {
    const { incoming, url, exchange } = this;
    const route = exchange?.route;
    return {
      receivedAt: this.receivedAt,
      correlationId: this.id,
      method: incoming.method,
      url: url === undefined ? "" : url.origin + url.path,
      callerIp: this.clientAddress,
      clientProtocol: `HTTP/${incoming.httpVersion}`,
      clientTlsVersion: incoming.tls?.protocol ?? "",
      responseCode: codeSent(status, bytes, error),
      responseBytes: bytes,
      totalMs: this.#clock.monotonic() - this.startedAt,
      backendMs: exchange?.backendMs,
      apiId: route?.api.id,
      apiRevision: route?.api.revision,
      operationId: route?.operation.id,
      productId: route?.product?.id,
      subscriptionId: route?.subscription?.id,
      userId: route?.user?.id,
      lastError: this.#lastError(error),
      traceId: this.trace?.traceId,
    };
  }

  #lastError(error: Error | undefined): Omit<LastError, "path" | "policyId"> | undefined {
    const known = this.exchange?.lastError;
    if (known) return known;
    if (this.refusal !== undefined)
      return { source: "gateway", reason: this.refusal, message: this.detail, scope: "", section: "inbound" };
    if (error === undefined) return undefined;
    if (isUnsendable(error))
      return { source: "gateway", reason: "InvalidResponse", message: error.message, scope: "", section: "outbound" };
    const reason = isCallerGone(error) ? "ClientConnectionFailure" : "BackendConnectionFailure";
    return { source: "multiple", reason, message: error.message, scope: "", section: "outbound" };
  }
}

/** Status that the caller got; 0 when none. */
function codeSent(status: number, bytes: number, error: Error | undefined): number {
  if (error === undefined || bytes > 0) return status;
  if (isUnsendable(error)) return 500;
  return isCallerGone(error) ? 0 : status;
}

/** The front refused a header or reason phrase that would break the message, and answered 500 in its place. */
function isUnsendable(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^ERR_(INVALID_CHAR|INVALID_HTTP_TOKEN|HTTP_INVALID_)/.test(code);
}

/** Failures on the way out are the caller's unless the backend's stream failed. */
function isCallerGone(error: Error): boolean {
  return !(error instanceof UpstreamError) || error.failure === "aborted";
}
