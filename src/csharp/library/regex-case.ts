/**
 * Characters that RegexOptions.IgnoreCase takes for one another: those with the same simple lower case, in the invariant culture. So
 * `k` goes with the Kelvin sign, but `s` not with the long s, and `i` not with the dotted capital I.
 */
import { lowerOf } from "./unicode.ts";

/** Lower case -> all its characters; only where there are several. Made when the first character beyond ASCII asks. */
let classes: Map<number, number[]> | undefined;

const KELVIN = 0x212a;

function allClasses(): Map<number, number[]> {
  if (classes) return classes;
  const byLower = new Map<number, number[]>();
  for (let unit = 0; unit < 0x10000; unit++) {
    const lower = lowerOf(unit);
    if (lower === unit || lower > 0xffff) continue;
    const others = byLower.get(lower);
    if (others) others.push(unit);
    else byLower.set(lower, [lower, unit]);
  }
  classes = byLower;
  return byLower;
}

/** The characters that match a character without regard to case, itself included; undefined when it stands alone. */
export function caseVariants(unit: number): readonly number[] | undefined {
  const letter = unit | 32;
  if (unit < 128) {
    if (letter < 97 || letter > 122) return undefined;
    const both = [letter, letter - 32];
    return letter === 107 ? [...both, KELVIN] : both;
  }
  return allClasses().get(lowerOf(unit));
}

/** Characters with variants, of a range. */
export function* casedCharacters(first: number, last: number): Generator<readonly number[]> {
  if (last < 128) {
    for (let unit = first; unit <= last; unit++) {
      const variants = caseVariants(unit);
      if (variants) yield variants;
    }
    return;
  }
  for (const variants of allClasses().values()) {
    if (variants.some((unit) => unit >= first && unit <= last)) yield variants;
  }
}

/** Do two characters match without regard to case? */
export function sameIgnoringCase(a: number, b: number): boolean {
  return a === b || lowerOf(a) === lowerOf(b);
}
