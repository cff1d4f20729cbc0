/**
 * Bounds how much retries may add to the load of a backend that is failing already: a share of the requests of the last seconds, and a
 * few beside. Each thread counts its own; origins are the backends.
 */
import type { Exchange } from "../../kit/exchange.ts";
import type { Services } from "../../kit/services.ts";

/** Retries are weighed against the requests of this and the last such span. */
const SPAN_MS = 5_000;
/** Retries that are always allowed in two spans: few requests make a share of nothing. */
const FREE_RETRIES = 100;
/** Expressions may make up origins. */
const MAX_ORIGINS = 1_000;

export class RetryBudget {
  readonly #percent: number;
  #span = Number.NEGATIVE_INFINITY;
  #requests = 0;
  #retries = 0;
  #requestsBefore = 0;
  #retriesBefore = 0;
  #isReported = false;

  /** @param percent of the requests that may be made again */
  constructor(percent: number) {
    this.#percent = percent;
  }

  /** A first attempt. @param now monotonic ms */
  request(now: number): void {
    this.#turn(now);
    this.#requests++;
  }

  /** Takes a retry; false: there have been too many. @param now monotonic ms */
  takeRetry(now: number): boolean {
    this.#turn(now);
    const allowed = FREE_RETRIES + ((this.#requests + this.#requestsBefore) * this.#percent) / 100;
    if (this.#retries + this.#retriesBefore + 1 > allowed) return false;
    this.#retries++;
    return true;
  }

  /** True once in a span: for the log. */
  report(): boolean {
    const isFirst = !this.#isReported;
    this.#isReported = true;
    return isFirst;
  }

  #turn(now: number): void {
    const span = Math.floor(now / SPAN_MS);
    if (span === this.#span) return;
    const isNext = span === this.#span + 1;
    this.#requestsBefore = isNext ? this.#requests : 0;
    this.#retriesBefore = isNext ? this.#retries : 0;
    this.#requests = 0;
    this.#retries = 0;
    this.#isReported = false;
    this.#span = span;
  }
}

const budgets = new WeakMap<Services, Map<string, RetryBudget>>();

function budgetOf(x: Exchange, origin: string, percent: number): RetryBudget {
  let byOrigin = budgets.get(x.services);
  if (byOrigin === undefined) {
    byOrigin = new Map();
    budgets.set(x.services, byOrigin);
  }
  // A configuration with another share begins anew.
  const name = `${percent} ${origin}`;
  let budget = byOrigin.get(name);
  if (budget === undefined) {
    if (byOrigin.size >= MAX_ORIGINS) byOrigin.delete(byOrigin.keys().next().value as string);
    budget = new RetryBudget(percent);
    byOrigin.set(name, budget);
  }
  return budget;
}

/** Counts the first attempt of the policies of a retry, if it was a call of a backend. */
export function countAttempt(x: Exchange, percent: number): void {
  if (x.calledOrigin !== undefined) budgetOf(x, x.calledOrigin, percent).request(x.clock.monotonic());
}

/** Whether the backend that the last attempt called may be called again; yes when it called none. */
export function mayRetry(x: Exchange, percent: number): boolean {
  const origin = x.calledOrigin;
  if (origin === undefined) return true;
  const budget = budgetOf(x, origin, percent);
  if (budget.takeRetry(x.clock.monotonic())) return true;
  if (budget.report())
    x.services.log.warn("Retries are not made: there are too many for the number of requests", { origin });
  return false;
}
