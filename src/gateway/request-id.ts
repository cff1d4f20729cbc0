/** Random GUIDs (RFC 9562 version 4), made from random bytes fetched in batches: a system call for each would cost more than the rest. */
import { randomFillSync } from "node:crypto";

const BATCH = 256;
const random = new Uint8Array(BATCH * 16);
let used = random.length;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function newRequestId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const at = used;
  used += 16;
  const h = HEX;
  const b = random;
  const version = (b[at + 6] & 0x0f) | 0x40;
  const variant = (b[at + 8] & 0x3f) | 0x80;
  return (
    `${h[b[at]]}${h[b[at + 1]]}${h[b[at + 2]]}${h[b[at + 3]]}-${h[b[at + 4]]}${h[b[at + 5]]}-` +
    `${h[version]}${h[b[at + 7]]}-${h[variant]}${h[b[at + 9]]}-` +
    `${h[b[at + 10]]}${h[b[at + 11]]}${h[b[at + 12]]}${h[b[at + 13]]}${h[b[at + 14]]}${h[b[at + 15]]}`
  );
}
