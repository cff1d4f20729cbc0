/** What the four limiting policies share: attributes for headers and variables, windows, refusals. */
import { Headers } from "../../http/headers.ts";
import { string } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { Refusal } from "../../kit/outcome.ts";
import type { CompileContext } from "../../kit/policy.ts";
import type { Taken, Window } from "../../kit/services.ts";
import { currentResponse } from "./current-message.ts";

export const limitAttributes = {
  "retry-after-header-name": string({
    default: "Retry-After",
    doc: "Response header with the seconds to wait after a refusal.",
  }),
  "retry-after-variable-name": string({ doc: "Variable with the seconds to wait after a refusal." }),
  "remaining-calls-header-name": string({ doc: "Response header with the calls that are left." }),
  "remaining-calls-variable-name": string({ doc: "Variable with the calls that are left." }),
  "total-calls-header-name": string({ doc: "Response header with the value of calls." }),
} as const;

/** How this deployment counts calls and tokens over a time. */
export function rateWindow({ snapshot }: CompileContext, lengthMs: number): Window {
  const isBucket = snapshot.settings.limits.rateLimitAlgorithm === "token-bucket";
  return { kind: isBucket ? "bucket" : "sliding", lengthMs };
}

export interface LimitNames {
  readonly retryAfterHeaderName: string;
  readonly retryAfterVariableName: string | undefined;
  readonly remainingCallsHeaderName: string | undefined;
  readonly remainingCallsVariableName: string | undefined;
  readonly totalCallsHeaderName: string | undefined;
}

/** Says in headers and variables how much is left. */
export function announce(x: Exchange, names: LimitNames, calls: number, remaining: number): void {
  if (names.remainingCallsVariableName !== undefined) x.variables.setInt(names.remainingCallsVariableName, remaining);
  const { remainingCallsHeaderName: remainingName, totalCallsHeaderName: totalName } = names;
  if (remainingName === undefined && totalName === undefined) return;
  x.beforeResponse(() => {
    const { headers } = currentResponse(x);
    if (remainingName !== undefined) headers.set(remainingName, String(remaining));
    if (totalName !== undefined) headers.set(totalName, String(calls));
  });
}

export function rateRefusal(x: Exchange, names: LimitNames, taken: Taken): Refusal {
  const seconds = Math.max(1, Math.ceil(taken.resetMs / 1000));
  if (names.retryAfterVariableName !== undefined) x.variables.setInt(names.retryAfterVariableName, seconds);
  return new Refusal(429, "RateLimitExceeded", "Rate limit is exceeded", {
    publicMessage: `Rate limit is exceeded. Try again in ${seconds} seconds.`,
    headers: Headers.of([[names.retryAfterHeaderName, String(seconds)]]),
  });
}

export function quotaRefusal(kind: "call volume" | "bandwidth", taken: Taken): Refusal {
  const seconds = Math.ceil(taken.resetMs / 1000);
  const isEndless = !Number.isFinite(seconds);
  const when = isEndless ? "" : ` Quota will be replenished in ${hoursMinutesSeconds(seconds)}.`;
  return new Refusal(403, "QuotaExceeded", `Out of ${kind} quota.${when}`, {
    headers: isEndless ? undefined : Headers.of([["Retry-After", String(Math.max(1, seconds))]]),
  });
}

/** 93784 -> "26:03:04": hours are not cut into days. */
function hoursMinutesSeconds(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Renewal period in seconds -> window length; 0 never renews. */
export function periodMs(seconds: number): number {
  return seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000;
}

/** Limits of one API or operation inside rate-limit or quota: `id` wins over `name`. */
export function matchesEntity(
  limit: { id: string | undefined; name: string | undefined },
  entity: { id: string; name: string },
): boolean {
  return limit.id !== undefined ? limit.id === entity.id : limit.name === entity.name;
}

/** What an expression may say a call counts: never less than nothing, or callers could give themselves calls back. */
export function weight(amount: number): number {
  return Math.max(0, amount);
}
