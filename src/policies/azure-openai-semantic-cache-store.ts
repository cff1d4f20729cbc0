/** azure-openai-semantic-cache-store: keeps answers of Azure OpenAI for azure-openai-semantic-cache-lookup. */
import { semanticStore } from "./shared/semantic-store.ts";

export const azureOpenaiSemanticCacheStore = semanticStore(
  "azure-openai-semantic-cache-store",
  "https://learn.microsoft.com/azure/api-management/azure-openai-semantic-cache-store-policy",
);
