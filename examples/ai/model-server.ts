/**
 * A model service for development: it speaks the wire formats of Azure OpenAI (chat completions, responses, embeddings) and of Anthropic (messages),
 * streaming and not, answers with the words it was given, lets in nobody but the gateway's managed identity, and can be overloaded.
 */
import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

export interface ModelServerOptions {
  readonly port: number;
  /** Shown in answers: `east`. */
  readonly name: string;
  /** Does a token let in? */
  readonly accepts: (token: string) => boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** What a request asks for. */
interface Question {
  readonly body: Json;
  readonly model: string;
  /** Words of the answer. */
  readonly words: readonly string[];
  readonly promptTokens: number;
  readonly isStream: boolean;
}

const WORD_MS = 15;

export class ModelServer {
  /** Headers of the requests that came in. */
  readonly seen: IncomingHttpHeaders[] = [];
  readonly port: number;
  readonly #server: Server;
  readonly #options: ModelServerOptions;
  #overloadedUntil = 0;

  private constructor(server: Server, options: ModelServerOptions) {
    this.#server = server;
    this.#options = options;
    this.port = (server.address() as AddressInfo).port;
    server.on("request", (request, response) => void this.#receive(request, response));
  }

  static start(options: ModelServerOptions): Promise<ModelServer> {
    return new Promise((resolve, reject) => {
      const server = createServer().once("error", reject);
      server.listen(options.port, "127.0.0.1", () => resolve(new ModelServer(server, options)));
    });
  }

  /** For so long every call is answered with 429 and a Retry-After. */
  overload(seconds: number): void {
    this.#overloadedUntil = Date.now() + seconds * 1_000;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://models");
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    if (url.pathname === "/overload") {
      this.overload(Number(url.searchParams.get("seconds") ?? 10));
      response.end("overloaded\n");
      return;
    }
    this.seen.push(request.headers);
    response.setHeader("x-model-server", this.#options.name);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined || !this.#options.accepts(token)) {
      json(response, 401, {
        error: { code: "401", message: "Access denied: no token of the gateway's managed identity." },
      });
      return;
    }
    const waitSeconds = Math.ceil((this.#overloadedUntil - Date.now()) / 1_000);
    if (waitSeconds > 0) {
      response.setHeader("Retry-After", waitSeconds);
      json(response, 429, {
        error: { code: "429", message: `The deployment is overloaded: try again in ${waitSeconds} s.` },
      });
      return;
    }
    await this.#answer(url.pathname, text, response);
  }

  async #answer(path: string, text: string, response: ServerResponse): Promise<void> {
    const format = FORMATS.find(({ end }) => path.endsWith(end));
    const question = questionOf(path, text);
    if (format === undefined || question === undefined) {
      json(response, format === undefined ? 404 : 400, {
        error: { code: "BadRequest", message: "Nothing to answer." },
      });
    } else if (!question.isStream || format.events === undefined) {
      json(response, 200, format.answer(question));
    } else {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      for (const event of format.events(question)) {
        if (response.destroyed) return;
        response.write(event);
        await new Promise((resolve) => setTimeout(resolve, WORD_MS));
      }
      response.end();
    }
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function questionOf(path: string, text: string): Question | undefined {
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const asked = wordsIn(body.messages ?? body.input ?? "");
  const limit = Number(body.max_completion_tokens ?? body.max_output_tokens ?? body.max_tokens ?? 200);
  const deployment = /\/deployments\/([^/]+)/.exec(path)?.[1];
  return {
    body,
    model: deployment ?? String(body.model ?? ""),
    words: ["You", "said:", ...asked].slice(0, limit),
    promptTokens: asked.length + 3,
    isStream: body.stream === true,
  };
}

/** A word is a token here. */
function wordsIn(value: unknown): string[] {
  if (typeof value === "string") return value.split(/\s+/).filter((word) => word !== "");
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (typeof value !== "object" || value === null) return [];
  return wordsIn((value as Json).content ?? (value as Json).text ?? "");
}

interface Format {
  /** End of its path. */
  readonly end: string;
  readonly answer: (question: Question) => object;
  /** Lines of its stream; undefined: it has none. */
  readonly events?: (question: Question) => Iterable<string>;
}

const data = (message: object | string) =>
  `data: ${typeof message === "string" ? message : JSON.stringify(message)}\n\n`;
const event = (message: { readonly type: string; readonly [name: string]: unknown }) =>
  `event: ${message.type}\n${data(message)}`;
const spaced = (words: readonly string[]) => words.map((word, i) => (i === 0 ? word : ` ${word}`));
const now = () => Math.floor(Date.now() / 1_000);

const FORMATS: readonly Format[] = [
  { end: "/chat/completions", answer: chatAnswer, events: chatEvents },
  { end: "/embeddings", answer: embedding },
  { end: "/responses", answer: response, events: responseEvents },
  { end: "/messages", answer: message, events: messageEvents },
];

/** https://platform.openai.com/docs/api-reference/chat */
function chatUsage({ promptTokens, words }: Question): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: words.length,
    total_tokens: promptTokens + words.length,
    prompt_tokens_details: { cached_tokens: 0 },
  };
}

function chatAnswer(question: Question): object {
  const content = question.words.join(" ");
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: "chat.completion",
    created: now(),
    model: question.model,
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop", logprobs: null }],
    usage: chatUsage(question),
  };
}

function* chatEvents(question: Question): Iterable<string> {
  const head = {
    id: `chatcmpl-${randomUUID()}`,
    object: "chat.completion.chunk",
    created: now(),
    model: question.model,
  };
  const choice = (delta: object, finish: string | null = null) =>
    data({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] });
  yield choice({ role: "assistant", content: "" });
  for (const content of spaced(question.words)) yield choice({ content });
  yield choice({}, "stop");
  const options = question.body.stream_options as { include_usage?: boolean } | undefined;
  if (options?.include_usage === true) yield data({ ...head, choices: [], usage: chatUsage(question) });
  yield data("[DONE]");
}

function embedding({ model, promptTokens }: Question): object {
  const vector = Array.from({ length: 8 }, (_, i) => Math.cos(i + promptTokens));
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
  return { object: "list", model, data: [{ object: "embedding", index: 0, embedding: vector }], usage };
}

/** https://platform.openai.com/docs/api-reference/responses */
function response({ model, words, promptTokens }: Question): object {
  const content = [{ type: "output_text", text: words.join(" "), annotations: [] }];
  return {
    id: `resp_${randomUUID()}`,
    object: "response",
    created_at: now(),
    status: "completed",
    model,
    output: [{ id: `msg_${randomUUID()}`, type: "message", role: "assistant", status: "completed", content }],
    usage: {
      input_tokens: promptTokens,
      output_tokens: words.length,
      total_tokens: promptTokens + words.length,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  };
}

function* responseEvents(question: Question): Iterable<string> {
  const whole = response(question) as { readonly output: readonly { readonly id: string }[] };
  const place = { item_id: whole.output[0].id, output_index: 0, content_index: 0 };
  let number = 0;
  const next = (type: string, more: object) => event({ type, sequence_number: number++, ...more });
  yield next("response.created", { response: { ...whole, status: "in_progress", output: [], usage: null } });
  for (const delta of spaced(question.words)) yield next("response.output_text.delta", { ...place, delta });
  yield next("response.completed", { response: whole });
}

/** https://docs.anthropic.com/en/api/messages */
function message({ model, words, promptTokens }: Question): object {
  return {
    id: `msg_${randomUUID()}`,
    type: "message",
    role: "assistant",
    model,
    content: [{ type: "text", text: words.join(" ") }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: promptTokens, output_tokens: words.length },
  };
}

function* messageEvents(question: Question): Iterable<string> {
  const begun = { ...message(question), content: [], stop_reason: null };
  const usage = { input_tokens: question.promptTokens, output_tokens: 1 };
  yield event({ type: "message_start", message: { ...begun, usage } });
  yield event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
  for (const text of spaced(question.words))
    yield event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
  yield event({ type: "content_block_stop", index: 0 });
  const delta = { stop_reason: "end_turn", stop_sequence: null };
  yield event({ type: "message_delta", delta, usage: { output_tokens: question.words.length } });
  yield event({ type: "message_stop" });
}
