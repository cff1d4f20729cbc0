/**
 * Google's generateContent (https://ai.google.dev/api/generate-content), of the Gemini API and of Vertex AI. The backend's URL ends where
 * `/models` begins: https://generativelanguage.googleapis.com/v1beta, or .../projects/p/locations/l/publishers/google.
 */
import { usageOf } from "../usage.ts";
import type { AnsweredCall, AnsweredChoice, ChatAnswer, Finish } from "./chat-answer.ts";
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
import {
  count,
  isObject,
  type Json,
  list,
  number,
  object,
  objects,
  optionalText,
  parsedObject,
  said,
  text,
} from "./json.ts";

const FINISHES: ReadonlyMap<string, Finish> = new Map([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["SAFETY", "content_filter"],
  ["RECITATION", "content_filter"],
  ["BLOCKLIST", "content_filter"],
  ["PROHIBITED_CONTENT", "content_filter"],
  ["SPII", "content_filter"],
  ["IMAGE_SAFETY", "content_filter"],
  ["LANGUAGE", "content_filter"],
  ["OTHER", "content_filter"],
]);
/** The model said what could not be read: it may be asked again. */
const FAILURES: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MISSING_THOUGHT_SIGNATURE",
  "MALFORMED_RESPONSE",
]);

export const gemini: ModelFormat = {
  framing: "server-sent",
  chat: requestOf,
  answer: answerOf,
  reader,
  models: {
    call: { path: "/models", query: "pageSize=1000" },
    answer: (body) => objects(body.models).map(({ name }) => text(name).replace(/^models\//, "")),
  },
  error: (body) => ({ message: text(object(body.error).message), code: text(object(body.error).status) || null }),
  embeddings: { request: embeddingsRequest, answer: embeddingsAnswer },
};

function requestOf(request: ChatRequest): ProviderCall {
  const { instructions, tools, isStream } = request;
  const names = new Map<string, string>();
  const config = said({
    maxOutputTokens: request.maxTokens,
    temperature: request.temperature,
    topP: request.topP,
    stopSequences: request.stop,
    candidateCount: request.choices === 1 ? undefined : request.choices,
    seed: request.seed,
    presencePenalty: request.presencePenalty,
    frequencyPenalty: request.frequencyPenalty,
    responseMimeType: request.format === undefined ? undefined : "application/json",
    responseJsonSchema: typeof request.format === "object" ? request.format.schema : undefined,
    thinkingConfig: thinkingOf(request),
  });
  return {
    path: `/models/${encodeURIComponent(request.model)}:${isStream ? "streamGenerateContent" : "generateContent"}`,
    query: isStream ? "alt=sse" : "",
    body: said({
      contents: request.turns.map((turn) => contentOf(turn, names)),
      systemInstruction:
        instructions.length === 0 ? undefined : { parts: instructions.map((words) => ({ text: words })) },
      tools: tools.length === 0 ? undefined : [{ functionDeclarations: tools.map(functionOf) }],
      toolConfig: toolConfigOf(request.toolChoice),
      generationConfig: Object.keys(config).length === 0 ? undefined : config,
    }),
  };
}

/** What Google's own OpenAI-compatible endpoint makes of an effort (https://ai.google.dev/gemini-api/docs/openai#thinking). */
const BUDGETS: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["minimal", 1_024],
  ["low", 1_024],
  ["medium", 8_192],
  ["high", 24_576],
]);
const LEVELS: ReadonlySet<string> = new Set(["minimal", "low", "medium", "high"]);

/** Models differ in how they are told, older ones do not think at all. */
function thinkingOf({ model, effort = "", showsThoughts }: ChatRequest): Json | undefined {
  const version = Number(/gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? 0);
  if (version < 2.5) return undefined;
  const level = version >= 3 && LEVELS.has(effort) ? effort : undefined;
  const budget = version < 3 ? BUDGETS.get(effort) : undefined;
  const config = said({
    thinkingLevel: level,
    thinkingBudget: budget,
    includeThoughts: showsThoughts && budget !== 0 ? true : undefined,
  });
  return Object.keys(config).length === 0 ? undefined : config;
}

/** Calls have no ids of their own, as a rule, but OpenAI's clients need one. What Google named itself it gets back by that name. */
const MADE_ID = "call_";

function ownId(id: string): string | undefined {
  return id === "" || id.startsWith(MADE_ID) ? undefined : id;
}

/** @param names of the functions that were called so far, by the call's id: results are told by name here */
function contentOf({ role, parts }: Turn, names: Map<string, string>): Json {
  const said = parts.filter((part) => part.kind !== "cache");
  return { role: role === "assistant" ? "model" : "user", parts: said.map((part) => partOf(part, names)) };
}

function partOf(part: Exclude<Part, { kind: "cache" }>, names: Map<string, string>): Json {
  switch (part.kind) {
    case "text":
      return { text: part.text };
    case "data":
      return { inlineData: { mimeType: part.mediaType, data: part.data } };
    case "image-url":
      throw new UnfitRequest("This model's provider takes images as data: URLs only.", "messages");
    case "call":
      names.set(part.id, part.name);
      return said({
        functionCall: said({ id: ownId(part.id), name: part.name, args: part.input }),
        thoughtSignature: part.signature,
      });
    case "result": {
      const name = names.get(part.id);
      if (name === undefined) throw new UnfitRequest("tool_call_id names no call of the messages before.", "messages");
      const response = parsedObject(part.text) ?? { result: part.text };
      const parts = part.media.length === 0 ? undefined : part.media.map((media) => partOf(media, names));
      return { functionResponse: said({ id: ownId(part.id), name, response, parts }) };
    }
  }
}

function functionOf({ name, description, parameters }: ChatRequest["tools"][number]): Json {
  return said({ name, description, parametersJsonSchema: parameters });
}

function toolConfigOf(choice: ChatRequest["toolChoice"]): Json | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === "object")
    return { functionCallingConfig: { mode: "ANY", allowedFunctionNames: [choice.name] } };
  return { functionCallingConfig: { mode: { auto: "AUTO", none: "NONE", required: "ANY" }[choice] } };
}

function answerOf(body: Json): ChatAnswer {
  const id = text(body.responseId);
  const candidates = objects(body.candidates);
  if (candidates.length === 0 && blockOf(body) === undefined)
    throw new BrokenAnswer("The provider's answer has no candidates.");
  const choices = candidates.length === 0 ? [BLOCKED] : candidates.map((candidate) => choiceOf(candidate, id));
  return { id, model: text(body.modelVersion), choices, usage: usageOf(body) };
}

/** The prompt was blocked: there is no candidate, only the reason. */
const BLOCKED: AnsweredChoice = { text: "", reasoning: "", calls: [], finish: "content_filter" };

function blockOf(body: Json): string | undefined {
  return optionalText(object(body.promptFeedback).blockReason);
}

function choiceOf(candidate: Json, id: string): AnsweredChoice {
  const parts = objects(object(candidate.content).parts);
  const calls = parts.filter((part) => isObject(part.functionCall)).map((part, i) => callOf(part, `${id}_${i}`));
  return {
    text: parts.map((part) => (part.thought === true ? "" : text(part.text))).join(""),
    reasoning: parts.map((part) => (part.thought === true ? text(part.text) : "")).join(""),
    calls,
    finish: finishOf(text(candidate.finishReason), calls.length > 0),
  };
}

function finishOf(reason: string, hasCalls: boolean): Finish {
  if (FAILURES.has(reason)) throw new BrokenAnswer("The provider could not finish its answer.", reason);
  return hasCalls ? "tool_calls" : (FINISHES.get(reason) ?? "stop");
}

function callOf(part: Json, suffix: string): AnsweredCall {
  const { id, name, args } = object(part.functionCall);
  return {
    id: text(id) || `${MADE_ID}${suffix}`,
    name: text(name),
    arguments: JSON.stringify(args ?? {}),
    signature: optionalText(part.thoughtSignature),
  };
}

function reader(out: AnswerWriter): (event: ProviderEvent) => void {
  let calls = 0;
  return ({ data }) => {
    if (isObject(data.error)) throw new BrokenAnswer(text(data.error.message), text(data.error.status) || null);
    const id = text(data.responseId);
    out.from(id, text(data.modelVersion));
    const usage = usageOf(data);
    // Each event says what has been used so far.
    if (usage !== undefined) out.usage = usage;
    for (const candidate of objects(data.candidates)) {
      const choice = count(candidate.index);
      for (const part of objects(object(candidate.content).parts)) {
        if (isObject(part.functionCall)) out.call(callOf(part, `${id}_${calls++}`), choice);
        else if (part.thought === true) out.reasoning(text(part.text), choice);
        else out.text(text(part.text), choice);
      }
      const reason = optionalText(candidate.finishReason);
      if (reason !== undefined) out.finish(finishOf(reason, out.hasCalls(choice)), choice);
    }
    if (list(data.candidates).length === 0 && blockOf(data) !== undefined) out.finish("content_filter");
  };
}

function embeddingsRequest({ model, inputs, dimensions }: EmbeddingsRequest): ProviderCall {
  const requests = inputs.map((input) =>
    said({ model: `models/${model}`, content: { parts: [{ text: input }] }, outputDimensionality: dimensions }),
  );
  return { path: `/models/${encodeURIComponent(model)}:batchEmbedContents`, body: { requests } };
}

function embeddingsAnswer(body: Json): EmbeddingsAnswer {
  const vectors = objects(body.embeddings).map(({ values }) => list(values).map((value) => number(value) ?? 0));
  return { vectors, promptTokens: count(object(body.usageMetadata).promptTokenCount) };
}
