/**
 * Named values are put into a policy document as text, before it is read: `{{name}}` may be a whole value, part of one, or stand inside
 * an expression. Positions keep pointing into the author's file.
 * https://learn.microsoft.com/azure/api-management/api-management-howto-properties
 */
import { closest } from "../base/closest.ts";
import type { Diagnostics } from "../base/diagnostic.ts";
import { SourceText } from "../base/source-text.ts";
import type { NamedValue } from "../resources/snapshot.ts";

/** Stands for a value that is missing, and was reported: long enough and of letters that no further mistake follows from it. */
const STAND_IN = "0".repeat(44);

/** Names: letters, digits, dot, dash and underscore. Anything else between double braces is an expression. */
const NAME = /^[A-Za-z0-9._-]+$/;

interface Piece {
  /** Where the piece starts in the substituted text. */
  readonly start: number;
  /** Where it comes from in the author's file. */
  readonly origin: number;
  /** False for a value put in: all of it maps to the opening braces. */
  readonly isOriginal: boolean;
}

/**
 * The document with its named values put in.
 * @param isLoose checked without a configuration: unknown names stay as they are
 */
export function substituteNamedValues(
  source: SourceText,
  values: ReadonlyMap<string, NamedValue>,
  diagnostics: Diagnostics,
  isLoose: boolean,
): SourceText {
  const { text } = source;
  if (!text.includes("{{")) return source;
  const pieces: Piece[] = [{ start: 0, origin: 0, isOriginal: true }];
  const templates = liquidRanges(text);
  let result = "";
  let from = 0;
  for (const match of text.matchAll(/\{\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\}/g)) {
    const replacement = replace(
      match[1],
      match.index,
      source,
      values,
      diagnostics,
      isLoose || within(templates, match.index),
    );
    if (replacement === undefined) continue;
    result += text.slice(from, match.index);
    pieces.push({ start: result.length, origin: match.index, isOriginal: false });
    result += replacement;
    from = match.index + match[0].length;
    pieces.push({ start: result.length, origin: from, isOriginal: true });
  }
  result += text.slice(from);
  return new SourceText(result, source.file, { original: source, origin: (offset) => originOf(pieces, offset) });
}

function replace(
  inner: string,
  at: number,
  source: SourceText,
  values: ReadonlyMap<string, NamedValue>,
  diagnostics: Diagnostics,
  staysUnknown: boolean,
): string | undefined {
  const name = inner.trim();
  const named = values.get(name);
  if (named?.value !== undefined) return named.value;
  if (staysUnknown) return undefined;
  if (!NAME.test(name)) return isExpression(name, source.text, at) ? `@(${inner})` : undefined;
  const place = source.position(at);
  const where = { file: source.file, line: place.line, column: place.column };
  if (named !== undefined) {
    const hint = `The extract has no value for it. Give one in sallyport.yaml: namedValues: { "${name}": "env:SOME_VARIABLE" }.`;
    diagnostics.error("SP2011", `The named value "${name}" has no value`, { ...where, hint });
    return STAND_IN;
  } else {
    const near = closest(name, values.keys());
    const hint = near ? `Did you mean "${near}"?` : 'Add it to the folder "named values" or to sallyport.yaml.';
    diagnostics.error("SP2011", `There is no named value "${name}"`, { ...where, hint });
  }
  return undefined;
}

/** Liquid has double braces of its own: inside a liquid set-body only known names are put in. */
function liquidRanges(text: string): [from: number, to: number][] {
  const pattern = /<set-body\b[^>]*\btemplate\s*=\s*["']liquid["'][^>]*>[\s\S]*?<\/set-body>/g;
  return [...text.matchAll(pattern)].map((m) => [m.index, m.index + m[0].length]);
}

function within(ranges: readonly [number, number][], offset: number): boolean {
  return ranges.some(([from, to]) => offset >= from && offset < to);
}

/** Double braces around code stand for `@( )` where they are a whole value: after `>` or an opening quote. */
function isExpression(name: string, text: string, at: number): boolean {
  if (!/^[A-Za-z(]/.test(name) || !/[.([]/.test(name)) return false;
  const before = text.slice(Math.max(0, at - 200), at).trimEnd();
  return before.endsWith(">") || before.endsWith('"') || before.endsWith("'");
}

function originOf(pieces: readonly Piece[], offset: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle].start <= offset) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  return piece.isOriginal ? piece.origin + (offset - piece.start) : piece.origin;
}
