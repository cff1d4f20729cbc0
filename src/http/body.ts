/**
 * A message body: nothing, bytes in memory, or a stream that flows once from its source to one sink with back-pressure.
 * Bodies stream unless something on the path reads them; `collect` turns a stream into bytes, and the Body is then replayable.
 */

/** Receives a streamed body. `chunk` returns false to ask the source to pause until `resume` of the source is called. */
export interface BodySink {
  chunk(data: Uint8Array): boolean;
  end(): void;
  /** The source failed before the end: what was written must never look complete. */
  error(error: Error): void;
}

/** Produces a body once. After `start`, calls the sink; `resume` continues after a paused chunk; `cancel` gives up (reader gone). */
export interface BodySource {
  start(sink: BodySink): void;
  resume(): void;
  cancel(reason?: Error): void;
}

/** A body larger than the reader allows. */
export class BodyTooLarge extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`The body is larger than ${limit} bytes.`);
    this.name = "BodyTooLarge";
    this.limit = limit;
  }
}

const EMPTY = new Uint8Array(0);

export class Body {
  #bytes: Uint8Array | undefined;
  /** The same as text of one character for each octet, when it arrived so. */
  #octets: string | undefined;
  #source: BodySource | undefined;
  /** A reading into memory under way: whoever asks meanwhile waits for the same. */
  #collecting: Promise<Uint8Array> | undefined;
  readonly #declared: number | undefined;

  private constructor(
    bytes: Uint8Array | undefined,
    source: BodySource | undefined,
    length: number | undefined,
    octets?: string,
  ) {
    this.#bytes = bytes;
    this.#octets = octets;
    this.#source = source;
    this.#declared = length;
  }

  /** No body at all (not the same as a body of zero bytes only for `isNone`). */
  static readonly none: Body = new Body(EMPTY, undefined, 0);

  static bytes(bytes: Uint8Array): Body {
    return new Body(bytes, undefined, bytes.length);
  }

  /**
   * A small body that most likely only passes through: bytes are made of it when somebody wants them.
   * @param octets one character, up to U+00FF, for each
   */
  static octets(octets: string): Body {
    return new Body(undefined, undefined, octets.length, octets);
  }

  static text(text: string): Body {
    return Body.bytes(Buffer.from(text, "utf8"));
  }

  static stream(source: BodySource, length?: number): Body {
    return new Body(undefined, source, length);
  }

  /** Length in bytes when it is known, else undefined (chunked and not read). */
  get length(): number | undefined {
    return this.#bytes === undefined ? this.#declared : this.#bytes.length;
  }

  get isNone(): boolean {
    return this === Body.none;
  }

  /** True when all of it is in memory. */
  get isHeld(): boolean {
    return this.#bytes !== undefined || this.#octets !== undefined;
  }

  /** The content when it is in memory, else undefined. */
  get buffered(): Uint8Array | undefined {
    if (this.#bytes === undefined && this.#octets !== undefined) this.#bytes = Buffer.from(this.#octets, "latin1");
    return this.#bytes;
  }

  /** The content as text of one character for each octet, when it is there as such. */
  get octets(): string | undefined {
    return this.#octets;
  }

  /** Was the stream handed to a sink already? Then it cannot be read again. */
  get isSpent(): boolean {
    return !this.isHeld && this.#source === undefined && this.#collecting === undefined;
  }

  /** Sends the content to a sink: at once when buffered; a stream can be sent only once. Returns the source to resume or cancel. */
  pipe(sink: BodySink): BodySource | undefined {
    const bytes = this.buffered;
    if (bytes !== undefined) {
      if (bytes.length > 0) sink.chunk(bytes);
      sink.end();
      return undefined;
    }
    const source = this.#source;
    if (source === undefined) throw new Error("The body was already read.");
    this.#source = undefined;
    source.start(sink);
    return source;
  }

  /** Gives up a stream nobody will read. */
  discard(reason?: Error): void {
    const source = this.#source;
    this.#source = undefined;
    source?.cancel(reason);
  }

  /** Reads a stream into memory; the Body stays usable. Rejects with BodyTooLarge, or with the source's error. */
  collect(maxBytes: number): Promise<Uint8Array> {
    const bytes = this.buffered;
    if (bytes !== undefined) return Promise.resolve(bytes);
    if (this.#collecting !== undefined) return this.#collecting;
    if (this.length !== undefined && this.length > maxBytes) {
      const error = new BodyTooLarge(maxBytes);
      this.discard(error);
      return Promise.reject(error);
    }
    this.#collecting = this.#read(maxBytes).finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  #read(maxBytes: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      // Known before the source starts: the first chunks may come while it does.
      const source = this.#source;
      this.pipe({
        chunk: (data) => {
          size += data.length;
          if (size > maxBytes) {
            const error = new BodyTooLarge(maxBytes);
            source?.cancel(error);
            reject(error);
            return false;
          }
          chunks.push(data);
          return true;
        },
        end: () => {
          this.#bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
          resolve(this.#bytes);
        },
        error: reject,
      });
    });
  }
}
