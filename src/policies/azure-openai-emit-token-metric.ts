/** azure-openai-emit-token-metric: the same as llm-emit-token-metric, by its older name. */
import { tokenMetric } from "./shared/token-metric.ts";

export const azureOpenaiEmitTokenMetric = tokenMetric(
  "azure-openai-emit-token-metric",
  "https://learn.microsoft.com/azure/api-management/azure-openai-emit-token-metric-policy",
);
