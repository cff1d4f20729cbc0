/** rate-limit-by-key: calls per key value in a sliding window or a token bucket; every policy with the same key value shares the counter. */
import { bool, int, string } from "../kit/attributes.ts";
import { prepare } from "../kit/bodies.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Outcome } from "../kit/outcome.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import type { Taken, Window } from "../kit/services.ts";
import { announce, limitAttributes, rateRefusal, rateWindow, weight } from "./shared/limits.ts";
import { isCallersWord } from "../kit/doors.ts";

const MAX_PERIOD_SECONDS = 300;

export const rateLimitByKey = definePolicy({
  name: "rate-limit-by-key",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Limits the call rate per key, for example per caller address.",
  reference: "https://learn.microsoft.com/azure/api-management/rate-limit-by-key-policy",
  attributes: {
    calls: int({ required: true, expression: true, min: 0, doc: "Calls allowed in the renewal period." }),
    "renewal-period": int({
      required: true,
      expression: true,
      min: 1,
      max: MAX_PERIOD_SECONDS,
      doc: "Length of the window in seconds, at most 300.",
    }),
    "counter-key": string({ required: true, expression: true, doc: "Calls with the same key share a counter." }),
    "increment-condition": bool({
      expression: true,
      doc: "Whether a call counts; decided when the response is known.",
    }),
    "increment-count": int({ default: 1, expression: true, min: 0, doc: "How much a call counts; default 1." }),
    ...limitAttributes,
  },
  compile(config, context) {
    const { calls, renewalPeriod, counterKey, incrementCondition: condition, incrementCount: amount } = config;
    // With an expression for condition or count the call is counted when its response is known, and the next one meets the limit.
    const countsLater = (condition !== undefined && condition.constant === undefined) || amount.constant === undefined;
    const neverCounts = condition?.constant === false;
    return (x): Outcome | Promise<Outcome> => {
      if (neverCounts) return undefined;
      const limit = calls.get(x);
      const seconds = renewalPeriod.get(x);
      if (!(seconds >= 1 && seconds <= MAX_PERIOD_SECONDS)) {
        throw new PolicyFault(
          "InvalidRenewalPeriod",
          `The renewal period ${seconds} is not between 1 and ${MAX_PERIOD_SECONDS} seconds.`,
        );
      }
      const window = rateWindow(context, seconds * 1000);
      const key = `rate-limit-by-key:${counterKey.get(x)}`;
      const { counters } = x.services;
      const judge = (taken: Taken): Outcome => {
        if (!taken.allowed) return rateRefusal(x, config, taken);
        announce(x, config, limit, taken.remaining);
        if (countsLater) x.beforeResponse((settled) => count(settled, key, window));
        return undefined;
      };
      const taken = countsLater
        ? counters.peek(key, 1, limit, window)
        : counters.take(key, weight(amount.get(x)), limit, window);
      return taken instanceof Promise ? taken.then(judge) : judge(taken);
    };

    async function count(x: Exchange, key: string, window: Window): Promise<void> {
      await prepare(x, (condition?.needs ?? 0) | amount.needs);
      if (condition !== undefined && !condition.get(x)) return;
      await x.services.counters.add(key, weight(amount.get(x)), window);
    }
  },
  doors({ counterKey, incrementCondition }) {
    if (incrementCondition?.constant === false) return [];
    return [{ kind: "limit", of: "calls", per: isCallersWord(counterKey) ? "callers-word" : "key" }];
  },
});
