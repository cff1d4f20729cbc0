/**
 * The chunked transfer coding (RFC 9112 section 7.1), read octet by octet by a small machine: what it keeps between two reads is its
 * state and a count, so that nothing depends on how the bytes were cut. Extensions and trailers are checked and dropped: nothing may
 * follow the checks in disguise (RFC 9110 section 6.5.1).
 *
 *   chunked-body = *chunk last-chunk trailer-section CRLF
 *   chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
 *   chunk-ext    = *( ";" chunk-ext-name [ "=" ( token / quoted-string ) ] )     without the optional blanks, which only old recipients allow
 */
import {
  BACKSLASH,
  BLANK,
  CLASSES,
  COLON,
  CR,
  DQUOTE,
  EQUALS,
  HEX,
  LF,
  QUOTED,
  SEMICOLON,
  TOKEN,
  VALUE,
} from "./octets.ts";

/** Receives what is read. */
export interface BodyReceiver {
  /** Content between two places of the bytes just given; they may be used again afterwards. False: read no further for now. */
  content(bytes: Buffer, start: number, end: number): boolean;
}

const SIZE_START = 0;
const SIZE = 1;
const EXT_NAME_START = 2;
const EXT_NAME = 3;
const EXT_VALUE_START = 4;
const EXT_VALUE = 5;
const EXT_QUOTED = 6;
const EXT_ESCAPE = 7;
const EXT_QUOTED_END = 8;
const SIZE_LF = 9;
const DATA = 10;
const DATA_CR = 11;
const DATA_LF = 12;
const TRAILER_START = 13;
const TRAILER_NAME = 14;
const TRAILER_VALUE = 15;
const TRAILER_LF = 16;
const END_LF = 17;
const DONE = 18;
const FAILED = 19;
const FAILED_SIZE = 20;

/** Twelve digits stay exact in a double; nothing longer is a chunk anybody sends. */
const MAX_SIZE_DIGITS = 12;
/** Of all chunks of a body together: what is thrown away must not be sent for ever. */
const MAX_EXTENSION_BYTES = 8_192;
const MAX_TRAILER_BYTES = 8_192;
/** Fields that say how a message is framed cannot come after it (RFC 9110 section 6.5.1). */
const FRAMING_FIELD = /^(content-length|transfer-encoding)$/i;
const MAX_FRAMING_NAME = 17;

export class ChunkedReader {
  #state = SIZE_START;
  #digits = 0;
  /** Size of the chunk while it is read, then what is left of its data. */
  #left = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;
  #trailerName = "";

  get isDone(): boolean {
    return this.#state === DONE;
  }

  /** The bytes are no chunked body; none after them can be understood. */
  get isFailed(): boolean {
    return this.#state >= FAILED;
  }

  /** It failed for the size of its extensions or trailers. */
  get isTooLarge(): boolean {
    return this.#state === FAILED_SIZE;
  }

  /**
   * Reads until the bytes, or the body, end, or the receiver wants no more.
   * @returns the place where it stopped
   */
  read(bytes: Buffer, start: number, end: number, receiver: BodyReceiver): number {
    let at = start;
    while (at < end && this.#state < DONE) {
      if (this.#state === DATA) {
        const to = Math.min(end, at + this.#left);
        this.#left -= to - at;
        if (this.#left === 0) this.#state = DATA_CR;
        const goesOn = receiver.content(bytes, at, to);
        at = to;
        if (!goesOn) return at;
      } else {
        this.#state = this.#step(bytes[at]);
        if (this.#state < FAILED) at++;
      }
    }
    return at;
  }

  /** The state that an octet leads to. */
  #step(octet: number): number {
    const classes = CLASSES[octet];
    switch (this.#state) {
      case SIZE_START:
        this.#digits = 0;
        this.#left = 0;
        return (classes & HEX) !== 0 ? this.#digit(octet) : FAILED;
      case SIZE:
        if ((classes & HEX) !== 0) return this.#digit(octet);
        return octet === CR ? SIZE_LF : octet === SEMICOLON ? this.#extension(EXT_NAME_START) : FAILED;
      case EXT_NAME_START:
        return (classes & TOKEN) !== 0 ? this.#extension(EXT_NAME) : FAILED;
      case EXT_NAME:
        if ((classes & TOKEN) !== 0) return this.#extension(EXT_NAME);
        return octet === EQUALS ? this.#extension(EXT_VALUE_START) : this.#afterExtension(octet);
      case EXT_VALUE_START:
        if (octet === DQUOTE) return this.#extension(EXT_QUOTED);
        return (classes & TOKEN) !== 0 ? this.#extension(EXT_VALUE) : FAILED;
      case EXT_VALUE:
        return (classes & TOKEN) !== 0 ? this.#extension(EXT_VALUE) : this.#afterExtension(octet);
      case EXT_QUOTED:
        if (octet === DQUOTE) return this.#extension(EXT_QUOTED_END);
        if (octet === BACKSLASH) return this.#extension(EXT_ESCAPE);
        return (classes & QUOTED) !== 0 ? this.#extension(EXT_QUOTED) : FAILED;
      case EXT_ESCAPE:
        return (classes & VALUE) !== 0 ? this.#extension(EXT_QUOTED) : FAILED;
      case EXT_QUOTED_END:
        return this.#afterExtension(octet);
      case SIZE_LF:
        if (octet !== LF) return FAILED;
        return this.#left === 0 ? TRAILER_START : DATA;
      case DATA_CR:
        return octet === CR ? DATA_LF : FAILED;
      case DATA_LF:
        return octet === LF ? SIZE_START : FAILED;
      default:
        return this.#trailer(octet, classes);
    }
  }

  /** Lines `name: value` as in a head (RFC 9112 section 7.1.2). */
  #trailer(octet: number, classes: number): number {
    switch (this.#state) {
      case TRAILER_START:
        if (octet === CR) return END_LF;
        this.#trailerName = "";
        return (classes & TOKEN) !== 0 ? this.#nameOctet(octet) : FAILED;
      case TRAILER_NAME:
        if (octet === COLON) return FRAMING_FIELD.test(this.#trailerName) ? FAILED : this.#trailerOctet(TRAILER_VALUE);
        return (classes & TOKEN) !== 0 ? this.#nameOctet(octet) : FAILED;
      case TRAILER_VALUE:
        if (octet === CR) return TRAILER_LF;
        return (classes & (VALUE | BLANK)) !== 0 ? this.#trailerOctet(TRAILER_VALUE) : FAILED;
      case TRAILER_LF:
        return octet === LF ? TRAILER_START : FAILED;
      default:
        return octet === LF ? DONE : FAILED;
    }
  }

  #digit(octet: number): number {
    this.#digits++;
    if (this.#digits > MAX_SIZE_DIGITS) return FAILED;
    this.#left = this.#left * 16 + (octet <= 0x39 ? octet - 0x30 : (octet | 0x20) - 0x57);
    return SIZE;
  }

  #extension(next: number): number {
    this.#extensionBytes++;
    return this.#extensionBytes > MAX_EXTENSION_BYTES ? FAILED_SIZE : next;
  }

  #afterExtension(octet: number): number {
    return octet === CR ? SIZE_LF : octet === SEMICOLON ? this.#extension(EXT_NAME_START) : FAILED;
  }

  #nameOctet(octet: number): number {
    if (this.#trailerName.length <= MAX_FRAMING_NAME) this.#trailerName += String.fromCharCode(octet);
    return this.#trailerOctet(TRAILER_NAME);
  }

  #trailerOctet(next: number): number {
    this.#trailerBytes++;
    return this.#trailerBytes > MAX_TRAILER_BYTES ? FAILED_SIZE : next;
  }
}
