/** The fields that each provider's reference names for a request's body, by the end of its path. */

const SHARED = [
  "model",
  "metadata",
  "store",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_retention",
  "prompt_cache_options",
  "moderation",
  "service_tier",
];
const SAMPLING = ["temperature", "top_p", "stream", "stream_options"];

/** https://platform.openai.com/docs/api-reference/chat/create, and what Azure OpenAI adds. */
const CHAT = [
  ...SHARED,
  ...SAMPLING,
  ...["messages", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs"],
  ...["max_completion_tokens", "max_tokens", "modalities", "n", "parallel_tool_calls", "prediction"],
  ...["presence_penalty", "reasoning_effort", "response_format", "seed", "stop", "tool_choice", "tools"],
  ...["top_logprobs", "verbosity", "web_search_options", "data_sources", "user_security_context"],
];

/** https://platform.openai.com/docs/api-reference/completions/create */
const COMPLETIONS = [
  ...["model", "user", ...SAMPLING, "prompt", "best_of", "echo", "frequency_penalty", "logit_bias", "logprobs"],
  ...["max_tokens", "n", "presence_penalty", "seed", "stop", "suffix"],
];

/** https://platform.openai.com/docs/api-reference/responses/create */
const RESPONSES = [
  ...SHARED,
  ...SAMPLING,
  ...["background", "conversation", "context_management", "include", "input", "instructions", "max_output_tokens"],
  ...["max_tool_calls", "parallel_tool_calls", "previous_response_id", "prompt", "reasoning", "text"],
  ...["tool_choice", "tools", "top_logprobs", "truncation", "image", "access_programs"],
];

/** https://platform.openai.com/docs/api-reference/embeddings/create */
const EMBEDDINGS = ["model", "input", "dimensions", "encoding_format", "user", "input_type"];

/** https://docs.anthropic.com/en/api/messages */
const MESSAGES = [
  ...["model", "messages", "max_tokens", "container", "context_management", "mcp_servers", "metadata", "output_config"],
  ...["service_tier", "stop_sequences", "stream", "system", "temperature", "thinking", "tool_choice", "tools", "top_k"],
  ...["top_p", "cache_control", "inference_geo", "diagnostics", "speed"],
];

/** https://ai.google.dev/api/generate-content; JSON of protocol buffers may be written in two ways. */
const GENERATE_CONTENT = [
  ...["contents", "tools", "toolConfig", "safetySettings", "systemInstruction", "generationConfig", "cachedContent"],
  ...["tool_config", "safety_settings", "system_instruction", "generation_config", "cached_content", "labels", "model"],
];

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const CONVERSE = [
  ...["messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields"],
  ...["additionalModelResponseFieldPaths", "outputConfig", "performanceConfig", "promptVariables", "requestMetadata"],
  "serviceTier",
];

const BY_PATH: readonly (readonly [RegExp, ReadonlySet<string>])[] = [
  [/\/chat\/completions$/, new Set(CHAT)],
  [/\/completions$/, new Set(COMPLETIONS)],
  [/\/responses$/, new Set(RESPONSES)],
  [/\/embeddings$/, new Set(EMBEDDINGS)],
  [/\/messages$/, new Set(MESSAGES)],
  [/:(stream)?[gG]enerateContent$/, new Set(GENERATE_CONTENT)],
  [/\/converse(-stream)?$/, new Set(CONVERSE)],
];

/** Undefined: nobody says which fields this path knows. */
export function knownFields(path: string): ReadonlySet<string> | undefined {
  return BY_PATH.find(([end]) => end.test(path))?.[1];
}
