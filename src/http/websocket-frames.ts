/** Frames of WebSocket connections as they pass: where they end, and the texts in them (RFC 6455 section 5). Extensions are not read. */
import { randomBytes } from "node:crypto";

/** Longer messages pass unread. */
const MAX_MESSAGE_BYTES = 1024 ** 2;
/** Two bytes, a length of eight, a mask of four. */
const MAX_HEADER_BYTES = 14;
const MAX_REASON_BYTES = 123;

const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const CONTINUATION = 0;
const TEXT = 1;
const CLOSE = 8;

export class FrameReader {
  readonly #onText: ((message: Buffer) => void) | undefined;
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #headerBytes = 0;
  #isInPayload = false;
  #payloadLeft = 0;
  /** Parts of the text message that is passing; undefined: none, or one that is not read. */
  #parts: Buffer[] | undefined;
  #size = 0;
  #hasClosed = false;

  /** @param onText is told of whole text messages, unmasked ones only; absent: only the ends of frames matter */
  constructor(onText?: (message: Buffer) => void) {
    this.#onText = onText;
  }

  /** Between two frames. */
  get isAtBoundary(): boolean {
    return !this.#isInPayload && this.#headerBytes === 0;
  }

  /** A close frame has passed: no other may follow. */
  get hasClosed(): boolean {
    return this.#hasClosed;
  }

  /** Reads bytes; before each frame it asks whether to stop there. Answers how many bytes it has read. */
  feed(chunk: Uint8Array, stops?: () => boolean): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#isInPayload) {
        const end = Math.min(chunk.length, at + this.#payloadLeft);
        // A copy: chunks may be lent.
        if (this.#parts !== undefined && !this.#isControl) this.#parts.push(Buffer.from(chunk.subarray(at, end)));
        this.#payloadLeft -= end - at;
        at = end;
        if (this.#payloadLeft === 0) this.#endFrame();
        continue;
      }
      if (this.#headerBytes === 0 && stops?.() === true) return at;
      this.#header[this.#headerBytes++] = chunk[at++];
      if (this.#headerBytes === this.#headerSize()) this.#beginPayload();
    }
    return at;
  }

  #headerSize(): number {
    if (this.#headerBytes < 2) return 2;
    const length = this.#header[1] & 0x7f;
    const more = length === 126 ? 2 : length === 127 ? 8 : 0;
    return 2 + more + ((this.#header[1] & MASKED) === 0 ? 0 : 4);
  }

  #beginPayload(): void {
    const header = this.#header;
    const short = header[1] & 0x7f;
    this.#payloadLeft =
      short === 126 ? header.readUInt16BE(2) : short === 127 ? Number(header.readBigUInt64BE(2)) : short;
    this.#isInPayload = true;
    const opcode = header[0] & 0x0f;
    if (opcode < CLOSE && this.#onText !== undefined) {
      const isReadable = (header[0] & RESERVED) === 0 && (header[1] & MASKED) === 0;
      if (opcode !== CONTINUATION) {
        this.#size = 0;
        this.#parts = opcode === TEXT && isReadable ? [] : undefined;
      }
      this.#size += this.#payloadLeft;
      if (this.#size > MAX_MESSAGE_BYTES || !isReadable) this.#parts = undefined;
    }
    if (this.#payloadLeft === 0) this.#endFrame();
  }

  /** Control frames come between the frames of a message, and are none of it. */
  get #isControl(): boolean {
    return (this.#header[0] & 0x0f) >= CLOSE;
  }

  #endFrame(): void {
    this.#isInPayload = false;
    this.#headerBytes = 0;
    if ((this.#header[0] & 0x0f) === CLOSE) this.#hasClosed = true;
    if (this.#isControl || (this.#header[0] & FIN) === 0 || this.#parts === undefined) return;
    const message = Buffer.concat(this.#parts);
    this.#parts = undefined;
    this.#onText?.(message);
  }
}

/** A frame that closes the connection. What a client sends is masked. */
export function closeFrame(code: number, reason: string, isMasked: boolean): Buffer {
  const text = Buffer.from(reason, "utf8").subarray(0, MAX_REASON_BYTES);
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code);
  text.copy(payload, 2);
  if (!isMasked) return Buffer.concat([Buffer.from([FIN | CLOSE, payload.length]), payload]);
  const mask = randomBytes(4);
  for (let i = 0; i < payload.length; i++) payload[i] ^= mask[i & 3];
  return Buffer.concat([Buffer.from([FIN | CLOSE, MASKED | payload.length]), mask, payload]);
}
