/**
 * One call of a model as policies about tokens see it: what was asked, and, once the answer has passed, what it used. The answer is read
 * while it passes, never held back: usage comes from the provider's own words, or is counted from the text that was sent.
 */
import type { Clock } from "../../base/clock.ts";
import { Body, type BodySink, type BodySource } from "../../http/body.ts";
import { NEEDS_REQUEST_BODY, prepare } from "../../kit/bodies.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { answeredModelOf } from "../../llm/answered-model.ts";
import { EventReader } from "../../llm/event-reader.ts";
import { type ModelRequest, modelRequestOf } from "../../llm/model-request.ts";
import { deltaTextOf } from "../../llm/delta-text.ts";
import { countTokens, encodingOf } from "../../llm/tokens.ts";
import { merged, type Usage, usageOf } from "../../llm/usage.ts";

/** An image is worth up to this many tokens: what Azure API Management counts at most. */
const IMAGE_TOKENS = 1_200;
/** Larger answers are counted by their length. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export class ModelCall {
  /** Undefined when the body was no JSON object. */
  readonly request: ModelRequest | undefined;
  #prompt: Promise<number> | undefined;
  #usage: Usage | undefined;
  #text = "";
  #answerBytes = 0;
  #hasFailed = false;
  #isSeen = false;
  readonly #clock: Clock;
  /** As the answer names it. */
  model: string | undefined;
  /** When the first token of the answer passed, by the monotonic clock; an answer in one piece comes with its last byte. */
  firstTokenAt: number | undefined;
  /** Told of the text of the answer while it passes, event by event; of an answer in one piece, of its whole body. */
  onText: ((text: string) => void) | undefined;

  constructor(x: Exchange, request: ModelRequest | undefined) {
    this.request = request;
    this.#clock = x.clock;
    // What is compressed cannot be read as it passes.
    x.request.headers.remove("Accept-Encoding");
    x.beforeResponse((settled) => this.#observe(settled));
  }

  /** Tokens of the prompt as the model's encoding counts them; an estimate for models of other makers. */
  promptTokens(): Promise<number> {
    this.#prompt ??= this.#countPrompt();
    return this.#prompt;
  }

  /** What the call has used; complete once the answer has been sent or broken off (`exchange.atEnd`). */
  async usage(): Promise<Usage> {
    if (this.#usage !== undefined && this.#usage.completionTokens > 0) return this.#usage;
    if (this.#hasFailed || !this.#isSeen) return this.#usage ?? NOTHING;
    // The provider did not say, or the stream broke off before it did: what was sent is what was used.
    const completion =
      this.#text === ""
        ? (this.#usage?.completionTokens ?? 0)
        : await countTokens([this.#text], encodingOf(this.request?.model));
    const prompt = this.#usage?.promptTokens ?? (await this.promptTokens());
    return {
      ...NOTHING,
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

  #observe(x: Exchange): void {
    const { response } = x;
    if (response === null || this.#isSeen) return;
    this.#isSeen = true;
    this.#hasFailed = response.status >= 400;
    const type = response.headers.first("Content-Type")?.toLowerCase() ?? "";
    if (type.startsWith("text/event-stream")) {
      const reader = new EventReader((data) => this.#event(data));
      response.body = observed(
        response.body,
        (chunk) => reader.feed(chunk),
        () => reader.end(),
      );
    } else if (type.includes("json")) {
      this.#observeJson(response);
    }
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
        if (this.#answerBytes <= MAX_ANSWER_BYTES) chunks.push(Buffer.from(chunk));
        else chunks.length = 0;
      },
      () => this.#answer(Buffer.concat(chunks)),
    );
  }

  #answer(bytes: Uint8Array): void {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
    const message = parsed(body);
    this.#usage = usageOf(message);
    this.model = answeredModelOf(message);
    if (!this.#hasFailed) this.firstTokenAt = this.#clock.monotonic();
    this.onText?.(body);
    if (this.#usage === undefined) this.#text = deltaTextOf(message);
  }

  #event(data: string): void {
    if (data === "[DONE]") return;
    const message = parsed(data);
    const usage = usageOf(message);
    if (usage !== undefined) this.#usage = merged(this.#usage, usage);
    this.model ??= answeredModelOf(message);
    const text = deltaTextOf(message);
    if (text === "") return;
    this.firstTokenAt ??= this.#clock.monotonic();
    this.#text += text;
    this.onText?.(text);
  }
}

const NOTHING: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  promptAudioTokens: 0,
  completionAudioTokens: 0,
};

const calls = new WeakMap<Exchange, ModelCall>();

/** The model call of a request: one for all policies that ask. */
export async function modelCallOf(x: Exchange): Promise<ModelCall> {
  const known = calls.get(x);
  if (known !== undefined) return known;
  await prepare(x, NEEDS_REQUEST_BODY);
  const bytes = x.request.body.buffered ?? new Uint8Array(0);
  const request = modelRequestOf(parsed(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")));
  const call = calls.get(x) ?? new ModelCall(x, request);
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

/** The body as it goes on, with someone looking on; `done` is called at its end, also when it broke off. */
function observed(body: Body, look: (chunk: Uint8Array) => void, done: () => void): Body {
  const { buffered } = body;
  if (buffered !== undefined) {
    look(buffered);
    done();
    return body;
  }
  return Body.stream(new Observer(body, look, done), body.length);
}

class Observer implements BodySource {
  readonly #body: Body;
  readonly #look: (chunk: Uint8Array) => void;
  readonly #done: () => void;
  #source: BodySource | undefined;
  #isDone = false;

  constructor(body: Body, look: (chunk: Uint8Array) => void, done: () => void) {
    this.#body = body;
    this.#look = look;
    this.#done = done;
  }

  start(sink: BodySink): void {
    this.#source = this.#body.pipe({
      chunk: (data) => {
        // First on its way, then looked at.
        const goesOn = sink.chunk(data);
        this.#look(data);
        return goesOn;
      },
      end: () => {
        this.#finish();
        sink.end();
      },
      error: (error) => {
        this.#finish();
        sink.error(error);
      },
    });
  }

  resume(): void {
    this.#source?.resume();
  }

  cancel(reason?: Error): void {
    this.#finish();
    if (this.#source === undefined) this.#body.discard(reason);
    else this.#source.cancel(reason);
  }

  #finish(): void {
    if (!this.#isDone) this.#done();
    this.#isDone = true;
  }
}
