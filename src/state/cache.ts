/**
 * Values that may be forgotten at any time. Bytes (Uint8Array) are seen by everyone who shares the cache; another value, an object, at most
 * by the thread that stored it.
 */
import type { Locks } from "./locks.ts";

export interface Cache {
  /** The value, or undefined when absent or expired, or when the store cannot be asked. Bytes are the caller's own. Never rejects. */
  get(key: string): unknown | Promise<unknown>;
  /**
   * Resolves when the value is kept, or it is clear that it will not be. Never rejects.
   * @param sizeBytes about how much memory an object takes; bytes are measured
   */
  put(key: string, value: unknown, ttlMs: number, sizeBytes?: number): void | Promise<void>;
  /** Nobody sees the value any more once this has resolved, unless the store cannot be asked. Never rejects. */
  remove(key: string): void | Promise<void>;
  /** One slot for each key: who has it makes the value, among all who share this cache. */
  readonly makers: Locks;
}
