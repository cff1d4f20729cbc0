/**
 * Answers of models that are judged before their caller has them: whole ones at once, streams in windows of their text. Of a stream the
 * events of a window wait until it is judged; what comes after a refusal never leaves, and the stream ends with an error as the provider
 * would write it.
 */
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { Body, type BodySink, type BodySource } from "../../http/body.ts";
import { NEEDS_RESPONSE_BODY, prepare } from "../../kit/bodies.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { Refusal } from "../../kit/outcome.ts";
import { deltaTextOf } from "../../llm/delta-text.ts";
import { EventReader } from "../../llm/event-reader.ts";
import { errorFor } from "../../base/model-errors.ts";
import { currentResponse } from "./current-message.ts";

/** Requests whose answer was refused, whole or in part: no cache may keep it. */
export const refusedAnswers = new WeakSet<Exchange>();

export interface Window {
  /** Characters judged at once. */
  readonly size: number;
  /** Characters of the last window that are judged again with the next. */
  readonly overlap: number;
}

export type JudgeText = (text: string) => Promise<Refusal | undefined>;

/** A refusal of a whole answer; undefined: it may pass, or is a stream that is judged while it passes. */
export async function judgedAnswer(x: Exchange, window: Window, judge: JudgeText): Promise<Refusal | undefined> {
  const response = currentResponse(x);
  if (response.status >= 400 || response.body.isNone) return undefined;
  const refuse = (refusal: Refusal | undefined) => {
    if (refusal !== undefined) refusedAnswers.add(x);
    return refusal;
  };
  const coding = response.headers.joined("Content-Encoding")?.trim().toLowerCase() ?? "";
  const isCoded = coding !== "" && coding !== "identity";
  const type = response.headers.first("Content-Type")?.toLowerCase() ?? "";
  const isStream = type.startsWith("text/event-stream");
  if (isStream && isCoded) return refuse(unreadable("a stream that is compressed"));
  if (type.startsWith("application/vnd.amazon.eventstream")) return refuse(unreadable(type));
  if (isStream) {
    response.headers.remove("Content-Length");
    const { path } = x.originalUrl;
    const judgeWindow = async (text: string) => refuse(await judge(text));
    response.body = Body.stream(new JudgedStream(response.body, window, judgeWindow, path));
    return undefined;
  }
  await prepare(x, NEEDS_RESPONSE_BODY);
  const bytes = response.body.buffered ?? new Uint8Array(0);
  const plain = isCoded ? await decoded(bytes, coding) : bytes;
  if (plain === undefined) return refuse(unreadable(`its coding is ${coding}`));
  const text = textIn(Buffer.from(plain).toString("utf8"));
  for (const part of windowsOf(text, window)) {
    const refusal = refuse(await judge(part));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const DECODERS = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};
/** A small body may claim to be a huge one. */
const MAX_DECODED_BYTES = 16 * 1024 * 1024;

/** Undefined when it cannot be. */
async function decoded(bytes: Uint8Array, coding: string): Promise<Uint8Array | undefined> {
  if (!Object.hasOwn(DECODERS, coding)) return undefined;
  try {
    return await DECODERS[coding as keyof typeof DECODERS](bytes, { maxOutputLength: MAX_DECODED_BYTES });
  } catch {
    return undefined;
  }
}

function unreadable(how: string): Refusal {
  const message = "Response content safety could not be checked.";
  return new Refusal(503, "ContentSafetyUnavailable", message, {
    detail: { reason: `the answer cannot be read: ${how}` },
  });
}

/** What a model says in an answer; of what is no such answer, all of it. */
function textIn(body: string): string {
  try {
    const message: unknown = JSON.parse(body);
    return deltaTextOf(message) || JSON.stringify(message);
  } catch {
    return body;
  }
}

function windowsOf(text: string, { size, overlap }: Window): string[] {
  const found: string[] = [];
  const step = Math.max(1, size - overlap);
  for (let from = 0; from === 0 || from + overlap < text.length; from += step)
    found.push(text.slice(from, from + size));
  return found.filter((part) => part.trim() !== "");
}

/** Held without anything to judge: it is let go then, or, being one event, refused. */
const MAX_HELD_BYTES = 2 * 1024 * 1024;

class JudgedStream implements BodySource {
  readonly #body: Body;
  readonly #window: Window;
  readonly #judge: JudgeText;
  readonly #path: string;
  readonly #reader: EventReader;
  #source: BodySource | undefined;
  #sink: BodySink | undefined;
  /** Whole events that wait. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** The start of an event whose end has not come. */
  #rest: Buffer = Buffer.alloc(0);
  /** Not judged yet, behind what is judged again. */
  #text = "";
  #judged = "";
  #isJudging = false;
  #isOver = false;
  /** What the source ended with meanwhile. */
  #ending: { readonly error: Error | undefined } | undefined;

  constructor(body: Body, window: Window, judge: JudgeText, path: string) {
    this.#body = body;
    this.#window = window;
    this.#judge = judge;
    this.#path = path;
    this.#reader = new EventReader((data) => this.#event(data));
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#source = this.#body.pipe({
      chunk: (data) => {
        if (!this.#isOver) this.#take(data);
        return !this.#isJudging;
      },
      end: () => this.#end(undefined),
      error: (error) => this.#end(error),
    });
  }

  resume(): void {
    if (!this.#isJudging) this.#source?.resume();
  }

  cancel(reason?: Error): void {
    this.#isOver = true;
    this.#held = [];
    if (this.#source === undefined) this.#body.discard(reason);
    else this.#source.cancel(reason);
  }

  #take(data: Uint8Array): void {
    // A copy: the front may reuse the memory it reads into.
    const bytes = Buffer.concat([this.#rest, data]);
    const end = eventsEnd(bytes);
    this.#rest = bytes.subarray(end);
    if (end > 0) {
      const events = bytes.subarray(0, end);
      this.#held.push(events);
      this.#heldBytes += end;
      this.#reader.feed(events);
    }
    if (this.#isJudging) return;
    if (this.#rest.length > MAX_HELD_BYTES) this.#refuse(unreadable("one event is too large"));
    else if (this.#text.length >= this.#window.size || this.#heldBytes > MAX_HELD_BYTES) void this.#judgeHeld();
  }

  #event(data: string): void {
    if (data === "[DONE]") return;
    try {
      this.#text += deltaTextOf(JSON.parse(data));
    } catch {
      this.#text += data;
    }
  }

  #end(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#ending = { error };
    if (this.#rest.length > 0 && error === undefined) {
      this.#held.push(this.#rest);
      this.#reader.feed(this.#rest);
      this.#reader.end();
    }
    this.#rest = Buffer.alloc(0);
    if (!this.#isJudging) void this.#judgeHeld();
  }

  /** Judges what waits, and lets it go. More may come meanwhile, and waits for its own judgement. */
  async #judgeHeld(): Promise<void> {
    this.#isJudging = true;
    let goesOn = true;
    do {
      const { size, overlap } = this.#window;
      const held = this.#held;
      const text = this.#judged + this.#text;
      const isNew = this.#text !== "";
      this.#held = [];
      this.#heldBytes = 0;
      this.#text = "";
      for (const part of isNew ? windowsOf(text, this.#window) : []) {
        const refusal = await this.#verdict(part);
        if (this.#isOver) return;
        if (refusal !== undefined) {
          this.#refuse(refusal);
          return;
        }
      }
      this.#judged = overlap === 0 ? "" : text.slice(-Math.min(overlap, size - 1));
      for (const events of held) goesOn = this.#sink?.chunk(events) ?? false;
    } while (this.#text.length >= this.#window.size || (this.#ending !== undefined && this.#held.length > 0));
    this.#isJudging = false;
    if (this.#ending !== undefined) this.#finish();
    else if (goesOn) this.#source?.resume();
  }

  async #verdict(text: string): Promise<Refusal | undefined> {
    try {
      return await this.#judge(text);
    } catch {
      return unreadable("it could not be judged");
    }
  }

  #refuse(refusal: Refusal): void {
    this.#isOver = true;
    this.#held = [];
    const error = errorFor(this.#path, refusal.status, refusal.publicMessage, { code: "content_filter" });
    const name = error.type === "error" ? "event: error\n" : "";
    this.#sink?.chunk(Buffer.from(`${name}data: ${JSON.stringify(error)}\n\n`));
    this.#sink?.end();
    // The source may still be in its start: it is given up once that is known.
    queueMicrotask(() => this.#source?.cancel(new Error("The answer was refused.")));
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const error = this.#ending?.error;
    if (error === undefined) this.#sink?.end();
    else this.#sink?.error(error);
  }
}

/** Behind the last event that is whole. */
function eventsEnd(bytes: Buffer): number {
  const ends = ["\n\n", "\r\n\r\n", "\r\r"].map((end) => {
    const at = bytes.lastIndexOf(end);
    return at < 0 ? 0 : at + end.length;
  });
  return Math.max(...ends);
}
