/**
 * Reads the data of server-sent events out of bytes that pass by (https://html.spec.whatwg.org/multipage/server-sent-events.html): lines may
 * end in LF, CR or CRLF and be cut anywhere. Memory is bounded: an event larger than the bound is passed over.
 */
const LF = 10;
const CR = 13;
const DATA = [100, 97, 116, 97] as const;
const COLON = 58;
const SPACE = 32;
const DEFAULT_MAX_BYTES = 1024 * 1024;

/** Told of a line part by part. @param isEnd the line is over */
export type OnLarge = (part: Uint8Array, isEnd: boolean) => void;

export class EventReader {
  readonly #onData: (data: string) => void;
  /** The line under way. */
  #line: Buffer[] = [];
  #lineBytes = 0;
  /** Data lines of the event under way. */
  #data: string[] = [];
  #dataBytes = 0;
  #isTooLarge = false;
  #afterCr = false;

  readonly #maxBytes: number;
  readonly #onLarge: OnLarge | undefined;

  /**
   * @param maxBytes events with more data are passed over
   * @param onLarge is told of lines that are too large to be kept
   */
  constructor(onData: (data: string) => void, maxBytes = DEFAULT_MAX_BYTES, onLarge?: OnLarge) {
    this.#onData = onData;
    this.#maxBytes = maxBytes;
    this.#onLarge = onLarge;
  }

  feed(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    if (this.#afterCr && bytes.length > 0) {
      this.#afterCr = false;
      if (bytes[0] === LF) start = 1;
    }
    for (let i = start; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte !== LF && byte !== CR) continue;
      this.#endLine(bytes.subarray(start, i));
      if (byte === CR) {
        if (i + 1 === bytes.length) this.#afterCr = true;
        else if (bytes[i + 1] === LF) i++;
      }
      start = i + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  }

  /** The stream has ended: an event that was not closed by an empty line counts, too. */
  end(): void {
    if (this.#lineBytes > 0) this.#endLine(Buffer.alloc(0));
    this.#dispatch();
  }

  #keep(part: Buffer): void {
    this.#lineBytes += part.length;
    if (this.#lineBytes > this.#maxBytes) {
      this.#isTooLarge = true;
      this.#letGo();
      this.#onLarge?.(part, false);
      return;
    }
    // A copy: the front may reuse the memory it reads into.
    this.#line.push(Buffer.from(part));
  }

  #letGo(): void {
    for (const part of this.#line) this.#onLarge?.(part, false);
    this.#line = [];
  }

  #endLine(last: Buffer): void {
    const line = this.#line.length === 0 ? last : Buffer.concat([...this.#line, last]);
    const isWhole = this.#lineBytes + last.length <= this.#maxBytes;
    const isEmpty = this.#lineBytes + last.length === 0;
    if (!isWhole) {
      this.#letGo();
      this.#onLarge?.(last, true);
    }
    this.#line = [];
    this.#lineBytes = 0;
    if (isEmpty) this.#dispatch();
    else if (isWhole && isData(line)) this.#add(line);
  }

  #add(line: Buffer): void {
    const from = line[5] === SPACE ? 6 : 5;
    this.#dataBytes += line.length - from;
    if (this.#dataBytes > this.#maxBytes) this.#isTooLarge = true;
    else this.#data.push(line.toString("utf8", from));
  }

  #dispatch(): void {
    const data = this.#data;
    const isTooLarge = this.#isTooLarge;
    this.#data = [];
    this.#dataBytes = 0;
    this.#isTooLarge = false;
    if (data.length > 0 && !isTooLarge) this.#onData(data.join("\n"));
  }
}

function isData(line: Buffer): boolean {
  return DATA.every((byte, i) => line[i] === byte) && line[4] === COLON;
}
