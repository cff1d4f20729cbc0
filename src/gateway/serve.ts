/**
 * The data plane: a request becomes canonical, finds its operation, shows its key, walks down its plan and is answered. Everything
 * that depends on a configuration hangs on one reference, so that a new one is taken up between two requests, never within one.
 */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { createExchange, type ExchangeState } from "../engine/exchange.ts";
import { NO_API, NO_OPERATION } from "../engine/exchange-init.ts";
import type { Program } from "../engine/program.ts";
import { refuse, runPlan, runPreflight } from "../engine/run.ts";
import type { IncomingRequest, Reply, Tunnel } from "../http/front.ts";
import { Headers } from "../http/headers.ts";
import { Refusal } from "../kit/outcome.ts";
import type { Services } from "../kit/services.ts";
import { trustAuthorities } from "../secrets/trust.ts";
import { hideFromLogs } from "../telemetry/redact.ts";
import { RecordedTrace } from "../telemetry/trace-recorder.ts";
import { type CanonicalRequest, canonicalize, isRejection, type Rejection } from "./canonical.ts";
import { HealthProber } from "./health-prober.ts";
import type { ListenerRules } from "./listener-rules.ts";
import { Live } from "./live.ts";
import { Overload, RETRY_AFTER_SECONDS } from "./overload.ts";
import { watchedPlan } from "./model-watch.ts";
import { newRequestId } from "./request-id.ts";
import { answerOwn, isOwnPath, STATUS_PATH } from "./own-paths.ts";
import { addChallenge } from "./resource-metadata.ts";
import type { ApiMatch, RouteMatch } from "./router.ts";
import { type Admission, keyRefusal, type PresentedKey, takeKey } from "./subscription.ts";
import { traceHeaders, traceRequest } from "./trace-request.ts";
import { TraceStore } from "./trace-store.ts";
import { openTunnel } from "./tunnel.ts";
import { whyNotFound } from "./why-not-found.ts";
import { type Answerer, Visit, type Watchers } from "./visit.ts";

export interface GatewayOptions extends Watchers {
  readonly services: Services;
  /** Whether this thread asks backends for their health, for all threads of the process. */
  readonly asksForHealth?: boolean;
  /** By which the threads of the process tell each other of traces; undefined: there is one thread. */
  readonly channel?: string | undefined;
}

/** How this process signs in Via, the same in all of its threads: a request that comes back is its own. */
const PSEUDONYM = `sallyport-${createHash("sha256").update(`${hostname()} ${process.pid}`).digest("hex").slice(0, 8)}`;
const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();
const NO_KEY: PresentedKey = { key: undefined };
const ANONYMOUS: Admission = { product: null, subscription: null, key: null };

export class Gateway {
  isDraining = false;
  readonly overload: Overload;
  readonly #services: Services;
  readonly #watchers: Watchers;
  readonly #prober: HealthProber | undefined;
  readonly #traces: TraceStore;
  #live: Live | undefined;

  constructor(options: GatewayOptions) {
    this.#services = options.services;
    this.#traces = new TraceStore(options.channel);
    this.#prober = options.asksForHealth === true ? new HealthProber(options.services) : undefined;
    this.overload = new Overload((isOverloaded, callsInFlight) => {
      const { log } = this.#services;
      if (isOverloaded) log.warn("The event loop is late: calls are refused", { callsInFlight });
      else log.info("The event loop is on time again: calls are let in");
    });
    const { accessLog, metrics, securityEvents, models, tracing } = options;
    this.#watchers = { accessLog, metrics, securityEvents, models, tracing };
  }

  /** Requests from now on run by this program; those under way end by the one they began with. */
  activate(program: Program): void {
    trustAuthorities(program.snapshot.authorities);
    this.overload.configure(program.snapshot.settings.overload);
    this.#live = new Live(program, this.#watchers);
    this.#prober?.configure(program.snapshot);
    hideFromLogs(this.#live.secrets);
  }

  get isLoaded(): boolean {
    return this.#live !== undefined;
  }

  /** Version of the configuration in force. */
  get version(): string | undefined {
    return this.#live?.snapshot.version;
  }

  /** Ends what goes on beside requests. */
  stop(): void {
    this.overload.stop();
    this.#prober?.stop();
    this.#traces.close();
  }

  handle(incoming: IncomingRequest, reply: Reply): void {
    this.#receive(incoming, reply, undefined);
  }

  upgrade(incoming: IncomingRequest, tunnel: Tunnel): void {
    const answerer: Answerer = {
      send: (status, reason, headers, body, onDone) => {
        tunnel.refuse(status, reason, headers, body);
        onDone?.(body.length ?? 0);
      },
    };
    this.#receive(incoming, answerer, tunnel);
  }

  /** A request that the front refused: it never had a chance to be more than a line in the log. */
  refused(facts: { status: number; reason: string; remoteAddress: string }): void {
    const correlationId = newRequestId();
    const { accessLog, metrics, securityEvents } = this.#watchers;
    const { reason, status, remoteAddress } = facts;
    const error = { source: "gateway", reason, message: "", scope: "", section: "" };
    metrics?.failed("", error);
    securityEvents?.add({
      kind: "refusal",
      ...error,
      correlationId,
      callerIp: remoteAddress,
      method: "",
      url: "",
      status,
    });
    accessLog?.add({
      receivedAt: this.#services.clock.now(),
      correlationId,
      method: "",
      url: "",
      callerIp: remoteAddress,
      clientProtocol: "",
      clientTlsVersion: "",
      responseCode: status,
      responseBytes: 0,
      totalMs: 0,
      lastError: error,
    });
  }

  #receive(incoming: IncomingRequest, answerer: Answerer, tunnel: Tunnel | undefined): void {
    const visit = new Visit(incoming, answerer, this.#services.clock, this.#watchers);
    try {
      this.#serve(visit, tunnel);
    } catch (error) {
      this.#failed(visit, error);
    }
  }

  #failed(visit: Visit, error: unknown): void {
    this.#services.log.error("A request failed inside the gateway", {
      correlationId: visit.id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    if (!visit.isAnswered) visit.answer(500, "Internal server error", "InternalError");
  }

  #serve(visit: Visit, tunnel: Tunnel | undefined): void {
    const live = this.#live;
    if (live === undefined) {
      visit.answer(503, "The gateway has no configuration yet.", "NotReady");
      return;
    }
    const rules = live.rules.get(visit.incoming.listener);
    const caller = rules?.caller(visit.incoming);
    const request = canonicalize(visit.incoming, PSEUDONYM, caller?.forwarded);
    if (isRejection(request)) {
      reject(visit, request);
      return;
    }
    const { url, headers } = request;
    visit.url = url;
    visit.clientAddress = request.clientAddress;
    if (rules !== undefined && url.path !== STATUS_PATH) {
      const incoming = caller?.incoming ?? visit.incoming;
      const rejection = rules.rejection(incoming, request.clientAddress, url.host);
      if (rejection !== undefined) {
        reject(visit, rejection);
        return;
      }
      if (rules.certificateHeader !== undefined) headers.remove(rules.certificateHeader);
    }
    if (visit.publish(live.metadata.find(url))) return;
    if (isOwnPath(url.path)) {
      answerOwn(visit, request, { live, traces: this.#traces, isDraining: this.isDraining });
      return;
    }
    if (!visit.enter(this.overload)) {
      const headers = new Headers(["Retry-After", String(RETRY_AFTER_SECONDS)]);
      visit.answer(503, "The gateway is overloaded. Try again later.", "Overloaded", headers);
      return;
    }
    const incoming = caller?.incoming ?? visit.incoming;
    const begun: Begun = { visit, live, request, presented: NO_KEY, tunnel, incoming };
    const { turns } = this.overload;
    if (turns.isSpread) turns.begin(() => this.#findInTurn(begun, rules));
    else this.#find(begun, rules);
  }

  #findInTurn(begun: Begun, rules: ListenerRules | undefined): void {
    try {
      this.#find(begun, rules);
    } catch (error) {
      this.#failed(begun.visit, error);
    }
  }

  /** Which API and operation it is for. */
  #find(begun: Begun, rules: ListenerRules | undefined): void {
    const { visit, live, request } = begun;
    const { url, headers } = request;
    if (!live.router.servesHost(visit.incoming.listener, url.host)) {
      visit.answer(404, "Resource not found", "HostNotServed");
      return;
    }
    const found = live.router.api(url, headers);
    const match = found === undefined || rules?.servesApi(found.api.id) === false ? undefined : found;
    begun.presented = takeKey(match?.api ?? NO_API, headers, url);
    if (match === undefined) {
      this.#notFound(begun, undefined);
      return;
    }
    const route = live.router.operation(match, visit.incoming.method, url);
    if (route === undefined) {
      if (!this.#preflight(begun, match)) this.#notFound(begun, match);
      return;
    }
    this.#enter(begun, route);
  }

  /** The operation is known: the key decides. */
  #enter(begun: Begun, route: RouteMatch): void {
    const { visit, live, request, presented, tunnel } = begun;
    const isSocket = route.api.type === "websocket";
    if (isSocket !== (tunnel !== undefined)) {
      if (!isSocket) this.#notFound(begun, route);
      else
        visit.answer(426, "This API speaks WebSocket only.", "UpgradeRequired", new Headers(["Upgrade", "websocket"]));
      return;
    }
    const admission = live.keys.admit(route.api, presented, visit.receivedAt);
    if (typeof admission === "string") {
      const apiUrl = request.url.origin + route.apiPath;
      this.#refuse(begun, route, keyRefusal(admission, route.api, apiUrl));
      return;
    }
    visit.trace = this.#startTrace(begun, admission);
    const exchange = this.#exchange(begun, route, admission);
    const isModelApi = live.modelApis.has(route.api.id);
    const plan = watchedPlan(visit, this.#watchers.models, live.plan(route, admission.product), isModelApi);
    if (tunnel !== undefined) {
      this.#run(visit, openTunnel(exchange, plan, tunnel, visit), () => visit.leave());
      return;
    }
    this.#run(visit, runPlan(exchange, plan), () => this.#respond(visit, exchange, presented));
  }

  /**
   * A CORS preflight names the method that will follow. Where the API has no OPTIONS operation of its own, the cors policies on the
   * way of that operation answer; a key is not asked for, because browsers send none.
   */
  #preflight(begun: Begun, match: ApiMatch): boolean {
    const { visit, live, request, presented } = begun;
    if (visit.incoming.method !== "OPTIONS" || !request.headers.has("origin")) return false;
    const method = request.headers.first("access-control-request-method");
    const route = method === undefined ? undefined : live.router.operation(match, method, request.url);
    if (route === undefined) return false;
    const admitted = live.keys.admit(route.api, NO_KEY, visit.receivedAt);
    const admission = typeof admitted === "string" ? ANONYMOUS : admitted;
    visit.trace = this.#startTrace(begun, admission);
    const exchange = this.#exchange(begun, route, admission);
    const plan = live.plan(route, admission.product);
    this.#run(visit, runPreflight(exchange, plan), (isAnswered) => {
      if (isAnswered) this.#respond(visit, exchange, presented);
      else this.#notFound(begun, match);
    });
    return true;
  }

  #notFound(begun: Begun, match: ApiMatch | undefined): void {
    begun.visit.trace ??= this.#startTrace(begun, undefined);
    const isTold = begun.visit.trace !== null || this.#watchers.securityEvents !== undefined;
    const why = isTold ? whyNotFound(begun.request, begun.incoming.method, match, begun.live) : undefined;
    const refusal = new Refusal(404, "OperationNotFound", "Unable to match incoming request to an operation.", {
      publicMessage: "Resource not found",
      source: "configuration",
      ...(why === undefined ? {} : { detail: { why } }),
    });
    const route: RouteMatch = {
      api: match?.api ?? NO_API,
      apiPath: match?.apiPath ?? "",
      operationPath: match?.operationPath ?? begun.request.url.path,
      operation: NO_OPERATION,
      matchedParameters: NO_PARAMETERS,
    };
    this.#refuse(begun, route, refusal);
  }

  /** No policy has run: on-error of the API's scope, or the global one, may shape the answer. */
  #refuse(begun: Begun, route: RouteMatch, refusal: Refusal): void {
    const { visit, live, presented } = begun;
    visit.trace ??= this.#startTrace(begun, undefined);
    const exchange = this.#exchange(begun, route, ANONYMOUS);
    const plan = live.program.refusalPlan(route.api === NO_API ? null : route.api);
    this.#run(visit, refuse(exchange, plan, refusal), () => this.#respond(visit, exchange, presented));
  }

  #run<T>(visit: Visit, work: Promise<T>, next: (result: T) => void): void {
    const failed = (error: unknown) => this.#failed(visit, error);
    work.then((result) => {
      try {
        next(result);
      } catch (error) {
        failed(error);
      }
    }, failed);
  }

  #exchange(begun: Begun, route: RouteMatch, admission: Admission): ExchangeState {
    const { visit, live, request, incoming } = begun;
    const { subscription } = admission;
    const exchange = createExchange({
      id: visit.id,
      snapshot: live.snapshot,
      services: this.#services,
      receivedAt: visit.receivedAt,
      startedAt: visit.startedAt,
      incoming,
      clientAddress: request.clientAddress,
      url: request.url,
      method: visit.incoming.method,
      headers: request.headers,
      route: {
        api: route.api,
        operation: route.operation,
        matchedParameters: route.matchedParameters,
        apiPath: route.apiPath,
        operationPath: route.operationPath,
        product: admission.product,
        subscription,
        subscriptionKey: admission.key,
        user: subscription?.ownerId === undefined ? null : (live.snapshot.users.get(subscription.ownerId) ?? null),
      },
      trace: visit.trace,
    });
    visit.began(exchange);
    if (visit.trace !== null) traceRequest(visit.trace, exchange);
    return exchange;
  }

  #respond(visit: Visit, exchange: ExchangeState, presented: PresentedKey): void {
    addChallenge(exchange);
    if (visit.trace !== null) {
      const key = presented === "conflicting" ? null : (presented.key ?? null);
      traceHeaders(visit.trace, exchange);
      this.#traces.keep(visit.trace.traceId, visit.trace.toJson(), key);
    }
    visit.respond(exchange);
  }

  /**
   * A trace is for those who may see it: everybody in development mode, else callers whose subscription allows it. The header alone
   * means nothing.
   */
  #startTrace(begun: Begun, admission: Admission | undefined): RecordedTrace | null {
    const { visit, live, request, presented } = begun;
    if (!request.wantsTrace) return null;
    let isAllowed = live.snapshot.settings.dev || (admission?.subscription?.allowTracing ?? false);
    // Refused before the key was judged for this API: a tracing key may still ask why.
    if (!isAllowed && admission === undefined && presented !== "conflicting" && presented.key !== undefined) {
      isAllowed = live.keys.allowsTracing(presented.key, visit.receivedAt);
    }
    if (!isAllowed) return null;
    const key = presented === "conflicting" ? undefined : presented.key;
    const trace = new RecordedTrace(visit.id, this.#services.clock, visit.startedAt, live.secrets);
    if (key !== undefined) trace.hide(key);
    return trace;
  }
}

/** A request whose canonical form is known, with the configuration it is served by. */
interface Begun {
  readonly visit: Visit;
  readonly live: Live;
  readonly request: CanonicalRequest;
  /** Known when the API is. */
  presented: PresentedKey;
  readonly tunnel: Tunnel | undefined;
  /** With the certificate of the caller, when a trusted proxy handed it on. */
  readonly incoming: IncomingRequest;
}

function reject(visit: Visit, { status, message, reason, detail }: Rejection): void {
  visit.detail = detail ?? "";
  visit.answer(status, message, reason);
}
