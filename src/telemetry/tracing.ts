/**
 * Distributed traces as the rest of the gateway sees them: a span for each request, and one for each call that it makes. Who implements
 * it (otlp-traces.ts) is loaded only when the settings ask for traces.
 */

/** Names and values by the semantic conventions. https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Trace context as it travels in headers. https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

/** A call of a backend or another service. */
export interface CallSpan {
  /** What the other side is told. */
  readonly context: TraceContext;
  /** @param failure why there is no status */
  ended(status: number | undefined, failure?: string): void;
}

/** Something within a request that is known when it is over. */
export interface InnerSpan {
  readonly name: string;
  readonly attributes: SpanAttributes;
  /** Why it failed. */
  readonly failure: string | undefined;
  /** Since the request was received. */
  readonly durationMs: number;
}

export interface RequestSpan {
  /** @param method of the call @param origin `https://host:port` */
  call(method: string, origin: string): CallSpan;
  /** It may be told after the request has ended. */
  inner(span: InnerSpan): void;
  /** @param failure reason of an answer that is the gateway's or the backend's fault */
  ended(attributes: SpanAttributes, failure: string | undefined): void;
}

export interface RequestFacts {
  /** `GET /orders/{id}`: never a path as it was asked for. */
  readonly name: string;
  readonly attributes: SpanAttributes;
  /** Fields of the caller's trace context; more than one traceparent is none. */
  readonly traceparent: readonly string[];
  readonly tracestate: string | undefined;
  /** Wall time of receipt in milliseconds, and its monotonic twin. */
  readonly receivedAt: number;
  readonly startedAt: number;
}

export interface Tracing {
  request(facts: RequestFacts): RequestSpan;
}

const METHODS: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
]);

/** Methods of callers' own making are one. */
export function methodAttributes(method: string): { readonly [name: string]: string } {
  if (METHODS.has(method)) return { "http.request.method": method };
  return { "http.request.method": "_OTHER", "http.request.method_original": method };
}
