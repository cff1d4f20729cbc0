/** Values that may be forgotten at any time. `value` is opaque to the store (internal) or must be serialisable (external): bytes or text. */
export interface Cache {
  /** The value, or undefined when absent or expired. */
  get(key: string): unknown | Promise<unknown>;
  /** @param sizeBytes about how much memory the value takes, for stores that are bounded by it */
  put(key: string, value: unknown, ttlMs: number, sizeBytes?: number): void | Promise<void>;
  remove(key: string): void | Promise<void>;
}
