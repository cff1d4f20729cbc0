/** Mistral's chat completions (https://docs.mistral.ai/api/): near OpenAI's, and strict about what it does not know. URL: https://api.mistral.ai/v1. */
import { createHash } from "node:crypto";
import { usageOf } from "../usage.ts";
import type { AnsweredCall, AnsweredChoice, ChatAnswer, Finish } from "./chat-answer.ts";
import type { ChatRequest, Part, Turn } from "./chat-request.ts";
import {
  type AnswerWriter,
  BrokenAnswer,
  type ModelFormat,
  type ProviderCall,
  type ProviderEvent,
  UnfitRequest,
} from "./format.ts";
import { count, isObject, type Json, list, number, object, objects, optionalText, said, text } from "./json.ts";

const FINISHES: ReadonlyMap<string, Finish> = new Map([
  ["length", "length"],
  ["model_length", "length"],
  ["tool_calls", "tool_calls"],
]);

export const mistral: ModelFormat = {
  framing: "server-sent",
  chat: requestOf,
  answer: answerOf,
  reader,
  models: { call: { path: "/models" }, answer: (body) => objects(body.data).map(({ id }) => text(id)) },
  error: errorOf,
  embeddings: {
    request: ({ model, inputs, dimensions }) => ({
      path: "/embeddings",
      body: said({ model, input: inputs, output_dimension: dimensions }),
    }),
    answer: (body) => ({
      vectors: objects(body.data).map(({ embedding }) => list(embedding).map((value) => number(value) ?? 0)),
      promptTokens: usageOf(body)?.promptTokens ?? 0,
    }),
  },
};

function requestOf(request: ChatRequest): ProviderCall {
  const { format, tools, toolChoice } = request;
  const body = said({
    model: request.model,
    messages: [
      ...request.instructions.map((content) => ({ role: "system", content })),
      ...request.turns.flatMap(messagesOf),
    ],
    tools: tools.length === 0 ? undefined : tools.map((tool) => ({ type: "function", function: said({ ...tool }) })),
    tool_choice:
      typeof toolChoice === "object"
        ? { type: "function", function: toolChoice }
        : toolChoice === "required"
          ? "any"
          : toolChoice,
    parallel_tool_calls: request.parallelCalls,
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stop,
    n: request.choices === 1 ? undefined : request.choices,
    random_seed: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    response_format:
      format === "json"
        ? { type: "json_object" }
        : format && { type: "json_schema", json_schema: { name: format.name, schema: format.schema, strict: true } },
    stream: request.isStream,
  });
  return { path: "/chat/completions", body };
}

function messagesOf({ role, parts }: Turn): Json[] {
  const results = parts.flatMap((part) =>
    part.kind === "result" ? [{ role: "tool", tool_call_id: idOf(part.id), content: textOf(part) }] : [],
  );
  const calls = parts.flatMap((part) =>
    part.kind === "call"
      ? [{ id: idOf(part.id), type: "function", function: { name: part.name, arguments: JSON.stringify(part.input) } }]
      : [],
  );
  const content = parts.flatMap(contentOf);
  if (content.length === 0 && calls.length === 0) return results;
  const message = said({
    role,
    content: content.length === 0 ? "" : content,
    tool_calls: calls.length === 0 ? undefined : calls,
  });
  return [...results, message];
}

/** Ids have nine letters or digits here: others, of calls that another provider made, get one, always the same. */
function idOf(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
  return createHash("sha256").update(id).digest("hex").slice(0, 9);
}

function textOf({ text, media }: Extract<Part, { kind: "result" }>): string {
  if (media.length > 0) throw new UnfitRequest("Results of tools must be texts for this model's provider.", "messages");
  return text;
}

function contentOf(part: Part): Json[] {
  switch (part.kind) {
    case "text":
      return [{ type: "text", text: part.text }];
    case "image-url":
      return [{ type: "image_url", image_url: part.url }];
    case "data": {
      const { mediaType, data } = part;
      if (mediaType.startsWith("image/")) return [{ type: "image_url", image_url: `data:${mediaType};base64,${data}` }];
      if (mediaType.startsWith("audio/")) return [{ type: "input_audio", input_audio: data }];
      if (mediaType === "application/pdf")
        return [{ type: "document_url", document_url: `data:${mediaType};base64,${data}` }];
      throw new UnfitRequest(`This model's provider does not read ${mediaType}.`, "messages");
    }
    default:
      return [];
  }
}

/** Content is a text, or parts of which some are thoughts. */
function wordsOf(content: unknown, kind: "text" | "thinking"): string {
  if (typeof content === "string") return kind === "text" ? content : "";
  return objects(content)
    .filter((part) => part.type === kind)
    .map((part) => (typeof part[kind] === "string" ? text(part[kind]) : wordsOf(part[kind], "text")))
    .join("");
}

function answerOf(body: Json): ChatAnswer {
  if (!Array.isArray(body.choices)) throw new BrokenAnswer("The provider's answer has no choices.");
  return {
    id: text(body.id),
    model: text(body.model),
    choices: objects(body.choices).map((choice): AnsweredChoice => {
      const message = object(choice.message);
      return {
        text: wordsOf(message.content, "text"),
        reasoning: wordsOf(message.content, "thinking"),
        calls: objects(message.tool_calls).map(callOf),
        finish: finishOf(text(choice.finish_reason)),
      };
    }),
    usage: usageOf(body),
  };
}

function finishOf(reason: string): Finish {
  if (reason === "error") throw new BrokenAnswer("The provider could not finish its answer.", reason);
  return FINISHES.get(reason) ?? "stop";
}

function callOf(call: Json): AnsweredCall {
  const { name, arguments: written } = object(call.function);
  return {
    id: text(call.id),
    name: text(name),
    arguments: typeof written === "string" ? written : JSON.stringify(written ?? {}),
  };
}

function reader(out: AnswerWriter): (event: ProviderEvent) => void {
  /** Numbers of calls as they are written, by choice and the provider's number. */
  const calls = new Map<string, number>();
  return ({ data }) => {
    if (data.object === "error") throw new BrokenAnswer(errorOf(data).message, errorOf(data).code);
    out.from(text(data.id), text(data.model));
    const usage = usageOf(data);
    if (usage !== undefined) out.usage = usage;
    for (const choice of objects(data.choices)) {
      const index = count(choice.index);
      const delta = object(choice.delta);
      out.begin(index);
      out.reasoning(wordsOf(delta.content, "thinking"), index);
      out.text(wordsOf(delta.content, "text"), index);
      for (const call of objects(delta.tool_calls)) {
        const key = `${index} ${count(call.index)} ${text(call.id)}`;
        const begun = calls.get(key);
        if (begun === undefined) calls.set(key, out.call(callOf(call), index));
        else out.callArguments(begun, callOf(call).arguments, index);
      }
      const reason = optionalText(choice.finish_reason);
      if (reason !== undefined) out.finish(finishOf(reason), index);
    }
  };
}

function errorOf(body: Json): { message: string; code: string | null } {
  // What does not fit the schema comes as a list of places.
  const places = list(isObject(body.message) ? body.message.detail : body.detail);
  const first = object(places[0]);
  const place = list(first.loc).slice(1).join(".");
  const message = places.length > 0 ? `${place}: ${text(first.msg)}` : text(body.message);
  return { message, code: text(body.type) || null };
}
