/** A provider's stream as one of OpenAI's: chunk by chunk, each event at once. */
import { AmazonEventReader } from "../amazon-event-reader.ts";
import { EventReader } from "../event-reader.ts";
import { type AnswerWriter, BrokenAnswer, type ModelFormat } from "./format.ts";
import { type Json, parsedObject, text } from "./json.ts";

/** Events may hold images. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

export class StreamTranslator {
  readonly #out: AnswerWriter;
  readonly #feed: (data: Uint8Array) => void;
  readonly #flush: () => void;
  #hasFailed = false;

  constructor(format: ModelFormat, out: AnswerWriter) {
    this.#out = out;
    const read = format.reader(out);
    if (format.framing === "amazon") {
      const reader = new AmazonEventReader(({ kind, name, payload }) => {
        const data = parsedObject(payload.toString("utf8")) ?? {};
        if (kind !== "event") throw new BrokenAnswer(text(data.message) || "The model's provider failed.", name);
        read({ name, data });
      });
      this.#feed = (data) => reader.feed(data);
      this.#flush = () => {};
      return;
    }
    const reader = new EventReader((text) => {
      if (text !== "[DONE]" && !this.#hasFailed) this.#guarded(() => read({ name: "", data: eventData(text) }));
    }, MAX_EVENT_BYTES);
    this.#feed = (data) => reader.feed(data);
    this.#flush = () => reader.end();
  }

  chunk(data: Uint8Array): Uint8Array {
    if (!this.#hasFailed) this.#guarded(() => this.#feed(data));
    return this.#taken();
  }

  /** What was not said to its end must not look as if it was: such a stream ends with an error. */
  end(error?: Error): Uint8Array {
    if (this.#hasFailed) return this.#taken();
    this.#guarded(() => this.#flush());
    if (error !== undefined || this.#hasFailed) return this.#taken();
    if (this.#out.isFinished) this.#out.end();
    else this.#fail("The model's provider broke its answer off.", "incomplete_stream");
    return this.#taken();
  }

  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      const code = error instanceof BrokenAnswer ? error.code : "bad_stream";
      const message =
        error instanceof BrokenAnswer ? error.message : "The model's provider sent a stream that is damaged.";
      this.#fail(message, code);
    }
  }

  #fail(message: string, code: string | null): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#out.fail(message, code);
  }

  #taken(): Uint8Array {
    return Buffer.from(this.#out.take(), "utf8");
  }
}

function eventData(text: string): Json {
  const data = parsedObject(text);
  if (data === undefined) throw new BrokenAnswer("The model's provider sent an event that is no JSON.", "bad_stream");
  return data;
}
