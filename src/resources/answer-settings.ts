/** Settings of answers of models: where a semantic cache keeps them, and what becomes of them when nobody can tell whether they are safe. */

export interface SemanticCacheSettings {
  /** Each thread's own memory, or a store that all replicas share. */
  readonly store: "memory" | "redis" | "postgres";
  /** Of the shared store; may hold a password. Undefined with `redis`: that of `stores.redis`. */
  readonly url: string | undefined;
  /** Of the memory of one thread. */
  readonly maxBytes: number;
  readonly maxEntries: number;
  /** `separate`: an answer is found by the subscription it was made for; `shared`: as Azure API Management, by everyone. */
  readonly tenants: "separate" | "shared";
  /** Sent with requests for embeddings; undefined: the backend's URL says which model it is. */
  readonly embeddingsModel: string | undefined;
  /** Longest wait for an embedding, and for a shared store. */
  readonly timeoutMs: number;
}

export interface ContentSafetySettings {
  /** What becomes of a call when the service cannot be asked. */
  readonly onFailure: "refuse" | "allow";
  readonly timeoutMs: number;
}

export const DEFAULT_SEMANTIC_CACHE: SemanticCacheSettings = {
  store: "memory",
  url: undefined,
  maxBytes: 67_108_864,
  maxEntries: 10_000,
  tenants: "separate",
  embeddingsModel: undefined,
  timeoutMs: 5_000,
};

export const DEFAULT_CONTENT_SAFETY: ContentSafetySettings = { onFailure: "refuse", timeoutMs: 10_000 };
