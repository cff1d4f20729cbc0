/** A provider's stream as a stream of OpenAI's chat completions: chunk by chunk, each event at once. */
import { AmazonEventReader } from "../amazon-event-reader.ts";
import { EventReader } from "../event-reader.ts";
import { ChunkWriter, type Origin } from "./chat-answer.ts";
import { openAiError } from "./errors.ts";
import { BrokenAnswer, type ModelFormat } from "./format.ts";
import { type Json, parsedObject } from "./json.ts";

/** Events may hold images. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;
const DONE = "data: [DONE]\n\n";

export class StreamTranslator {
  readonly #out: ChunkWriter;
  readonly #includesUsage: boolean;
  readonly #feed: (data: Uint8Array) => void;
  readonly #flush: () => void;
  #written = "";
  #hasFailed = false;

  constructor(format: ModelFormat, origin: Origin, includesUsage: boolean) {
    this.#out = new ChunkWriter(origin);
    this.#includesUsage = includesUsage;
    const read = format.reader();
    if (format.framing === "amazon") {
      const reader = new AmazonEventReader(({ name, payload }) =>
        read({ name, data: parsedObject(payload.toString("utf8")) ?? {} }, this.#out),
      );
      this.#feed = (data) => reader.feed(data);
      this.#flush = () => {};
      return;
    }
    const reader = new EventReader((text) => {
      if (text !== "[DONE]" && !this.#hasFailed)
        this.#guarded(() => read({ name: "", data: eventData(text) }, this.#out));
    }, MAX_EVENT_BYTES);
    this.#feed = (data) => reader.feed(data);
    this.#flush = () => reader.end();
  }

  chunk(data: Uint8Array): Uint8Array {
    if (!this.#hasFailed) this.#guarded(() => this.#feed(data));
    return this.#taken();
  }

  /** What was not said to its end must not look as if it was: such a stream ends with an error, not with [DONE]. */
  end(error?: Error): Uint8Array {
    if (this.#hasFailed) return this.#taken();
    this.#guarded(() => this.#flush());
    if (error !== undefined || this.#hasFailed) return this.#taken();
    if (!this.#out.isFinished) {
      this.#fail("The model's provider broke its answer off.", "incomplete_stream");
      return this.#taken();
    }
    if (this.#includesUsage) this.#out.writeUsage();
    this.#take();
    this.#written += DONE;
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
    this.#take();
    this.#written += event(openAiError(502, message, { code }));
  }

  #take(): void {
    for (const chunk of this.#out.take()) this.#written += event(chunk);
  }

  #taken(): Uint8Array {
    if (!this.#hasFailed) this.#take();
    const bytes = Buffer.from(this.#written, "utf8");
    this.#written = "";
    return bytes;
  }
}

function event(data: Json): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function eventData(text: string): Json {
  const data = parsedObject(text);
  if (data === undefined) throw new BrokenAnswer("The model's provider sent an event that is no JSON.", "bad_stream");
  return data;
}
