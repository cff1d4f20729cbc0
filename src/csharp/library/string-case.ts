/** Case by culture: in Turkish and Azerbaijani the dotted and the dotless i are letters of their own. */
import { look } from "../runtime/budget.ts";
import type { CultureLike } from "./format-provider.ts";
import { lowerCodePoint, mapCodePoints, toLower, toUpper, upperCodePoint } from "./unicode.ts";

const TURKIC = /^(?:tr|az)(?:-|$)/;

const DOTTED_CAPITAL = 0x130;
const DOTLESS_SMALL = 0x131;
const CAPITAL_I = 0x49;
const SMALL_I = 0x69;

/** @param culture null is the current one */
export function upperIn(text: string, culture: CultureLike | null): string {
  look(text.length);
  if (culture === null || culture.name === "") return toUpper(text);
  if (!TURKIC.test(culture.name)) return mapCodePoints(text, upperCodePoint);
  return mapCodePoints(text, (codePoint) => {
    if (codePoint === SMALL_I) return DOTTED_CAPITAL;
    return codePoint === DOTLESS_SMALL ? CAPITAL_I : upperCodePoint(codePoint);
  });
}

/** @param culture null is the current one */
export function lowerIn(text: string, culture: CultureLike | null): string {
  look(text.length);
  if (culture === null || culture.name === "") return toLower(text);
  if (!TURKIC.test(culture.name)) return mapCodePoints(text, lowerCodePoint);
  return mapCodePoints(text, (codePoint) => {
    if (codePoint === CAPITAL_I) return DOTLESS_SMALL;
    return codePoint === DOTTED_CAPITAL ? SMALL_I : lowerCodePoint(codePoint);
  });
}
