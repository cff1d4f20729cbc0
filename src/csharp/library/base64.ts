/** Base64 as System.Convert reads and writes it. */
import { allocate } from "../runtime/budget.ts";
import { formatError } from "./exceptions-thrown.ts";

const INVALID =
  "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, " +
  "or an illegal character among the padding characters.";

/** Standard alphabet with padding; with `breaks` a CR LF after every 76 characters. */
export function toBase64(raw: Uint8Array, breaks: boolean): string {
  allocate(raw.length * 2);
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
