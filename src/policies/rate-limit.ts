/** rate-limit: calls per subscription in a sliding window or a token bucket, with limits of their own for APIs and operations. */
import { int, string } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Outcome } from "../kit/outcome.ts";
import { definePolicy } from "../kit/policy.ts";
import type { Taken, Window } from "../kit/services.ts";
import { announce, limitAttributes, matchesEntity, rateRefusal, rateWindow } from "./shared/limits.ts";

const calls = int({ required: true, min: 0, doc: "Calls allowed in the renewal period." });
const renewalPeriod = int({ required: true, min: 1, max: 300, doc: "Length of the window in seconds, at most 300." });
const entity = {
  name: string({ doc: "Name." }),
  id: string({ doc: "Id; wins over name." }),
  calls,
  "renewal-period": renewalPeriod,
};

interface Limit {
  readonly key: string;
  /** The names of its counts, by subscription: there are as many as are configured. */
  readonly keys: Map<string, string>;
  readonly calls: number;
  readonly window: Window;
}

export const rateLimit = definePolicy({
  name: "rate-limit",
  sections: ["inbound"],
  scopes: ["product", "api", "operation"],
  category: "Access restriction",
  summary: "Limits the call rate of a subscription.",
  reference: "https://learn.microsoft.com/azure/api-management/rate-limit-policy",
  attributes: { calls, "renewal-period": renewalPeriod, ...limitAttributes },
  children: {
    api: {
      many: true,
      attributes: entity,
      children: { operation: { many: true, attributes: entity } },
      doc: "A limit of one API.",
    },
  },
  compile(config, context) {
    const limitOf = (key: string, c: { calls: number; renewalPeriod: number }): Limit => ({
      key: `rate-limit:${context.instance}:${key}`,
      keys: new Map(),
      calls: c.calls,
      window: rateWindow(context, c.renewalPeriod * 1000),
    });
    const own = limitOf("", config);
    const apis = config.children.api.map((api, i) => ({
      ...api,
      limit: limitOf(`api${i}`, api),
      operations: api.children.operation.map((o, j) => ({ ...o, limit: limitOf(`api${i}/operation${j}`, o) })),
    }));
    const limitsFor = (x: Exchange): Limit[] => {
      const api = apis.find((a) => matchesEntity(a, x.route.api));
      const operation = api?.operations.find((o) => matchesEntity(o, x.route.operation));
      return [own, api?.limit, operation?.limit].filter((l) => l !== undefined);
    };
    const single = [own];
    return (x): Outcome | Promise<Outcome> => {
      const subscription = x.route.subscription;
      // Without a key there is nobody to count for: the policy applies to calls with a subscription.
      if (subscription === null) return undefined;
      return takeAll(x, apis.length === 0 ? single : limitsFor(x), 0, subscription.id, (limit, taken) => {
        if (!taken.allowed) return rateRefusal(x, config, taken);
        announce(x, config, limit.calls, taken.remaining);
        return undefined;
      });
    };
  },
  doors: () => [{ kind: "limit", of: "calls", per: "subscription" }],
});

/** Takes from each limit in turn until one refuses; synchronous as long as the store is. */
function takeAll(
  x: Exchange,
  limits: readonly Limit[],
  from: number,
  subscriptionId: string,
  judge: (limit: Limit, taken: Taken) => Outcome,
): Outcome | Promise<Outcome> {
  for (let i = from; i < limits.length; i++) {
    const limit = limits[i];
    const taken = x.services.counters.take(keyOf(limit, subscriptionId), 1, limit.calls, limit.window);
    if (taken instanceof Promise) {
      return taken.then((t) => judge(limit, t) ?? takeAll(x, limits, i + 1, subscriptionId, judge));
    }
    const outcome = judge(limit, taken);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

function keyOf({ key, keys }: Limit, subscriptionId: string): string {
  let known = keys.get(subscriptionId);
  if (known === undefined) {
    known = `${key}:${subscriptionId}`;
    keys.set(subscriptionId, known);
  }
  return known;
}
