/** quota-by-key: call volume and bandwidth per key value in fixed periods. */
import { bool, int, string } from "../kit/attributes.ts";
import { prepare } from "../kit/bodies.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Outcome } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { quotaRefusal, weight } from "./shared/limits.ts";
import { checkBandwidth, type Quota, quotaAttributes, quotaWindow } from "./shared/quotas.ts";
import { isCallersWord } from "../kit/doors.ts";

/** Period boundaries count from here unless first-period-start says otherwise: 0001-01-01T00:00:00Z. */
const BEGINNING_MS = -62_135_596_800_000;

/** Keys a request has counted already: several policies with one key count it once. */
const counted = new WeakMap<Exchange, Set<string>>();

export const quotaByKey = definePolicy({
  name: "quota-by-key",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Bounds the calls or bandwidth per key in a period.",
  reference: "https://learn.microsoft.com/azure/api-management/quota-by-key-policy",
  attributes: {
    ...quotaAttributes,
    "renewal-period": int({
      required: true,
      min: 0,
      doc: "Length of the period in seconds, at least 300; 0 never renews.",
    }),
    "counter-key": string({ required: true, expression: true, doc: "Calls with the same key share a quota." }),
    "increment-condition": bool({
      expression: true,
      doc: "Whether a call counts; decided when the response is known.",
    }),
    "increment-count": int({ default: 1, expression: true, min: 0, doc: "How much a call counts; default 1." }),
    "first-period-start": string({ doc: "Start of the first period, yyyy-MM-ddTHH:mm:ssZ." }),
  },
  compile(config, context) {
    const {
      calls,
      bandwidth,
      renewalPeriod,
      counterKey,
      incrementCondition: condition,
      incrementCount: amount,
    } = config;
    const startMs = config.firstPeriodStart === undefined ? BEGINNING_MS : Date.parse(config.firstPeriodStart);
    if (Number.isNaN(startMs))
      context.error(`"${config.firstPeriodStart}" is not a date`, { attribute: "first-period-start" });
    if (renewalPeriod !== 0 && renewalPeriod < 300) {
      context.error("The renewal period is at least 300 seconds, or 0 for a quota that never renews", {
        attribute: "renewal-period",
      });
    }
    if (calls === undefined && bandwidth === undefined) context.error("A quota needs calls, bandwidth, or both");
    const countsLater = (condition !== undefined && condition.constant === undefined) || amount.constant === undefined;
    const neverCounts = condition?.constant === false;
    return async (x): Promise<Outcome> => {
      if (neverCounts) return undefined;
      const key = `quota-by-key:${counterKey.get(x)}`;
      const quota: Quota = { key, calls, bandwidthKb: bandwidth, periodSeconds: renewalPeriod, startMs };
      const window = quotaWindow(quota);
      const isFirst = markCounted(x, key);
      const refused = isFirst ? await checkBandwidth(x, quota, window) : undefined;
      if (refused !== undefined || calls === undefined) return refused;
      const callsKey = `${key}:calls`;
      const { counters } = x.services;
      const takesNow = isFirst && !countsLater;
      const taken = await (takesNow
        ? counters.take(callsKey, weight(amount.get(x)), calls, window)
        : counters.peek(callsKey, isFirst ? 1 : 0, calls, window));
      if (!taken.allowed) return quotaRefusal("call volume", taken);
      if (isFirst && countsLater) {
        x.beforeResponse(async (settled) => {
          await prepare(settled, (condition?.needs ?? 0) | amount.needs);
          if (condition === undefined || condition.get(settled))
            await counters.add(callsKey, weight(amount.get(settled)), window);
        });
      }
      return undefined;
    };
  },
  doors({ counterKey, incrementCondition }) {
    if (incrementCondition?.constant === false) return [];
    return [{ kind: "limit", of: "calls", per: isCallersWord(counterKey) ? "callers-word" : "key" }];
  },
});

function markCounted(x: Exchange, key: string): boolean {
  let keys = counted.get(x);
  if (keys === undefined) {
    keys = new Set();
    counted.set(x, keys);
  }
  if (keys.has(key)) return false;
  keys.add(key);
  return true;
}
