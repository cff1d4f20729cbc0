/** One case of `sallyport test`: a gateway of its own with fresh counters and caches, one request after the other, and what was wrong. */
import { setImmediate } from "node:timers/promises";
import { systemClock } from "../../base/clock.ts";
import type { Program } from "../../engine/program.ts";
import { GatewayServer } from "../../gateway/server.ts";
import { Gateway } from "../../gateway/serve.ts";
import { defaultSettings } from "../../resources/empty-snapshot.ts";
import type { Api, Snapshot } from "../../resources/snapshot.ts";
import { SharedBreakers } from "../../state/shared/breakers.ts";
import { SharedCache } from "../../state/shared/cache.ts";
import { SharedCounters } from "../../state/shared/counters.ts";
import { SharedLocks } from "../../state/shared/locks.ts";
import type { AccessRecord } from "../../telemetry/access-log.ts";
import type { TestCase } from "./case-file.ts";
import { bodyProblem, callProblems, textProblem } from "./expectations.ts";
import { Outside, TEST_AUTHORIZATIONS, TEST_IDENTITIES, TEST_QUEUES, type TokenMaker } from "./outside.ts";

/** Keys that one case may use: a gateway's room for hundreds of thousands would be made for each. */
const COUNTERS = { rates: 1_024, quotas: 1_024 };
const CACHE_BYTES = 4 * 1024 * 1024;
const ANSWER_TIMEOUT_MS = 30_000;
const LOG_TIMEOUT_MS = 1_000;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** What was wrong; empty when all was as expected. */
export async function runCase(test: TestCase, program: Program, tokens: TokenMaker): Promise<readonly string[]> {
  const { snapshot } = program;
  const key = keyOf(test, snapshot);
  if (key !== undefined && "problem" in key) return [key.problem];
  const outside = new Outside(test.answers, tokens);
  const seen: Seen = { records: [], detail: undefined };
  const gateway = gatewayWith(outside, seen);
  gateway.activate(program);
  const [listener] = defaultSettings().listeners;
  const server = await GatewayServer.start(gateway, { ...snapshot.settings, listeners: [{ ...listener, port: 0 }] });
  try {
    const headers = new Headers(test.request.headers.map(([name, value]) => [name, value]));
    if (key !== undefined) headers.set(key.header, key.value);
    if (test.request.token !== undefined) headers.set("Authorization", `Bearer ${tokens.make(test.request.token)}`);
    const { port } = server.addresses[0];
    let answer = await send(test, port, headers);
    for (let i = 1; i < test.times; i++) {
      outside.sent.length = 0;
      answer = await send(test, port, headers);
    }
    // The line of the log comes after the last byte of the answer.
    const giveUpAt = performance.now() + LOG_TIMEOUT_MS;
    while (seen.records.length < test.times && performance.now() < giveUpAt) await setImmediate();
    return problemsOf(test, answer, outside, seen);
  } finally {
    await server.close();
  }
}

/** What the gateway told of its requests. */
interface Seen {
  readonly records: AccessRecord[];
  /** What is known of the last refusal beside its message. */
  detail: object | undefined;
}

function gatewayWith(outside: Outside, seen: Seen): Gateway {
  const clock = systemClock;
  const locks = new SharedLocks(clock);
  const services = {
    clock,
    upstream: outside,
    counters: new SharedCounters(clock, SharedCounters.allocate(COUNTERS)),
    cache: new SharedCache(clock, locks, SharedCache.allocate(CACHE_BYTES)),
    locks,
    breakers: new SharedBreakers(clock),
    identities: TEST_IDENTITIES,
    authorizations: TEST_AUTHORIZATIONS,
    queues: TEST_QUEUES,
    log: SILENT,
    metrics: { emit: () => {} },
  };
  return new Gateway({
    services,
    accessLog: { add: (record) => void seen.records.push(record) },
    securityEvents: {
      add: (event) => {
        seen.detail = event.detail;
      },
    },
  });
}

/** The key of the subscription that the case names, in the header that its API wants. */
function keyOf(
  { request }: TestCase,
  snapshot: Snapshot,
): { readonly header: string; readonly value: string } | { readonly problem: string } | undefined {
  const id = request.subscription;
  if (id === undefined) return undefined;
  const found = snapshot.subscriptions.find((s) => s.id === id);
  const value = found?.primaryKey ?? found?.secondaryKey;
  if (value === undefined) {
    const ids = snapshot.subscriptions.map((s) => s.id).join(", ") || "none";
    return { problem: found ? `the subscription "${id}" has no key` : `no subscription "${id}"; there are: ${ids}` };
  }
  return { header: apiAt(request.url, snapshot)?.subscriptionKeyHeader ?? "Ocp-Apim-Subscription-Key", value };
}

/** The API with the longest path that the address begins with. */
function apiAt(url: string, { apis }: Snapshot): Api | undefined {
  const path = `${url.split("?")[0].toLowerCase()}/`;
  const fitting = apis.filter((api) => path.startsWith(`/${api.path.toLowerCase()}/`.replace("//", "/")));
  return fitting.sort((a, b) => b.path.length - a.path.length)[0];
}

interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

async function send({ request }: TestCase, port: number, headers: Headers): Promise<Received> {
  const response = await fetch(`http://127.0.0.1:${port}${request.url}`, {
    method: request.method,
    headers,
    body: request.body ?? null,
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function problemsOf(
  { expect }: TestCase,
  { status, headers, body }: Received,
  { sent }: Outside,
  { records, detail }: Seen,
): string[] {
  const error = records.at(-1)?.lastError;
  const ended = error === undefined ? "" : `; ended by ${error.source}: ${error.reason}: ${error.message}`;
  const because = detail === undefined ? "" : ` ${JSON.stringify(detail)}`;
  const problems = [
    expect.status !== undefined && status !== expect.status
      ? `status: expected ${expect.status}, found ${status}${ended}${because}`
      : undefined,
    ...expect.headers.map(([name, wanted]) => textProblem(`header ${name}`, wanted, headers.get(name) ?? undefined)),
    expect.body === undefined ? undefined : bodyProblem("body", expect.body, body),
    expect.source === undefined ? undefined : textProblem("source", expect.source, error?.source),
    expect.reason === undefined ? undefined : textProblem("reason", expect.reason, error?.reason),
    ...(expect.sent === undefined ? [] : callProblems(expect.sent, sent)),
  ];
  return problems.filter((problem) => problem !== undefined);
}
