/** The Exchange of the kit, as the gateway creates it: one object per request, nothing computed that no policy asks for. */
import type { Clock } from "../base/clock.ts";
import type { IncomingRequest } from "../http/front.ts";
import type { Exchange, LastError, Route, Section, StepPlace } from "../kit/exchange.ts";
import { RequestMessage, type ResponseMessage } from "../kit/message.ts";
import type { Services } from "../kit/services.ts";
import type { RequestUrl } from "../kit/url.ts";
import type { Backend, Snapshot } from "../resources/snapshot.ts";
import type { TraceRecorder } from "../telemetry/trace.ts";
import type { RequestSpan } from "../telemetry/tracing.ts";
import type { ExchangeInit } from "./exchange-init.ts";
import { VariableStore } from "./variables.ts";

/** The request that policies see as `context.Request`, with what else is known of it. */
export class CallersRequest extends RequestMessage {
  readonly exchange: Exchange;

  constructor(exchange: Exchange, init: ExchangeInit) {
    super(init.method, init.url.clone(), init.headers, init.incoming.body);
    this.exchange = exchange;
    this.carriesCallersAuthorization = true;
  }
}

export class ExchangeState implements Exchange {
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly services: Services;
  readonly clock: Clock;
  readonly receivedAt: number;
  readonly startedAt: number;
  readonly incoming: IncomingRequest;
  readonly clientAddress: string;
  readonly originalUrl: RequestUrl;
  readonly originalMethod: string;
  readonly route: Route;
  readonly trace: TraceRecorder | null;
  readonly variables = new VariableStore();
  readonly request: CallersRequest;
  response: ResponseMessage | null = null;
  lastError: LastError | null = null;
  place: StepPlace | null = null;
  section: Section = "inbound";
  backendUrl: string | null = null;
  backend: Backend | null = null;
  /** Set by the gateway. */
  span: RequestSpan | undefined = undefined;
  backendMs: number | undefined = undefined;
  calledOrigin: string | undefined = undefined;
  /** Set by the gateway when the answer is out. */
  transferredBytes = 0;
  #path: string;
  #abort: AbortController | undefined;
  #beforeResponse: ((exchange: Exchange) => void | Promise<void>)[] | undefined;
  #endings: ((exchange: Exchange) => void | Promise<void>)[] | undefined;

  constructor(init: ExchangeInit) {
    this.id = init.id;
    this.snapshot = init.snapshot;
    this.services = init.services;
    this.clock = init.services.clock;
    this.receivedAt = init.receivedAt;
    this.startedAt = init.startedAt;
    this.incoming = init.incoming;
    this.clientAddress = init.clientAddress;
    this.originalUrl = init.url;
    this.originalMethod = init.method;
    this.route = init.route;
    this.trace = init.trace;
    this.request = new CallersRequest(this, init);
    // The API's own path without a trailing slash stays without one at the backend.
    const { operationPath } = init.route;
    this.#path = operationPath === "/" && !init.url.path.endsWith("/") ? "" : operationPath;
    if (init.route.api.serviceUrl !== undefined) this.setBackend(init.route.api.serviceUrl, null);
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const controller = new AbortController();
      this.#abort = controller;
      this.incoming.onAbort(() => controller.abort());
    }
    return this.#abort.signal;
  }

  setBackend(url: string, backend: Backend | null): void {
    this.backendUrl = url;
    this.backend = backend;
    const base = baseOf(url);
    const target = this.request.url;
    target.scheme = base.scheme;
    target.host = base.host;
    target.port = base.port;
    target.path = join(base.path, this.#path);
  }

  rewrite(path: string, query: string): void {
    this.#path = path;
    const target = this.request.url;
    target.path = this.backendUrl === null ? path : join(baseOf(this.backendUrl).path, path);
    target.query = query;
  }

  beforeResponse(callback: (exchange: Exchange) => void | Promise<void>): void {
    this.#beforeResponse ??= [];
    // A fault in it is the policy's that asked for it, not that of the last one that ran.
    const { place } = this;
    this.#beforeResponse.push((exchange) => {
      exchange.place = place;
      return callback(exchange);
    });
  }

  /** Callbacks of beforeResponse, once; undefined when there are none. */
  takeBeforeResponse(): ((exchange: Exchange) => void | Promise<void>)[] | undefined {
    const callbacks = this.#beforeResponse;
    this.#beforeResponse = undefined;
    return callbacks;
  }

  atEnd(callback: (exchange: Exchange) => void | Promise<void>): void {
    this.#endings ??= [];
    this.#endings.push(callback);
  }

  /** Called by the gateway once the answer is out or broken off. */
  async finish(): Promise<void> {
    for (const ending of this.#endings ?? []) {
      try {
        await ending(this);
      } catch (error) {
        this.services.log.error("Work after the response failed", {
          correlationId: this.id,
          error: error instanceof Error ? error.message : String((error as { message?: string }).message ?? error),
        });
      }
    }
  }
}

interface Base {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** Parsed base URLs: few distinct ones exist, but an expression may make them up, so the memory is bounded. */
const bases = new Map<string, Base>();
const MAX_BASES = 1_000;

function baseOf(url: string): Base {
  let base = bases.get(url);
  if (base === undefined) {
    const parsed = new URL(url);
    const scheme = parsed.protocol === "https:" || parsed.protocol === "wss:" ? "https" : "http";
    const port = parsed.port === "" ? (scheme === "https" ? 443 : 80) : Number(parsed.port);
    base = { scheme, host: parsed.hostname, port, path: parsed.pathname.replace(/\/+$/, "") };
    if (bases.size >= MAX_BASES) bases.clear();
    bases.set(url, base);
  }
  return base;
}

function join(basePath: string, path: string): string {
  if (path === "" || path === "/") return basePath === "" ? "/" : basePath + path;
  return basePath + path;
}

export function createExchange(init: ExchangeInit): ExchangeState {
  return new ExchangeState(init);
}
