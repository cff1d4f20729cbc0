/** limit-concurrency: lets at most `max-count` requests of a key into its policies at a time; the rest get 429 at once. */
import { int, string } from "../kit/attributes.ts";
import { type Outcome, Refusal } from "../kit/outcome.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";

export const limitConcurrency = definePolicy({
  name: "limit-concurrency",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Control and flow",
  summary: "Bounds how many requests run the enclosed policies at the same time.",
  reference: "https://learn.microsoft.com/azure/api-management/limit-concurrency-policy",
  attributes: {
    key: string({ required: true, expression: true, doc: "Requests with the same key share the limit." }),
    "max-count": int({ required: true, min: 1, doc: "Greatest number of requests inside." }),
  },
  steps: true,
  compile({ key, maxCount, steps }) {
    return async (x): Promise<Outcome> => {
      const release = await x.services.locks.acquire(`limit-concurrency:${key.get(x)}`, maxCount ?? 1);
      if (release === undefined) {
        return new Refusal(429, "ConcurrencyLimitExceeded", "Too many concurrent requests. Try again later.");
      }
      try {
        return await steps.run(x);
      } finally {
        release();
      }
    };
  },
});
