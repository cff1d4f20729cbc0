/** llm-semantic-cache-store: keeps answers of models for llm-semantic-cache-lookup. */
import { semanticStore } from "./shared/semantic-store.ts";

export const llmSemanticCacheStore = semanticStore(
  "llm-semantic-cache-store",
  "https://learn.microsoft.com/azure/api-management/llm-semantic-cache-store-policy",
);
