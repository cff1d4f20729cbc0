/** Base64 as System.Convert reads and writes it. */
import { allocate } from "../runtime/budget.ts";
import { formatError } from "./exceptions-thrown.ts";

const INVALID =
  "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, " +
  "or an illegal character among the padding characters.";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Twelve bits as two characters. */
const PAIRS: readonly string[] = Array.from({ length: 4_096 }, (_, bits) => ALPHABET[bits >> 6] + ALPHABET[bits & 63]);
/** A name and a password, say: to that length going out to native code costs more than the work does. */
const SHORT_BYTES = 40;

function shortToBase64(raw: Uint8Array): string {
  const whole = raw.length - (raw.length % 3);
  let text = "";
  for (let i = 0; i < whole; i += 3) {
    const bits = (raw[i] << 16) | (raw[i + 1] << 8) | raw[i + 2];
    text += PAIRS[bits >> 12] + PAIRS[bits & 0xfff];
  }
  if (whole === raw.length) return text;
  if (whole + 1 === raw.length) return `${text}${PAIRS[raw[whole] << 4]}==`;
  const bits = (raw[whole] << 10) | (raw[whole + 1] << 2);
  return `${text}${PAIRS[bits >> 6]}${ALPHABET[bits & 63]}=`;
}

/** Standard alphabet with padding; with `breaks` a CR LF after every 76 characters. */
export function toBase64(raw: Uint8Array, breaks: boolean): string {
  allocate(raw.length * 2);
  // Its text has no more than 56 characters: no line to break.
  if (raw.length <= SHORT_BYTES) return shortToBase64(raw);
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("base64");
  return breaks ? text.replace(/.{76}(?=.)/g, "$&\r\n") : text;
}

/** Space, tab, CR and LF are skipped anywhere; padding is required. Throws FormatException. */
export function fromBase64(text: string): Uint8Array {
  const plain = /[ \t\r\n]/.test(text) ? text.replace(/[ \t\r\n]+/g, "") : text;
  if (plain.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) throw formatError(INVALID);
  allocate(plain.length);
  return new Uint8Array(Buffer.from(plain, "base64"));
}
