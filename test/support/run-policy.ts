/**
 * Runs one policy through the real compiler and runner, for the unit tests beside the policies: XML in, outcome out.
 * Stores are the in-memory ones on a clock that tests move; the upstream client is the real one.
 */
import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/clock.ts";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { SourceText } from "../../src/base/source-text.ts";
import { type StubContext, stubContext } from "../../src/engine/context/stub.ts";
import type { ExchangeState } from "../../src/engine/exchange.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { runPlan, runPreflight } from "../../src/engine/run.ts";
import type { Body } from "../../src/http/body.ts";
import { NodeUpstream } from "../../src/http/node-upstream.ts";
import { NO_AUTHORIZATIONS, NO_IDENTITIES } from "../../src/kit/identities.ts";
import { NO_QUEUES } from "../../src/kit/queues.ts";
import type { Section } from "../../src/kit/exchange.ts";
import type { Services } from "../../src/kit/services.ts";
import { policies } from "../../src/policies/index.ts";
import { emptySnapshot } from "../../src/resources/empty-snapshot.ts";
import type { Snapshot } from "../../src/resources/snapshot.ts";
import { SharedCache } from "../../src/state/shared/cache.ts";
import { SharedBreakers } from "../../src/state/shared/breakers.ts";
import { SharedCounters } from "../../src/state/shared/counters.ts";
import { SharedLocks } from "../../src/state/shared/locks.ts";
import type { TraceRecorder } from "../../src/telemetry/trace.ts";

export interface Bench {
  readonly clock: ManualClock;
  readonly services: Services;
  /** What emit-metric emitted: name, value, dimensions. */
  readonly metrics: [namespace: string, name: string, value: number, dimensions: Record<string, string>][];
  /** Lines of the log: level and message. */
  readonly logged: [level: string, message: string, fields: object | undefined][];
  close(): Promise<void>;
}

/** The outside world of a test: keep one for all runs that share counters or a cache. */
export function bench(): Bench {
  const clock = new ManualClock();
  const metrics: Bench["metrics"] = [];
  const logged: Bench["logged"] = [];
  const upstream = new NodeUpstream();
  const services: Services = {
    clock,
    upstream,
    counters: new SharedCounters(clock),
    cache: new SharedCache(clock, new SharedLocks(clock), SharedCache.allocate(4_194_304)),
    locks: new SharedLocks(clock),
    breakers: new SharedBreakers(clock),
    identities: NO_IDENTITIES,
    authorizations: NO_AUTHORIZATIONS,
    queues: NO_QUEUES,
    log: {
      info: (message, fields) => logged.push(["info", message, fields]),
      warn: (message, fields) => logged.push(["warn", message, fields]),
      error: (message, fields) => logged.push(["error", message, fields]),
    },
    metrics: {
      emit: (namespace, name, value, dimensions) =>
        metrics.push([namespace, name, value, Object.fromEntries(dimensions)]),
    },
  };
  return { clock, services, metrics, logged, close: () => upstream.close() };
}

export interface RunOptions {
  readonly section?: Section;
  readonly scope?: "operation" | "api" | "product" | "global";
  readonly context?: StubContext;
  readonly bench?: Bench;
  readonly snapshot?: Partial<Snapshot>;
  /** Variables by their .NET object representation, or host objects. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Takes the place of the caller's body. */
  readonly requestBody?: Body;
  readonly trace?: TraceRecorder;
  /** Evaluate as a CORS preflight. */
  readonly preflight?: boolean;
  /** Body of the policy document's on-error section. */
  readonly onError?: string;
  /** Body of its outbound section, for a policy of another. */
  readonly outbound?: string;
}

export interface Ran {
  readonly exchange: ExchangeState;
  readonly status: number;
  readonly lastError: ExchangeState["lastError"];
  /** Text of the response body, when it is in memory. */
  readonly body: string;
}

function document(xml: string, options: RunOptions): SourceText {
  const section = options.section ?? "inbound";
  const others: Partial<Record<Section, string | undefined>> = {
    "on-error": options.onError,
    outbound: options.outbound,
  };
  const wrap = (name: Section) => `<${name}>${name === section ? xml : (others[name] ?? "")}</${name}>`;
  return new SourceText(
    `<policies>${(["inbound", "backend", "outbound", "on-error"] as const).map(wrap).join("")}</policies>`,
    "policy.xml",
  );
}

/** Diagnostics of a policy. */
export function check(xml: string, options: RunOptions = {}): readonly Diagnostic[] {
  return load(xml, options).diagnostics;
}

function load(xml: string, options: RunOptions) {
  const exchange = stubContext(options.context);
  const policy = { source: document(xml, options) };
  const scope = options.scope ?? "operation";
  const operation = { ...exchange.route.operation, policy: scope === "operation" ? policy : undefined };
  const api = { ...exchange.route.api, operations: [operation], policy: scope === "api" ? policy : undefined };
  const product = exchange.route.product && {
    ...exchange.route.product,
    policy: scope === "product" ? policy : undefined,
  };
  const empty = emptySnapshot();
  const snapshot: Snapshot = {
    ...empty,
    apis: [api],
    products: new Map(product ? [[product.id, product]] : []),
    policy: scope === "global" ? policy : undefined,
    ...options.snapshot,
  };
  return { ...loadProgram(snapshot, policies), snapshot, api, operation, product };
}

/** Compiles and runs a policy; asserts that it has no mistakes. */
export async function run(xml: string, options: RunOptions = {}): Promise<Ran> {
  const { program, diagnostics, snapshot, api, operation, product } = load(xml, options);
  assert.deepEqual(
    diagnostics.filter((d) => d.severity === "error"),
    [],
  );
  assert.ok(program);
  const services = options.bench?.services;
  const exchange = stubContext({ lastError: null, ...options.context }, { services, snapshot });
  for (const [name, value] of Object.entries(options.variables ?? {})) exchange.variables.set(name, value);
  if (options.requestBody !== undefined) exchange.request.body = options.requestBody;
  if (options.trace) Object.assign(exchange, { trace: options.trace });
  Object.assign(exchange.route, { api, operation, product });
  if (api.serviceUrl !== undefined) exchange.setBackend(api.serviceUrl, null);
  if ((options.section ?? "inbound") !== "outbound" && options.context?.response === undefined)
    exchange.response = null;
  const plan = program.plan(api, operation, product);
  if (options.preflight) await runPreflight(exchange, plan);
  else await runPlan(exchange, plan);
  await exchange.finish();
  const bytes = exchange.response?.body.buffered;
  return {
    exchange,
    status: exchange.response?.status ?? 0,
    lastError: exchange.lastError,
    body: bytes ? Buffer.from(bytes).toString("utf8") : "",
  };
}
