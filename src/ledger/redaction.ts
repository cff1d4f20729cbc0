/**
 * Masks what prompts and completions must not show: secrets of the configuration, and what the rules of `ai.messages.redact` find. A text
 * comes in pieces; what a rule finds may lie across two of them, so the end of each piece waits for the next one. Rules are patterns of
 * .NET, run by an engine that counts its steps: none can hold up the gateway.
 */
import { type RegexEngine, regexEngine } from "../csharp/library/regex-engine.ts";
import { TimeSpan } from "../csharp/library/time-span.ts";
import { refill, withOwnBudget } from "../csharp/runtime/budget.ts";
import { MASK } from "../telemetry/secret-mask.ts";

/** Characters at the end of a piece that wait: what a rule finds is seen whole up to this length. */
const HELD_BACK = 1_024;
/** For one rule on one piece: spent in less than a tenth of a second. */
const STEPS = 1_000_000;
const NO_TIMEOUT = TimeSpan.fromTicks(-1);
export const TOO_HARD = `${MASK} (a rule of ai.messages.redact took too many steps on this part)`;

interface Range {
  readonly start: number;
  readonly end: number;
}

export class Redaction {
  readonly #rules: readonly RegexEngine[];
  readonly #hideSecrets: (text: string) => string;

  /**
   * @param hideSecrets masks values that the configuration knows
   * @throws CsException a pattern that is none, see `ruleProblem`
   */
  constructor(patterns: readonly string[], hideSecrets: (text: string) => string) {
    this.#rules = patterns.map((pattern) => regexEngine(pattern, 0));
    this.#hideSecrets = hideSecrets;
  }

  /** The clean text of the beginning, and how much of it that was; the rest belongs before the next piece. */
  clean(written: string, isLast: boolean): { readonly clean: string; readonly rest: string } {
    const text = this.#hideSecrets(written);
    if (this.#rules.length === 0 && isLast) return { clean: text, rest: "" };
    let ranges: readonly Range[];
    try {
      ranges = this.#found(text);
    } catch {
      return { clean: TOO_HARD, rest: "" };
    }
    const cut = isLast ? text.length : cutOf(text, ranges);
    let clean = "";
    let from = 0;
    for (const { start, end } of ranges) {
      if (start >= cut) break;
      clean += text.slice(from, start) + MASK;
      from = end;
    }
    return { clean: clean + text.slice(from, cut), rest: text.slice(cut) };
  }

  /** What the rules find, in order, none within another. */
  #found(text: string): readonly Range[] {
    const all = this.#rules.flatMap((rule) => rangesOf(rule, text));
    const merged: Range[] = [];
    for (const range of all.sort((a, b) => a.start - b.start || b.end - a.end)) {
      const last = merged.at(-1);
      if (last !== undefined && range.start < last.end)
        merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
      else merged.push(range);
    }
    return merged;
  }
}

function rangesOf(rule: RegexEngine, text: string): Range[] {
  refill(STEPS);
  const ranges: Range[] = [];
  let [from, length] = [0, -1];
  for (;;) {
    const found = rule.find(text, from, length, NO_TIMEOUT);
    if (found === undefined) return ranges;
    if (found.end > found.start) ranges.push({ start: found.start, end: found.end });
    [from, length] = [found.end, found.end - found.start];
  }
}

/** Where a text that goes on may be cut: never within what was found, nor before what may become longer. */
function cutOf(text: string, ranges: readonly Range[]): number {
  let cut = Math.max(0, text.length - HELD_BACK);
  const across = ranges.find(({ start, end }) => start < cut && end > cut);
  if (across !== undefined) cut = across.end < text.length || across.start === 0 ? across.end : across.start;
  // The two halves of a character beyond U+FFFF stay together.
  const isHalf = cut > 0 && cut < text.length && (text.charCodeAt(cut - 1) & 0xfc00) === 0xd800;
  return isHalf ? cut - 1 : cut;
}

/** What is wrong with a pattern; undefined: nothing. */
export function ruleProblem(pattern: string): string | undefined {
  try {
    withOwnBudget(() => regexEngine(pattern, 0));
    return undefined;
  } catch (error) {
    return (error as { readonly message: string }).message;
  }
}
