/**
 * Reads messages of Amazon's event stream encoding (https://smithy.io/2.0/aws/amazon-eventstream.html) out of bytes that pass by, cut
 * anywhere: lengths and their CRC-32, headers, payload, CRC-32 of it all. Memory is bounded; what is not such a stream is not read on.
 */
import { crc32 } from "node:zlib";

export interface AmazonEvent {
  /** `:message-type`: event, exception or error. */
  readonly kind: string;
  /** `:event-type`, `:exception-type` or `:error-code`. */
  readonly name: string;
  /** JSON, as a rule. */
  readonly payload: Buffer;
}

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Bytes of header values by their type; undefined: a length of two bytes stands before. */
const VALUE_BYTES: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];

/** Not an event stream, or a damaged one. */
export class BrokenEventStream extends Error {
  constructor(why: string) {
    super(`The event stream is damaged: ${why}.`);
    this.name = "BrokenEventStream";
  }
}

export class AmazonEventReader {
  readonly #onEvent: (event: AmazonEvent) => void;
  #parts: Buffer[] = [];
  #size = 0;
  /** Bytes that must be there before anything can be read. */
  #wanted = PRELUDE_BYTES;
  #isBroken = false;

  constructor(onEvent: (event: AmazonEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Throws BrokenEventStream, once; what follows is passed over. */
  feed(chunk: Uint8Array): void {
    if (this.#isBroken) return;
    // A copy: whoever reads may reuse its memory.
    this.#parts.push(Buffer.from(chunk));
    this.#size += chunk.length;
    if (this.#size < this.#wanted) return;
    try {
      this.#read(this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts));
    } catch (error) {
      this.#isBroken = true;
      this.#parts = [];
      throw error;
    }
  }

  /** Whether the stream may end here: between two messages. */
  get isBetween(): boolean {
    return this.#size === 0 && !this.#isBroken;
  }

  #read(bytes: Buffer): void {
    let at = 0;
    this.#wanted = PRELUDE_BYTES;
    while (bytes.length - at >= PRELUDE_BYTES) {
      const length = bytes.readUInt32BE(at);
      if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8))
        throw new BrokenEventStream("wrong checksum of a prelude");
      if (length < PRELUDE_BYTES + CRC_BYTES || length > MAX_MESSAGE_BYTES)
        throw new BrokenEventStream(`a message of ${length} bytes`);
      if (bytes.length - at < length) {
        this.#wanted = length;
        break;
      }
      this.#message(bytes.subarray(at, at + length));
      at += length;
    }
    const rest = bytes.subarray(at);
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
  }

  #message(bytes: Buffer): void {
    const end = bytes.length - CRC_BYTES;
    if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end))
      throw new BrokenEventStream("wrong checksum of a message");
    const headersEnd = PRELUDE_BYTES + bytes.readUInt32BE(4);
    if (headersEnd > end) throw new BrokenEventStream("headers longer than their message");
    const headers = readHeaders(bytes.subarray(PRELUDE_BYTES, headersEnd));
    const kind = headers.get(":message-type") ?? "event";
    const name = headers.get(kind === "error" ? ":error-code" : `:${kind}-type`) ?? "";
    this.#onEvent({ kind, name, payload: bytes.subarray(headersEnd, end) });
  }
}

/** Texts by name; values of other types are passed over. */
function readHeaders(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  try {
    while (at < bytes.length) {
      const name = bytes.toString("utf8", at + 1, at + 1 + bytes.readUInt8(at));
      at += 1 + bytes.readUInt8(at);
      const type = bytes.readUInt8(at++);
      if (type >= VALUE_BYTES.length) throw new BrokenEventStream(`a header of type ${type}`);
      let length = VALUE_BYTES[type];
      if (length === undefined) {
        length = bytes.readUInt16BE(at);
        at += 2;
      }
      if (type === 7) headers.set(name, bytes.toString("utf8", at, at + length));
      at += length;
    }
  } catch (error) {
    throw error instanceof BrokenEventStream ? error : new BrokenEventStream("a header that is cut");
  }
  if (at !== bytes.length) throw new BrokenEventStream("a header that is cut");
  return headers;
}
