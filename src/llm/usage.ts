/**
 * What a model call used, from the provider's own words: bodies and stream events of OpenAI (chat, completions, responses, embeddings),
 * Azure OpenAI, Anthropic, Google Gemini, Amazon Bedrock (converse) and Cohere.
 */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** Parts of the above, 0 where the provider does not tell. */
  readonly cachedTokens: number;
  /** Of the prompt, written to the provider's cache. */
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly promptAudioTokens: number;
  readonly completionAudioTokens: number;
}

export const NO_USAGE: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  promptAudioTokens: 0,
  completionAudioTokens: 0,
};

/** Of two calls, or two responses of one session. */
export function sumOf(a: Usage, b: Usage): Usage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    totalTokens: a.totalTokens + b.totalTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    promptAudioTokens: a.promptAudioTokens + b.promptAudioTokens,
    completionAudioTokens: a.completionAudioTokens + b.completionAudioTokens,
  };
}

type Json = Readonly<Record<string, unknown>>;

/** Undefined when the message says nothing of usage, or what no call can have used: who does not tell the truth is not asked. */
export function usageOf(message: unknown): Usage | undefined {
  // Gemini's streams without alt=sse are one list.
  if (Array.isArray(message)) {
    const all = message.map(usageOf).filter((usage) => usage !== undefined);
    return all.length === 0 ? undefined : all.reduce(merged);
  }
  const body = object(message);
  if (body === undefined) return undefined;
  const gemini = object(body.usageMetadata);
  if (gemini !== undefined) return isTold(gemini) ? geminiUsage(gemini) : undefined;
  const metrics = object(body["amazon-bedrock-invocationMetrics"]);
  if (metrics !== undefined) return isTold(metrics) ? bedrockUsage(metrics) : undefined;
  // Anthropic's first event holds a message, OpenAI's last one a response, Bedrock's last one metadata.
  const holder = object(body.message) ?? object(body.response) ?? object(body.metadata) ?? body;
  const usage = object(holder.usage) ?? object(body.usage);
  if (usage !== undefined) return isTold(usage) ? plainUsage(usage) : undefined;
  const tokens = object(object(body.meta)?.tokens);
  return tokens === undefined || !isTold({ tokens }) ? undefined : plainUsage({ tokens });
}

/** The figures that calls are counted by, as all providers name them. */
const FIGURES =
  /^(prompt|completion|input|output|total|candidates|thoughts)_?[tT]oken(_?[cC]ount|s)?$|^(in|out)put[tT]okens$/;

function isTold(usage: Json): boolean {
  const figures = object(usage.tokens) ?? usage;
  return Object.entries(figures).every(([name, value]) => !FIGURES.test(name) || value === null || isCount(value));
}

/** Of InvokeModelWithResponseStream, with its last chunk. */
function bedrockUsage(metrics: Json): Usage {
  const cached = count(metrics.cacheReadInputTokenCount);
  const written = count(metrics.cacheWriteInputTokenCount);
  const prompt = count(metrics.inputTokenCount) + cached + written;
  return { ...made(prompt, count(metrics.outputTokenCount), 0), cachedTokens: cached, cacheWriteTokens: written };
}

/** What Bedrock says of InvokeModel in fields of the response, whatever its body looks like. */
export function usageOfFields(field: (name: string) => string | undefined): Usage | undefined {
  const [prompt, completion] = ["Input", "Output"].map((kind) => field(`X-Amzn-Bedrock-${kind}-Token-Count`));
  if (prompt === undefined && completion === undefined) return undefined;
  const metrics = { inputTokenCount: Number(prompt ?? 0), outputTokenCount: Number(completion ?? 0) };
  return isTold(metrics) ? bedrockUsage(metrics) : undefined;
}

/** Two statements of one stream: later figures replace earlier ones, and what a later one leaves out stays. */
export function merged(earlier: Usage | undefined, later: Usage): Usage {
  if (earlier === undefined) return later;
  const promptTokens = later.promptTokens || earlier.promptTokens;
  const completionTokens = later.completionTokens || earlier.completionTokens;
  return {
    promptTokens,
    completionTokens,
    totalTokens: Math.max(later.totalTokens, promptTokens + completionTokens),
    cachedTokens: later.cachedTokens || earlier.cachedTokens,
    cacheWriteTokens: later.cacheWriteTokens || earlier.cacheWriteTokens,
    reasoningTokens: later.reasoningTokens || earlier.reasoningTokens,
    promptAudioTokens: later.promptAudioTokens || earlier.promptAudioTokens,
    completionAudioTokens: later.completionAudioTokens || earlier.completionAudioTokens,
  };
}

function plainUsage(usage: Json): Usage {
  const cohere = object(usage.tokens);
  if (cohere !== undefined) {
    const cachedTokens = count(usage.cached_tokens);
    return { ...made(count(cohere.input_tokens), count(cohere.output_tokens), 0), cachedTokens };
  }
  if (usage.inputTokens !== undefined || usage.outputTokens !== undefined) {
    const cached = count(usage.cacheReadInputTokens);
    const written = count(usage.cacheWriteInputTokens);
    const whole = made(
      count(usage.inputTokens) + cached + written,
      count(usage.outputTokens),
      count(usage.totalTokens),
    );
    return { ...whole, cachedTokens: cached, cacheWriteTokens: written };
  }
  if (usage.prompt_tokens !== undefined) {
    const [prompt, completion] = [object(usage.prompt_tokens_details), object(usage.completion_tokens_details)];
    return {
      ...made(count(usage.prompt_tokens), count(usage.completion_tokens), count(usage.total_tokens)),
      cachedTokens: count(prompt?.cached_tokens),
      cacheWriteTokens: count(prompt?.cache_write_tokens),
      reasoningTokens: count(completion?.reasoning_tokens),
      promptAudioTokens: count(prompt?.audio_tokens),
      completionAudioTokens: count(completion?.audio_tokens),
    };
  }
  // OpenAI's realtime API spells them in another way.
  const input = object(usage.input_tokens_details) ?? object(usage.input_token_details);
  const output = object(usage.output_tokens_details) ?? object(usage.output_token_details);
  // Anthropic counts what its cache read and wrote beside the input; OpenAI's responses count it within. What a stream's last event says of
  // the cache alone adds nothing to what its first one said.
  const written = count(usage.cache_creation_input_tokens);
  const beside = count(usage.cache_read_input_tokens) + written;
  const prompt = typeof usage.input_tokens === "number" ? count(usage.input_tokens) + beside : 0;
  return {
    ...made(prompt, count(usage.output_tokens), count(usage.total_tokens)),
    cachedTokens: count(input?.cached_tokens) + count(usage.cache_read_input_tokens),
    cacheWriteTokens: count(input?.cache_write_tokens) + written,
    reasoningTokens: count(output?.reasoning_tokens) + count(output?.thinking_tokens),
    promptAudioTokens: count(input?.audio_tokens),
    completionAudioTokens: count(output?.audio_tokens),
  };
}

function geminiUsage(usage: Json): Usage {
  const thoughts = count(usage.thoughtsTokenCount);
  return {
    ...made(
      count(usage.promptTokenCount) + count(usage.toolUsePromptTokenCount),
      count(usage.candidatesTokenCount) + thoughts,
      count(usage.totalTokenCount),
    ),
    cachedTokens: count(usage.cachedContentTokenCount),
    reasoningTokens: thoughts,
  };
}

function made(promptTokens: number, completionTokens: number, totalTokens: number): Usage {
  return {
    promptTokens,
    completionTokens,
    // A provider that says less in all than in parts is not believed.
    totalTokens: Math.max(totalTokens, promptTokens + completionTokens),
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    promptAudioTokens: 0,
    completionAudioTokens: 0,
  };
}

function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** A whole number of tokens; anything else, and what no call could use, counts as nothing. */
function count(value: unknown): number {
  return isCount(value) ? Math.floor(value) : 0;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < 1e9;
}
