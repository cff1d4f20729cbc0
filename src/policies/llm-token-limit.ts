/** llm-token-limit: tokens of a model per key, as a rate and as a quota. */
import { tokenLimit } from "./shared/token-limit.ts";

export const llmTokenLimit = tokenLimit(
  "llm-token-limit",
  "https://learn.microsoft.com/azure/api-management/llm-token-limit-policy",
);
