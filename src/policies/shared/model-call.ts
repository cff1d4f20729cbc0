/**
 * One call of a model as policies about tokens see it: what was asked, and, once the answer has passed, what it used. The answer is read
 * while it passes, never held back: usage comes from the provider's own words, or is counted from the text that was sent.
 */
import type { Clock } from "../../base/clock.ts";
import { Body } from "../../http/body.ts";
import { NEEDS_REQUEST_BODY, prepare } from "../../kit/bodies.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { RequestMessage, type ResponseMessage } from "../../kit/message.ts";
import { AmazonEventReader } from "../../llm/amazon-event-reader.ts";
import { answeredModelOf, isLastEvent } from "../../llm/answered-model.ts";
import { askingForUsage, canTellUsage } from "../../llm/ask-usage.ts";
import { itemsOfCut } from "../../llm/cut-list.ts";
import { EventReader } from "../../llm/event-reader.ts";
import { type ModelRequest, modelRequestOf } from "../../llm/model-request.ts";
import { deltaTextOf } from "../../llm/delta-text.ts";
import { countTokens, encodingOf } from "../../llm/tokens.ts";
import { merged, NO_USAGE, type Usage, usageOf, usageOfFields } from "../../llm/usage.ts";
import { MessageTail } from "../../llm/usage-tail.ts";
import { UsageFilter } from "../../llm/usage-filter.ts";
import { RealtimeSession } from "./realtime-session.ts";
import { observed, transformed } from "./passing-body.ts";

/** An image is worth up to this many tokens: what Azure API Management counts at most. */
const IMAGE_TOKENS = 1_200;
/** Larger answers are counted by their length. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export class ModelCall {
  /** Undefined when the body was no JSON object. */
  readonly request: ModelRequest | undefined;
  #prompt: Promise<number> | undefined;
  #usage: Usage | undefined;
  /** What Anthropic says at the start of a stream: the prompt is counted, of the answer only the first token is. */
  #isPreliminary = false;
  #text = "";
  #answerBytes = 0;
  /** Of a message that is too large to be read. */
  #tail: MessageTail | undefined;
  #hasFailed = false;
  #isSeen = false;
  readonly #clock: Clock;
  /** Of a model that is spoken to over a WebSocket: many responses. */
  readonly session: RealtimeSession | undefined;
  /** As the answer names it. */
  model: string | undefined;
  /** The answer has said that it is over: whoever leaves now has all of it. */
  isWhole = false;
  /** No model was asked: the answer used nothing, whatever it says of itself. */
  isFromCache = false;
  /** When the first token of the answer passed, by the monotonic clock; an answer in one piece comes with its last byte. */
  firstTokenAt: number | undefined;
  /** Told of the text of the answer while it passes, event by event; of an answer in one piece, of its whole body. */
  onText: ((text: string) => void) | undefined;

  /** The body that `request` was read from. */
  readonly #body: Uint8Array | undefined;
  /** The last request that went out asked for usage that its caller did not ask for. */
  #hasAsked = false;

  constructor(x: Exchange, request: ModelRequest | undefined, body?: Uint8Array) {
    this.request = request;
    this.#body = body;
    this.#clock = x.clock;
    this.session = x.route.api.type === "websocket" ? new RealtimeSession(x) : undefined;
    // What is compressed cannot be read as it passes.
    x.request.headers.remove("Accept-Encoding");
    x.beforeResponse((settled) => this.#observe(settled));
  }

  /** Tokens of the prompt as the model's encoding counts them; an estimate for models of other makers. */
  promptTokens(): Promise<number> {
    this.#prompt ??= this.#countPrompt();
    return this.#prompt;
  }

  /** The same by the prompt's length: four bytes a token, as texts of most languages have. */
  roughPromptTokens(): number {
    if (this.request === undefined) return 0;
    const { texts, images } = this.request;
    return Math.ceil(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 4) + images * IMAGE_TOKENS;
  }

  /** What the call has used; complete once the answer has been sent or broken off (`exchange.atEnd`). */
  async usage(): Promise<Usage> {
    if (this.session !== undefined) {
      await this.session.ended();
      this.model = this.session.model;
      return this.session.total;
    }
    if (this.#usage !== undefined && this.#usage.completionTokens > 0 && !this.#isPreliminary) return this.#usage;
    if (this.#hasFailed || !this.#isSeen) return this.#usage ?? NO_USAGE;
    // The provider did not say, or the stream broke off before it did: what was sent is what was used.
    const sent = this.#text === "" ? 0 : await countTokens([this.#text], encodingOf(this.request?.model));
    const completion = Math.max(sent, this.#usage?.completionTokens ?? 0);
    const prompt = this.#usage?.promptTokens ?? (await this.promptTokens());
    return {
      ...NO_USAGE,
      ...this.#usage,
      promptTokens: prompt,
      completionTokens: completion,
      totalTokens: prompt + completion,
    };
  }

  async #countPrompt(): Promise<number> {
    if (this.request === undefined) return 0;
    const { texts, images, model } = this.request;
    return (await countTokens(texts, encodingOf(model))) + images * IMAGE_TOKENS;
  }

  /** A message as it goes to the backend: it asks for the usage of a stream where that can be told. The message itself stays as it is. */
  toSend(message: RequestMessage): RequestMessage {
    this.#hasAsked = false;
    const body = message.isBodyConsumed ? undefined : message.body.buffered;
    if (body === undefined || message.headers.has("Content-Encoding")) return message;
    if (!canTellUsage(message.url.path, message.url.parameter("api-version")[0])) return message;
    const request = body === this.#body ? this.request : modelRequestOf(parsed(textOf(body)));
    if (request === undefined || !request.isStream || request.includesUsage === true) return message;
    this.#hasAsked = true;
    return withBody(message, Body.bytes(askingForUsage(body, request.includesUsage)));
  }

  #observe(x: Exchange): void {
    const { response } = x;
    if (response === null || this.#isSeen || this.isFromCache) return;
    this.#isSeen = true;
    this.#hasFailed = response.status >= 400;
    const type = response.headers.first("Content-Type")?.toLowerCase() ?? "";
    if (type.startsWith("text/event-stream")) this.#observeEvents(response);
    else if (type.startsWith("application/vnd.amazon.eventstream")) this.#observeAmazonEvents(response);
    else if (type.includes("json")) {
      this.#usage = usageOfFields((name) => response.headers.first(name));
      this.#observeJson(response);
    }
  }

  #observeEvents(response: ResponseMessage): void {
    const reader = new EventReader(
      (data) => this.#event(data),
      undefined,
      (part, isEnd) => this.#large(part, isEnd),
    );
    if (!this.#hasAsked || this.#hasFailed || response.headers.has("Content-Encoding")) {
      response.body = observed(
        response.body,
        (chunk) => reader.feed(chunk),
        () => reader.end(),
      );
      return;
    }
    const filter = new UsageFilter();
    response.headers.remove("Content-Length");
    response.body = transformed(response.body, {
      chunk: (data) => {
        reader.feed(data);
        return filter.chunk(data);
      },
      end: () => {
        reader.end();
        return filter.end();
      },
    });
  }

  #observeAmazonEvents(response: ResponseMessage): void {
    const reader = new AmazonEventReader(({ payload }) => this.#event(amazonText(payload)));
    const look = (chunk: Uint8Array) => {
      try {
        reader.feed(chunk);
      } catch {
        // It passes as it is: only what came before is counted.
      }
    };
    response.body = observed(response.body, look, () => {});
  }

  #observeJson(response: { body: Body }): void {
    const { buffered } = response.body;
    if (buffered !== undefined) {
      this.#answer(buffered);
      return;
    }
    const chunks: Uint8Array[] = [];
    response.body = observed(
      response.body,
      (chunk) => {
        this.#answerBytes += chunk.length;
        if (this.#answerBytes <= MAX_ANSWER_BYTES) {
          chunks.push(Buffer.from(chunk));
          return;
        }
        chunks.length = 0;
        this.#large(chunk, false);
      },
      () => {
        this.#large(new Uint8Array(0), true);
        this.#answer(Buffer.concat(chunks));
      },
    );
  }

  /** Of what is too large to be read: a part of it, or its end. */
  #large(part: Uint8Array, isEnd: boolean): void {
    if (part.length > 0) {
      this.#tail ??= new MessageTail();
      this.#tail.add(part);
    }
    if (!isEnd || this.#tail === undefined) return;
    this.#usage = this.#tail.usage ?? this.#usage;
    this.#tail = undefined;
  }

  #answer(bytes: Uint8Array): void {
    const body = textOf(bytes);
    const whole = parsed(body);
    const message = whole ?? itemsOfCut(body);
    this.#usage = usageOf(message) ?? this.#usage;
    this.model = answeredModelOf(message);
    this.isWhole = whole !== undefined;
    if (!this.#hasFailed) this.firstTokenAt = this.#clock.monotonic();
    this.onText?.(body);
    if (this.#usage === undefined) this.#text = deltaTextOf(message);
  }

  #event(data: string): void {
    if (data === "[DONE]") {
      this.isWhole = true;
      return;
    }
    const message = parsed(data);
    this.isWhole ||= isLastEvent(message);
    const usage = usageOf(message);
    if (usage !== undefined) {
      this.#usage = merged(this.#usage, usage);
      this.#isPreliminary = isFirstWord(message);
    }
    this.model ??= answeredModelOf(message);
    const text = deltaTextOf(message);
    if (text === "") return;
    this.firstTokenAt ??= this.#clock.monotonic();
    this.#text += text;
    this.onText?.(text);
  }
}

const calls = new WeakMap<Exchange, ModelCall>();

/** The model call of a request: one for all policies that ask. */
export async function modelCallOf(x: Exchange): Promise<ModelCall> {
  const known = calls.get(x);
  if (known !== undefined) return known;
  await prepare(x, NEEDS_REQUEST_BODY);
  const bytes = x.request.body.buffered ?? new Uint8Array(0);
  const call = calls.get(x) ?? new ModelCall(x, modelRequestOf(parsed(textOf(bytes)), x.request.url.path), bytes);
  calls.set(x, call);
  return call;
}

/** The model call of a request, when a policy has asked for it. */
export function knownModelCall(x: Exchange): ModelCall | undefined {
  return calls.get(x);
}

/** The same for who only looks on: a request that cannot be held in memory goes on unread, instead of being refused. */
export function watchedModelCall(x: Exchange): ModelCall | Promise<ModelCall> {
  const known = calls.get(x);
  if (known !== undefined) return known;
  const { body } = x.request;
  const isHeld = body.buffered !== undefined;
  const canBeHeld = !body.isSpent && (body.length ?? Infinity) <= x.snapshot.settings.limits.bufferedBodyBytes;
  if (isHeld || canBeHeld) return modelCallOf(x);
  const call = new ModelCall(x, undefined);
  calls.set(x, call);
  return call;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFirstWord(message: unknown): boolean {
  return typeof message === "object" && message !== null && "type" in message && message.type === "message_start";
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

/** The JSON of an event of Bedrock; what InvokeModelWithResponseStream sends is wrapped once more. */
function amazonText(payload: Buffer): string {
  const text = payload.toString("utf8");
  const message = parsed(text);
  if (typeof message !== "object" || message === null || !("bytes" in message)) return text;
  return typeof message.bytes === "string" ? Buffer.from(message.bytes, "base64").toString("utf8") : text;
}

/** A copy of a message with another body. */
export function withBody(message: RequestMessage, body: Body): RequestMessage {
  const headers = message.headers.clone();
  headers.remove("Content-Length");
  const copy = new RequestMessage(message.method, message.url, headers, body);
  copy.clientCertificate = message.clientCertificate;
  copy.proxy = message.proxy;
  copy.carriesCallersAuthorization = message.carriesCallersAuthorization;
  copy.withholdsCallersAuthorization = message.withholdsCallersAuthorization;
  return copy;
}
