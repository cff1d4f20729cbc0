/** azure-openai-token-limit: the same as llm-token-limit, by its older name. */
import { tokenLimit } from "./shared/token-limit.ts";

export const azureOpenaiTokenLimit = tokenLimit(
  "azure-openai-token-limit",
  "https://learn.microsoft.com/azure/api-management/azure-openai-token-limit-policy",
);
