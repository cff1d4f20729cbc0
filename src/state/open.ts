/**
 * The stores of one thread: in shared memory for this process, over Redis for many. What is called for is decided here; policies see
 * counters and slots, and never where they live.
 */
import type { Clock } from "../base/clock.ts";
import type { Breakers } from "./breakers.ts";
import type { Cache } from "./cache.ts";
import type { Counters } from "./counters.ts";
import type { Locks } from "./locks.ts";
import type { OutageMode } from "./redis/fallback.ts";
import { type CounterMemory, type CounterSizes, SharedCounters } from "./shared/counters.ts";
import { SharedBreakers } from "./shared/breakers.ts";
import { type CacheMemory, SharedCache } from "./shared/cache.ts";
import { SharedLocks } from "./shared/locks.ts";

/** What all threads of a process share; made once, handed to each. */
export interface StoreMemory {
  readonly counters: CounterMemory;
  readonly locks: SharedArrayBuffer;
  readonly breakers: SharedArrayBuffer;
  readonly cache: CacheMemory;
}

/** How much of everything there is room for. */
export interface StoreSizes extends CounterSizes {
  /** Bytes of the internal cache; default 64 MiB. */
  readonly cacheBytes?: number;
}

export interface RedisSettings {
  /** May hold a password: never logged. See RedisLink. */
  readonly url: string;
  /** `exact`: a round trip for each take; `leased`: small shares are taken at once and spent without asking. */
  readonly mode: "exact" | "leased";
  /** What limits do while the server is gone. */
  readonly onOutage: OutageMode;
  readonly deadlineMs: number;
  /** The same for cached values, which may be large. */
  readonly cacheDeadlineMs: number;
  /** Before every key. */
  readonly prefix: string;
}

export interface StoreOptions {
  readonly clock: Clock;
  readonly memory: StoreMemory;
  /** Number of this thread among `threads`. */
  readonly owner: number;
  readonly threads: number;
  /** Names this process among all replicas. */
  readonly replica: string;
  readonly redis?: RedisSettings | undefined;
  /** Told when the shared store goes and comes: once a change. */
  readonly onChange?: (isAvailable: boolean, reason: string) => void;
  /** The same of the external cache. */
  readonly onCacheChange?: (isAvailable: boolean, reason: string) => void;
}

export interface Stores {
  /** Shared by the threads of this process. */
  readonly cache: Cache;
  /** Shared by all replicas; undefined without Redis. */
  readonly externalCache: Cache | undefined;
  readonly counters: Counters;
  readonly locks: Locks;
  readonly breakers: Breakers;
  /** False while a shared store is configured and does not answer. */
  readonly isAvailable: boolean;
  /** How often a key had to share a count because memory was full. */
  readonly spills: number;
  close(): Promise<void>;
}

const SWEEP_MS = 1_000;

export function allocateStores(sizes: StoreSizes = {}, quotaSeed?: Uint8Array): StoreMemory {
  return {
    counters: SharedCounters.allocate(sizes, quotaSeed),
    locks: SharedLocks.allocate(),
    breakers: SharedBreakers.allocate(),
    cache: SharedCache.allocate(sizes.cacheBytes),
  };
}

export async function openStores(options: StoreOptions): Promise<Stores> {
  const { clock, memory, owner } = options;
  const counters = new SharedCounters(clock, memory.counters, owner);
  const locks = new SharedLocks(clock, memory.locks, owner);
  const breakers = new SharedBreakers(clock, memory.breakers, owner);
  const cache = new SharedCache(clock, locks, memory.cache, owner);
  if (options.redis !== undefined) return openRedis(options, options.redis, { counters, locks, breakers, cache });
  return {
    cache,
    externalCache: undefined,
    counters,
    locks,
    breakers,
    isAvailable: true,
    get spills() {
      return counters.spills;
    },
    close: async () => {},
  };
}

async function openRedis(
  options: StoreOptions,
  settings: RedisSettings,
  local: {
    readonly counters: SharedCounters;
    readonly locks: SharedLocks;
    readonly breakers: SharedBreakers;
    readonly cache: SharedCache;
  },
): Promise<Stores> {
  const [
    { RedisLink },
    { RedisCounters },
    { LeasedCounters },
    { FallbackCounters, FallbackLocks },
    redisLocks,
    presence,
    redisBreakers,
    { RedisCache },
  ] = await Promise.all([
    import("./redis/link.ts"),
    import("./redis/counters.ts"),
    import("./redis/leased-counters.ts"),
    import("./redis/fallback.ts"),
    import("./redis/locks.ts"),
    import("./redis/presence.ts"),
    import("./redis/breakers.ts"),
    import("./redis/cache.ts"),
  ]);
  const [link, cacheLink] = await Promise.all([
    RedisLink.open({
      ...settings,
      onChange: (isAvailable, reason) => {
        options.onChange?.(isAvailable, reason);
        if (isAvailable) void counters.settle();
      },
    }),
    RedisLink.open({
      ...settings,
      deadlineMs: settings.cacheDeadlineMs,
      onChange: (isAvailable, reason) => {
        options.onCacheChange?.(isAvailable, reason);
        if (isAvailable) void externalCache.settle();
      },
    }),
  ]);
  const externalCache = new RedisCache(cacheLink);
  const takers = new presence.Presence(link, `${options.replica}/${options.owner}`);
  const exact = new RedisCounters(link);
  const leased = settings.mode === "leased" ? new LeasedCounters(exact, options.clock, () => takers.count) : undefined;
  const slots = new redisLocks.RedisLocks(link);
  const breakers = new redisBreakers.RedisBreakers(link, local.breakers);
  const outage = {
    clock: options.clock,
    mode: settings.onOutage,
    isAvailable: () => link.isAvailable,
    replicas: () => Math.max(1, Math.ceil(takers.count / options.threads)),
  };
  const counters = new FallbackCounters({ ...outage, store: leased ?? exact, local: local.counters });
  await takers.start();
  const sweep = setInterval(() => leased?.sweep(), SWEEP_MS);
  sweep.unref();
  return {
    cache: local.cache,
    externalCache,
    counters,
    breakers,
    locks: new FallbackLocks({ ...outage, store: slots, local: local.locks }),
    get isAvailable() {
      return link.isAvailable;
    },
    get spills() {
      return local.counters.spills;
    },
    close: async () => {
      clearInterval(sweep);
      takers.close();
      breakers.close();
      await leased?.close();
      await slots.close();
      await externalCache.close();
      await link.close();
    },
  };
}
