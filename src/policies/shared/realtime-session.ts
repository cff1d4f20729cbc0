/**
 * A model spoken to over a WebSocket (OpenAI's realtime API): the responses of one session as policies about tokens see them. Each tells
 * its usage when it is done.
 * https://platform.openai.com/docs/api-reference/realtime-server-events/response/done
 */
import type { Exchange } from "../../kit/exchange.ts";
import { watchSocket } from "../../kit/socket-watch.ts";
import { countTokens, encodingOf } from "../../llm/tokens.ts";
import { NO_USAGE, sumOf, type Usage, usageOf } from "../../llm/usage.ts";

/** What a policy does about a response. */
export interface SessionPolicy {
  /** @param maxTokens of the answer; undefined: the model's own bound */
  begun?(id: string, maxTokens: number | undefined): Promise<void>;
  /** A text ends the session, with this reason. */
  done(id: string, usage: Usage): string | undefined | Promise<string | undefined>;
}

/** Spares the parsing of what is said most: sound. */
const SPOKEN_OF = [
  "response.created",
  "response.done",
  "transcription.completed",
  "text.delta",
  "transcript.delta",
  "arguments.delta",
  "session.created",
];

type Json = Readonly<Record<string, unknown>>;

export class RealtimeSession {
  /** Of all responses so far. */
  total: Usage = NO_USAGE;
  model: string | undefined;
  readonly #policies: SessionPolicy[] = [];
  /** Texts of responses that are not done, by id. */
  readonly #open = new Map<string, string>();
  #work: Promise<string | undefined> = Promise.resolve(undefined);

  constructor(x: Exchange) {
    watchSocket(x, (message) => this.#read(message));
    x.atEnd(() => this.ended());
  }

  add(policy: SessionPolicy): void {
    this.#policies.push(policy);
  }

  /** The connection is gone: what was sent of open responses is what they used. */
  async ended(): Promise<void> {
    await this.#work;
    const open = [...this.#open];
    this.#open.clear();
    for (const [id, text] of open) await this.#done(id, await this.#counted(text));
  }

  async #counted(text: string): Promise<Usage> {
    const completionTokens = await countTokens([text], encodingOf(this.model));
    return { ...NO_USAGE, completionTokens, totalTokens: completionTokens };
  }

  #read(message: Buffer): Promise<string | undefined> | undefined {
    if (!SPOKEN_OF.some((word) => message.includes(word))) return undefined;
    const event = parsed(message);
    const response = objectOf(event?.response);
    const session = objectOf(event?.session);
    if (typeof session?.model === "string") this.model = session.model;
    const id = String(response?.id ?? event?.response_id ?? event?.item_id ?? "");
    const type = typeof event?.type === "string" ? event.type : "";
    if (type === "response.created") {
      this.#open.set(id, "");
      return this.#after(() => this.#begun(id, response?.max_output_tokens));
    }
    if (type === "response.done" || type.endsWith(".input_audio_transcription.completed")) {
      const text = this.#open.get(id) ?? "";
      this.#open.delete(id);
      return this.#after(async () => this.#done(id, usageOf(event) ?? (await this.#counted(text))));
    }
    if (typeof event?.delta === "string" && this.#open.has(id)) this.#open.set(id, this.#open.get(id) + event.delta);
    return undefined;
  }

  /** One after the other: a response is reserved for before it is settled. */
  #after(work: () => Promise<string | undefined>): Promise<string | undefined> {
    this.#work = this.#work.then(work);
    return this.#work;
  }

  async #begun(id: string, maxTokens: unknown): Promise<undefined> {
    const known = typeof maxTokens === "number" && maxTokens > 0 ? maxTokens : undefined;
    for (const policy of this.#policies) await policy.begun?.(id, known);
  }

  async #done(id: string, usage: Usage): Promise<string | undefined> {
    this.total = sumOf(this.total, usage);
    const reasons = [];
    for (const policy of this.#policies) reasons.push(await policy.done(id, usage));
    return reasons.find((reason) => reason !== undefined);
  }
}

function parsed(message: Buffer): Json | undefined {
  try {
    return objectOf(JSON.parse(message.toString("utf8")));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
