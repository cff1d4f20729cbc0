/**
 * Linguistic comparison and search, as .NET does it with ICU: characters of no weight (soft hyphen, NUL ...) do not count, composed
 * and decomposed forms are equal. The order is that of a culture; the invariant culture has the root collation.
 * https://learn.microsoft.com/dotnet/core/extensions/performing-culture-insensitive-string-comparisons
 */
import { spend } from "../runtime/budget.ts";
import { toLower } from "./unicode.ts";

/** Locale of the root collation. */
export const ROOT = "und";

/** System.Globalization.CompareOptions. */
export const CompareOptions = {
  None: 0,
  IgnoreCase: 1,
  IgnoreNonSpace: 2,
  IgnoreSymbols: 4,
  IgnoreKanaType: 8,
  IgnoreWidth: 16,
  OrdinalIgnoreCase: 0x1000_0000,
  StringSort: 0x2000_0000,
  Ordinal: 0x4000_0000,
} as const;

/** Names of cultures may come with requests: they must not fill the memory. */
const MAX_COLLATORS = 200;

const collators = new Map<string, Intl.Collator>();

function collatorFor(options: number, locale: string): Intl.Collator {
  const kind = options & (CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreSymbols);
  const key = `${locale} ${kind}`;
  let collator = collators.get(key);
  if (!collator) {
    const ignoreCase = (kind & CompareOptions.IgnoreCase) !== 0;
    const marks = (kind & CompareOptions.IgnoreNonSpace) === 0;
    const sensitivity = marks ? (ignoreCase ? "accent" : "variant") : ignoreCase ? "base" : "case";
    const ignorePunctuation = (kind & CompareOptions.IgnoreSymbols) !== 0;
    if (collators.size >= MAX_COLLATORS) collators.clear();
    collator = new Intl.Collator(locale, { sensitivity, ignorePunctuation });
    collators.set(key, collator);
  }
  return collator;
}

/** Full-width and half-width forms, and kana: they are variants of other characters. */
const VARIANTS = /[\u3000\u3041-\u30ff\uff01-\uffee]/;

const KATAKANA = /[\u30a1-\u30f6]/g;
const WIDE_OR_NARROW = /[\u3000\uff01-\uffee]+/g;

/** -1, 0 or 1. */
export function compareLinguistic(a: string, b: string, options = 0, locale = ROOT): number {
  if (a === b) return 0;
  spend((a.length + b.length) >> 4);
  const collator = collatorFor(options, locale);
  if (!VARIANTS.test(a) && !VARIANTS.test(b)) return Math.sign(collator.compare(a, b));
  const [left, right] = [withoutVariants(a, options), withoutVariants(b, options)];
  const order = Math.sign(collator.compare(left, right));
  if (order !== 0 || kinds(left) === kinds(right)) return order;
  // Without case the collation holds variants for equal, which .NET does only when it is told to.
  return Math.sign(collatorFor(0, locale).compare(left, right));
}

/** Which characters are variants, and of which kind. */
function kinds(text: string): string {
  return text
    .replace(/[^\u3000\u3041-\u30ff\uff01-\uffee]/g, ".")
    .replace(/[\u3041-\u309f]/g, "h")
    .replace(/[\u30a0-\u30ff]/g, "k")
    .replace(/[\u3000\uff01-\uff60\uffe0-\uffe6]/g, "w")
    .replace(/[\uff61-\uffdf\uffe7-\uffee]/g, "n");
}

/** A text with the variants that the options ignore brought to one form. */
function withoutVariants(text: string, options: number): string {
  let plain = text;
  if (options & CompareOptions.IgnoreWidth) plain = plain.replace(WIDE_OR_NARROW, (run) => run.normalize("NFKC"));
  if (options & CompareOptions.IgnoreKanaType) {
    plain = plain.replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
  }
  return plain;
}

/** Where a linguistic match lies. */
export interface Found {
  readonly index: number;
  /** Zero when the sought text has no weight. */
  readonly length: number;
}

/** Anything but printable ASCII and white space, where every character stands for itself. */
const BEYOND_ASCII = /[^\t-\r -~]/;
const isAscii = (text: string) => !BEYOND_ASCII.test(text);

/** Marks, and what has no weight: not letters, digits, punctuation, symbols and blanks. */
const BEYOND_WEIGHTY = /[^\t-\r\p{L}\p{N}\p{P}\p{S}\p{Zs}]/u;

/** Letters whose cases are not one to one. */
const SPECIAL_CASES = /[\u00df\u0130\u0131\u017f\u03c2\u1e9e]/;

/**
 * A form of the same length in which an ordinal search finds what a linguistic one would; undefined when the text has
 * characters that equal others, or that have no weight.
 */
function plainForm(text: string, options: number): string | undefined {
  if (options & (CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreSymbols)) return undefined;
  const ignoreCase = (options & CompareOptions.IgnoreCase) !== 0;
  if (isAscii(text)) return ignoreCase ? text.toLowerCase() : text;
  if (BEYOND_WEIGHTY.test(text)) return undefined;
  if (!ignoreCase) return text.normalize("NFC") === text ? text : undefined;
  // Without case, variants such as full-width letters count as equal too.
  return text.normalize("NFKC") === text && !SPECIAL_CASES.test(text) ? toLower(text) : undefined;
}

/** Both texts in a form for ordinal search. Cultures other than the invariant one may hold more texts for equal. */
export function plainForms(
  source: string,
  value: string,
  options: number,
  locale = ROOT,
): [string, string] | undefined {
  if (locale !== ROOT) return undefined;
  const what = plainForm(value, options);
  const where = what === undefined ? undefined : plainForm(source, options);
  return where === undefined || what === undefined ? undefined : [where, what];
}

/** The first match of a text, or undefined. */
export function findLinguistic(source: string, value: string, options = 0, locale = ROOT): Found | undefined {
  if (value === "") return { index: 0, length: 0 };
  spend(source.length >> 4);
  const plain = plainForms(source, value, options, locale);
  if (plain) {
    const index = plain[0].indexOf(plain[1]);
    return index < 0 ? undefined : { index, length: value.length };
  }
  const [where, what] = [clusters(source, options, locale), clusters(value, options, locale)];
  if (what.length === 0) return { index: 0, length: 0 };
  for (let at = 0; at < where.length; at++) {
    const end = matchAt(where, at, what, options, locale);
    if (end !== undefined) return { index: where[at].start, length: where[end - 1].end - where[at].start };
  }
  return undefined;
}

/** The last match of a text, or undefined. */
export function findLastLinguistic(source: string, value: string, options = 0, locale = ROOT): Found | undefined {
  if (value === "") return { index: source.length, length: 0 };
  spend(source.length >> 4);
  const plain = plainForms(source, value, options, locale);
  if (plain) {
    const index = plain[0].lastIndexOf(plain[1]);
    return index < 0 ? undefined : { index, length: value.length };
  }
  const [where, what] = [clusters(source, options, locale), clusters(value, options, locale)];
  if (what.length === 0) return { index: source.length, length: 0 };
  for (let at = where.length - 1; at >= 0; at--) {
    const end = matchAt(where, at, what, options, locale);
    if (end !== undefined) return { index: where[at].start, length: where[end - 1].end - where[at].start };
  }
  return undefined;
}

export function startsWithLinguistic(source: string, value: string, options = 0, locale = ROOT): boolean {
  if (options === 0 && locale === ROOT && isAscii(value)) {
    const next = source.charCodeAt(value.length);
    // Only a combining mark behind the prefix could make it something else.
    if (source.startsWith(value) && !(next >= 0x300)) return true;
    if (isAscii(source.slice(0, value.length + 1))) return false;
  }
  const what = clusters(value, options, locale);
  // A match takes three clusters for one at most.
  const where = clusters(source, options, locale, what.length * 3);
  return what.length === 0 || matchAt(where, 0, what, options, locale) !== undefined;
}

export function endsWithLinguistic(source: string, value: string, options = 0, locale = ROOT): boolean {
  const plain = plainForms(source, value, options, locale);
  if (plain) return plain[0].endsWith(plain[1]);
  const [where, what] = [clusters(source, options, locale), clusters(value, options, locale)];
  if (what.length === 0) return true;
  return where.some((_, at) => matchAt(where, at, what, options, locale) === where.length);
}

/** A character with the combining marks behind it. */
interface Cluster {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The clusters of a text that have weight, up to so many. */
function clusters(text: string, options: number, locale: string, limit = Number.POSITIVE_INFINITY): Cluster[] {
  const collator = collatorFor(options, locale);
  const found: Cluster[] = [];
  for (const match of text.matchAll(/[^\p{M}]\p{M}*|\p{M}+/gsu)) {
    if (found.length >= limit) break;
    spend(1);
    const start = match.index;
    const plain = options === 0 && isAscii(match[0]);
    const weightless = !plain && collator.compare(match[0], "") === 0;
    if (!weightless) found.push({ text: match[0], start, end: start + match[0].length });
  }
  return found;
}

/** How many clusters of one side may equal how many of the other: a ligature and its letters are one and two. */
const GROUPS: readonly [number, number][] = [
  [1, 1],
  [1, 2],
  [2, 1],
  [1, 3],
  [3, 1],
];

/** Index behind the match of `what` at `where[from]`; undefined when there is none. */
function matchAt(where: Cluster[], from: number, what: Cluster[], options: number, locale: string): number | undefined {
  let [at, to] = [from, 0];
  while (to < what.length) {
    spend(1);
    const group = groupAt(where, at, what, to, options, locale);
    if (!group) return undefined;
    at += group[0];
    to += group[1];
  }
  return at;
}

const ONE_TO_ONE = GROUPS[0];

/** How many clusters match here, on either side. */
function groupAt(where: Cluster[], at: number, what: Cluster[], to: number, options: number, locale: string) {
  const [left, right] = [where[at]?.text, what[to].text];
  if (left === right) return ONE_TO_ONE;
  if (left === undefined) return undefined;
  if (options === 0 && locale === ROOT && isAscii(left) && isAscii(right)) return undefined;
  const collator = collatorFor(options, locale);
  return GROUPS.find(([taken, sought]) => {
    if (at + taken > where.length || to + sought > what.length) return false;
    return collator.compare(join(where, at, taken), join(what, to, sought)) === 0;
  });
}

function join(list: Cluster[], from: number, count: number): string {
  let text = "";
  for (let i = from; i < from + count; i++) text += list[i].text;
  return text;
}

/** A text that is the same for texts that compare as equal: for hash codes. */
export function linguisticKey(text: string, options: number, locale = ROOT): string {
  const ignoreCase = (options & CompareOptions.IgnoreCase) !== 0;
  // Cultures differ in which letters are cases of each other: a key that is always right is one for all.
  if (ignoreCase && locale !== ROOT) return "";
  if (isAscii(text)) return ignoreCase ? text.toLowerCase() : text;
  const kept = clusters(text, options, locale).map((cluster) => cluster.text);
  let key = kept.join("").normalize("NFKD");
  if (options & CompareOptions.IgnoreNonSpace) key = key.replace(/\p{M}/gu, "");
  if (options & CompareOptions.IgnoreSymbols) key = key.replace(/[\p{P}\p{S}\p{Z}]/gu, "");
  return ignoreCase ? key.toLowerCase() : key;
}
