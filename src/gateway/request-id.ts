/** Random GUIDs (RFC 9562 version 4), made from random bytes fetched in batches: a system call for each would cost more than the rest. */
import { randomFillSync } from "node:crypto";

const BATCH = 256;
const random = new Uint8Array(BATCH * 16);
let used = random.length;

const HEX_DIGITS = Buffer.from("0123456789abcdef", "latin1");
/** Where the hexadecimal digits of each byte stand in the text. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const text = Buffer.from("00000000-0000-0000-0000-000000000000", "latin1") as Buffer & { latin1Slice(): string };

export function newRequestId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const at = used;
  used += 16;
  random[at + 6] = (random[at + 6] & 0x0f) | 0x40;
  random[at + 8] = (random[at + 8] & 0x3f) | 0x80;
  for (let i = 0; i < 16; i++) {
    const byte = random[at + i];
    text[PLACES[i]] = HEX_DIGITS[byte >> 4];
    text[PLACES[i] + 1] = HEX_DIGITS[byte & 0x0f];
  }
  return text.latin1Slice();
}
