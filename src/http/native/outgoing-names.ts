/** What becomes of a field by its name when a message is written. Decided once for each spelling and remembered: a field costs one look-up. */
import { isContentLength, isExpect, isHopByHop } from "../hop-by-hop.ts";
import { isToken } from "./octets.ts";

/** Goes out as it is. */
export const PASS = 0;
/** Of the connection, or of a framing that is computed anew. */
export const DROP = 1;
export const LENGTH = 2;
export const HOST = 3;
export const DATE = 4;
export const EXPECT = 5;
/** No name at all: it would break the message. */
export const INVALID = 6;

const uses = new Map<string, number>();
/** Backends and expressions can make up names. */
const MAX_REMEMBERED = 2_000;

export function useOf(name: string): number {
  const known = uses.get(name);
  if (known !== undefined) return known;
  const use = decide(name);
  if (uses.size >= MAX_REMEMBERED) uses.clear();
  uses.set(name, use);
  return use;
}

function decide(name: string): number {
  if (!isToken(name)) return INVALID;
  if (isHopByHop(name)) return DROP;
  if (isContentLength(name)) return LENGTH;
  if (isExpect(name)) return EXPECT;
  const lower = name.toLowerCase();
  return lower === "host" ? HOST : lower === "date" ? DATE : PASS;
}
