/**
 * Answers of any provider as OpenAI's responses (https://platform.openai.com/docs/api-reference/responses/object), whole, or event by event
 * (https://platform.openai.com/docs/api-reference/responses-streaming). A whole answer is written as a stream would be, so both say the same.
 */
import type { Usage } from "../usage.ts";
import { type AnsweredCall, type ChatAnswer, cacheDetails, type Finish, type Origin } from "./chat-answer.ts";
import { type AnswerWriter, BrokenAnswer } from "./format.ts";
import { type Json, list, number, object } from "./json.ts";
import { encryptedContent } from "./thought-signature.ts";

/** What a response repeats of its request. */
export function repeated(body: Json): Json {
  return {
    instructions: body.instructions ?? null,
    max_output_tokens: number(body.max_output_tokens) ?? null,
    metadata: object(body.metadata),
    parallel_tool_calls: body.parallel_tool_calls !== false,
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...object(body.reasoning) },
    store: false,
    temperature: number(body.temperature) ?? 1,
    text: { format: { type: "text" }, ...object(body.text) },
    tool_choice: body.tool_choice ?? "auto",
    tools: list(body.tools),
    top_p: number(body.top_p) ?? 1,
    truncation: "disabled",
    user: body.user ?? null,
  };
}

/** @param repeats what the response says of its request. Throws BrokenAnswer. */
export function responseOf(answer: ChatAnswer, origin: Origin, repeats: Json): Json {
  const out = new ResponseWriter(origin, repeats);
  out.from(answer.id, answer.model);
  const [choice] = answer.choices;
  if (choice === undefined) throw new BrokenAnswer("The provider's answer has no choices.");
  const { text, reasoning, calls, finish } = choice;
  out.reasoning(reasoning);
  out.text(text);
  for (const call of calls) out.call(call);
  out.finish(finish);
  out.usage = answer.usage;
  out.end();
  return out.response;
}

function responseUsage(usage: Usage): Json {
  return {
    input_tokens: usage.promptTokens,
    input_tokens_details: cacheDetails(usage),
    output_tokens: usage.completionTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.totalTokens,
  };
}

type Kind = "reasoning" | "message" | "function_call";

/** An item that is being written. */
interface Open {
  readonly kind: Kind;
  readonly id: string;
  readonly index: number;
  readonly call: AnsweredCall | undefined;
  /** Text, summary or arguments. */
  words: string;
  signature: string | undefined;
}

const ID_PREFIXES = { reasoning: "rs", message: "msg", function_call: "fc" } as const;

export class ResponseWriter implements AnswerWriter {
  usage: Usage | undefined;
  #written = "";
  #events = 0;
  #model: string;
  #hasBegun = false;
  #finish: Finish | undefined;
  /** Text or thoughts: one item at a time. */
  #said: Open | undefined;
  /** Calls stay open to the end: their arguments may come in any order. */
  readonly #calls: Open[] = [];
  readonly #output: Json[] = [];
  #items = 0;
  #response: Json = {};
  readonly #origin: Origin;
  readonly #repeats: Json;

  constructor(origin: Origin, repeats: Json) {
    this.#origin = origin;
    this.#model = origin.model;
    this.#repeats = repeats;
  }

  get isFinished(): boolean {
    return this.#finish !== undefined;
  }

  /** As the last event said it. */
  get response(): Json {
    return this.#response;
  }

  from(_id: string, model: string): void {
    if (model !== "") this.#model = model;
  }

  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#event("response.created", { response: this.#now("in_progress") });
    this.#event("response.in_progress", { response: this.#now("in_progress") });
  }

  text(content: string, choice = 0): void {
    if (content === "" || choice > 0) return;
    const item = this.#saying("message");
    item.words += content;
    this.#event("response.output_text.delta", { ...at(item), content_index: 0, delta: content, logprobs: [] });
  }

  reasoning(words: string, choice = 0): void {
    if (words === "" || choice > 0) return;
    const item = this.#saying("reasoning");
    if (item.words === "")
      this.#event("response.reasoning_summary_part.added", { ...at(item), summary_index: 0, part: summaryPart("") });
    item.words += words;
    this.#event("response.reasoning_summary_text.delta", { ...at(item), summary_index: 0, delta: words });
  }

  call(call: AnsweredCall): number {
    const { signature } = call;
    if (signature !== undefined) this.#saying("reasoning").signature = signature;
    this.#close();
    const item = this.#open("function_call", call);
    this.#calls.push(item);
    this.callArguments(this.#calls.length - 1, call.arguments);
    return this.#calls.length - 1;
  }

  callArguments(call: number, more: string): void {
    const item = this.#calls[call];
    if (more === "") return;
    item.words += more;
    this.#event("response.function_call_arguments.delta", { ...at(item), delta: more });
  }

  hasCalls(): boolean {
    return this.#calls.length > 0;
  }

  finish(reason: Finish): void {
    this.begin();
    this.#finish ??= reason;
  }

  end(): void {
    this.#close();
    for (const call of this.#calls) this.#done(call);
    const status = this.#finish === "length" || this.#finish === "content_filter" ? "incomplete" : "completed";
    this.#response = this.#now(status);
    this.#event(`response.${status}`, { response: this.#response });
  }

  /** Of both events by which the API fails, clients mind one or the other. */
  fail(message: string, code: string | null): void {
    this.begin();
    const error = { code: "server_error", message };
    this.#event("response.failed", { response: { ...this.#now("failed"), error } });
    this.#event("error", { code: code ?? "server_error", message, param: null });
  }

  take(): string {
    const written = this.#written;
    this.#written = "";
    return written;
  }

  #saying(kind: "reasoning" | "message"): Open {
    if (this.#said?.kind === kind) return this.#said;
    this.#close();
    this.#said = this.#open(kind, undefined);
    return this.#said;
  }

  #close(): void {
    if (this.#said !== undefined) this.#done(this.#said);
    this.#said = undefined;
  }

  #open(kind: Kind, call: AnsweredCall | undefined): Open {
    this.begin();
    const index = this.#items++;
    const id = `${ID_PREFIXES[kind]}_${this.#origin.id}_${index}`;
    const item: Open = { kind, id, index, call, words: "", signature: undefined };
    this.#event("response.output_item.added", { output_index: index, item: itemOf(item, "in_progress") });
    if (kind === "message")
      this.#event("response.content_part.added", { ...at(item), content_index: 0, part: textPart("") });
    return item;
  }

  #done(item: Open): void {
    const { kind, words } = item;
    if (kind === "message") {
      this.#event("response.output_text.done", { ...at(item), content_index: 0, text: words, logprobs: [] });
      this.#event("response.content_part.done", { ...at(item), content_index: 0, part: textPart(words) });
    } else if (kind === "reasoning" && words !== "") {
      this.#event("response.reasoning_summary_text.done", { ...at(item), summary_index: 0, text: words });
      this.#event("response.reasoning_summary_part.done", { ...at(item), summary_index: 0, part: summaryPart(words) });
    } else if (kind === "function_call") {
      this.#event("response.function_call_arguments.done", { ...at(item), name: item.call?.name, arguments: words });
    }
    const done = itemOf(item, this.#finish === "length" && kind !== "reasoning" ? "incomplete" : "completed");
    this.#output[item.index] = done;
    this.#event("response.output_item.done", { output_index: item.index, item: done });
  }

  #now(status: "in_progress" | "completed" | "incomplete" | "failed"): Json {
    const { id, created } = this.#origin;
    const reason = this.#finish === "content_filter" ? "content_filter" : "max_output_tokens";
    return {
      id: `resp_${id}`,
      object: "response",
      created_at: created,
      status,
      background: false,
      error: null,
      incomplete_details: status === "incomplete" ? { reason } : null,
      model: this.#model,
      output: this.#output.filter((item) => item !== undefined),
      ...this.#repeats,
      usage: status === "in_progress" || this.usage === undefined ? null : responseUsage(this.usage),
    };
  }

  #event(type: string, more: Json): void {
    const data = JSON.stringify({ type, sequence_number: this.#events++, ...more });
    this.#written += `event: ${type}\ndata: ${data}\n\n`;
  }
}

function at({ id, index }: Open): Json {
  return { item_id: id, output_index: index };
}

function textPart(text: string): Json {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

function summaryPart(text: string): Json {
  return { type: "summary_text", text };
}

function itemOf({ kind, id, call, words, signature }: Open, status: "in_progress" | "completed" | "incomplete"): Json {
  const isBegun = status === "in_progress";
  switch (kind) {
    case "message":
      return { id, type: "message", status, role: "assistant", content: isBegun ? [] : [textPart(words)] };
    case "reasoning": {
      const summary = words === "" ? [] : [summaryPart(words)];
      const encrypted = signature === undefined ? {} : { encrypted_content: encryptedContent(signature) };
      return { id, type: "reasoning", summary, ...encrypted };
    }
    case "function_call":
      return { id, type: "function_call", status, arguments: words, call_id: call?.id, name: call?.name };
  }
}
