/** The answer on a stream of HTTP/2: head and body with back-pressure; what must not look complete ends with RST_STREAM. */
import { constants, type ServerHttp2Stream } from "node:http2";
import type { Body, BodySource } from "./body.ts";
import type { Reply } from "./front.ts";
import { isFieldValue, isToken } from "./header-syntax.ts";
import type { Headers } from "./headers.ts";
import type { IdleWatch, Waiting } from "./idle-watch.ts";
import { hasContent, sendable } from "./no-content.ts";
import { type OnDone, outgoingHeaders } from "./node-reply.ts";

export interface Http2ReplyHost {
  readonly watch: IdleWatch;
  /** Value of Strict-Transport-Security. */
  readonly hsts: string | undefined;
}

/** Larger bodies are written in slices of this size, so that progress can be seen. */
const SLICE_BYTES = 65_536;

export class Http2Reply implements Reply, Waiting {
  idleTicks = 0;
  isSent = false;
  readonly #stream: ServerHttp2Stream;
  readonly #host: Http2ReplyHost;
  readonly #isHead: boolean;
  #onDone: OnDone | undefined;
  #isOver = false;
  #bytesSent = 0;
  #source: BodySource | undefined;
  #rest: Uint8Array | undefined;

  constructor(stream: ServerHttp2Stream, host: Http2ReplyHost, isHead: boolean) {
    this.#stream = stream;
    this.#host = host;
    this.#isHead = isHead;
  }

  send(status: number, _reason: string, headers: Headers, made: Body, onDone?: OnDone): void {
    if (this.isSent) throw new Error("A request can be answered only once.");
    this.isSent = true;
    this.#onDone = onDone;
    const body = sendable(status, made);
    const stream = this.#stream;
    if (this.#isOver || stream.destroyed || stream.closed) {
      body.discard();
      this.#isOver = true;
      this.#report(new Error("The client has gone."));
      return;
    }
    const hasBody = !this.#isHead && hasContent(status);
    const raw = outgoingHeaders(status, headers, hasBody || this.#isHead ? body.length : 0, hasBody);
    const invalid = invalidField(raw);
    if (invalid !== undefined) {
      body.discard();
      this.#sendInvalid(invalid);
      return;
    }
    const { hsts } = this.#host;
    if (hsts !== undefined && !headers.has("Strict-Transport-Security")) raw.push("Strict-Transport-Security", hsts);
    const isEmpty = !hasBody || body.length === 0;
    stream.respond([":status", String(status), ...lowerCase(raw)], { endStream: isEmpty });
    stream.once("finish", () => this.#finish());
    if (isEmpty) {
      body.discard();
      if (!stream.writableEnded) stream.end();
      this.#host.watch.enter(this);
    } else if (body.buffered !== undefined) {
      this.#rest = body.buffered;
      stream.on("drain", () => this.#sendSlices());
      this.#sendSlices();
    } else {
      this.#sendStream(body);
    }
  }

  destroy(): void {
    this.isSent = true;
    this.#breakOff();
    this.abort(new Error("The answer was broken off."));
  }

  /** The peer is gone, or the stream was given up. False when all was over already. */
  abort(error: Error): boolean {
    if (this.#isOver) return false;
    this.#source?.cancel(error);
    this.#finish(error);
    return true;
  }

  /** The stream is over. False when the answer was complete before. */
  closed(): boolean {
    const { rstCode, writableEnded } = this.#stream;
    if (!writableEnded || rstCode !== constants.NGHTTP2_NO_ERROR) return this.abort(new Error("The client has gone."));
    this.#finish();
    return false;
  }

  /** Called by the watch: the client has not read for too long. */
  giveUp(): void {
    this.#breakOff();
    this.abort(new Error("The client stopped reading."));
  }

  /** Not `close`, which would end the stream with an empty frame before it resets it: then the answer would look complete. */
  #breakOff(): void {
    this.#stream.destroy(new Error("The answer was broken off."));
  }

  #sendSlices(): void {
    const stream = this.#stream;
    while (this.#rest !== undefined) {
      const slice = this.#rest.subarray(0, SLICE_BYTES);
      this.#bytesSent += slice.length;
      this.#host.watch.enter(this);
      if (slice.length === this.#rest.length) {
        this.#rest = undefined;
        stream.end(slice);
        return;
      }
      this.#rest = this.#rest.subarray(SLICE_BYTES);
      if (!stream.write(slice)) return;
    }
  }

  #sendStream(body: Body): void {
    const stream = this.#stream;
    stream.on("drain", () => {
      this.#host.watch.leave(this);
      this.#source?.resume();
    });
    this.#source = body.pipe({
      chunk: (data) => {
        if (this.#isOver) return false;
        this.#bytesSent += data.length;
        if (stream.write(data)) return true;
        this.#host.watch.enter(this);
        return false;
      },
      end: () => {
        if (this.#isOver) return;
        this.#source = undefined;
        this.#host.watch.enter(this);
        stream.end();
      },
      error: (error) => {
        if (this.#isOver) return;
        this.#source = undefined;
        this.#breakOff();
        this.#finish(error);
      },
    });
  }

  #finish(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#host.watch.leave(this);
    if (this.isSent) this.#report(error);
    // Nobody reads what the client may still send: it is told that the answer is complete without (RFC 9113 section 8.1).
    const stream = this.#stream;
    if (error === undefined && !stream.readableEnded && !stream.closed) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #report(error?: Error): void {
    const onDone = this.#onDone;
    this.#onDone = undefined;
    onDone?.(this.#bytesSent, error);
  }

  #sendInvalid(error: Error): void {
    const text = '{ "statusCode": 500, "message": "Internal server error" }';
    const head = [":status", "500", "content-type", "application/json", "content-length", String(text.length)];
    this.#stream.respond(head, { endStream: this.#isHead });
    if (!this.#isHead) this.#stream.end(text);
    this.#finish(error);
  }
}

/** A policy put a line break or a character beyond one byte into a header: nothing of it may reach the wire. */
function invalidField(raw: readonly string[]): Error | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    if (isToken(raw[i]) && isFieldValue(raw[i + 1])) continue;
    const error = new Error(`The header ${JSON.stringify(raw[i])} is not valid.`);
    return Object.assign(error, { code: "ERR_INVALID_CHAR" });
  }
  return undefined;
}

/** RFC 9113 section 8.2.1. */
function lowerCase(raw: string[]): string[] {
  for (let i = 0; i < raw.length; i += 2) raw[i] = raw[i].toLowerCase();
  return raw;
}
