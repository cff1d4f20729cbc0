/**
 * Field names and methods as one string each, however often they arrive: a fresh string must be hashed at every look-up by name, one
 * that is known is hashed once. With the name comes what it means to framing and connection, so that no name is compared twice.
 *
 * The table has a fixed number of places. A name that falls on the place of another takes it: callers can spoil the table, not grow it.
 */

import type { Bytes } from "./octets.ts";

/** What a field means to whoever reads the message. */
export const OTHER = 0;
export const HOST = 1;
export const CONTENT_LENGTH = 2;
export const TRANSFER_ENCODING = 3;
export const CONNECTION = 4;
export const EXPECT = 5;
export const UPGRADE = 6;
export const KEEP_ALIVE = 7;

const KINDS = new Map([
  ["host", HOST],
  ["content-length", CONTENT_LENGTH],
  ["transfer-encoding", TRANSFER_ENCODING],
  ["connection", CONNECTION],
  ["expect", EXPECT],
  ["upgrade", UPGRADE],
  ["keep-alive", KEEP_ALIVE],
]);

export interface Name {
  readonly text: string;
  readonly octets: Uint8Array;
  readonly kind: number;
}

const PLACES = 1_024;
/** Longer names are rare, and not worth keeping. */
const MAX_LENGTH = 40;
const table: (Name | undefined)[] = new Array(PLACES).fill(undefined);

/**
 * The name at a place of some bytes, as a string of its own: a part of a longer one would keep all of that in memory.
 * @param hash any number made of its octets
 */
export function nameAt(bytes: Bytes, start: number, end: number, hash: number): Name {
  const place = (hash ^ (hash >>> 10)) & (PLACES - 1);
  const known = table[place];
  if (known !== undefined && isAt(bytes, start, end, known.octets)) return known;
  const text = bytes.latin1Slice(start, end);
  const octets = Uint8Array.prototype.slice.call(bytes, start, end);
  const made = { text, octets, kind: KINDS.get(text.toLowerCase()) ?? OTHER };
  if (text.length <= MAX_LENGTH) table[place] = made;
  return made;
}

function isAt(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
  return true;
}
