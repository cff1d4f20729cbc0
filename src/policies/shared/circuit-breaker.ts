/**
 * Circuit breakers of backend entities: calls that fail are counted, and a backend that fails too often is left alone for a while;
 * then one call at a time finds out whether it is well again.
 */
import { unwellMs } from "../../kit/backend-health.ts";
import type { Backend, CircuitBreakerRule, Exchange } from "../../kit/exchange.ts";
import type { ResponseMessage } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import { PROBE, type Window } from "../../kit/services.ts";

/** A share says little of a few calls. */
const LEAST_CALLS = 10;
const LONGEST_PAUSE_MS = 3_600_000;

/** As `Breakers.admit`: 0, PROBE, or the ms until a call may pass. */
export function admit(x: Exchange, backend: Backend): number {
  const waitMs = unwellMs(x.services.breakers, backend);
  if (waitMs > 0) return waitMs;
  if (!hasBreaker(backend)) return 0;
  const admission = x.services.breakers.admit(backend.id);
  if (admission === PROBE) probing.set(x, backend);
  return admission;
}

/** Exchanges whose call finds out whether the backend is well again. */
const probing = new WeakMap<Exchange, Backend>();

/** Tells how a call ended: by an answer, or by a fault. */
export function report(x: Exchange, backend: Backend | null, end: ResponseMessage | unknown): void {
  if (backend === null || !hasBreaker(backend)) return;
  const isProbe = probing.get(x) === backend;
  if (isProbe) probing.delete(x);
  const result = resultOf(end);
  // The caller left: that says nothing of the backend.
  if (result.reason === "ClientConnectionFailure" && !isProbe) return;
  let isFailure = false;
  for (const rule of backend.circuitBreakers ?? []) {
    const hasFailed = matches(rule, result);
    isFailure ||= hasFailed;
    if (hasFailed && isProbe) trip(x, backend, rule, result);
    else if (rule.count !== undefined && hasFailed) countFailure(x, backend, rule, rule.count, result);
    else if (rule.percentage !== undefined) countShare(x, backend, rule, rule.percentage, hasFailed, result);
  }
  if (isProbe && !isFailure) x.services.breakers.reset(backend.id);
}

interface Result {
  readonly status: number;
  /** Of LastError; "" for an answer. */
  readonly reason: string;
  readonly retryAfter: string | undefined;
}

function resultOf(end: unknown): Result {
  if (end instanceof PolicyFault) return { status: end.status, reason: end.reason, retryAfter: undefined };
  if (end instanceof Error || end === undefined) return { status: 500, reason: "InternalError", retryAfter: undefined };
  const { status, headers } = end as ResponseMessage;
  return { status, reason: "", retryAfter: headers.first("Retry-After") };
}

/** A backend that cannot be reached is as bad as one that answers 500. */
function matches(rule: CircuitBreakerRule, { status, reason }: Result): boolean {
  if (rule.statusRanges.some(({ min, max }) => status >= min && status <= max)) return true;
  return reason !== "" && rule.errorReasons.some((listed) => listed.toLowerCase() === reason.toLowerCase());
}

function hasBreaker(backend: Backend): boolean {
  return backend.circuitBreakers !== undefined && backend.circuitBreakers.length > 0;
}

function windowOf(rule: CircuitBreakerRule): Window {
  return { kind: "sliding", lengthMs: rule.intervalMs };
}

function countFailure(x: Exchange, backend: Backend, rule: CircuitBreakerRule, count: number, result: Result): void {
  const key = `breaker:${backend.id}:${rule.name}`;
  void Promise.resolve(x.services.counters.take(key, 1, count, windowOf(rule))).then(({ remaining }) => {
    if (remaining === 0) trip(x, backend, rule, result);
  });
}

async function countShare(
  x: Exchange,
  backend: Backend,
  rule: CircuitBreakerRule,
  percentage: number,
  hasFailed: boolean,
  result: Result,
): Promise<void> {
  const { counters } = x.services;
  const window = windowOf(rule);
  const [all, failed] = ["calls", "failures"].map((what) => `breaker:${backend.id}:${rule.name}:${what}`);
  const limit = Number.MAX_SAFE_INTEGER;
  const calls = limit - (await counters.take(all, 1, limit, window)).remaining;
  if (!hasFailed) return;
  const failures = limit - (await counters.take(failed, 1, limit, window)).remaining;
  if (calls >= LEAST_CALLS && failures * 100 >= calls * percentage) trip(x, backend, rule, result);
}

function trip(x: Exchange, backend: Backend, rule: CircuitBreakerRule, result: Result): void {
  const asked = rule.acceptsRetryAfter ? retryAfterMs(result.retryAfter, x.clock.now()) : undefined;
  const pauseMs = Math.min(asked ?? rule.tripMs, Math.max(LONGEST_PAUSE_MS, rule.tripMs));
  x.services.breakers.trip(backend.id, pauseMs);
  x.services.log.warn("A circuit breaker has opened", {
    correlationId: x.id,
    backend: backend.id,
    rule: rule.name,
    status: result.status,
    reason: result.reason || undefined,
    seconds: Math.ceil(pauseMs / 1000),
  });
}

/** Seconds or a date: RFC 9110 section 10.2.3. */
export function retryAfterMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Math.max(1, Number(text)) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(1_000, date - now);
}
