/** A gateway on a port of its own whose plans are steps given by the test, with a real upstream client. */
import { type Clock, systemClock } from "../../src/base/clock.ts";
import type { Plan, PlannedStep } from "../../src/engine/plan.ts";
import type { Program } from "../../src/engine/program.ts";
import { GatewayServer } from "../../src/gateway/server.ts";
import { Gateway } from "../../src/gateway/serve.ts";
import { createUpstream } from "../../src/http/engine.ts";
import { NO_AUTHORIZATIONS, NO_IDENTITIES } from "../../src/kit/identities.ts";
import { NO_QUEUES } from "../../src/kit/queues.ts";
import type { Exchange, Section } from "../../src/kit/exchange.ts";
import { ResponseMessage } from "../../src/kit/message.ts";
import type { Step } from "../../src/kit/policy.ts";
import type { Services } from "../../src/kit/services.ts";
import type { Snapshot } from "../../src/resources/snapshot.ts";
import { SharedCache } from "../../src/state/shared/cache.ts";
import { SharedBreakers } from "../../src/state/shared/breakers.ts";
import { SharedCounters } from "../../src/state/shared/counters.ts";
import { SharedLocks } from "../../src/state/shared/locks.ts";
import type { AccessRecord } from "../../src/telemetry/access-log.ts";

export function planned(policy: string, section: Section, run: Step, preflight?: Step): PlannedStep {
  const place = { policy, id: "", scope: "api", section, path: "", file: "test.xml", line: 1 } as const;
  return preflight === undefined ? { run, place } : { run, place, preflight };
}

/** Forwards as forward-request does by default. */
export const forward: PlannedStep = planned("forward-request", "backend", async (x: Exchange) => {
  const { request } = x;
  const answer = await x.services.upstream.request({
    method: request.method,
    origin: request.url.origin,
    path: request.url.pathAndQuery,
    headers: request.headers,
    body: request.body,
    headersTimeoutMs: 30_000,
    caller: x.incoming,
  });
  x.response = new ResponseMessage(answer.status, answer.reason, answer.headers, answer.body);
  return undefined;
});

export const FORWARDING: Plan = { inbound: [], backend: [forward], outbound: [], onError: [] };

/** A program that has one plan for everything. */
export function programOf(snapshot: Snapshot, plan: Plan = FORWARDING): Program {
  return { snapshot, plan: () => plan, refusalPlan: () => plan };
}

export interface TestGateway {
  readonly gateway: Gateway;
  readonly server: GatewayServer;
  readonly port: number;
  /** The access log so far. */
  readonly records: AccessRecord[];
  /** Messages of the operational log. */
  readonly logged: string[];
  close(): Promise<void>;
}

export async function startGateway(
  program: Program | undefined,
  settings = program?.snapshot.settings,
  clock: Clock = systemClock,
): Promise<TestGateway> {
  if (settings === undefined) throw new Error("A gateway without program needs settings.");
  const records: AccessRecord[] = [];
  const logged: string[] = [];
  const note = (message: string, fields?: object) => logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const upstream = createUpstream(settings.http.engine);
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
    log: { info: note, warn: note, error: note },
    metrics: { emit: () => {} },
  };
  const gateway = new Gateway({ services, accessLog: { add: (record) => records.push(record) } });
  if (program !== undefined) gateway.activate(program);
  const listeners = settings.listeners.map((listener) => ({ ...listener, port: 0 }));
  const server = await GatewayServer.start(gateway, { ...settings, listeners });
  return {
    gateway,
    server,
    port: server.addresses[0].port,
    records,
    logged,
    close: async () => {
      await server.close();
      await upstream.close();
    },
  };
}
