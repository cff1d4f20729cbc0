/** Answers of any provider as OpenAI's chat completions: whole (a completion), or event by event (chunks). */
import type { Usage } from "../usage.ts";
import { openAiError } from "../../base/model-errors.ts";
import type { AnswerWriter } from "./format.ts";
import { type Json, said } from "./json.ts";

export type Finish = "stop" | "length" | "tool_calls" | "content_filter";

export interface AnsweredCall {
  readonly id: string;
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
  /** What Gemini wants to have back with the call. */
  readonly signature?: string | undefined;
}

export interface AnsweredChoice {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly AnsweredCall[];
  readonly finish: Finish;
}

export interface ChatAnswer {
  /** "": the provider gave none. */
  readonly id: string;
  readonly model: string;
  readonly choices: readonly AnsweredChoice[];
  readonly usage: Usage | undefined;
}

/** What a provider may leave out. */
export interface Origin {
  readonly id: string;
  readonly model: string;
  /** Seconds since the epoch. */
  readonly created: number;
}

export function completionOf(answer: ChatAnswer, origin: Origin): Json {
  return said({
    id: answer.id || origin.id,
    object: "chat.completion",
    created: origin.created,
    model: answer.model || origin.model,
    choices: answer.choices.map((choice, index) => ({
      index,
      message: said({
        role: "assistant",
        content: choice.text === "" && choice.calls.length > 0 ? null : choice.text,
        refusal: null,
        reasoning_content: choice.reasoning || undefined,
        tool_calls: choice.calls.length === 0 ? undefined : choice.calls.map(callOf),
      }),
      logprobs: null,
      finish_reason: choice.finish,
    })),
    usage: answer.usage && usageJson(answer.usage),
  });
}

function callOf(call: AnsweredCall): Json {
  return said({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
    extra_content: signed(call.signature),
  });
}

/** Where Google's own OpenAI-compatible endpoint keeps it. */
function signed(signature: string | undefined): Json | undefined {
  return signature === undefined ? undefined : { google: { thought_signature: signature } };
}

export function usageJson(usage: Usage): Json {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    prompt_tokens_details: cacheDetails(usage),
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

export function cacheDetails({ cachedTokens, cacheWriteTokens }: Usage): Json {
  const written = cacheWriteTokens === 0 ? {} : { cache_write_tokens: cacheWriteTokens };
  return { cached_tokens: cachedTokens, ...written };
}

/** Makes the chunks of one stream, in OpenAI's order: role, content and calls, finish, usage where it was asked for. */
export class ChunkWriter implements AnswerWriter {
  /** Events that have not been taken yet. */
  #written = "";
  #id: string;
  #model: string;
  readonly #created: number;
  readonly #includesUsage: boolean;
  /** Of each choice: its calls so far. */
  readonly #calls = new Map<number, number>();
  readonly #begun = new Set<number>();
  #finished = false;
  usage: Usage | undefined;

  constructor(origin: Origin, includesUsage: boolean) {
    this.#id = origin.id;
    this.#model = origin.model;
    this.#created = origin.created;
    this.#includesUsage = includesUsage;
  }

  get isFinished(): boolean {
    return this.#finished;
  }

  from(id: string, model: string): void {
    if (id !== "") this.#id = id;
    if (model !== "") this.#model = model;
  }

  text(content: string, choice = 0): void {
    if (content !== "") this.#delta(choice, { content });
  }

  reasoning(words: string, choice = 0): void {
    if (words !== "") this.#delta(choice, { reasoning_content: words });
  }

  call(call: AnsweredCall, choice = 0): number {
    const index = this.#calls.get(choice) ?? 0;
    this.#calls.set(choice, index + 1);
    this.#delta(choice, { tool_calls: [{ index, ...callOf(call) }] });
    return index;
  }

  callArguments(index: number, more: string, choice = 0): void {
    if (more !== "") this.#delta(choice, { tool_calls: [{ index, function: { arguments: more } }] });
  }

  begin(choice = 0): void {
    if (this.#begun.has(choice)) return;
    this.#begun.add(choice);
    this.#push([{ index: choice, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null }]);
  }

  hasCalls(choice = 0): boolean {
    return this.#calls.has(choice);
  }

  finish(reason: Finish, choice = 0): void {
    this.begin(choice);
    this.#finished = true;
    this.#push([{ index: choice, delta: {}, logprobs: null, finish_reason: reason }]);
  }

  end(): void {
    if (this.#includesUsage && this.usage !== undefined)
      this.#write({ ...this.#head([]), usage: usageJson(this.usage) });
    this.#written += "data: [DONE]\n\n";
  }

  fail(message: string, code: string | null): void {
    this.#write(openAiError(502, message, { code }));
  }

  take(): string {
    const written = this.#written;
    this.#written = "";
    return written;
  }

  #delta(choice: number, delta: Json): void {
    this.begin(choice);
    this.#push([{ index: choice, delta, logprobs: null, finish_reason: null }]);
  }

  #push(choices: readonly Json[]): void {
    this.#write(this.#head(choices));
  }

  #write(data: Json): void {
    this.#written += `data: ${JSON.stringify(data)}\n\n`;
  }

  #head(choices: readonly Json[]): Json {
    return { id: this.#id, object: "chat.completion.chunk", created: this.#created, model: this.#model, choices };
  }
}
