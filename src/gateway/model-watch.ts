/** Who is told of calls of models: the usage ledger. Its own work begins where a plan deals with a model, and nowhere else. */
import type { ExchangeState } from "../engine/exchange.ts";
import type { Plan } from "../engine/plan.ts";
import type { LastError } from "../kit/exchange.ts";
import type { RequestSpan } from "../telemetry/tracing.ts";

/** How a request ended. */
export interface Ending {
  /** That the caller got; 0: none. */
  readonly status: number;
  readonly totalMs: number;
  readonly lastError: Omit<LastError, "path"> | undefined;
  /** `lastError` is something that went wrong, not a refusal. */
  readonly isFault: boolean;
  /** Whose end of the way the answer broke off at. */
  readonly cutBy: "client" | "provider" | undefined;
  /** Of the request, where traces are recorded. */
  readonly span: RequestSpan | undefined;
}

export interface ModelWatch {
  /** The plan with what watches its calls, made once for each plan. */
  watched(plan: Plan): Plan;
  ended(exchange: ExchangeState, ending: Ending): void;
}

/** The plan that a request walks: with the watch in it where the request is a call of a model and somebody keeps account of those. */
export function watchedPlan(
  visit: { isModelCall: boolean },
  watch: ModelWatch | undefined,
  plan: Plan,
  isModelApi: boolean,
): Plan {
  if (watch === undefined || !(plan.isModel === true || isModelApi)) return plan;
  visit.isModelCall = true;
  return watch.watched(plan);
}
