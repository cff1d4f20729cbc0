/**
 * A request of OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat/create) in a form from which every provider's
 * request is made: instructions apart, turns of parts, settings by one name each.
 */
import { UnfitRequest } from "./format.ts";
import { isObject, type Json, list, number, object, objects, optionalText, parsedObject, text } from "./json.ts";

export type Media =
  /** An image, a sound or a document, in base64. */
  | { readonly kind: "data"; readonly mediaType: string; readonly data: string; readonly name: string | undefined }
  | { readonly kind: "image-url"; readonly url: string };

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | Media
  | ToolCall
  | { readonly kind: "result"; readonly id: string; readonly text: string; readonly media: readonly Media[] }
  /** All before it is to be kept in the provider's prompt cache. */
  | { readonly kind: "cache"; readonly control: Json };

export interface ToolCall {
  readonly kind: "call";
  readonly id: string;
  readonly name: string;
  readonly input: Json;
  /** What Gemini wants to have back with a call. */
  readonly signature: string | undefined;
}

export interface Turn {
  /** Results of tools are a turn of the user. */
  readonly role: "user" | "assistant";
  readonly parts: readonly Part[];
}

export interface Tool {
  readonly name: string;
  readonly description: string | undefined;
  /** JSON schema. */
  readonly parameters: Json;
}

export interface ChatRequest {
  readonly model: string;
  /** Of the system or the developer. */
  readonly instructions: readonly string[];
  /** No two neighbours of one role. */
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  /** What of the prompt's beginning is to be kept in the provider's cache: Anthropic's `cache_control`. */
  readonly toolsCache: Json | undefined;
  readonly instructionsCache: Json | undefined;
  readonly toolChoice: "auto" | "none" | "required" | { readonly name: string } | undefined;
  /** False: one call of a tool at most. */
  readonly parallelCalls: boolean | undefined;
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly stop: readonly string[] | undefined;
  readonly choices: number;
  /** A JSON schema, or any JSON; undefined: text. */
  readonly format: { readonly name: string; readonly schema: Json } | "json" | undefined;
  readonly seed: number | undefined;
  readonly presencePenalty: number | undefined;
  readonly frequencyPenalty: number | undefined;
  readonly user: string | undefined;
  /** How much the model shall think: OpenAI's words for it. */
  readonly effort: string | undefined;
  /** Whether the caller wants to see what the model thought; it may come anyway. */
  readonly showsThoughts: boolean;
  readonly isStream: boolean;
  readonly includesUsage: boolean;
}

/** @param model the provider's name of it. Throws UnfitRequest. */
export function chatRequestOf(body: Json, model: string): ChatRequest {
  refuseForeign(body);
  if (!Array.isArray(body.messages)) throw new UnfitRequest("messages must be a list.", "messages");
  const { instructions, instructionsCache, turns } = conversation(body.messages);
  const { stop } = body;
  return {
    model,
    instructions,
    instructionsCache,
    turns,
    toolsCache: cacheOf(objects(body.tools).flatMap((tool) => [tool, object(tool.function)])),
    ...toolsOf(objects(body.tools).map(toolOf), body.tool_choice, namedFunction),
    parallelCalls: typeof body.parallel_tool_calls === "boolean" ? body.parallel_tool_calls : undefined,
    maxTokens: number(body.max_completion_tokens) ?? number(body.max_tokens),
    temperature: number(body.temperature),
    topP: number(body.top_p),
    stop: typeof stop === "string" ? [stop] : Array.isArray(stop) ? stop.map(text) : undefined,
    choices: number(body.n) ?? 1,
    format: formatOf(object(body.response_format)),
    seed: number(body.seed),
    presencePenalty: number(body.presence_penalty),
    frequencyPenalty: number(body.frequency_penalty),
    user: optionalText(body.user),
    effort: optionalText(body.reasoning_effort),
    showsThoughts: false,
    isStream: body.stream === true,
    includesUsage: object(body.stream_options).include_usage === true,
  };
}

/** What nobody else has a word for, and what would change the meaning if it were left out. */
function refuseForeign(body: Json): void {
  if (body.logprobs === true)
    throw new UnfitRequest("logprobs are not available from this model's provider.", "logprobs");
  if (body.moderation != null)
    throw new UnfitRequest("moderation is not available from this model's provider.", "moderation");
  if (list(body.functions).length > 0) throw new UnfitRequest("functions are deprecated: give tools.", "functions");
  if (list(body.modalities).some((m) => m !== "text"))
    throw new UnfitRequest("Only text is available from this model's provider.", "modalities");
}

function conversation(messages: readonly unknown[]): Conversation {
  const said = new Conversation();
  messages.forEach((message, i) => {
    const param = `messages[${i}]`;
    if (!isObject(message)) throw new UnfitRequest(`${param} must be an object.`, param);
    const { role } = message;
    if (role === "system" || role === "developer")
      said.instruct(plainText(message.content), cacheOf([message, ...objects(message.content)]));
    else said.add(role === "assistant" ? "assistant" : "user", partsOf(message, param));
  });
  return said;
}

/** What was said so far: neighbours of one role become one turn. */
export class Conversation implements Pick<ChatRequest, "instructions" | "instructionsCache" | "turns"> {
  readonly instructions: string[] = [];
  instructionsCache: Json | undefined;
  readonly turns: { readonly role: Turn["role"]; readonly parts: Part[] }[] = [];

  instruct(words: string, cache?: Json): void {
    if (words !== "") this.instructions.push(words);
    this.instructionsCache = cache ?? this.instructionsCache;
  }

  /** Nothing said is no turn: OpenAI takes it, others do not. */
  add(role: Turn["role"], parts: readonly Part[]): void {
    if (parts.length === 0) return;
    const last = this.turns.at(-1);
    if (last?.role !== role) this.turns.push({ role, parts: [...parts] });
    else for (const part of parts) last.parts.push(part);
  }
}

function partsOf(message: Json, param: string): Part[] {
  switch (message.role) {
    case "tool":
      return [
        resultOf(text(message.tool_call_id), message.content, contentParts(message.content, param)),
        ...cachePoint([message, ...objects(message.content)]),
      ];
    case "user":
      return contentParts(message.content, param);
    case "assistant": {
      const refusal = text(message.refusal);
      const said: Part[] = refusal === "" ? contentParts(message.content, param) : [{ kind: "text", text: refusal }];
      return [...said, ...objects(message.tool_calls).map((call) => callOf(call, param))];
    }
    default:
      throw new UnfitRequest(`${param}.role must be system, developer, user, assistant or tool.`, `${param}.role`);
  }
}

/** A result of a tool: its texts as one, and what else it shows. @param parts of `content` */
export function resultOf(id: string, content: unknown, parts: readonly Part[]): Part {
  const isMedia = (part: Part): part is Media => part.kind === "data" || part.kind === "image-url";
  return { kind: "result", id, text: plainText(content), media: parts.filter(isMedia) };
}

function callOf(call: Json, param: string): ToolCall {
  const { name, arguments: written } = object(call.function);
  const signature = optionalText(object(object(call.extra_content).google).thought_signature);
  const input = argumentsOf(written, `${param}.tool_calls`);
  return { kind: "call", id: text(call.id), name: text(name), input, signature };
}

/** What a model wrote for a tool, as the caller gives it back. */
export function argumentsOf(written: unknown, param: string): Json {
  const input = text(written).trim() === "" ? {} : parsedObject(text(written));
  if (input === undefined) throw new UnfitRequest("The arguments of a tool call must be a JSON object.", param);
  return input;
}

function contentParts(content: unknown, param: string): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return objects(content).flatMap((part, i) => [...contentPart(part, `${param}.content[${i}]`), ...cachePoint([part])]);
}

/** What other gateways to Anthropic's models take, too, in the place where Anthropic's own clients write it; OpenAI caches unasked. */
function cacheOf(holders: readonly Json[]): Json | undefined {
  return holders.map(({ cache_control }) => cache_control).findLast(isObject);
}

function cachePoint(holders: readonly Json[]): Part[] {
  const control = cacheOf(holders);
  return control === undefined ? [] : [{ kind: "cache", control }];
}

function contentPart(part: Json, param: string): Part[] {
  switch (part.type) {
    case "text":
    case "refusal": {
      const words = text(part.text ?? part.refusal);
      return words === "" ? [] : [{ kind: "text", text: words }];
    }
    case "image_url": {
      const url = text(object(part.image_url).url ?? part.image_url);
      return [imagePart(url, param)];
    }
    case "input_audio": {
      const { data, format } = object(part.input_audio);
      return [{ kind: "data", mediaType: `audio/${text(format)}`, data: text(data), name: undefined }];
    }
    case "file": {
      const { file_data, filename } = object(part.file);
      return [dataPart(text(file_data), optionalText(filename), param)];
    }
    default:
      throw new UnfitRequest(`${param}.type is not available from this model's provider.`, `${param}.type`);
  }
}

export function imagePart(url: string, param: string): Media {
  return /^https?:\/\//i.test(url) ? { kind: "image-url", url } : dataPart(url, undefined, param);
}

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)(?:;[^;,]*)*;base64,/i;

/** @param url data: URL in base64 */
export function dataPart(url: string, name: string | undefined, param: string): Media {
  const found = DATA_URL.exec(url.slice(0, 1_000));
  if (found === null)
    throw new UnfitRequest("Content must be a data: URL in base64, images may be https: URLs.", param);
  return { kind: "data", mediaType: found[1].toLowerCase(), data: url.slice(found[0].length), name };
}

export function plainText(content: unknown): string {
  return typeof content === "string"
    ? content
    : objects(content)
        .map((part) => text(part.text))
        .join("");
}

function toolOf(tool: Json): Tool {
  return functionTool(tool, object(tool.function));
}

/** @param tool what says of which type it is */
export function functionTool(tool: Json, { name, description, parameters }: Json): Tool {
  if (tool.type !== "function") throw new UnfitRequest("Only tools of the type function are available.", "tools");
  return {
    name: text(name),
    description: optionalText(description),
    parameters: isObject(parameters) ? parameters : { type: "object", properties: {} },
  };
}

function namedFunction(choice: Json): string {
  return text(object(choice.function).name);
}

/**
 * The tools that may be called, and how.
 * @param nameOf the function that an object of type function names: chat completions and responses differ in it
 */
export function toolsOf(
  tools: readonly Tool[],
  choice: unknown,
  nameOf: (choice: Json) => string,
): Pick<ChatRequest, "tools" | "toolChoice"> {
  if (choice === undefined || choice === null) return { tools, toolChoice: undefined };
  if (choice === "auto" || choice === "none" || choice === "required") return { tools, toolChoice: choice };
  const chosen = object(choice);
  const name = nameOf(chosen);
  if (name !== "") return { tools, toolChoice: { name } };
  const { mode, tools: allowed } = object(chosen.allowed_tools ?? choice);
  if (chosen.type !== "allowed_tools" || (mode !== "auto" && mode !== "required"))
    throw new UnfitRequest("tool_choice must be auto, none, required or name a function.", "tool_choice");
  const names = new Set(objects(allowed).map(nameOf));
  return { tools: tools.filter((tool) => names.has(tool.name)), toolChoice: mode };
}

function formatOf(format: Json): ChatRequest["format"] {
  if (format.type === "json_object") return "json";
  if (format.type !== "json_schema") return undefined;
  return schemaFormat(object(format.json_schema));
}

export function schemaFormat({ name, schema }: Json): { readonly name: string; readonly schema: Json } {
  return { name: text(name), schema: object(schema) };
}
