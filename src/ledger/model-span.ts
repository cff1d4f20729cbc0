/**
 * What a trace says of a call of a model, by the conventions for generative AI. No prompts and no answers: those are for the message log.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
import type { UsageRecord } from "../state/ledger/usage-record.ts";
import type { InnerSpan } from "../telemetry/tracing.ts";

/** Names that the conventions have for makers of services, by how their hosts end; other hosts stand for themselves. */
const PROVIDERS: readonly (readonly [end: string, name: string])[] = [
  [".openai.azure.com", "azure.ai.openai"],
  [".models.ai.azure.com", "azure.ai.inference"],
  ["api.openai.com", "openai"],
  ["api.anthropic.com", "anthropic"],
  ["generativelanguage.googleapis.com", "gcp.gemini"],
  ["aiplatform.googleapis.com", "gcp.vertex_ai"],
  ["api.mistral.ai", "mistral_ai"],
  ["api.cohere.com", "cohere"],
  ["api.cohere.ai", "cohere"],
  ["api.deepseek.com", "deepseek"],
  ["api.groq.com", "groq"],
  ["api.perplexity.ai", "perplexity"],
  ["api.x.ai", "x_ai"],
  [".ml.cloud.ibm.com", "ibm.watsonx.ai"],
];
/** Resources that serve both of Microsoft's interfaces, told apart by their paths. */
const FOUNDRY = /\.(?:services\.ai|cognitiveservices)\.azure\.com$/;
const BEDROCK = /^bedrock-runtime[.-].*\.amazonaws\.com$/;

/** By how the path of the service ends. */
const OPERATIONS: readonly (readonly [end: RegExp, name: string])[] = [
  [/\/(?:embeddings|embed)$|:(?:batch)?[eE]mbedContents?$/, "embeddings"],
  [/:(?:stream)?[gG]enerateContent$/, "generate_content"],
  [/(?<!\/chat)\/completions$|\/complete$/, "text_completion"],
];

/** What the conventions call an operation, and who serves it. */
export interface NamedCall {
  readonly operation: string;
  readonly provider: string;
}

/** @param path at the service */
export function namedCall(host: string, path: string): NamedCall {
  const operation = OPERATIONS.find(([end]) => end.test(path))?.[1] ?? "chat";
  return { operation, provider: providerName(host, path) };
}

function providerName(host: string, path: string): string {
  if (BEDROCK.test(host)) return "aws.bedrock";
  if (FOUNDRY.test(host)) return path.startsWith("/openai/") ? "azure.ai.openai" : "azure.ai.inference";
  return PROVIDERS.find(([end]) => host.endsWith(end))?.[1] ?? host;
}

export function modelSpan(record: UsageRecord, { operation, provider }: NamedCall): InnerSpan {
  const { modelAsked, model, outcome, reason } = record;
  const hasAnswer = record.promptTokens + record.completionTokens > 0;
  const asked = modelAsked === "" ? model : modelAsked;
  return {
    name: asked === "" ? operation : `${operation} ${asked}`,
    attributes: {
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": provider,
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
