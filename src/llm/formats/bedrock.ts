/**
 * Amazon Bedrock's Converse and ConverseStream (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).
 * The backend's URL is the endpoint of the runtime: https://bedrock-runtime.eu-central-1.amazonaws.com.
 */
import { usageOf } from "../usage.ts";
import type { ChatAnswer, Finish } from "./chat-answer.ts";
import type { ChatRequest, Part, Turn } from "./chat-request.ts";
import {
  type AnswerWriter,
  BrokenAnswer,
  type ModelFormat,
  type ProviderCall,
  type ProviderEvent,
  UnfitRequest,
} from "./format.ts";
import { isObject, type Json, object, objects, parsedObject, said, text } from "./json.ts";
import { OpenCalls } from "./open-calls.ts";

const FINISHES: ReadonlyMap<string, Finish> = new Map([
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool_calls"],
  ["content_filtered", "content_filter"],
  ["guardrail_intervened", "content_filter"],
]);

export const bedrock: ModelFormat = {
  framing: "amazon",
  chat: requestOf,
  answer: answerOf,
  reader,
  error: (body) => ({ message: text(body.message) || text(body.Message), code: text(body.__type) || null }),
};

function requestOf(request: ChatRequest): ProviderCall {
  if (request.choices !== 1) throw new UnfitRequest("This model's provider gives one choice only.", "n");
  if (request.format === "json")
    throw new UnfitRequest("This model's provider knows json_schema, not json_object.", "response_format");
  const { format } = request;
  const config = said({
    maxTokens: request.maxTokens,
    temperature: request.temperature === undefined ? undefined : Math.min(1, request.temperature),
    topP: request.topP,
    stopSequences: request.stop,
  });
  return {
    path: `/model/${encodeURIComponent(request.model)}/${request.isStream ? "converse-stream" : "converse"}`,
    body: said({
      messages: request.turns.map(messageOf),
      system: systemOf(request),
      inferenceConfig: Object.keys(config).length === 0 ? undefined : config,
      toolConfig: toolConfigOf(request),
      outputConfig: format && { textFormat: { type: "json_schema", structure: { jsonSchema: schemaOf(format) } } },
    }),
  };
}

function systemOf({ instructions, instructionsCache }: ChatRequest): readonly Json[] | undefined {
  if (instructions.length === 0) return undefined;
  const words = instructions.map((text) => ({ text }));
  return instructionsCache === undefined ? words : [...words, cachePoint(instructionsCache)];
}

/** The schema is a text here. */
function schemaOf({ name, schema }: { readonly name: string; readonly schema: Json }): Json {
  return said({ name: name || undefined, schema: JSON.stringify(schema) });
}

function messageOf({ role, parts }: Turn): Json {
  return { role, content: parts.map(blockOf) };
}

function blockOf(part: Part, index: number): Json {
  switch (part.kind) {
    case "text":
      return { text: part.text };
    case "data":
      return dataBlock(part.mediaType, part.data, part.name, index);
    case "image-url":
      throw new UnfitRequest("This model's provider takes images as data: URLs only.", "messages");
    case "call":
      return { toolUse: { toolUseId: part.id, name: part.name, input: part.input } };
    case "cache":
      return cachePoint(part.control);
    case "result": {
      const json = parsedObject(part.text);
      const words = json === undefined ? { text: part.text } : { json };
      const said = part.text === "" && part.media.length > 0 ? [] : [words];
      return { toolResult: { toolUseId: part.id, content: [...said, ...part.media.map(blockOf)] } };
    }
  }
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CachePointBlock.html */
function cachePoint({ ttl }: Json): Json {
  return { cachePoint: said({ type: "default", ttl: text(ttl) || undefined }) };
}

const DOCUMENTS: ReadonlyMap<string, string> = new Map([
  ["application/pdf", "pdf"],
  ["text/csv", "csv"],
  ["text/html", "html"],
  ["text/plain", "txt"],
  ["text/markdown", "md"],
]);

function dataBlock(mediaType: string, data: string, name: string | undefined, index: number): Json {
  const source = { bytes: data };
  if (/^image\/(png|jpeg|gif|webp)$/.test(mediaType)) return { image: { format: mediaType.slice(6), source } };
  const format = DOCUMENTS.get(mediaType);
  if (format === undefined) throw new UnfitRequest(`This model's provider does not read ${mediaType}.`, "messages");
  // Names hold letters, digits, single blanks, hyphens and brackets only.
  const neutral = (name ?? "")
    .replace(/\.\w+$/, "")
    .replace(/[^\w()[\] -]|_/g, "-")
    .replace(/ +/g, " ")
    .trim();
  return { document: { format, name: neutral || `document-${index + 1}`, source } };
}

function toolConfigOf({ tools, toolsCache, toolChoice, turns }: ChatRequest): Json | undefined {
  // "none" has no word here; but tools must stay where the conversation has calls of them.
  const hasCalls = turns.some(({ parts }) => parts.some(({ kind }) => kind === "call" || kind === "result"));
  if (tools.length === 0 || (toolChoice === "none" && !hasCalls)) return undefined;
  const specs: Json[] = tools.map(({ name, description, parameters }) => ({
    toolSpec: said({ name, description, inputSchema: { json: parameters } }),
  }));
  return said({
    tools: toolsCache === undefined ? specs : [...specs, cachePoint(toolsCache)],
    toolChoice: choiceOf(toolChoice),
  });
}

function choiceOf(choice: ChatRequest["toolChoice"]): Json | undefined {
  if (typeof choice === "object") return { tool: { name: choice.name } };
  return choice === "required" ? { any: {} } : choice === "auto" ? { auto: {} } : undefined;
}

function answerOf(body: Json): ChatAnswer {
  const message = object(body.output).message;
  if (!isObject(message)) throw new BrokenAnswer("The provider's answer has no message.");
  const blocks = objects(message.content);
  return {
    id: "",
    model: "",
    choices: [
      {
        text: blocks.map((block) => text(block.text)).join(""),
        reasoning: blocks.map((block) => text(object(object(block.reasoningContent).reasoningText).text)).join(""),
        calls: blocks.flatMap(({ toolUse }) => {
          if (!isObject(toolUse)) return [];
          const { toolUseId, name, input } = toolUse;
          return [{ id: text(toolUseId), name: text(name), arguments: JSON.stringify(input ?? {}) }];
        }),
        finish: finishOf(text(body.stopReason)),
      },
    ],
    usage: usageOf(body),
  };
}

function finishOf(reason: string): Finish {
  if (reason.startsWith("malformed_")) throw new BrokenAnswer("The provider could not finish its answer.", reason);
  return FINISHES.get(reason) ?? "stop";
}

function reader(out: AnswerWriter): (event: ProviderEvent) => void {
  const calls = new OpenCalls(out);
  return ({ name, data }) => {
    switch (name) {
      case "messageStart":
        out.begin();
        return;
      case "contentBlockStart": {
        const { toolUse } = object(data.start);
        if (!isObject(toolUse)) return;
        calls.begin(data.contentBlockIndex, { id: text(toolUse.toolUseId), name: text(toolUse.name), arguments: "" });
        return;
      }
      case "contentBlockDelta": {
        const { text: words, toolUse, reasoningContent } = object(data.delta);
        out.text(text(words));
        out.reasoning(text(object(reasoningContent).text));
        calls.more(data.contentBlockIndex, text(object(toolUse).input));
        return;
      }
      case "contentBlockStop":
        calls.end(data.contentBlockIndex);
        return;
      case "messageStop":
        out.finish(finishOf(text(data.stopReason)));
        return;
      case "metadata":
        out.usage = usageOf(data);
    }
  };
}
