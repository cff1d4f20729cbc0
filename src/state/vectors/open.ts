/** Opens the store of a semantic cache: the memory of this thread, or what all replicas share. Vendor packages load only when used. */
import type { Clock } from "../../base/clock.ts";
import { MemoryVectors } from "./memory-vectors.ts";
import type { Vectors } from "./vectors.ts";

export interface VectorsOptions {
  readonly store: "memory" | "redis" | "postgres";
  /** Of a shared store; may hold a password. */
  readonly url: string | undefined;
  /** Before every key of Redis. */
  readonly prefix: string;
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly timeoutMs: number;
}

/** Rejects when a shared store does not answer, or cannot search by vectors. */
export async function openVectors(clock: Clock, options: VectorsOptions): Promise<Vectors> {
  const { store, url, timeoutMs } = options;
  if (store === "memory") return new MemoryVectors({ clock, ...options });
  if (url === undefined)
    throw new Error(`ai.semanticCache.store is ${store}, and no URL says where: give ai.semanticCache.url`);
  if (store === "redis") {
    const { RedisVectors } = await import("./redis-vectors.ts");
    return RedisVectors.open({ url, timeoutMs, prefix: options.prefix });
  }
  const { PostgresVectors } = await import("./postgres-vectors.ts");
  return PostgresVectors.open({ url, timeoutMs });
}
