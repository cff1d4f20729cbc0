/**
 * Linguistic comparison and search, as .NET does it with ICU in the invariant culture (the root collation): characters of
 * no weight (soft hyphen, NUL ...) do not count, composed and decomposed forms are equal.
 * https://learn.microsoft.com/dotnet/core/extensions/performing-culture-insensitive-string-comparisons
 */
import { spend } from "../runtime/budget.ts";

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

const collators = new Map<number, Intl.Collator>();

function collatorFor(options: number): Intl.Collator {
  const key = options & (CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreSymbols);
  let collator = collators.get(key);
  if (!collator) {
    const ignoreCase = (key & CompareOptions.IgnoreCase) !== 0;
    const marks = (key & CompareOptions.IgnoreNonSpace) === 0;
    const sensitivity = marks ? (ignoreCase ? "accent" : "variant") : ignoreCase ? "base" : "case";
    collator = new Intl.Collator("und", { sensitivity, ignorePunctuation: (key & CompareOptions.IgnoreSymbols) !== 0 });
    collators.set(key, collator);
  }
  return collator;
}

/** -1, 0 or 1. */
export function compareLinguistic(a: string, b: string, options = 0): number {
  if (a === b) return 0;
  spend((a.length + b.length) >> 4);
  return Math.sign(collatorFor(options).compare(a, b));
}

/** Where a linguistic match lies. */
export interface Found {
  readonly index: number;
  /** Zero when the sought text has no weight. */
  readonly length: number;
}

/** Texts in which every character stands for itself: printable ASCII and white space. */
const PLAIN = /^[\t-\r -~]*$/;

/** The first match of a text, or undefined. */
export function findLinguistic(source: string, value: string, options = 0): Found | undefined {
  if (value === "") return { index: 0, length: 0 };
  spend(source.length >> 4);
  if (isPlain(source, value, options)) {
    const index = fold(source, options).indexOf(fold(value, options));
    return index < 0 ? undefined : { index, length: value.length };
  }
  const [where, what] = [clusters(source, options), clusters(value, options)];
  if (what.length === 0) return { index: 0, length: 0 };
  for (let at = 0; at < where.length; at++) {
    const end = matchAt(where, at, what, options);
    if (end !== undefined) return { index: where[at].start, length: where[end - 1].end - where[at].start };
  }
  return undefined;
}

/** The last match of a text, or undefined. */
export function findLastLinguistic(source: string, value: string, options = 0): Found | undefined {
  if (value === "") return { index: source.length, length: 0 };
  spend(source.length >> 4);
  if (isPlain(source, value, options)) {
    const index = fold(source, options).lastIndexOf(fold(value, options));
    return index < 0 ? undefined : { index, length: value.length };
  }
  const [where, what] = [clusters(source, options), clusters(value, options)];
  if (what.length === 0) return { index: source.length, length: 0 };
  for (let at = where.length - 1; at >= 0; at--) {
    const end = matchAt(where, at, what, options);
    if (end !== undefined) return { index: where[at].start, length: where[end - 1].end - where[at].start };
  }
  return undefined;
}

export function startsWithLinguistic(source: string, value: string, options = 0): boolean {
  if (isPlain(source, value, options)) return fold(source, options).startsWith(fold(value, options));
  const what = clusters(value, options);
  return what.length === 0 || matchAt(clusters(source, options), 0, what, options) !== undefined;
}

export function endsWithLinguistic(source: string, value: string, options = 0): boolean {
  if (isPlain(source, value, options)) return fold(source, options).endsWith(fold(value, options));
  const [where, what] = [clusters(source, options), clusters(value, options)];
  if (what.length === 0) return true;
  return where.some((_, at) => matchAt(where, at, what, options) === where.length);
}

/** Does a linguistic search of these texts find what an ordinal search of their folded forms finds? */
export function isPlain(source: string, value: string, options: number): boolean {
  const plainOptions = (options & (CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreSymbols)) === 0;
  return plainOptions && PLAIN.test(source) && PLAIN.test(value);
}

/** The form in which plain texts are searched. */
export function fold(text: string, options: number): string {
  return options & CompareOptions.IgnoreCase ? text.toLowerCase() : text;
}

/** A character with the combining marks behind it. */
interface Cluster {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The clusters of a text that have weight. */
function clusters(text: string, options: number): Cluster[] {
  const collator = collatorFor(options);
  const found: Cluster[] = [];
  for (const match of text.matchAll(/[^\p{M}]\p{M}*|\p{M}+/gsu)) {
    spend(1);
    const start = match.index;
    if (collator.compare(match[0], "") === 0) continue;
    found.push({ text: match[0], start, end: start + match[0].length });
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
function matchAt(where: Cluster[], from: number, what: Cluster[], options: number): number | undefined {
  const collator = collatorFor(options);
  const sameAt = (at: number, to: number) => (group: readonly [number, number]) => {
    const [left, right] = group;
    if (at + left > where.length || to + right > what.length) return false;
    return collator.compare(join(where, at, left), join(what, to, right)) === 0;
  };
  let [at, to] = [from, 0];
  while (to < what.length) {
    spend(1);
    const group = GROUPS.find(sameAt(at, to));
    if (!group) return undefined;
    at += group[0];
    to += group[1];
  }
  return at;
}

function join(list: Cluster[], from: number, count: number): string {
  let text = "";
  for (let i = from; i < from + count; i++) text += list[i].text;
  return text;
}

/** A text that is the same for texts that compare as equal: for hash codes. */
export function linguisticKey(text: string, options: number): string {
  if (PLAIN.test(text)) return fold(text, options);
  let key = clusters(text, options)
    .map((cluster) => cluster.text)
    .join("")
    .normalize("NFKD");
  if (options & CompareOptions.IgnoreNonSpace) key = key.replace(/\p{M}/gu, "");
  if (options & CompareOptions.IgnoreSymbols) key = key.replace(/[\p{P}\p{S}\p{Z}]/gu, "");
  return fold(key, options);
}
