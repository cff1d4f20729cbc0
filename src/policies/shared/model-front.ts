/**
 * The OpenAI-compatible front of a backend that speaks another format: the request as it goes out, and the answer as OpenAI's. The caller's
 * request stays as it is, so that a retry may go to a backend of another format.
 */
import { Body, BodyTooLarge } from "../../http/body.ts";
import type { Backend, Exchange, ModelBackend } from "../../kit/exchange.ts";
import { type RequestMessage, ResponseMessage } from "../../kit/message.ts";
import { Refusal } from "../../kit/outcome.ts";
import { wirePath } from "../../kit/url.ts";
import { ChunkWriter, completionOf, type Origin } from "../../llm/formats/chat-answer.ts";
import { chatRequestOf } from "../../llm/formats/chat-request.ts";
import { embeddingsOf, embeddingsRequestOf } from "../../llm/formats/embeddings.ts";
import { openAiError } from "../../base/model-errors.ts";
import {
  type AnswerWriter,
  BrokenAnswer,
  type ModelFormat,
  type ProviderCall,
  UnfitRequest,
} from "../../llm/formats/format.ts";
import { FORMATS } from "../../llm/formats/index.ts";
import { type Json, parsedObject, text } from "../../llm/formats/json.ts";
import { modelListOf } from "../../llm/formats/models.ts";
import { ResponseWriter, repeated, responseOf } from "../../llm/formats/responses-answer.ts";
import { responsesCall, responsesRequestOf } from "../../llm/formats/responses-request.ts";
import { StreamTranslator } from "../../llm/formats/stream.ts";
import { pathModelOf } from "../../llm/model-request.ts";
import { signForBedrock } from "./aws-signature.ts";
import { withBody } from "./model-call.ts";
import { transformed } from "./passing-body.ts";

/** A request for a model in its provider's words, and how its answer becomes OpenAI's. */
export interface Translated {
  readonly message: RequestMessage;
  answered(response: ResponseMessage): ResponseMessage | Promise<ResponseMessage>;
}

interface Speech {
  readonly call: ProviderCall;
  /** The whole answer as OpenAI's. */
  answer(body: Json): Json;
  /** Undefined: it is no stream. */
  readonly stream: (() => AnswerWriter) | undefined;
}

/** @param asked the request as it would go to a backend that speaks OpenAI's format */
export async function translated(
  x: Exchange,
  asked: RequestMessage,
  backend: Backend,
  speaks: ModelBackend,
): Promise<Translated | Refusal> {
  const format: ModelFormat = FORMATS[speaks.format];
  try {
    const speech = speechOf(x, asked, format, speaks);
    const message = requestOf(asked, backend, speech);
    if (speaks.aws !== undefined) await signForBedrock(message, speaks.aws, x.clock.now());
    return { message, answered: (response) => answered(x, response, format, speech) };
  } catch (error) {
    // Writing JSON goes down as deep as it is nested; reading it does not.
    if (error instanceof RangeError) return unfit("The body of the request is nested too deeply.", null);
    if (!(error instanceof UnfitRequest)) throw error;
    return unfit(error.message, error.param);
  }
}

function unfit(message: string, param: string | null): Refusal {
  const body = JSON.stringify(openAiError(400, message, { param }));
  return new Refusal(400, "ModelRequestNotFit", message, { body });
}

function speechOf(x: Exchange, asked: RequestMessage, format: ModelFormat, speaks: ModelBackend): Speech {
  if (asked.method === "GET" && asked.url.path.endsWith("/models")) return modelsSpeech(format, speaks);
  const speak = SPEECHES.find(({ end }) => asked.url.path.endsWith(end))?.speak;
  if (speak === undefined) throw new UnfitRequest(NOT_AVAILABLE);
  const bytes = asked.isBodyConsumed ? undefined : asked.body.buffered;
  const body = bytes && parsedObject(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  if (body === undefined) throw new UnfitRequest("The body must be a JSON object.");
  // Azure OpenAI's clients name a deployment in the path.
  const named = text(body.model) || (pathModelOf(asked.url.path) ?? "");
  const model = speaks.models.get(named) ?? speaks.models.get("*") ?? named;
  if (model === "") throw new UnfitRequest("Give a model.", "model");
  return speak(format, body, { id: x.id, model, created: Math.floor(x.clock.now() / 1000) });
}

const NOT_AVAILABLE = "This path is not available from this model's provider.";

/** What OpenAI's API is asked for, by the end of its path. */
const SPEECHES: readonly {
  readonly end: string;
  speak(format: ModelFormat, body: Json, origin: Origin): Speech;
}[] = [
  { end: "/chat/completions", speak: chatSpeech },
  { end: "/responses", speak: responsesSpeech },
  { end: "/embeddings", speak: embeddingsSpeech },
];

function chatSpeech(format: ModelFormat, body: Json, { id, model, created }: Origin): Speech {
  const request = chatRequestOf(body, model);
  const origin = { id: `chatcmpl-${id}`, model, created };
  return {
    call: format.chat(request),
    answer: (answer) => completionOf(format.answer(answer), origin),
    stream: request.isStream ? () => new ChunkWriter(origin, request.includesUsage) : undefined,
  };
}

function responsesSpeech(format: ModelFormat, body: Json, origin: Origin): Speech {
  const request = responsesRequestOf(body, origin.model);
  const repeats = repeated(body);
  return {
    call: responsesCall(format, request),
    answer: (answer) => responseOf(format.answer(answer), origin, repeats),
    stream: request.isStream ? () => new ResponseWriter(origin, repeats) : undefined,
  };
}

function embeddingsSpeech({ embeddings }: ModelFormat, body: Json, { model }: Origin): Speech {
  if (embeddings === undefined) throw new UnfitRequest(NOT_AVAILABLE);
  return {
    call: embeddings.request(embeddingsRequestOf(body, model)),
    answer: (found) => embeddingsOf(embeddings.answer(found), model, body.encoding_format === "base64"),
    stream: undefined,
  };
}

/** The names that callers may use: those that are mapped, and the provider's own. */
function modelsSpeech({ models }: ModelFormat, speaks: ModelBackend): Speech {
  if (models === undefined) throw new UnfitRequest(NOT_AVAILABLE);
  const mapped = [...speaks.models.keys()].filter((name) => name !== "*");
  return {
    call: models.call,
    answer: (body) => modelListOf([...mapped, ...models.answer(body)], speaks.format),
    stream: undefined,
  };
}

/** What belongs to OpenAI's clients, or to the bytes of the body. */
const NOT_FORWARDED = [
  "Host",
  "Accept-Encoding",
  "Content-Encoding",
  "OpenAI-Organization",
  "OpenAI-Project",
  "OpenAI-Beta",
];

function requestOf(asked: RequestMessage, backend: Backend, { call }: Speech): RequestMessage {
  const { body } = call;
  const message = withBody(asked, body === undefined ? Body.none : Body.text(JSON.stringify(body)));
  const base = new URL(backend.url).pathname.replace(/\/$/, "");
  const path = wirePath(base + call.path);
  // The model's name is the caller's, and stands in the path.
  if (path === undefined) throw new UnfitRequest("The model's name cannot be used.", "model");
  message.url = asked.url.clone();
  message.url.path = path;
  message.url.query = call.query ?? "";
  const { headers } = message;
  for (const name of NOT_FORWARDED) headers.remove(name);
  for (const [name] of headers.clone()) if (/^x-stainless-/i.test(name)) headers.remove(name);
  if (message.carriesCallersAuthorization && backend.forwardAuthorization !== true) headers.remove("Authorization");
  if (body === undefined) headers.remove("Content-Type");
  else headers.set("Content-Type", "application/json");
  for (const [name, value] of Object.entries(call.headers ?? {})) if (!headers.has(name)) headers.set(name, value);
  return message;
}

const STREAM_TYPES = { "server-sent": "text/event-stream", amazon: "application/vnd.amazon.eventstream" } as const;

function answered(
  x: Exchange,
  response: ResponseMessage,
  format: ModelFormat,
  speech: Speech,
): ResponseMessage | Promise<ResponseMessage> {
  if (response.status >= 400) return failed(x, response, format);
  if (speech.stream === undefined) return whole(x, response, speech);
  const type = response.headers.first("Content-Type")?.toLowerCase() ?? "";
  if (!type.startsWith(STREAM_TYPES[format.framing])) {
    response.body.discard();
    return badGateway(response, "The model's provider answered with something else than a stream.");
  }
  const translator = new StreamTranslator(format, speech.stream());
  return said(response, response.status, "text/event-stream; charset=utf-8", transformed(response.body, translator));
}

async function whole(x: Exchange, response: ResponseMessage, speech: Speech): Promise<ResponseMessage> {
  const body = await bodyOf(x, response);
  try {
    if (body === undefined) throw new BrokenAnswer("The model's provider sent an answer that cannot be read.");
    return said(response, response.status, "application/json", json(speech.answer(body)));
  } catch (error) {
    if (!(error instanceof BrokenAnswer)) throw error;
    return badGateway(response, error.message, error.code);
  }
}

/** The provider's status and words, in OpenAI's shape. */
async function failed(x: Exchange, response: ResponseMessage, format: ModelFormat): Promise<ResponseMessage> {
  const body = await bodyOf(x, response);
  const { message, code } = format.error(body ?? {});
  // Amazon names the error in a header.
  const named = response.headers.first("X-Amzn-ErrorType")?.split(":", 1)[0];
  const told = message || `The model's provider answered ${response.status}.`;
  const error = openAiError(response.status, told, { code: code ?? named ?? null });
  return said(response, response.status, "application/json", json(error));
}

function badGateway(response: ResponseMessage, message: string, code: string | null = null): ResponseMessage {
  return said(response, 502, "application/json", json(openAiError(502, message, { code })));
}

function json(value: Json): Body {
  return Body.text(JSON.stringify(value));
}

/** The provider's answer with other content. */
function said(response: ResponseMessage, status: number, type: string, body: Body): ResponseMessage {
  const headers = response.headers.clone();
  for (const name of ["Content-Length", "Content-Encoding"]) headers.remove(name);
  headers.set("Content-Type", type);
  return new ResponseMessage(status, status === response.status ? response.reason : "", headers, body);
}

/** Undefined: no JSON object, or too large to be held. */
async function bodyOf(x: Exchange, response: ResponseMessage): Promise<Json | undefined> {
  try {
    const bytes = await response.body.collect(x.snapshot.settings.limits.bufferedBodyBytes);
    return parsedObject(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  } catch (error) {
    if (error instanceof BodyTooLarge) return undefined;
    throw error;
  }
}
