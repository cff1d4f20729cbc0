/** The gateway's own parsers on octets in memory, whole or cut anywhere. */
import { isRefusal } from "../../../src/http/head-check.ts";
import { ChunkedReader } from "../../../src/http/native/chunked.ts";
import type { Bytes } from "../../../src/http/native/octets.ts";
import { readRequestHead } from "../../../src/http/native/request-head.ts";
import { readResponseHead } from "../../../src/http/native/response-head.ts";
import type { Message, Outcome } from "./outcome.ts";

const MAX_HEAD_BYTES = 16_384;
const MAX_FIELDS = 100;

interface Head {
  readonly message: Message;
  readonly isChunked: boolean;
  /** -1: until the end of the connection. */
  readonly length: number;
  readonly closes: boolean;
  readonly size: number;
}

type ReadHead = (bytes: Bytes, start: number, end: number) => Head | string | undefined;

/** Reads as a connection does: what is not understood yet waits for more. */
class Reading {
  readonly outcome: Outcome = { messages: [], end: "more" };
  readonly #readHead: ReadHead;
  #rest: Bytes = Buffer.alloc(0) as Bytes;
  #head: Head | undefined;
  #chunked: ChunkedReader | undefined;
  #left = 0;

  constructor(readHead: ReadHead) {
    this.#readHead = readHead;
  }

  push(bytes: Buffer): void {
    const all = Buffer.concat([this.#rest, bytes]) as Bytes;
    let at = 0;
    while (at < all.length && this.outcome.end === "more") {
      const next = this.#head === undefined ? this.#start(all, at) : this.#body(all, at);
      if (next === undefined) break;
      at = next;
    }
    this.#rest = all.subarray(at) as Bytes;
  }

  /** The connection has ended. */
  finish(): void {
    if (this.#head === undefined || this.#head.length >= 0 || this.#head.isChunked) return;
    this.#head.message.isComplete = true;
  }

  #start(bytes: Bytes, at: number): number | undefined {
    const head = this.#readHead(bytes, at, bytes.length);
    if (head === undefined) return undefined;
    if (typeof head === "string") {
      this.outcome.end = `refused ${head}`;
      return undefined;
    }
    this.outcome.messages.push(head.message);
    this.#head = head;
    this.#left = head.length;
    this.#chunked = head.isChunked ? new ChunkedReader() : undefined;
    if (!head.isChunked && head.length === 0) this.#complete();
    return at + head.size;
  }

  #body(bytes: Buffer, at: number): number {
    const { message } = this.#head as Head;
    if (this.#chunked !== undefined) {
      const take = (from: Buffer, start: number, end: number) => {
        message.body += from.toString("latin1", start, end);
        return true;
      };
      const next = this.#chunked.read(bytes, at, bytes.length, { content: take });
      if (this.#chunked.isFailed) this.outcome.end = "refused ChunkInvalid";
      else if (this.#chunked.isDone) this.#complete();
      return next;
    }
    const next = this.#left < 0 ? bytes.length : Math.min(bytes.length, at + this.#left);
    message.body += bytes.toString("latin1", at, next);
    if (this.#left >= 0) {
      this.#left -= next - at;
      if (this.#left === 0) this.#complete();
    }
    return next;
  }

  #complete(): void {
    const { message, closes } = this.#head as Head;
    message.isComplete = true;
    this.#head = undefined;
    if (closes) this.outcome.end = "closed";
  }
}

function requestHead(bytes: Bytes, start: number, end: number): Head | string | undefined {
  const head = readRequestHead(bytes, start, end, MAX_HEAD_BYTES, MAX_FIELDS);
  if (head === undefined) return undefined;
  if (isRefusal(head)) return head.reason;
  const message: Message = {
    line: `${head.method} ${head.target}`,
    version: head.httpVersion,
    fields: head.headers.raw,
    body: "",
    isComplete: false,
  };
  return { message, isChunked: head.isChunked, length: head.length, closes: head.closes, size: head.size };
}

function responseHead(isHead: boolean): ReadHead {
  return (bytes, start, end) => {
    const head = readResponseHead(bytes, start, end);
    if (head === undefined || typeof head === "string") return head;
    const { status, reason, raw, size } = head;
    // What an upstream connection makes of it: RFC 9112 section 6.3.
    if (status === 101) return "an upgrade nobody asked for";
    const isInterim = status < 200;
    const isEmpty = isInterim || isHead || status === 204 || status === 304;
    const message: Message = { line: `${status} ${reason}`, version: "", fields: raw, body: "", isComplete: false };
    return {
      message,
      isChunked: !isEmpty && head.isChunked,
      length: isEmpty ? 0 : head.length,
      closes: !isInterim,
      size,
    };
  };
}

function read(readHead: ReadHead, octets: Buffer, cuts: readonly number[]): Outcome {
  const reading = new Reading(readHead);
  let from = 0;
  for (const to of [...cuts, octets.length]) {
    if (to > from) reading.push(octets.subarray(from, to));
    from = Math.max(from, to);
  }
  reading.finish();
  return reading.outcome;
}

/** @param cuts places in ascending order at which the octets come apart */
export function readRequests(octets: Buffer, cuts: readonly number[] = []): Outcome {
  return read(requestHead, octets, cuts);
}

export function readResponse(octets: Buffer, isHead: boolean, cuts: readonly number[] = []): Outcome {
  return read(responseHead(isHead), octets, cuts);
}
