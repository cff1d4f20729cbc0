/** A compiled pattern: finds matches. Compiled patterns are kept, because policies use the same few again and again. */
import { spend } from "../runtime/budget.ts";
import { timedOut } from "./regex-errors.ts";
import type { RegexGroups } from "./regex-groups.ts";
import { type CaptureLink, RegexMachine } from "./regex-machine.ts";
import { requireNoBacktracking } from "./regex-non-backtracking.ts";
import { RegexOptions } from "./regex-options.ts";
import { parsePattern } from "./regex-parser.ts";
import { compilePattern, type RegexProgram } from "./regex-program.ts";
import type { TimeSpan } from "./time-span.ts";

export interface FoundMatch {
  readonly start: number;
  readonly end: number;
  /** Latest capture by slot of the group; 0 is unused. */
  readonly captures: readonly (CaptureLink | null)[];
}

/** How a time limit becomes a number of steps: the same pattern on the same text ends the same way everywhere. */
const STEPS_PER_MS = 20_000;
const TICKS_PER_MS = 10_000n;

export class RegexEngine {
  readonly pattern: string;
  readonly options: number;
  readonly groups: RegexGroups;
  readonly #program: RegexProgram;

  /** Throws RegexParseException. */
  constructor(pattern: string, options: number) {
    spend(pattern.length);
    const { tree, groups } = parsePattern(pattern, options);
    if ((options & RegexOptions.nonBacktracking) !== 0) requireNoBacktracking(tree);
    this.pattern = pattern;
    this.options = options;
    this.groups = groups;
    this.#program = compilePattern(tree, groups.count, this.rightToLeft);
  }

  get rightToLeft(): boolean {
    return (this.options & RegexOptions.rightToLeft) !== 0;
  }

  /**
   * The next match.
   * @param start where to begin, also what `\G` matches
   * @param previousLength length of the match before, 0 to move on by one; -1 when there was none
   * @param timeout negative: none
   */
  find(text: string, start: number, previousLength: number, timeout: TimeSpan): FoundMatch | undefined {
    const { rightToLeft } = this;
    let from = start;
    if (previousLength === 0) from += rightToLeft ? -1 : 1;
    if (from < 0 || from > text.length) return undefined;
    const patience =
      timeout.ticks < 0n ? Number.POSITIVE_INFINITY : Number(timeout.ticks / TICKS_PER_MS) * STEPS_PER_MS;
    const machine = new RegexMachine(this.#program, text, start, patience, () => {
      throw timedOut(text, this.pattern, timeout);
    });
    const at = machine.search(from);
    if (at < 0) return undefined;
    const { position, captures } = machine;
    return { start: Math.min(at, position), end: Math.max(at, position), captures };
  }
}

const MAX_KEPT = 256;
const MAX_KEPT_LENGTH = 4096;
const kept = new Map<string, RegexEngine>();

/** A compiled pattern, kept from an earlier use if possible. Throws RegexParseException. */
export function regexEngine(pattern: string, options: number): RegexEngine {
  if (pattern.length > MAX_KEPT_LENGTH) return new RegexEngine(pattern, options);
  const key = `${options}/${pattern}`;
  let engine = kept.get(key);
  if (engine === undefined) {
    engine = new RegexEngine(pattern, options);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value as string);
  } else {
    kept.delete(key);
  }
  // The latest use stands last.
  kept.set(key, engine);
  return engine;
}
