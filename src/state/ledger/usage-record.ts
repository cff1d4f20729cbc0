/** One call of a model as the usage ledger keeps it, and the interface of what keeps it. */

export type CallOutcome =
  /** The model answered. */
  | "ok"
  /** The gateway answered without the model: a cache, a policy. */
  | "answered"
  /** A policy, a key or the router refused; `reason` says which and why. */
  | "refused"
  /** The model, the way to it or a policy failed. */
  | "failed"
  /** The caller went away before the end. */
  | "cut-by-client"
  /** The answer broke off. */
  | "cut-by-provider";

export interface UsageRecord {
  /** Of the request: context.RequestId. */
  readonly correlationId: string;
  /** Receipt, ms since the epoch. */
  readonly time: number;
  /** Ids; "" where there is none. */
  readonly subscription: string;
  readonly product: string;
  readonly user: string;
  readonly api: string;
  readonly operation: string;
  /** Asked for by the caller, and named by the answer. */
  readonly modelAsked: string;
  readonly model: string;
  /** Maker of the service, or its host. */
  readonly provider: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Parts of the above. */
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly audioTokens: number;
  /** Undefined: no price is known. */
  readonly cost: number | undefined;
  readonly currency: string;
  readonly latencyMs: number;
  /** Until the first token, or the whole answer where it comes in one; undefined: there was none. */
  readonly firstTokenMs: number | undefined;
  readonly status: number;
  readonly outcome: CallOutcome;
  readonly reason: string;
}

export interface LedgerStore {
  /** Writes all of them, or none. A record that is there already is left as it is. */
  add(records: readonly UsageRecord[]): Promise<void> | void;
  /** Removes what is older, some at a time; true: there may be more. @param before ms since the epoch */
  removeBefore(before: number): Promise<boolean> | boolean;
  close(): Promise<void> | void;
}

/** What usage can be grouped by. */
export const USAGE_KEYS = [
  "day",
  "month",
  "subscription",
  "product",
  "user",
  "api",
  "operation",
  "model",
  "provider",
  "outcome",
  "reason",
] as const;
export type UsageKey = (typeof USAGE_KEYS)[number];

export interface UsageQuery {
  readonly by: readonly UsageKey[];
  /** Ms since the epoch: from, inclusive, and to, exclusive. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** Sums of the calls that have the same keys and currency. */
export interface UsageRow {
  readonly keys: readonly string[];
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly audioTokens: number;
  readonly cost: number;
  readonly currency: string;
  /** Calls that used tokens and have no price. */
  readonly unpriced: number;
  /** Means; undefined: no call had one. */
  readonly latencyMs: number | undefined;
  readonly firstTokenMs: number | undefined;
}

/** Reads a ledger, also while a gateway writes to it. */
export interface LedgerReader {
  usage(query: UsageQuery): Promise<readonly UsageRow[]>;
  close(): Promise<void>;
}
