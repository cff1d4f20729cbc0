/** Taking from quotas: calls when the request comes, bandwidth when its bytes are known. */
import { int } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import type { Outcome } from "../../kit/outcome.ts";
import type { Window } from "../../kit/services.ts";
import { periodMs, quotaRefusal } from "./limits.ts";

export const quotaAttributes = {
  calls: int({ min: 0, doc: "Calls allowed in the period." }),
  bandwidth: int({ min: 0, doc: "Kilobytes allowed in the period, requests and responses together." }),
} as const;

export interface Quota {
  readonly key: string;
  readonly calls: number | undefined;
  readonly bandwidthKb: number | undefined;
  readonly periodSeconds: number;
  /** Where the first period begins, ms since the epoch. */
  readonly startMs: number;
}

export function quotaWindow(quota: Quota): Window {
  return { kind: "fixed", lengthMs: periodMs(quota.periodSeconds), startMs: quota.startMs };
}

/** Takes one call from each quota in turn until one refuses; registers the counting of bytes. */
export function takeQuotas(x: Exchange, quotas: readonly Quota[], from: number): Outcome | Promise<Outcome> {
  for (let i = from; i < quotas.length; i++) {
    const outcome = takeQuota(x, quotas[i]);
    if (outcome instanceof Promise) return outcome.then((o) => o ?? takeQuotas(x, quotas, i + 1));
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

function takeQuota(x: Exchange, quota: Quota): Outcome | Promise<Outcome> {
  const window = quotaWindow(quota);
  const bandwidth = checkBandwidth(x, quota, window);
  const takeCalls = (): Outcome | Promise<Outcome> => {
    if (quota.calls === undefined) return undefined;
    const taken = x.services.counters.take(`${quota.key}:calls`, 1, quota.calls, window);
    if (taken instanceof Promise) return taken.then((t) => (t.allowed ? undefined : quotaRefusal("call volume", t)));
    return taken.allowed ? undefined : quotaRefusal("call volume", taken);
  };
  return bandwidth instanceof Promise ? bandwidth.then((o) => o ?? takeCalls()) : (bandwidth ?? takeCalls());
}

/** Refuses when the bytes of former calls have used the bandwidth up; otherwise counts this call's when they are known. */
export function checkBandwidth(x: Exchange, quota: Quota, window: Window): Outcome | Promise<Outcome> {
  if (quota.bandwidthKb === undefined) return undefined;
  const key = `${quota.key}:bandwidth`;
  const seen = x.services.counters.peek(key, 1, quota.bandwidthKb * 1024, window);
  const judge = (t: Awaited<typeof seen>): Outcome => {
    if (!t.allowed) return quotaRefusal("bandwidth", t);
    x.atEnd((ended) => ended.services.counters.add(key, ended.transferredBytes, window));
    return undefined;
  };
  return seen instanceof Promise ? seen.then(judge) : judge(seen);
}
