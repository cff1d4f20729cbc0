/** quota: call volume and bandwidth per subscription in fixed periods that begin with the subscription. */
import { int, string } from "../kit/attributes.ts";
import type { Exchange, Subscription } from "../kit/exchange.ts";
import type { Outcome } from "../kit/outcome.ts";
import { definePolicy } from "../kit/policy.ts";
import { matchesEntity } from "./shared/limits.ts";
import { type Quota, quotaAttributes, takeQuotas } from "./shared/quotas.ts";

const renewalPeriod = int({ required: true, min: 0, doc: "Length of the period in seconds; 0 never renews." });
const entity = {
  name: string({ doc: "Name." }),
  id: string({ doc: "Id; wins over name." }),
  ...quotaAttributes,
  "renewal-period": renewalPeriod,
};

interface Limits {
  readonly calls: number | undefined;
  readonly bandwidth: number | undefined;
  readonly renewalPeriod: number;
}

export const quota = definePolicy({
  name: "quota",
  sections: ["inbound"],
  scopes: ["product"],
  category: "Access restriction",
  summary: "Bounds the calls or bandwidth of a subscription in a period.",
  reference: "https://learn.microsoft.com/azure/api-management/quota-policy",
  attributes: { ...quotaAttributes, "renewal-period": renewalPeriod },
  children: {
    api: {
      many: true,
      attributes: entity,
      children: { operation: { many: true, attributes: entity } },
      doc: "A quota of one API.",
    },
  },
  compile(config, context) {
    const all: Limits[] = [config, ...config.children.api, ...config.children.api.flatMap((a) => a.children.operation)];
    if (all.some((l) => l.calls === undefined && l.bandwidth === undefined)) {
      context.error("A quota needs calls, bandwidth, or both", {
        hint: 'For example calls="10000" renewal-period="3600".',
      });
    }
    const quotaOf = (key: string, limits: Limits, subscription: Subscription): Quota => ({
      key: `quota:${context.instance}:${key}:${subscription.id}`,
      calls: limits.calls,
      bandwidthKb: limits.bandwidth,
      periodSeconds: limits.renewalPeriod,
      startMs: subscription.startAt ?? subscription.createdAt,
    });
    const quotasOf = (x: Exchange, subscription: Subscription): Quota[] => {
      const quotas = [quotaOf("", config, subscription)];
      for (const [i, api] of config.children.api.entries()) {
        if (!matchesEntity(api, x.route.api)) continue;
        quotas.push(quotaOf(`api${i}`, api, subscription));
        for (const [j, operation] of api.children.operation.entries()) {
          if (matchesEntity(operation, x.route.operation))
            quotas.push(quotaOf(`api${i}/operation${j}`, operation, subscription));
        }
      }
      return quotas;
    };
    return (x): Outcome | Promise<Outcome> => {
      const { subscription } = x.route;
      return subscription === null ? undefined : takeQuotas(x, quotasOf(x, subscription), 0);
    };
  },
  doors: () => [{ kind: "limit", of: "calls", per: "subscription" }],
});
