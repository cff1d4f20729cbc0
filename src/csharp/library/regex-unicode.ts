/**
 * Names that `\p{...}` knows: Unicode general categories and the blocks of Unicode 4.0.
 * https://learn.microsoft.com/dotnet/standard/base-types/character-classes-in-regular-expressions#supported-unicode-general-categories
 */

/** In the order of System.Globalization.UnicodeCategory, which numbers the bits of a mask. */
const CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn".split(
  " ",
);

export const ALL_CATEGORIES = 2 ** CATEGORIES.length - 1;

const masks = new Map<string, number>();
CATEGORIES.forEach((name, number) => {
  const bit = 2 ** number;
  masks.set(name, bit);
  masks.set(name.charAt(0), (masks.get(name.charAt(0)) ?? 0) | bit);
});

/** Mask of a category (`Lu`) or group of categories (`L`). */
export function categoryMask(name: string): number | undefined {
  return masks.get(name);
}

function maskOf(...names: string[]): number {
  return names.reduce((mask, name) => mask | (masks.get(name) as number), 0);
}

/** Letters with case: what `\p{Lu}` means without regard to case. */
export const CASED_LETTERS = maskOf("Lu", "Ll", "Lt");
export const DIGITS = maskOf("Nd");
/** `\w`. */
export const WORD = maskOf("L", "Mn", "Nd", "Pc");

/** Block name without `Is` -> first and last character. */
const BLOCKS = `BasicLatin 0000 007F Latin-1Supplement 0080 00FF LatinExtended-A 0100 017F LatinExtended-B 0180 024F
  IPAExtensions 0250 02AF SpacingModifierLetters 02B0 02FF CombiningDiacriticalMarks 0300 036F Greek 0370 03FF
  GreekandCoptic 0370 03FF Cyrillic 0400 04FF CyrillicSupplement 0500 052F Armenian 0530 058F Hebrew 0590 05FF
  Arabic 0600 06FF Syriac 0700 074F Thaana 0780 07BF Devanagari 0900 097F Bengali 0980 09FF Gurmukhi 0A00 0A7F
  Gujarati 0A80 0AFF Oriya 0B00 0B7F Tamil 0B80 0BFF Telugu 0C00 0C7F Kannada 0C80 0CFF Malayalam 0D00 0D7F
  Sinhala 0D80 0DFF Thai 0E00 0E7F Lao 0E80 0EFF Tibetan 0F00 0FFF Myanmar 1000 109F Georgian 10A0 10FF
  HangulJamo 1100 11FF Ethiopic 1200 137F Cherokee 13A0 13FF UnifiedCanadianAboriginalSyllabics 1400 167F
  Ogham 1680 169F Runic 16A0 16FF Tagalog 1700 171F Hanunoo 1720 173F Buhid 1740 175F Tagbanwa 1760 177F
  Khmer 1780 17FF Mongolian 1800 18AF Limbu 1900 194F TaiLe 1950 197F KhmerSymbols 19E0 19FF
  PhoneticExtensions 1D00 1D7F LatinExtendedAdditional 1E00 1EFF GreekExtended 1F00 1FFF GeneralPunctuation 2000 206F
  SuperscriptsandSubscripts 2070 209F CurrencySymbols 20A0 20CF CombiningDiacriticalMarksforSymbols 20D0 20FF
  CombiningMarksforSymbols 20D0 20FF LetterlikeSymbols 2100 214F NumberForms 2150 218F Arrows 2190 21FF
  MathematicalOperators 2200 22FF MiscellaneousTechnical 2300 23FF ControlPictures 2400 243F
  OpticalCharacterRecognition 2440 245F EnclosedAlphanumerics 2460 24FF BoxDrawing 2500 257F BlockElements 2580 259F
  GeometricShapes 25A0 25FF MiscellaneousSymbols 2600 26FF Dingbats 2700 27BF
  MiscellaneousMathematicalSymbols-A 27C0 27EF SupplementalArrows-A 27F0 27FF BraillePatterns 2800 28FF
  SupplementalArrows-B 2900 297F MiscellaneousMathematicalSymbols-B 2980 29FF
  SupplementalMathematicalOperators 2A00 2AFF MiscellaneousSymbolsandArrows 2B00 2BFF CJKRadicalsSupplement 2E80 2EFF
  KangxiRadicals 2F00 2FDF IdeographicDescriptionCharacters 2FF0 2FFF CJKSymbolsandPunctuation 3000 303F
  Hiragana 3040 309F Katakana 30A0 30FF Bopomofo 3100 312F HangulCompatibilityJamo 3130 318F Kanbun 3190 319F
  BopomofoExtended 31A0 31BF KatakanaPhoneticExtensions 31F0 31FF EnclosedCJKLettersandMonths 3200 32FF
  CJKCompatibility 3300 33FF CJKUnifiedIdeographsExtensionA 3400 4DBF YijingHexagramSymbols 4DC0 4DFF
  CJKUnifiedIdeographs 4E00 9FFF YiSyllables A000 A48F YiRadicals A490 A4CF HangulSyllables AC00 D7AF
  HighSurrogates D800 DB7F HighPrivateUseSurrogates DB80 DBFF LowSurrogates DC00 DFFF PrivateUse E000 F8FF
  PrivateUseArea E000 F8FF CJKCompatibilityIdeographs F900 FAFF AlphabeticPresentationForms FB00 FB4F
  ArabicPresentationForms-A FB50 FDFF VariationSelectors FE00 FE0F CombiningHalfMarks FE20 FE2F
  CJKCompatibilityForms FE30 FE4F SmallFormVariants FE50 FE6F ArabicPresentationForms-B FE70 FEFF
  HalfwidthandFullwidthForms FF00 FFEF Specials FFF0 FFFF`.split(/\s+/);

const blocks = new Map<string, readonly [first: number, last: number]>();
for (let i = 0; i < BLOCKS.length; i += 3) {
  blocks.set(`Is${BLOCKS[i]}`, [Number.parseInt(BLOCKS[i + 1], 16), Number.parseInt(BLOCKS[i + 2], 16)]);
}

/** First and last character of a block such as `IsGreek`. */
export function blockRange(name: string): readonly [first: number, last: number] | undefined {
  return blocks.get(name);
}
