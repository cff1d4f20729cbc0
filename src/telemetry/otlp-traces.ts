/**
 * Spans made by the SDK of OpenTelemetry and sent over OTLP/HTTP. Nothing is patched and nothing global is set: parents are handed on. Spans
 * wait in a bounded queue of ours; what a collector does not take is dropped and counted.
 */
import type { Context, Span, SpanKind, Tracer } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Clock } from "../base/clock.ts";
import { EventBatches } from "./event-batches.ts";
import type { Log } from "./log.ts";
import { exported, type OtlpExport, otlpClient, otlpResource } from "./otlp-client.ts";
import {
  type CallSpan,
  methodAttributes,
  type RequestFacts,
  type RequestSpan,
  type SpanAttributes,
  type TraceContext,
  type Tracing,
} from "./tracing.ts";

type Api = typeof import("@opentelemetry/api");
type Core = typeof import("@opentelemetry/core");

export interface OtlpTraceOptions extends OtlpExport {
  /** Of traces that begin here; a caller that is traced decides for itself. */
  readonly samplingRatio: number;
}

/** Values of spans come from callers, some of them. */
const LONGEST_VALUE = 1_024;

export class OtlpTracing implements Tracing {
  readonly #api: Api;
  readonly #core: Core;
  readonly #tracer: Tracer;
  readonly #clock: Clock;
  readonly #batches: EventBatches<ReadableSpan>;

  private constructor(parts: {
    api: Api;
    core: Core;
    tracer: Tracer;
    clock: Clock;
    batches: EventBatches<ReadableSpan>;
  }) {
    this.#api = parts.api;
    this.#core = parts.core;
    this.#tracer = parts.tracer;
    this.#clock = parts.clock;
    this.#batches = parts.batches;
  }

  static async open(options: OtlpTraceOptions, clock: Clock, log: Log): Promise<OtlpTracing> {
    const [api, core, sdk] = await Promise.all([
      import("@opentelemetry/api"),
      import("@opentelemetry/core"),
      import("@opentelemetry/sdk-trace"),
    ]);
    const { OTLPTraceExporter } = await (options.protocol === "http/json"
      ? import("@opentelemetry/exporter-trace-otlp-http")
      : import("@opentelemetry/exporter-trace-otlp-proto"));
    const exporter = new OTLPTraceExporter(otlpClient(options, "traces"));
    const batches = new EventBatches<ReadableSpan>(
      {
        name: "OTLP",
        what: "Spans",
        send: (spans) => exported((done) => exporter.export([...spans], done)),
        close: () => exporter.shutdown(),
      },
      log,
    );
    const queue: SpanProcessor = {
      onStart: () => {},
      onEnd: (span) => {
        if ((span.spanContext().traceFlags & api.TraceFlags.SAMPLED) !== 0) batches.add(span);
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const root = new sdk.TraceIdRatioBasedSampler(options.samplingRatio);
    const provider = new sdk.TracerProvider({
      resource: await otlpResource(options),
      sampler: new sdk.ParentBasedSampler({ root }),
      spanProcessors: [queue],
      spanLimits: { attributeValueLengthLimit: LONGEST_VALUE },
    });
    return new OtlpTracing({ api, core, tracer: provider.getTracer("sallyport"), clock, batches });
  }

  /** Spans that no collector took. */
  get dropped(): number {
    return this.#batches.dropped;
  }

  close(): Promise<void> {
    return this.#batches.close();
  }

  request(facts: RequestFacts): RequestSpan {
    const { SpanKind: kinds, trace } = this.#api;
    const parent = this.#parentOf(facts);
    const options = { kind: kinds.SERVER, attributes: { ...facts.attributes }, startTime: facts.receivedAt };
    const span = this.#tracer.startSpan(facts.name, options, parent);
    const within = trace.setSpan(this.#api.ROOT_CONTEXT, span);
    const now = () => facts.receivedAt + this.#clock.monotonic() - facts.startedAt;
    return {
      call: (method, origin) => this.#call(within, method, origin, now),
      inner: ({ name, attributes, failure, durationMs }) => {
        const inner = this.#tracer.startSpan(name, { kind: kinds.CLIENT, startTime: facts.receivedAt }, within);
        this.#end(inner, attributes, failure, facts.receivedAt + durationMs);
      },
      ended: (attributes, failure) => this.#end(span, attributes, failure, now()),
    };
  }

  /** What the caller says it is part of; a context that breaks the rules is as none. */
  #parentOf({ traceparent, tracestate }: RequestFacts): Context {
    const { ROOT_CONTEXT, trace } = this.#api;
    const parsed = traceparent.length === 1 ? this.#core.parseTraceParent(traceparent[0]) : null;
    if (parsed === null || !this.#api.isSpanContextValid(parsed)) return ROOT_CONTEXT;
    const traceState = tracestate === undefined ? undefined : new this.#core.TraceState(tracestate);
    return trace.setSpanContext(ROOT_CONTEXT, { ...parsed, isRemote: true, ...(traceState && { traceState }) });
  }

  #call(within: Context, method: string, origin: string, now: () => number): CallSpan {
    const attributes = { ...methodAttributes(method), ...addressAttributes(origin) };
    const kind: SpanKind = this.#api.SpanKind.CLIENT;
    const name = String(attributes["http.request.method"] === "_OTHER" ? "HTTP" : method);
    const span = this.#tracer.startSpan(name, { kind, attributes, startTime: now() }, within);
    return {
      context: contextOf(span),
      ended: (status, failure) => {
        const isError = status === undefined || status >= 400;
        const reason = failure ?? (isError ? String(status) : undefined);
        this.#end(span, { "http.response.status_code": status }, reason, now());
      },
    };
  }

  #end(span: Span, attributes: SpanAttributes, failure: string | undefined, at: number): void {
    for (const [name, value] of Object.entries(attributes)) if (value !== undefined) span.setAttribute(name, value);
    if (failure !== undefined) {
      span.setAttribute("error.type", failure);
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    }
    span.end(at);
  }
}

function contextOf(span: Span): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const flags = (traceFlags & 0xff).toString(16).padStart(2, "0");
  const state = traceState?.serialize();
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: state === "" ? undefined : state };
}

function addressAttributes(origin: string): { readonly [name: string]: string | number } {
  const url = new URL(origin);
  const scheme = url.protocol.slice(0, -1);
  const port = url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port);
  return { "url.scheme": scheme, "server.address": url.hostname.replace(/^\[|\]$/g, ""), "server.port": port };
}
