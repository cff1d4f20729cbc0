/**
 * The field section of a message (RFC 9112 section 5): read, checked and understood in one pass. Requests, responses and trailers share it.
 * What it finds is a list of fields as they came, and what they say of framing and connection.
 */
import { isPadded } from "../head-check.ts";
import { BLANK, type Bytes, CLASSES, COLON, CR, LF, TOKEN, VALUE } from "./octets.ts";
import {
  CONNECTION,
  CONTENT_LENGTH,
  EXPECT,
  HOST,
  KEEP_ALIVE,
  nameAt,
  OTHER,
  TRANSFER_ENCODING,
  UPGRADE,
} from "./names.ts";

/** The bytes end before the section does. */
export const INCOMPLETE = 0;
export const COMPLETE = 1;
/** A line that is no field: no name, a blank in or after it, a fold, a bare CR or LF, a control character (RFC 9112 sections 2.2, 5, 5.1, 5.2). */
export const MALFORMED = 2;
export const TOO_MANY = 3;
/** More than one Host field (RFC 9112 section 3.2). */
export const TWO_HOSTS = 4;
/** Content-Length is not one number, or there are several (RFC 9112 section 6.3, rule 5). */
export const BAD_LENGTH = 5;
/** Transfer-Encoding twice (RFC 9112 section 6.1), or with blanks behind it, which not all parsers take away. */
export const BAD_CODING = 6;

/** Fifteen digits stay exact in a double; nothing longer is a body anybody sends. */
const MAX_LENGTH_DIGITS = 15;

export class FieldSection {
  /** [name, value, ...] in the order and spelling of the message. */
  raw: string[] = [];
  host: string | undefined;
  /** -1: no Content-Length. */
  length = -1;
  /** Content-Length begins with a zero it does not need. */
  isLengthPadded = false;
  transferEncoding: string | undefined;
  /** Connection fields, joined by commas. */
  connection: string | undefined;
  expect: string | undefined;
  upgrade: string | undefined;
  keepAlive: string | undefined;
  /** Where the bytes go on after the section. */
  end = 0;

  /**
   * Reads from the start of a line to the empty line. What it says of a part it will say of the whole.
   * @param to where the bytes end
   * @param text the bytes from `textStart` on, for the values: cheaper to cut than bytes are to convert; bytes are cheaper to look at
   */
  read(bytes: Bytes, start: number, to: number, text: string, textStart: number, maxFields: number): number {
    const { raw } = this;
    let at = start;
    for (;;) {
      if (at >= to) return INCOMPLETE;
      if (bytes[at] === CR) {
        this.end = at + 2;
        return at + 1 >= to ? INCOMPLETE : bytes[at + 1] === LF ? COMPLETE : MALFORMED;
      }
      // field-name = token; no blank between it and the colon (section 5.1). A line that starts with a blank is a fold (section 5.2).
      const nameStart = at;
      let hash = 0;
      for (; at < to && (CLASSES[bytes[at]] & TOKEN) !== 0; at++) hash = (Math.imul(hash, 31) + bytes[at]) | 0;
      if (at >= to) return INCOMPLETE;
      if (bytes[at] !== COLON || at === nameStart) return MALFORMED;
      const nameEnd = at++;
      // OWS field-value OWS: the blanks are not part of the value (section 5.1).
      while (at < to && (CLASSES[bytes[at]] & BLANK) !== 0) at++;
      const valueStart = at;
      while (at < to && (CLASSES[bytes[at]] & VALUE) !== 0) at++;
      const lineEnd = at;
      let valueEnd = at;
      while (valueEnd > valueStart && (CLASSES[bytes[valueEnd - 1]] & BLANK) !== 0) valueEnd--;
      // Lines end with CRLF; a bare CR or LF is no end (section 2.2).
      if (at < to && bytes[at] !== CR) return MALFORMED;
      if (at + 1 >= to) return INCOMPLETE;
      if (bytes[at + 1] !== LF) return MALFORMED;
      at += 2;
      if (raw.length >= maxFields * 2) return TOO_MANY;
      const name = nameAt(bytes, nameStart, nameEnd, hash);
      const value = text.slice(valueStart - textStart, valueEnd - textStart);
      raw.push(name.text, value);
      if (name.kind === OTHER) continue;
      if (name.kind === TRANSFER_ENCODING && valueEnd !== lineEnd) return BAD_CODING;
      const problem = this.#note(name.kind, value);
      if (problem !== COMPLETE) return problem;
    }
  }

  #note(kind: number, value: string): number {
    switch (kind) {
      case HOST:
        if (this.host !== undefined) return TWO_HOSTS;
        this.host = value;
        break;
      case CONTENT_LENGTH:
        if (this.length >= 0) return BAD_LENGTH;
        this.length = lengthOf(value);
        this.isLengthPadded = isPadded(value);
        if (this.length < 0) return BAD_LENGTH;
        break;
      case TRANSFER_ENCODING:
        if (this.transferEncoding !== undefined) return BAD_CODING;
        this.transferEncoding = value;
        break;
      case CONNECTION:
        this.connection = this.connection === undefined ? value : `${this.connection},${value}`;
        break;
      case EXPECT:
        this.expect = this.expect === undefined ? value : `${this.expect},${value}`;
        break;
      case UPGRADE:
        this.upgrade = this.upgrade === undefined ? value : `${this.upgrade},${value}`;
        break;
      case KEEP_ALIVE:
        this.keepAlive = value;
        break;
    }
    return COMPLETE;
  }
}

/** Content-Length = 1*DIGIT (RFC 9110 section 8.6); -1 when it is not that. */
function lengthOf(value: string): number {
  if (value.length === 0 || value.length > MAX_LENGTH_DIGITS) return -1;
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}

/** Is an option in a Connection value (RFC 9110 section 7.6.1)? @param option in lower case */
export function hasOption(connection: string | undefined, option: string): boolean {
  if (connection === undefined) return false;
  if (connection === option) return true;
  if (connection.length < option.length) return false;
  const lower = connection.toLowerCase();
  if (lower === option) return true;
  return lower.includes(",") && lower.split(",").some((one) => one.trim() === option);
}
