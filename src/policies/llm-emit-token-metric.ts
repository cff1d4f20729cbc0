/** llm-emit-token-metric: tokens of each model call as metrics. */
import { tokenMetric } from "./shared/token-metric.ts";

export const llmEmitTokenMetric = tokenMetric(
  "llm-emit-token-metric",
  "https://learn.microsoft.com/azure/api-management/llm-emit-token-metric-policy",
);
