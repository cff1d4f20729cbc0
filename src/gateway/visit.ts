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
import type { RequestMetrics } from "../telemetry/request-metrics.ts";
import type { RefusedRequest, SecurityEvents } from "../telemetry/security-events.ts";
import type { RequestSpan, Tracing } from "../telemetry/tracing.ts";
import type { RecordedTrace } from "../telemetry/trace-recorder.ts";
import type { Overload } from "./overload.ts";
import type { ModelWatch } from "./model-watch.ts";
import { endFacts, failureOf, spanFacts } from "./request-span.ts";
import { newRequestId } from "./request-id.ts";

/** What answers a request: the reply of the front, or a tunnel that refuses. */
export type Answerer = Pick<Reply, "send">;

/** Who is told how a request ended; each only when it is wanted. */
export interface Watchers {
  readonly accessLog?: AccessLog | undefined;
  readonly metrics?: RequestMetrics | undefined;
  readonly securityEvents?: SecurityEvents | undefined;
  readonly models?: ModelWatch | undefined;
  readonly tracing?: Tracing | undefined;
}

/** Statuses by which policies refuse when they answer themselves (return-response). */
const REFUSING: ReadonlySet<number> = new Set([401, 403, 429]);
/** What went wrong without anybody refusing anything. */
const FAULTS: ReadonlySet<string> = new Set([
  "BackendConnectionFailure",
  "BackendResponseStatusCode",
  "BodyReadFailure",
  "ClientConnectionFailure",
  "ExpressionValueEvaluationFailure",
  "InternalError",
  "InvalidResponse",
  "NoResponse",
  "NotReady",
  "Overloaded",
  "Timeout",
]);

type Known = Omit<LastError, "path">;

export class Visit {
  readonly id: string;
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
  #span: RequestSpan | undefined;
  isAnswered = false;
  /** Somebody keeps account of it. */
  isModelCall = false;
  /** Why the gateway itself refused, where no policy ran; and more of it, for the log alone. */
  refusal: string | undefined;
  detail = "";
  /** What let it in, until it has its answer. */
  #entrance: Overload | undefined;
  readonly #clock: Clock;
  readonly #watchers: Watchers;

  /** @param id of the request that it is part of; absent: a new one */
  constructor(incoming: IncomingRequest, answerer: Answerer, clock: Clock, watchers: Watchers, id = newRequestId()) {
    this.id = id;
    this.incoming = incoming;
    this.answerer = answerer;
    this.clientAddress = incoming.remoteAddress;
    this.receivedAt = clock.now();
    this.startedAt = clock.monotonic();
    this.#clock = clock;
    this.#watchers = watchers;
    watchers.metrics?.began();
  }

  /** The request has found its way, or none. */
  began(exchange: ExchangeState): void {
    this.exchange = exchange;
    const { tracing } = this.#watchers;
    if (tracing !== undefined) this.#span ??= tracing.request(spanFacts(exchange));
    exchange.span = this.#span;
  }

  /** False when the thread has too much to do. */
  enter(overload: Overload): boolean {
    if (!overload.enter()) return false;
    this.#entrance = overload;
    return true;
  }

  /** Its answer is known: others may be let in. */
  leave(): void {
    this.#entrance?.leave();
    this.#entrance = undefined;
  }

  /** An answer for which no policy ran. `reason` is for the log. */
  answer(status: number, message: string, reason: string, headers = new Headers()): void {
    this.isAnswered = true;
    this.leave();
    this.refusal = reason;
    headers.set("Content-Type", "application/json");
    const body = Body.text(`{ "statusCode": ${status}, "message": ${JSON.stringify(message)} }`);
    this.answerer.send(status, "", headers, body, (bytes, error) => this.done(status, bytes, error));
  }

  /** A document of the gateway's own that anybody may read, pages of any origin too. False when there is none. */
  publish(json: string | undefined): boolean {
    if (json === undefined) return false;
    const { method } = this.incoming;
    const headers = new Headers(["Access-Control-Allow-Origin", "*", "Access-Control-Allow-Headers", "*"]);
    const isRead = method === "GET" || method === "HEAD";
    if (!isRead && method !== "OPTIONS") {
      headers.set("Allow", "GET, HEAD, OPTIONS");
      this.answer(405, "Method not allowed", "MethodNotAllowed", headers);
      return true;
    }
    if (isRead) headers.set("Content-Type", "application/json");
    const status = isRead ? 200 : 204;
    const body = isRead ? Body.text(json) : Body.none;
    this.isAnswered = true;
    this.answerer.send(status, "", headers, body, (bytes, error) => this.done(status, bytes, error));
    return true;
  }

  /** The answer that policies made. */
  respond(exchange: ExchangeState): void {
    const response = exchange.response;
    if (response === null) {
      this.answer(500, "Internal server error", "NoResponse");
      return;
    }
    this.isAnswered = true;
    this.leave();
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
    const { accessLog, metrics, securityEvents } = this.#watchers;
    const code = codeSent(status, bytes, error);
    const lastError = this.#lastError(error);
    const totalMs = this.#clock.monotonic() - this.startedAt;
    if (metrics !== undefined) {
      const route = this.exchange?.route;
      metrics.ended(route?.api.id ?? "", route?.operation, code, totalMs, this.exchange?.backendMs);
      if (lastError !== undefined) metrics.failed(route?.api.id ?? "", lastError);
    }
    if (securityEvents !== undefined && (lastError !== undefined || REFUSING.has(code)))
      this.#tell(securityEvents, code, lastError);
    accessLog?.add(this.#record(code, bytes, totalMs, lastError));
    this.#span?.ended(endFacts(code, this.exchange), failureOf(code, lastError));
    if (this.isModelCall) this.#tellModels(code, totalMs, lastError, error);
  }

  #tellModels(status: number, totalMs: number, lastError: Known | undefined, error: Error | undefined): void {
    if (this.exchange === undefined) return;
    const cutBy = error === undefined || isUnsendable(error) ? undefined : isCallerGone(error) ? "client" : "provider";
    const isFault = lastError !== undefined && FAULTS.has(lastError.reason);
    this.#watchers.models?.ended(this.exchange, { status, totalMs, lastError, isFault, cutBy, span: this.#span });
  }

  /** Ended by a page of the gateway's own that nobody logs. */
  left(): void {
    this.#watchers.metrics?.left();
  }

  #tell(events: SecurityEvents, code: number, lastError: Known | undefined): void {
    const { exchange, url } = this;
    if (lastError !== undefined && FAULTS.has(lastError.reason)) return;
    // The backend's own answer is no refusal of the gateway.
    if (lastError === undefined && exchange?.backendMs !== undefined) return;
    const route = exchange?.route;
    const known = lastError ?? answeredBy(exchange);
    const event: RefusedRequest = {
      kind: "refusal",
      correlationId: this.id,
      callerIp: this.clientAddress,
      method: this.incoming.method,
      url: url === undefined ? "" : url.origin + url.path,
      status: code,
      source: known.source,
      reason: known.reason,
      message: known.message,
      scope: known.scope,
      section: known.section,
      policyId: known.policyId,
      apiId: route?.api.id,
      operationId: route?.operation.id,
      productId: route?.product?.id,
      subscriptionId: route?.subscription?.id,
      userId: route?.user?.id,
      detail: known.detail,
    };
    events.add(event);
  }

  #record(code: number, bytes: number, totalMs: number, lastError: Known | undefined): AccessRecord {
    const { incoming, url, exchange } = this;
    const route = exchange?.route;
    return {
      receivedAt: this.receivedAt,
      correlationId: this.id,
      method: incoming.method,
      url: url === undefined ? "" : url.origin + url.path,
      callerIp: this.clientAddress,
      clientProtocol: incoming.httpVersion === "1.1" ? "HTTP/1.1" : `HTTP/${incoming.httpVersion}`,
      clientTlsVersion: incoming.tls?.protocol ?? "",
      responseCode: code,
      responseBytes: bytes,
      totalMs,
      backendMs: exchange?.backendMs,
      apiId: route?.api.id,
      apiRevision: route?.api.revision,
      operationId: route?.operation.id,
      productId: route?.product?.id,
      subscriptionId: route?.subscription?.id,
      userId: route?.user?.id,
      lastError,
      traceId: this.trace?.traceId,
    };
  }

  #lastError(error: Error | undefined): Known | undefined {
    const known = this.exchange?.lastError;
    if (known) return known;
    if (this.refusal !== undefined) return errorOf("gateway", this.refusal, this.detail, "inbound");
    if (error === undefined) return undefined;
    if (isUnsendable(error)) return errorOf("gateway", "InvalidResponse", error.message, "outbound");
    const reason = isCallerGone(error) ? "ClientConnectionFailure" : "BackendConnectionFailure";
    return errorOf("multiple", reason, error.message, "outbound");
  }
}

function errorOf(source: string, reason: string, message: string, section: string): Known {
  return { source, reason, message, scope: "", section, policyId: "" };
}

/** A policy that made the answer itself. */
function answeredBy(exchange: ExchangeState | undefined): Known {
  const place = exchange?.place;
  const { policy = "gateway", scope = "", section = "inbound", id = "" } = place ?? {};
  return { source: policy, reason: "AnsweredByPolicy", message: "", scope, section, policyId: id };
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
