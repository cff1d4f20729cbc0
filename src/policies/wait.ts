/** wait: runs its policies side by side and goes on when all, or any one, of them is done. */
import { oneOf } from "../kit/attributes.ts";
import { inBranch } from "../kit/branch.ts";
import type { Outcome } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";

const ALLOWED: ReadonlySet<string> = new Set(["send-request", "cache-lookup-value", "choose"]);

export const wait = definePolicy({
  name: "wait",
  sections: ["inbound", "backend", "outbound"],
  scopes: ALL_SCOPES,
  category: "Control and flow",
  summary: "Runs send-request, cache-lookup-value and choose in parallel.",
  reference: "https://learn.microsoft.com/azure/api-management/wait-policy",
  attributes: {
    for: oneOf(["all", "any"], { default: "all", expression: true, doc: "Whether to wait for all or for any one." }),
  },
  steps: true,
  compile({ for: mode, steps }, context) {
    for (const { policy } of steps.each) {
      if (!ALLOWED.has(policy))
        context.error(`<wait> takes send-request, cache-lookup-value and choose, not <${policy}>`);
    }
    return async (x): Promise<Outcome> => {
      if (steps.each.length === 0) return undefined;
      const isAny = mode.get(x).toLowerCase() === "any";
      const decided = new AbortController();
      const running = steps.each.map((step) => inBranch(decided.signal, async () => step.run(x)));
      if (isAny) {
        // The failures of the rest are nobody's.
        for (const promise of running) promise.catch(() => undefined);
        return Promise.race(running).finally(() => decided.abort());
      }
      const settled = await Promise.allSettled(running);
      for (const result of settled) {
        if (result.status === "rejected") throw result.reason;
        if (result.value !== undefined) return result.value;
      }
      return undefined;
    };
  },
});
