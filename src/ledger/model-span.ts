/**
 * What a trace says of a call of a model, by the conventions for generative AI. No prompts and no answers: those are for the message log.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
import type { UsageRecord } from "../state/ledger/usage-record.ts";
import type { InnerSpan } from "../telemetry/tracing.ts";

/** Names that the conventions have for makers of services; others stand for themselves. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["azure", "azure.ai.openai"],
  ["aws", "aws.bedrock"],
  ["google", "gcp.gemini"],
  ["mistral", "mistral_ai"],
]);

/** By how the path of the service ends. */
const OPERATIONS: readonly (readonly [end: RegExp, name: string])[] = [
  [/\/(?:embeddings|embed)$|:(?:batch)?[eE]mbedContents?$/, "embeddings"],
  [/:(?:stream)?[gG]enerateContent$/, "generate_content"],
  [/(?<!\/chat)\/completions$|\/complete$/, "text_completion"],
];

/** @param path at the service */
export function modelSpan(record: UsageRecord, path: string): InnerSpan {
  const operation = OPERATIONS.find(([end]) => end.test(path))?.[1] ?? "chat";
  const { modelAsked, model, provider, outcome, reason } = record;
  const hasAnswer = record.promptTokens + record.completionTokens > 0;
  const asked = modelAsked === "" ? model : modelAsked;
  return {
    name: asked === "" ? operation : `${operation} ${asked}`,
    attributes: {
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": PROVIDERS.get(provider) ?? provider,
      "gen_ai.request.model": asked === "" ? undefined : asked,
      "gen_ai.response.model": model === "" ? undefined : model,
      "gen_ai.usage.input_tokens": hasAnswer ? record.promptTokens : undefined,
      "gen_ai.usage.output_tokens": hasAnswer ? record.completionTokens : undefined,
      "sallyport.model.outcome": outcome,
      "sallyport.model.cost": record.cost,
      "sallyport.model.first_token_ms": record.firstTokenMs,
    },
    failure: outcome === "ok" ? undefined : reason === "" ? outcome : reason,
    durationMs: record.latencyMs,
  };
}
