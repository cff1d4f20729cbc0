/** TextInfo.ToTitleCase, by the rules of .NET: a word without small letters is an abbreviation and stays. */
import { spend } from "../runtime/budget.ts";
import { categoryOf, UnicodeCategory as U, upperOf } from "./unicode.ts";

const APOSTROPHE = "'";

function isLetter(category: number): boolean {
  return category <= U.OtherLetter;
}

/** Separators, controls, punctuation and symbols end a word; digits and marks do not. */
function endsWord(category: number): boolean {
  if (category >= U.SpaceSeparator && category < U.Surrogate) return true;
  return category >= U.ConnectorPunctuation && category <= U.OtherSymbol;
}

/** Letters such as dz with a form of their own at the start of a word: three code points in a row, the second is it. */
function titleOf(codePoint: number): number {
  for (const middle of [0x1c5, 0x1c8, 0x1cb, 0x1f2]) if (Math.abs(codePoint - middle) <= 1) return middle;
  return upperOf(codePoint);
}

/** @param toLower lower case of the culture */
export function titleCase(text: string, toLower: (part: string) => string): string {
  const letters = [...text];
  spend(letters.length);
  const categories = letters.map((ch) => categoryOf(ch.codePointAt(0) as number));
  let out = "";
  for (let i = 0; i < letters.length; ) {
    if (!isLetter(categories[i])) {
      out += letters[i++];
      continue;
    }
    out += String.fromCodePoint(titleOf(letters[i].codePointAt(0) as number));
    let start = ++i;
    let lower = false;
    const flush = () => {
      const part = letters.slice(start, i).join("");
      out += lower ? toLower(part) : part;
      start = i;
    };
    for (; i < letters.length && (letters[i] === APOSTROPHE || !endsWord(categories[i])); i++) {
      if (categories[i] === U.LowercaseLetter) lower = true;
      if (letters[i] === APOSTROPHE) {
        // What comes behind an apostrophe is never capitalised.
        flush();
        lower = true;
      }
    }
    flush();
  }
  return out;
}
