/** What policies use of the outside world; filled in main.ts, never imported from where it is implemented. */
import type { Clock } from "../base/clock.ts";
import type { Upstream } from "../http/upstream.ts";
import type { Breakers } from "../state/breakers.ts";
import type { Cache } from "../state/cache.ts";
import type { Counters } from "../state/counters.ts";
import type { Locks } from "../state/locks.ts";
import type { Vectors } from "../state/vectors/vectors.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Authorizations, Identities } from "./identities.ts";
import type { Queues } from "./queues.ts";

export type { Authorizations, Identities } from "./identities.ts";
export type { Queues } from "./queues.ts";
export { type Breakers, PROBE } from "../state/breakers.ts";
export type { Cache } from "../state/cache.ts";
export type { Taken, Window } from "../state/counters.ts";

/**
 * Told of signing keys that are kept although no newer ones can be had.
 * @param url of the provider's configuration document
 * @param until ms since the epoch; undefined: newer ones were had
 */
export type TellKeptKeys = (url: string, until: number | undefined) => void;

export interface Services {
  readonly identities: Identities;
  readonly authorizations: Authorizations;
  readonly queues: Queues;
  readonly clock: Clock;
  readonly upstream: Upstream;
  readonly counters: Counters;
  /** The internal cache: shared by the threads of this process. */
  readonly cache: Cache;
  /** The external one, shared by all replicas; undefined: there is none. */
  readonly externalCache?: Cache | undefined;
  /** Where answers of models are kept by what they answer; undefined: nowhere. */
  readonly vectors?: Vectors | undefined;
  readonly locks: Locks;
  readonly breakers: Breakers;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tellKeptKeys?: TellKeptKeys | undefined;
}
