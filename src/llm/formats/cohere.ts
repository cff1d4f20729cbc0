/** Cohere's v2 chat (https://docs.cohere.com/reference/chat) and embed. The backend's URL ends with the version: https://api.cohere.com/v2. */
import { usageOf } from "../usage.ts";
import type { AnsweredCall, ChatAnswer, Finish } from "./chat-answer.ts";
import type { ChatRequest, Part, Turn } from "./chat-request.ts";
import {
  type AnswerWriter,
  BrokenAnswer,
  type EmbeddingsAnswer,
  type EmbeddingsRequest,
  type ModelFormat,
  type ProviderCall,
  type ProviderEvent,
  UnfitRequest,
} from "./format.ts";
import { count, isObject, type Json, list, number, object, objects, said, text } from "./json.ts";
import { OpenCalls } from "./open-calls.ts";

const FINISHES: ReadonlyMap<string, Finish> = new Map([
  ["MAX_TOKENS", "length"],
  ["TOOL_CALL", "tool_calls"],
]);
const FAILURES: ReadonlySet<string> = new Set(["ERROR", "ERROR_TOXIC", "TIMEOUT"]);

export const cohere: ModelFormat = {
  framing: "server-sent",
  chat: requestOf,
  answer: answerOf,
  reader,
  error: (body) => ({ message: text(body.message), code: null }),
  embeddings: { request: embeddingsRequest, answer: embeddingsAnswer },
};

function requestOf(request: ChatRequest): ProviderCall {
  if (request.choices !== 1) throw new UnfitRequest("This model's provider gives one choice only.", "n");
  const { format, tools, toolChoice } = request;
  if (typeof toolChoice === "object")
    throw new UnfitRequest("This model's provider cannot be told which tool to call.", "tool_choice");
  const body = said({
    model: request.model,
    messages: [
      ...request.instructions.map((content) => ({ role: "system", content })),
      ...request.turns.flatMap(messagesOf),
    ],
    tools:
      tools.length === 0
        ? undefined
        : tools.map(({ name, description, parameters }) => ({
            type: "function",
            function: said({ name, description, parameters }),
          })),
    tool_choice: toolChoice === "required" ? "REQUIRED" : toolChoice === "none" ? "NONE" : undefined,
    response_format:
      format && said({ type: "json_object", json_schema: format === "json" ? undefined : format.schema }),
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    p: request.topP,
    stop_sequences: request.stop,
    seed: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    stream: request.isStream,
  });
  return { path: "/chat", body };
}

function messagesOf({ role, parts }: Turn): Json[] {
  const results = parts.flatMap((part) =>
    part.kind === "result" ? [{ role: "tool", tool_call_id: part.id, content: textOf(part) }] : [],
  );
  const calls = parts.flatMap((part) =>
    part.kind === "call"
      ? [{ id: part.id, type: "function", function: { name: part.name, arguments: JSON.stringify(part.input) } }]
      : [],
  );
  const content = parts.flatMap((part) => contentOf(part));
  if (content.length === 0 && calls.length === 0) return results;
  const message = said({
    role,
    content: content.length === 0 ? undefined : content,
    tool_calls: calls.length === 0 ? undefined : calls,
  });
  return [...results, message];
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
      return [{ type: "image_url", image_url: { url: part.url } }];
    case "data":
      if (!part.mediaType.startsWith("image/"))
        throw new UnfitRequest(`This model's provider does not read ${part.mediaType}.`, "messages");
      return [{ type: "image_url", image_url: { url: `data:${part.mediaType};base64,${part.data}` } }];
    default:
      return [];
  }
}

function answerOf(body: Json): ChatAnswer {
  if (!isObject(body.message)) throw new BrokenAnswer("The provider's answer has no message.");
  const reason = text(body.finish_reason);
  if (FAILURES.has(reason)) throw new BrokenAnswer("The provider could not finish its answer.", reason);
  const { content, tool_calls, tool_plan } = body.message;
  const parts = objects(content);
  return {
    id: text(body.id),
    model: "",
    choices: [
      {
        text: parts.map((part) => text(part.text)).join(""),
        // What it means to do with its tools is said apart.
        reasoning: text(tool_plan) + parts.map((part) => text(part.thinking)).join(""),
        calls: objects(tool_calls).map(callOf),
        finish: FINISHES.get(reason) ?? "stop",
      },
    ],
    usage: usageOf(body),
  };
}

function callOf(call: Json): AnsweredCall {
  const { name, arguments: written } = object(call.function);
  return { id: text(call.id), name: text(name), arguments: text(written) };
}

function reader(out: AnswerWriter): (event: ProviderEvent) => void {
  const calls = new OpenCalls(out);
  return ({ data }) => {
    const delta = object(data.delta);
    const message = object(delta.message);
    const content = object(message.content);
    switch (data.type) {
      case "message-start":
        out.from(text(data.id), "");
        out.begin();
        return;
      case "content-start":
      case "content-delta":
        out.text(text(content.text));
        out.reasoning(text(content.thinking));
        return;
      case "tool-plan-delta":
        out.reasoning(text(message.tool_plan));
        return;
      case "tool-call-start":
        calls.begin(data.index, callOf(object(message.tool_calls)));
        return;
      case "tool-call-delta":
        calls.more(data.index, text(object(object(message.tool_calls).function).arguments));
        return;
      case "tool-call-end":
        calls.end(data.index);
        return;
      case "message-end": {
        const reason = text(delta.finish_reason);
        if (FAILURES.has(reason)) throw new BrokenAnswer(text(delta.error) || "The answer was not finished.", reason);
        out.usage = usageOf(delta);
        out.finish(FINISHES.get(reason) ?? "stop");
      }
    }
  };
}

function embeddingsRequest({ model, inputs, dimensions }: EmbeddingsRequest): ProviderCall {
  const body = said({
    model,
    texts: inputs,
    input_type: "search_document",
    embedding_types: ["float"],
    output_dimension: dimensions,
  });
  return { path: "/embed", body };
}

function embeddingsAnswer(body: Json): EmbeddingsAnswer {
  const vectors = list(object(body.embeddings).float).map((vector) => list(vector).map((value) => number(value) ?? 0));
  return { vectors, promptTokens: count(object(object(body.meta).billed_units).input_tokens) };
}
