/** How much memory a C# value or host object takes, roughly: for the bounds of caches, not for accounts. */
import { Type } from "../csharp/types.ts";
import { Message } from "../kit/message.ts";

const OBJECT_BYTES = 48;
const SLOT_BYTES = 16;

/** Estimated bytes; the look stops once they exceed `limit`. */
export function sizeOf(value: unknown, limit: number): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  let size = 0;
  while (waiting.length > 0 && size <= limit) {
    const next = waiting.pop();
    size += SLOT_BYTES;
    if (typeof next === "string") size += next.length * 2;
    else if (ArrayBuffer.isView(next)) size += next.byteLength;
    // Types belong to all values alike.
    else if (typeof next === "object" && next !== null && !(next instanceof Type) && !seen.has(next)) {
      seen.add(next);
      size += OBJECT_BYTES;
      for (const part of partsOf(next)) waiting.push(part);
    }
  }
  return size;
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Message) return [value.headers.raw, value.body.buffered];
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return value;
  return Object.values(value);
}
