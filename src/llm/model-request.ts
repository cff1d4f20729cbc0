/** What a model call asks for, from its body: model, texts to count, images, the most it may answer, whether as a stream. */
export interface ModelRequest {
  readonly model: string | undefined;
  /** Everything the model reads. */
  readonly texts: readonly string[];
  readonly images: number;
  readonly messages: number;
  /** The most tokens of the answer, over all choices; undefined: the model's own bound. */
  readonly maxTokens: number | undefined;
  readonly isStream: boolean;
  /** What `stream_options` of OpenAI's says of usage; undefined: there are none. */
  readonly includesUsage: boolean | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Undefined when the body is no JSON object.
 * @param path of the URL: Azure OpenAI, Gemini and Bedrock name the model there, and the latter two say there that they stream
 */
export function modelRequestOf(body: unknown, path = ""): ModelRequest | undefined {
  if (!isObject(body)) return undefined;
  const found = new Found();
  found.content(body.system);
  found.content(body.instructions);
  found.content(body.prompt);
  found.content(body.input);
  found.content(body.inputs);
  found.content(body.message);
  const messages = list(body.messages).concat(list(body.contents), list(body.chat_history));
  for (const message of messages) found.content(message);
  found.content(body.systemInstruction ?? body.system_instruction);
  for (const tool of list(body.tools).concat(list(body.functions))) found.texts.push(written(tool));
  const config = isObject(body.generationConfig)
    ? body.generationConfig
    : isObject(body.inferenceConfig)
      ? body.inferenceConfig
      : body;
  const most =
    whole(body.max_completion_tokens) ??
    whole(body.max_output_tokens) ??
    whole(body.max_tokens) ??
    whole(config.maxOutputTokens) ??
    whole(config.maxTokens);
  const choices = whole(body.n) ?? whole(config.candidateCount) ?? 1;
  return {
    model: typeof body.model === "string" ? body.model : pathModelOf(path),
    texts: found.texts,
    images: found.images,
    messages: messages.length,
    maxTokens: most === undefined ? undefined : most * choices,
    isStream: body.stream === true || STREAMING_PATH.test(path),
    includesUsage: body.stream_options == null ? undefined : isAsked(body.stream_options),
  };
}

const STREAMING_PATH = /:stream(?:GenerateContent|RawPredict)$|\/(converse-stream|invoke-with-response-stream)$/;
/** Google's verbs stand behind the name; names of Bedrock's end in `:0`. */
const PATH_MODEL =
  /\/(?:deployments|models?)\/([^/]+?)(?::(?:\w*[gG]enerateContent|(?:batch)?[eE]mbedContents?|(?:stream)?[rR]awPredict|predict|countTokens))?(?=\/|$)/;

/** The model that a path names: of Azure OpenAI, Gemini and Bedrock. */
export function pathModelOf(path: string): string | undefined {
  const name = PATH_MODEL.exec(path)?.[1];
  try {
    return name && decodeURIComponent(name);
  } catch {
    return name;
  }
}

function isAsked(options: unknown): boolean {
  return isObject(options) && options.include_usage === true;
}

/** Depth beyond which content is not looked into: bodies are hostile. */
const MAX_DEPTH = 8;

class Found {
  readonly texts: string[] = [];
  images = 0;

  content(value: unknown, depth = 0): void {
    if (typeof value === "string") {
      if (value !== "") this.texts.push(value);
    } else if (depth > MAX_DEPTH) {
      return;
    } else if (Array.isArray(value)) {
      for (const item of value) this.content(item, depth + 1);
    } else if (isObject(value)) {
      this.#part(value, depth);
    }
  }

  #part(part: Json, depth: number): void {
    const { type } = part;
    if (type === "image_url" || type === "input_image" || type === "image" || isObject(part.inlineData)) {
      this.images++;
      return;
    }
    for (const name of ["text", "content", "parts", "input", "output", "arguments", "name"])
      this.content(part[name], depth + 1);
    for (const call of list(part.tool_calls)) if (isObject(call)) this.content(call.function, depth + 1);
  }
}

/** JSON; "" for what is nested deeper than can be written. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "";
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function whole(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value < 1e9 ? Math.ceil(value) : undefined;
}
