/** retry: runs its policies once, then again while the condition holds, at most `count` times, with waits in between. */
import { setTimeout as sleep } from "node:timers/promises";
import { bool, int, number } from "../kit/attributes.ts";
import { prepare } from "../kit/bodies.ts";
import { branchSignal } from "../kit/branch.ts";
import type { Exchange } from "../kit/exchange.ts";
import { type Outcome, PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { countAttempt, mayRetry } from "./shared/retry-budget.ts";

export const retry = definePolicy({
  name: "retry",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Control and flow",
  summary: "Repeats its policies while a condition is true.",
  reference: "https://learn.microsoft.com/azure/api-management/retry-policy",
  attributes: {
    condition: bool({ required: true, expression: true, doc: "Whether to try again, after each run." }),
    count: int({ required: true, expression: true, min: 1, max: 50, doc: "Greatest number of repetitions, 1 to 50." }),
    interval: number({ required: true, expression: true, doc: "Seconds between runs." }),
    "max-interval": number({ expression: true, doc: "Longest wait in seconds (exponential)." }),
    delta: number({ expression: true, doc: "Seconds by which the wait grows." }),
    "first-fast-retry": bool({
      default: false,
      expression: true,
      doc: "Whether the first repetition follows at once.",
    }),
  },
  steps: true,
  compile(config, context) {
    const { retryPercent } = context.snapshot.settings.limits;
    return async (x): Promise<Outcome> => {
      const { place } = x;
      const count = Math.min(50, Math.max(1, config.count.get(x)));
      x.calledOrigin = undefined;
      let outcome = await config.steps.run(x);
      countAttempt(x, retryPercent);
      for (let attempt = 1; outcome === undefined && attempt <= count; attempt++) {
        x.place = place;
        await prepare(x, config.condition.needs);
        if (!config.condition.get(x) || !mayRetry(x, retryPercent)) break;
        const waitMs = attempt === 1 && config.firstFastRetry.get(x) ? 0 : waitSeconds(config, x, attempt) * 1000;
        if (waitMs > 0) await pause(x, waitMs);
        outcome = await config.steps.run(x);
      }
      return outcome;
    };
  },
});

/** Ends early when nobody waits for the answer any more. */
async function pause(x: Exchange, waitMs: number): Promise<void> {
  const branch = branchSignal();
  const signal = branch === undefined ? x.signal : AbortSignal.any([x.signal, branch]);
  try {
    await sleep(waitMs, undefined, { signal });
  } catch (error) {
    throw new PolicyFault("ClientConnectionFailure", "The caller closed the connection.", { cause: error });
  }
}

interface Waits {
  readonly interval: { get(x: Exchange): number };
  readonly maxInterval: { get(x: Exchange): number } | undefined;
  readonly delta: { get(x: Exchange): number } | undefined;
}

/** Fixed, linear (delta) or exponential (delta and max-interval) waits. */
function waitSeconds({ interval, maxInterval, delta }: Waits, x: Exchange, attempt: number): number {
  const base = Math.max(0, interval.get(x));
  if (delta === undefined) return base;
  const step = delta.get(x);
  if (maxInterval === undefined) return base + (attempt - 1) * step;
  const spread = step * (0.8 + Math.random() * 0.4);
  return Math.min(maxInterval.get(x), base + (2 ** (attempt - 1) - 1) * spread);
}
