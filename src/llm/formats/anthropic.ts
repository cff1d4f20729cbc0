/** Anthropic's Messages API (https://docs.anthropic.com/en/api/messages). The backend's URL ends with the version: https://api.anthropic.com/v1. */

import { merged, usageOf } from "../usage.ts";
import type { ChatAnswer, Finish } from "./chat-answer.ts";
import type { ChatRequest, Media, Part, Turn } from "./chat-request.ts";
import {
  type AnswerWriter,
  BrokenAnswer,
  type ModelFormat,
  type ProviderCall,
  type ProviderEvent,
  UnfitRequest,
} from "./format.ts";
import { type Json, object, objects, said, text } from "./json.ts";
import { OpenCalls } from "./open-calls.ts";

/** The API demands a bound; OpenAI's does not. */
const DEFAULT_MAX_TOKENS = 4_096;

const FINISHES: ReadonlyMap<string, Finish> = new Map([
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool_calls"],
  ["refusal", "content_filter"],
]);

const VERSION = { "anthropic-version": "2023-06-01" };

export const anthropic: ModelFormat = {
  framing: "server-sent",
  chat: requestOf,
  answer: answerOf,
  reader,
  models: {
    call: { path: "/models", query: "limit=1000", headers: VERSION },
    answer: (body) => objects(body.data).map(({ id }) => text(id)),
  },
  error: (body) => ({ message: text(object(body.error).message), code: text(object(body.error).type) || null }),
};

function requestOf(request: ChatRequest): ProviderCall {
  if (request.choices !== 1) throw new UnfitRequest("This model's provider gives one choice only.", "n");
  if (request.format === "json")
    throw new UnfitRequest("This model's provider knows json_schema, not json_object.", "response_format");
  const body = said({
    model: request.model,
    max_tokens: request.maxTokens ?? DEFAULT_MAX_TOKENS,
    system: systemOf(request),
    messages: request.turns.map(messageOf),
    tools: request.tools.length === 0 ? undefined : cached(request.tools.map(toolOf), request.toolsCache),
    tool_choice: toolChoiceOf(request),
    // OpenAI's scale ends at 2, this one at 1. What is so anyway is not said: newer models take one of the two, not both.
    temperature: (request.temperature ?? 1) < 1 ? request.temperature : undefined,
    top_p: (request.topP ?? 1) < 1 ? request.topP : undefined,
    stop_sequences: request.stop,
    stream: request.isStream || undefined,
    metadata: request.user === undefined ? undefined : { user_id: request.user },
    output_config: request.format && { format: { type: "json_schema", schema: request.format.schema } },
  });
  return { path: "/messages", headers: VERSION, body };
}

function systemOf({ instructions, instructionsCache }: ChatRequest): unknown {
  if (instructions.length === 0) return undefined;
  const words = instructions.join("\n\n");
  return instructionsCache === undefined ? words : cached([{ type: "text", text: words }], instructionsCache);
}

/** @param control of the cache: what it stands at, and all before it, is kept */
function cached(blocks: readonly Json[], control: Json | undefined): readonly Json[] {
  const last = blocks.at(-1);
  return control === undefined || last === undefined
    ? blocks
    : [...blocks.slice(0, -1), { ...last, cache_control: control }];
}

function messageOf({ role, parts }: Turn): Json {
  // Results come first in their message.
  const results: Json[] = [];
  const others: Json[] = [];
  let blocks = others;
  for (const part of parts) {
    if (part.kind === "cache") {
      const last = blocks.pop();
      if (last !== undefined) blocks.push({ ...last, cache_control: part.control });
    } else {
      blocks = part.kind === "result" ? results : others;
      blocks.push(blockOf(part));
    }
  }
  return { role, content: [...results, ...others] };
}

function blockOf(part: Exclude<Part, { kind: "cache" }>): Json {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "image-url":
      return { type: "image", source: { type: "url", url: part.url } };
    case "data":
      return dataBlock(part.mediaType, part.data, part.name);
    case "call":
      return { type: "tool_use", id: part.id, name: part.name, input: part.input };
    case "result":
      return { type: "tool_result", tool_use_id: part.id, content: resultContent(part.text, part.media) };
  }
}

function resultContent(words: string, media: readonly Media[]): unknown {
  if (media.length === 0) return words;
  return [...(words === "" ? [] : [{ type: "text", text: words }]), ...media.map(blockOf)];
}

function dataBlock(mediaType: string, data: string, title: string | undefined): Json {
  const source = { type: "base64", media_type: mediaType, data };
  if (mediaType.startsWith("image/")) return { type: "image", source };
  if (mediaType === "application/pdf") return said({ type: "document", source, title });
  throw new UnfitRequest(`This model's provider does not read ${mediaType}.`, "messages");
}

function toolOf({ name, description, parameters }: ChatRequest["tools"][number]): Json {
  return said({ name, description, input_schema: parameters });
}

function toolChoiceOf({ toolChoice, parallelCalls, tools }: ChatRequest): Json | undefined {
  if (tools.length === 0) return undefined;
  const single = parallelCalls === false ? { disable_parallel_tool_use: true } : {};
  if (toolChoice === "none") return { type: "none" };
  if (toolChoice === "required") return { type: "any", ...single };
  if (typeof toolChoice === "object") return { type: "tool", name: toolChoice.name, ...single };
  return toolChoice === "auto" || parallelCalls === false ? { type: "auto", ...single } : undefined;
}

function answerOf(body: Json): ChatAnswer {
  if (!Array.isArray(body.content)) throw new BrokenAnswer("The provider's answer has no content.");
  const blocks = objects(body.content);
  return {
    id: text(body.id),
    model: text(body.model),
    choices: [
      {
        text: blocks.map((block) => (block.type === "text" ? text(block.text) : "")).join(""),
        reasoning: blocks.map((block) => (block.type === "thinking" ? text(block.thinking) : "")).join(""),
        calls: blocks
          .filter((block) => block.type === "tool_use")
          .map(({ id, name, input }) => ({ id: text(id), name: text(name), arguments: JSON.stringify(input ?? {}) })),
        finish: FINISHES.get(text(body.stop_reason)) ?? "stop",
      },
    ],
    usage: usageOf(body),
  };
}

function reader(out: AnswerWriter): (event: ProviderEvent) => void {
  const calls = new OpenCalls(out);
  return ({ data }) => {
    const usage = usageOf(data);
    if (usage !== undefined) out.usage = merged(out.usage, usage);
    switch (data.type) {
      case "message_start":
        out.from(text(object(data.message).id), text(object(data.message).model));
        out.begin();
        return;
      case "content_block_start": {
        const block = object(data.content_block);
        if (block.type === "text") out.text(text(block.text));
        if (block.type !== "tool_use") return;
        calls.begin(data.index, { id: text(block.id), name: text(block.name), arguments: "" });
        return;
      }
      case "content_block_delta": {
        const delta = object(data.delta);
        if (delta.type === "text_delta") out.text(text(delta.text));
        else if (delta.type === "thinking_delta") out.reasoning(text(delta.thinking));
        else if (delta.type === "input_json_delta") calls.more(data.index, text(delta.partial_json));
        return;
      }
      case "content_block_stop":
        calls.end(data.index);
        return;
      case "message_delta": {
        const { stop_reason } = object(data.delta);
        if (typeof stop_reason === "string") out.finish(FINISHES.get(stop_reason) ?? "stop");
        return;
      }
      case "error": {
        const { message, type } = object(data.error);
        throw new BrokenAnswer(text(message), text(type) || null);
      }
    }
  };
}
