/** azure-openai-semantic-cache-lookup: answers of Azure OpenAI to prompts that mean nearly the same. */
import { semanticLookup } from "./shared/semantic-lookup.ts";

export const azureOpenaiSemanticCacheLookup = semanticLookup(
  "azure-openai-semantic-cache-lookup",
  "https://learn.microsoft.com/azure/api-management/azure-openai-semantic-cache-lookup-policy",
);
