/**
 * Limits of model tokens: a rate for a minute, a quota for a calendar period. A call reserves what it is expected to use before it goes to
 * the model, and settles with what it did use when its answer has passed, so that calls side by side cannot pass a limit together.
 */
import { Headers } from "../../http/headers.ts";
import { bool, int, oneOf, string } from "../../kit/attributes.ts";
import { isCallersWord } from "../../kit/doors.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { type Outcome, Refusal } from "../../kit/outcome.ts";
import { ALL_SCOPES, type AnyPolicy, definePolicy } from "../../kit/policy.ts";
import type { Taken, Window } from "../../kit/services.ts";
import { currentResponse } from "./current-message.ts";
import { rateWindow } from "./limits.ts";
import { type ModelCall, modelCallOf } from "./model-call.ts";
import type { SessionPolicy } from "./realtime-session.ts";

const MINUTE_MS = 60_000;
const PERIODS = ["Hourly", "Daily", "Weekly", "Monthly", "Yearly"] as const;
type Period = (typeof PERIODS)[number];

const attributes = {
  "counter-key": string({ required: true, expression: true, doc: "Calls with the same key share the limits." }),
  "tokens-per-minute": int({ expression: true, min: 1, doc: "Tokens of prompts and answers in a minute." }),
  "token-quota": int({ expression: true, min: 1, doc: "Tokens of prompts and answers in a period." }),
  "token-quota-period": oneOf(PERIODS, { expression: true, doc: "The period, from its start in UTC." }),
  "estimate-prompt-tokens": bool({ default: false, doc: "Whether the prompt's tokens are counted before the call." }),
  "retry-after-header-name": string({ default: "Retry-After", doc: "Response header with the seconds to wait." }),
  "retry-after-variable-name": string({ doc: "Variable with the seconds to wait." }),
  "remaining-tokens-header-name": string({ doc: "Response header with what is left of tokens-per-minute." }),
  "remaining-tokens-variable-name": string({ doc: "Variable with what is left of tokens-per-minute." }),
  "remaining-quota-tokens-header-name": string({ doc: "Response header with what is left of the quota." }),
  "remaining-quota-tokens-variable-name": string({ doc: "Variable with what is left of the quota." }),
  "tokens-consumed-header-name": string({ doc: "Response header with the tokens of the call." }),
  "tokens-consumed-variable-name": string({
    doc: "Variable with the tokens of the call: the prompt's before, all of them after it.",
  }),
} as const;

/** One of the two limits, for one call. */
interface Limit {
  readonly kind: "rate" | "quota";
  readonly key: string;
  readonly limit: number;
  readonly window: Window;
}

interface Reservation extends Limit {
  readonly reserved: number;
  remaining: number;
}

export function tokenLimit(name: string, reference: string): AnyPolicy {
  return definePolicy({
    name,
    sections: ["inbound"],
    scopes: ALL_SCOPES,
    category: "Access restriction",
    summary: "Limits the tokens that calls of a model may use, as a rate and as a quota.",
    reference,
    attributes,
    compile(config, context) {
      const { tokensPerMinute, tokenQuota, tokenQuotaPeriod, counterKey } = config;
      const minute = rateWindow(context, MINUTE_MS);
      const reserves = context.snapshot.settings.ai.reserveTokens;
      // What is reserved for a stream is settled when it has passed: a rough figure will do, unless somebody sees it.
      const countsStreams = !reserves || config.tokensConsumedVariableName !== undefined;
      if (tokensPerMinute === undefined && tokenQuota === undefined)
        context.error("Give tokens-per-minute, or token-quota with token-quota-period, or both");
      if ((tokenQuota === undefined) !== (tokenQuotaPeriod === undefined))
        context.error("token-quota and token-quota-period belong together", {
          attribute: tokenQuota === undefined ? "token-quota-period" : "token-quota",
        });
      const limitsOf = (x: Exchange): Limit[] => {
        const key = `tokens:${counterKey.get(x)}`;
        const limits: Limit[] = [];
        if (tokensPerMinute !== undefined)
          limits.push({ kind: "rate", key, limit: tokensPerMinute.get(x), window: minute });
        if (tokenQuota !== undefined && tokenQuotaPeriod !== undefined)
          limits.push({
            kind: "quota",
            key,
            limit: tokenQuota.get(x),
            window: periodWindow(tokenQuotaPeriod.get(x), x.clock.now()),
          });
        return limits;
      };
      return async (x): Promise<Outcome> => {
        const call = await modelCallOf(x);
        const { request, session } = call;
        const isStream = request?.isStream === true;
        const prompt = config.estimatePromptTokens || (isStream && countsStreams) ? await call.promptTokens() : 0;
        const most = answerBound(x, request?.maxTokens);
        const expected = (isStream && prompt === 0 ? call.roughPromptTokens() : prompt) + (reserves ? most : 0);
        const reservations: Reservation[] = [];
        for (const limit of limitsOf(x)) {
          // What could never fit is tried when nothing else is running: the limit is a bound on use, not on what callers write.
          const reserved = Math.max(1, Math.min(expected, limit.limit));
          const taken = await x.services.counters.take(limit.key, reserved, limit.limit, limit.window);
          if (!taken.allowed) {
            await giveBack(x, reservations);
            return refusal(x, limit, taken, config);
          }
          reservations.push({ ...limit, reserved, remaining: taken.remaining });
        }
        if (config.tokensConsumedVariableName !== undefined)
          x.variables.setInt(config.tokensConsumedVariableName, prompt);
        x.beforeResponse((settled) => announce(settled, config, reservations, call));
        if (session === undefined) x.atEnd((ended) => settle(ended, reservations, call));
        else {
          session.add(sessionLimit(x, () => limitsOf(x), config, reserves));
          x.atEnd((ended) => giveBack(ended, reservations));
        }
        return undefined;
      };
    },
    doors: ({ counterKey }) => [
      { kind: "model" },
      { kind: "limit", of: "tokens", per: isCallersWord(counterKey) ? "callers-word" : "key" },
    ],
  });
}

/** The most tokens an answer may have, as far as anybody says: the caller, or the guard of the API. */
function answerBound(x: Exchange, wanted: number | undefined): number {
  const bound = x.snapshot.settings.ai.guards.get(x.route.api.id)?.maxTokens;
  return bound === undefined ? (wanted ?? 0) : Math.min(wanted ?? bound, bound);
}

interface Names {
  readonly retryAfterHeaderName: string;
  readonly retryAfterVariableName: string | undefined;
  readonly remainingTokensHeaderName: string | undefined;
  readonly remainingTokensVariableName: string | undefined;
  readonly remainingQuotaTokensHeaderName: string | undefined;
  readonly remainingQuotaTokensVariableName: string | undefined;
  readonly tokensConsumedHeaderName: string | undefined;
  readonly tokensConsumedVariableName: string | undefined;
}

function refusal(x: Exchange, { kind, limit }: Limit, taken: Taken, names: Names): Refusal {
  const seconds = Math.max(1, Math.ceil(taken.resetMs / 1000));
  if (names.retryAfterVariableName !== undefined) x.variables.setInt(names.retryAfterVariableName, seconds);
  const headers = Headers.of([[names.retryAfterHeaderName, String(seconds)]]);
  const options = { headers, detail: { limit, remaining: taken.remaining } };
  if (kind === "rate")
    return new Refusal(429, "TokenLimitExceeded", `Token limit is exceeded. Try again in ${seconds} seconds.`, options);
  return new Refusal(403, "TokenQuotaExceeded", `Token quota is exceeded. Try again in ${seconds} seconds.`, options);
}

/** Headers leave with the head of the answer: its usage is in them only when the whole answer is in memory. */
async function announce(
  x: Exchange,
  names: Names,
  reservations: readonly Reservation[],
  call: ModelCall,
): Promise<void> {
  const { headers } = currentResponse(x);
  const rate = reservations.find(({ kind }) => kind === "rate");
  const quota = reservations.find(({ kind }) => kind === "quota");
  const set = (header: string | undefined, variable: string | undefined, value: number | undefined) => {
    if (value === undefined) return;
    if (header !== undefined) headers.set(header, String(value));
    if (variable !== undefined) x.variables.setInt(variable, value);
  };
  set(names.remainingTokensHeaderName, names.remainingTokensVariableName, rate?.remaining);
  set(names.remainingQuotaTokensHeaderName, names.remainingQuotaTokensVariableName, quota?.remaining);
  if (names.tokensConsumedHeaderName === undefined && names.tokensConsumedVariableName === undefined) return;
  const { totalTokens } = await call.usage();
  if (totalTokens > 0) set(names.tokensConsumedHeaderName, names.tokensConsumedVariableName, totalTokens);
}

async function settle(x: Exchange, reservations: readonly Reservation[], call: ModelCall): Promise<void> {
  const { totalTokens } = await call.usage();
  for (const { key, reserved, window } of reservations) {
    if (totalTokens > reserved) await x.services.counters.add(key, totalTokens - reserved, window);
    else if (totalTokens < reserved) await x.services.counters.refund(key, reserved - totalTokens, window);
  }
}

/** The limits of a session: each response reserves when it begins and settles when it is done. The first that passes one is the last. */
function sessionLimit(x: Exchange, limitsOf: () => Limit[], names: Names, reserves: boolean): SessionPolicy {
  const { counters } = x.services;
  const held = new Map<string, Reservation[]>();
  return {
    begun: async (id, maxTokens) => {
      const reservations: Reservation[] = [];
      for (const limit of limitsOf()) {
        const reserved = Math.max(1, Math.min(reserves ? (maxTokens ?? 0) : 0, limit.limit));
        const taken = await counters.take(limit.key, reserved, limit.limit, limit.window);
        if (taken.allowed) reservations.push({ ...limit, reserved, remaining: taken.remaining });
      }
      held.set(id, reservations);
    },
    done: async (id, { totalTokens }) => {
      const reservations = held.get(id) ?? [];
      held.delete(id);
      let reason: string | undefined;
      for (const limit of limitsOf()) {
        const { key, window } = limit;
        const reserved = reservations.find(({ kind }) => kind === limit.kind)?.reserved ?? 0;
        if (totalTokens > reserved) await counters.add(key, totalTokens - reserved, window);
        else if (totalTokens < reserved) await counters.refund(key, reserved - totalTokens, window);
        const left = await counters.peek(key, 1, limit.limit, window);
        if (!left.allowed) reason ??= refusal(x, limit, left, names).message;
      }
      return reason;
    },
  };
}

async function giveBack(x: Exchange, reservations: readonly Reservation[]): Promise<void> {
  for (const { key, reserved, window } of reservations) await x.services.counters.refund(key, reserved, window);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-05 was a Monday: ISO 8601 weeks. */
const MONDAY_MS = 4 * DAY_MS;

/** The window of a calendar period in UTC that `now` lies in. */
export function periodWindow(period: Period, now: number): Window {
  const date = new Date(now);
  switch (period) {
    case "Hourly":
      return periodOf(HOUR_MS, 0, now);
    case "Daily":
      return periodOf(DAY_MS, 0, now);
    case "Weekly":
      return periodOf(7 * DAY_MS, MONDAY_MS, now);
    case "Monthly":
      return between(
        Date.UTC(date.getUTCFullYear(), date.getUTCMonth()),
        Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1),
      );
    case "Yearly":
      return between(Date.UTC(date.getUTCFullYear(), 0), Date.UTC(date.getUTCFullYear() + 1, 0));
  }
}

/** Each period is a window of its own: what a long answer gives back of the last one is not given to the next. */
function periodOf(lengthMs: number, firstMs: number, now: number): Window {
  return { kind: "fixed", lengthMs, startMs: firstMs + Math.floor((now - firstMs) / lengthMs) * lengthMs };
}

/** Months and years differ in length. */
function between(startMs: number, endMs: number): Window {
  return { kind: "fixed", lengthMs: endMs - startMs, startMs };
}
