/**
 * Reads HTTP/1.1 responses strictly (RFC 9112): what could be framed in two ways, or holds bytes that no message may hold, is an error
 * and not a guess. Knows nothing of sockets: it is given chunks, and tells a receiver what it found.
 */
import { isDigits } from "./authority.ts";

export interface ResponseReceiver {
  /** The head of an interim response (1xx) or of the final one; fields as [name, value, ...]. */
  head(status: number, reason: string, raw: string[]): void;
  data(bytes: Uint8Array): void;
  /** The message is complete; `isReusable` when another may follow on the connection. */
  end(isReusable: boolean): void;
}

/** The other side does not speak HTTP/1.1 as it must be spoken. */
export class ResponseSyntaxError extends Error {
  override readonly name = "ResponseSyntaxError";
}

const MAX_HEAD_BYTES = 32_768;
const MAX_CHUNK_LINE_BYTES = 4_096;
const MAX_TRAILER_BYTES = 16_384;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const CHUNK_LINE = /^([0-9a-fA-F]{1,12})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const HEAD_END = Buffer.from("\r\n\r\n", "latin1");
const LINE_END = Buffer.from("\r\n", "latin1");
const VERSION = Buffer.from("HTTP/1.", "latin1");
const NOTHING = Buffer.alloc(0);

/** Which characters names may hold (RFC 9110 section 5.6.2) and which values may (section 5.5). */
const NAME = 1;
const VALUE = 2;
const CLASSES = new Uint8Array(256);
for (let code = 0; code < 256; code++) {
  const isValue = code === 0x09 || (code >= 0x20 && code !== 0x7f);
  const isName = code < 128 && /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code));
  CLASSES[code] = (isName ? NAME : 0) | (isValue ? VALUE : 0);
}

type State = "head" | "length" | "chunk-line" | "chunk-data" | "chunk-end" | "trailer" | "until-close" | "done";
type Latin1Buffer = Buffer & { latin1Slice(start?: number, end?: number): string };

export class ResponseParser {
  readonly #receiver: ResponseReceiver;
  #state: State = "done";
  #isHead = false;
  /** Bytes of a head or line that has not ended yet. */
  #pending: Buffer = NOTHING;
  /** Bytes left of the body or chunk. */
  #left = 0;
  #isReusable = false;
  #trailerBytes = 0;

  constructor(receiver: ResponseReceiver) {
    this.#receiver = receiver;
  }

  /** A request was sent: its response is next. */
  expect(isHead: boolean): void {
    this.#state = "head";
    this.#isHead = isHead;
    this.#pending = NOTHING;
    this.#trailerBytes = 0;
  }

  /** True between messages. */
  get isIdle(): boolean {
    return this.#state === "done";
  }

  /** Throws ResponseSyntaxError. Bytes after a message make its connection useless; they are not looked at. */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#pending.length > 0) {
      bytes = Buffer.concat([this.#pending, chunk]);
      this.#pending = NOTHING;
    }
    let at = 0;
    while (at < bytes.length && this.#state !== "done") at = this.#step(bytes, at);
  }

  /** The connection has ended. True when that completes the message; otherwise it was cut off. */
  finish(): boolean {
    if (this.#state !== "until-close") return false;
    this.#end(false);
    return true;
  }

  /** Reads what it can at a place; gives the place where it goes on. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case "head":
        return this.#head(bytes, at);
      case "length":
      case "chunk-data":
        return this.#counted(bytes, at);
      case "chunk-line":
        return this.#chunkLine(bytes, at);
      case "chunk-end":
        return this.#chunkEnd(bytes, at);
      case "trailer":
        return this.#trailer(bytes, at);
      default:
        this.#receiver.data(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
    }
  }

  #head(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(HEAD_END, at);
    if (end < 0 ? bytes.length - at > MAX_HEAD_BYTES : end - at > MAX_HEAD_BYTES) fail("the head is too large");
    if (end < 0) {
      if (bytes.length - at >= VERSION.length && bytes.indexOf(VERSION, at) !== at) fail("it is another protocol");
      return this.#wait(bytes, at);
    }
    const text = (bytes as Latin1Buffer).latin1Slice(at, end + 2);
    const lineEnd = text.indexOf("\r\n");
    const line = STATUS_LINE.exec(text.slice(0, lineEnd));
    if (line === null) fail("the status line is malformed");
    const status = Number(line[2]);
    const raw = parseFields(text, lineEnd + 2);
    const isInterim = status < 200;
    // A change of protocol that nobody asked for.
    if (status === 101) fail("an unexpected change of protocol");
    const framing = framingOf(raw, line[1] === "1");
    if (!isInterim) this.#frame(status, framing);
    this.#receiver.head(status, line[3] ?? "", raw);
    if (this.#state === "done" && !isInterim) this.#receiver.end(this.#isReusable && end + 4 === bytes.length);
    return end + 4;
  }

  /** RFC 9112 section 6.3. */
  #frame(status: number, { isChunked, length, isPersistent }: Framing): void {
    this.#isReusable = isPersistent;
    if (this.#isHead) {
      this.#state = "done";
    } else if (status === 204 || status === 304) {
      this.#state = "done";
      // Such a server may have sent content all the same.
      if (isChunked || (length ?? 0) > 0) this.#isReusable = false;
    } else if (isChunked) {
      this.#state = "chunk-line";
    } else if (length === undefined) {
      this.#state = "until-close";
    } else {
      this.#left = length;
      this.#state = length === 0 ? "done" : "length";
    }
  }

  #counted(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    const isChunk = this.#state === "chunk-data";
    if (this.#left === 0) this.#state = isChunk ? "chunk-end" : "done";
    this.#receiver.data(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    if (this.#left === 0 && !isChunk) this.#receiver.end(this.#isReusable && end === bytes.length);
    return end;
  }

  #chunkLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LINE_END, at);
    if ((end < 0 ? bytes.length : end) - at > MAX_CHUNK_LINE_BYTES) fail("a chunk's head is too large");
    if (end < 0) return this.#wait(bytes, at);
    const line = CHUNK_LINE.exec((bytes as Latin1Buffer).latin1Slice(at, end));
    if (line === null) fail("a chunk's size is malformed");
    this.#left = Number.parseInt(line[1], 16);
    this.#state = this.#left === 0 ? "trailer" : "chunk-data";
    return end + 2;
  }

  #chunkEnd(bytes: Buffer, at: number): number {
    if (bytes.length - at < 2) return this.#wait(bytes, at);
    if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) fail("a chunk is longer than it said");
    this.#state = "chunk-line";
    return at + 2;
  }

  /** Trailers are read and dropped: nothing may follow the checks in disguise. */
  #trailer(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LINE_END, at);
    const size = (end < 0 ? bytes.length : end) - at;
    if (this.#trailerBytes + size > MAX_TRAILER_BYTES) fail("the trailer section is too large");
    if (end < 0) return this.#wait(bytes, at);
    this.#trailerBytes += size;
    if (end > at) parseFields((bytes as Latin1Buffer).latin1Slice(at, end + 2), 0);
    else this.#end(end + 2 === bytes.length);
    return end + 2;
  }

  #wait(bytes: Buffer, at: number): number {
    this.#pending = at === 0 ? bytes : bytes.subarray(at);
    return bytes.length;
  }

  #end(isClean: boolean): void {
    this.#state = "done";
    this.#receiver.end(this.#isReusable && isClean);
  }
}

function fail(what: string): never {
  throw new ResponseSyntaxError(`The response is not valid HTTP: ${what}.`);
}

/** Lines `name: value`, each with its CRLF, to the end of the text. No folding, no blanks before the colon, no bare CR or LF. */
function parseFields(text: string, start: number): string[] {
  const raw: string[] = [];
  for (let at = start; at < text.length; ) {
    let colon = at;
    while ((CLASSES[text.charCodeAt(colon)] & NAME) !== 0) colon++;
    if (colon === at || text.charCodeAt(colon) !== 0x3a) fail("a field's name is malformed");
    let end = colon + 1;
    while ((CLASSES[text.charCodeAt(end)] & VALUE) !== 0) end++;
    if (text.charCodeAt(end) !== 0x0d || text.charCodeAt(end + 1) !== 0x0a) fail("a field's value is malformed");
    let from = colon + 1;
    let to = end;
    while (from < to && isBlank(text.charCodeAt(from))) from++;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
    raw.push(text.slice(at, colon), text.slice(from, to));
    at = end + 2;
  }
  return raw;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

interface Framing {
  readonly isChunked: boolean;
  readonly length: number | undefined;
  readonly isPersistent: boolean;
}

function framingOf(raw: readonly string[], is11: boolean): Framing {
  let isChunked = false;
  let length: number | undefined;
  let isPersistent = is11;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      // Fifteen digits stay exact in a double.
      if (length !== undefined || !isDigits(raw[i + 1]) || raw[i + 1].length > 15) fail("its length is not one number");
      length = Number(raw[i + 1]);
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      if (isChunked || !is11 || raw[i + 1].toLowerCase() !== "chunked") fail("its transfer coding is not served");
      isChunked = true;
    } else if (name.length === 10 && name.toLowerCase() === "connection") {
      const options = raw[i + 1].toLowerCase().split(",");
      if (options.some((option) => option.trim() === "close")) isPersistent = false;
      else if (!is11 && options.some((option) => option.trim() === "keep-alive")) isPersistent = true;
    }
  }
  if (isChunked && length !== undefined) fail("it has a length and is chunked");
  return { isChunked, length, isPersistent };
}
