/**
 * Prompts and completions as lines of JSON: whole, in chunks with running numbers under the request's correlation id. A stream is never
 * held back: its text is gathered beside it until a chunk is full.
 */
import type { Exchange } from "../kit/exchange.ts";
import type { LineWriter } from "../telemetry/line-writer.ts";
import type { Redaction } from "./redaction.ts";

/** Characters of a line's text, about as Azure Monitor has it. */
const CHUNK = 32 * 1024;

export class MessageLog {
  readonly #writer: LineWriter;
  readonly #redaction: Redaction;

  constructor(writer: LineWriter, redaction: Redaction) {
    this.#writer = writer;
    this.#redaction = redaction;
  }

  of(x: Exchange): CallMessages {
    return new CallMessages(x, this.#writer, this.#redaction);
  }
}

type Direction = "prompt" | "completion";

/** The messages of one call. */
export class CallMessages {
  readonly #facts: object;
  readonly #writer: LineWriter;
  readonly #redaction: Redaction;
  readonly #clock: Exchange["clock"];
  #next = 0;
  #answer = "";
  #hasAnswer = false;

  constructor(x: Exchange, writer: LineWriter, redaction: Redaction) {
    const { api, operation, product, subscription, user } = x.route;
    this.#facts = {
      correlationId: x.id,
      apiId: api.id,
      operationId: operation.id,
      productId: product?.id,
      subscriptionId: subscription?.id,
      userId: user?.id,
    };
    this.#writer = writer;
    this.#redaction = redaction;
    this.#clock = x.clock;
  }

  prompt(text: string): void {
    let rest = text;
    while (rest.length > CHUNK) rest = this.#write("prompt", rest.slice(0, CHUNK), false) + rest.slice(CHUNK);
    this.#write("prompt", rest, true);
  }

  /** Some more of the answer. */
  answer(text: string): void {
    this.#hasAnswer = true;
    this.#answer += text;
    while (this.#answer.length > CHUNK)
      this.#answer = this.#write("completion", this.#answer.slice(0, CHUNK), false) + this.#answer.slice(CHUNK);
  }

  /** The answer is over. */
  end(): void {
    if (this.#hasAnswer) this.#write("completion", this.#answer, true);
    this.#hasAnswer = false;
  }

  /** Answers what has to wait for more. */
  #write(direction: Direction, text: string, isLast: boolean): string {
    const { clean, rest } = this.#redaction.clean(text, isLast);
    const timestamp = new Date(this.#clock.now()).toISOString();
    const line = { timestamp, ...this.#facts, direction, sequence: this.#next++, isLast, text: clean };
    this.#writer.write(JSON.stringify(line));
    return rest;
  }
}
