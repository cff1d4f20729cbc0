/** llm-semantic-cache-lookup: answers of models to prompts that mean nearly the same. */
import { semanticLookup } from "./shared/semantic-lookup.ts";

export const llmSemanticCacheLookup = semanticLookup(
  "llm-semantic-cache-lookup",
  "https://learn.microsoft.com/azure/api-management/llm-semantic-cache-lookup-policy",
);
