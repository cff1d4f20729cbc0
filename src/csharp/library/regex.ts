/** System.Text.RegularExpressions.Regex. */
import { allocate } from "../runtime/budget.ts";
import { type CsArray, CsArray as ArrayOf, CsObject, strings } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import { implement } from "./define.ts";
import { argumentOutOfRange } from "./exceptions-thrown.ts";
import { findMatch, Match, type NoMatch, type Searched } from "./match.ts";
import { MatchCollection } from "./match-collections.ts";
import { type RegexEngine, regexEngine } from "./regex-engine.ts";
import { areValid } from "./regex-options.ts";
import { escapePattern, unescapePattern } from "./regex-pattern-scanner.ts";
import { parseReplacement } from "./regex-replacement.ts";
import { TimeSpan } from "./time-span.ts";

const TICKS_PER_MS = 10_000n;
const INT_MAX = 0x7fffffff;

/** Regex.InfiniteMatchTimeout. */
const infinite = new TimeSpan(-TICKS_PER_MS);

export class Regex extends CsObject {
  readonly engine: RegexEngine;
  readonly timeout: TimeSpan;

  constructor(pattern: string | null, options = 0, timeout: TimeSpan = infinite) {
    super();
    requireArgument(pattern, "pattern");
    if (!areValid(options)) throw argumentOutOfRange("options");
    const ms = timeout.ticks / TICKS_PER_MS;
    if (timeout.ticks !== infinite.ticks && (timeout.ticks <= 0n || ms >= BigInt(INT_MAX))) {
      throw argumentOutOfRange("matchTimeout");
    }
    this.engine = regexEngine(pattern as string, options);
    this.timeout = timeout;
  }

  override get type(): Type {
    return type("System.Text.RegularExpressions.Regex");
  }

  override toText(): string {
    return this.engine.pattern;
  }

  /** The whole text, or a part of it that counts as the whole. */
  searched(input: string, offset = 0, part = input): Searched {
    return { engine: this.engine, timeout: this.timeout, text: input, offset, part };
  }

  /** Where a search begins that is not told. */
  startOf(text: string): number {
    return this.engine.rightToLeft ? text.length : 0;
  }

  match(input: string, start = this.startOf(input)): Match | NoMatch {
    return findMatch(this.searched(input), start);
  }

  /** Matches one after the other, at most `count` of them when it is positive. */
  *matches(input: string, start: number, count = -1): Generator<Match> {
    let match = this.match(input, start);
    for (let i = 0; match instanceof Match && i !== count; i++) {
      yield match;
      match = match.next();
    }
  }

  /** @param textOf what stands for a match */
  replace(input: string, textOf: (match: Match) => string, count: number, start: number): string {
    if (count === 0) return input;
    const { rightToLeft } = this.engine;
    const pieces: string[] = [];
    let rest = rightToLeft ? input.length : 0;
    let length = 0;
    for (const match of this.matches(input, start, count)) {
      const end = match.index + match.length;
      const between = rightToLeft ? input.slice(end, rest) : input.slice(rest, match.index);
      const replacement = textOf(match);
      pieces.push(between, replacement);
      rest = rightToLeft ? match.index : end;
      length += between.length + replacement.length;
      allocate(length);
    }
    if (pieces.length === 0) return input;
    if (!rightToLeft) return pieces.join("") + input.slice(rest);
    return input.slice(0, rest) + pieces.reverse().join("");
  }

  /** Texts between matches, and what their groups captured. */
  split(input: string, count: number, start: number): string[] {
    if (count === 1) return [input];
    const { rightToLeft } = this.engine;
    const parts: string[] = [];
    let rest = rightToLeft ? input.length : 0;
    for (const match of this.matches(input, start, count - 1)) {
      const end = match.index + match.length;
      parts.push(rightToLeft ? input.slice(end, rest) : input.slice(rest, match.index));
      for (const link of match.found.captures.slice(1))
        if (link !== null) parts.push(input.slice(link.start, link.end));
      rest = rightToLeft ? match.index : end;
      allocate(parts.length);
    }
    if (parts.length === 0) return [input];
    parts.push(rightToLeft ? input.slice(0, rest) : input.slice(rest));
    return rightToLeft ? parts.reverse() : parts;
  }
}

// ---- arguments

function text(input: string | null, parameter = "input"): string {
  requireArgument(input, parameter);
  return input as string;
}

function checkStart(start: number, input: string): void {
  if (start < 0 || start > input.length) {
    throw argumentOutOfRange("startat", "Start index cannot be less than 0 or greater than input length.");
  }
}

function checkCount(count: number, least: number): void {
  if (count < least) throw argumentOutOfRange("count", "Count cannot be less than -1.");
}

// ---- members

type Evaluator = (match: Match) => string | null;
type Input = string | null;

function isMatch(self: Regex, input: Input, start = self.startOf(text(input))): boolean {
  checkStart(start, text(input));
  return self.match(text(input), start) instanceof Match;
}

function firstMatch(self: Regex, input: Input, start = self.startOf(text(input))): Match | NoMatch {
  checkStart(start, text(input));
  return self.match(text(input), start);
}

function matchPart(self: Regex, input: Input, beginning: number, length: number): Match | NoMatch {
  const whole = text(input);
  if (beginning < 0 || beginning > whole.length) {
    throw argumentOutOfRange("beginning", "Start index cannot be less than 0 or greater than input length.");
  }
  if (length < 0 || length > whole.length - beginning) {
    throw argumentOutOfRange("length", "Length cannot be less than 0 or exceed input length.");
  }
  const part = whole.slice(beginning, beginning + length);
  return findMatch(self.searched(whole, beginning, part), self.startOf(part));
}

function allMatches(self: Regex, input: Input, start = self.startOf(text(input))): MatchCollection {
  checkStart(start, text(input));
  return new MatchCollection((previous) => {
    const match = previous instanceof Match ? previous.next() : self.match(text(input), start);
    return match instanceof Match ? match : undefined;
  });
}

function count(self: Regex, input: Input): number {
  let found = 0;
  for (const _ of self.matches(text(input), self.startOf(text(input)))) found++;
  return found;
}

function replaceText(
  self: Regex,
  input: Input,
  replacement: Input,
  most = -1,
  start = self.startOf(text(input)),
): string {
  const into = text(input);
  requireArgument(replacement, "replacement");
  checkCount(most, -1);
  checkStart(start, into);
  const parsed = parseReplacement(replacement as string, self.engine);
  return self.replace(into, (match) => parsed.expand(match), most, start);
}

function replaceBy(
  self: Regex,
  input: Input,
  evaluator: Evaluator | null,
  most = -1,
  start = self.startOf(text(input)),
): string {
  const into = text(input);
  requireArgument(evaluator, "evaluator");
  checkCount(most, -1);
  checkStart(start, into);
  return self.replace(into, (match) => (evaluator as Evaluator)(match) ?? "", most, start);
}

function split(self: Regex, input: Input, most = 0, start = self.startOf(text(input))): CsArray {
  checkCount(most, 0);
  checkStart(start, text(input));
  return strings(self.split(text(input), most, start));
}

function groupName(self: Regex, number: number): string {
  const { groups } = self.engine;
  const slot = groups.slotOf(number);
  return slot === undefined ? "" : groups.names[slot];
}

function groupNumbers(self: Regex): CsArray {
  return new ArrayOf(type("System.Int32"), [...self.engine.groups.numbers]);
}

/** The static form of an instance member: input and pattern first, then the member's arguments, options and time limit last. */
function asStatic<Rest extends unknown[], Result>(
  member: (self: Regex, input: Input, ...rest: Rest) => Result,
  own: number,
) {
  return (input: Input, pattern: Input, ...args: unknown[]): Result => {
    const [options, timeout] = args.slice(own) as [number?, TimeSpan?];
    const regex = new Regex(pattern, options, timeout);
    return member(regex, input, ...(args.slice(0, own) as Rest));
  };
}

let cacheSize = 15;

implement("System.Text.RegularExpressions.Regex", {
  "new(string)": (pattern: Input) => new Regex(pattern),
  "new(string,RegexOptions)": (pattern: Input, options: number) => new Regex(pattern, options),
  "new(string,RegexOptions,TimeSpan)": (pattern: Input, options: number, timeout: TimeSpan) =>
    new Regex(pattern, options, timeout),

  InfiniteMatchTimeout: () => infinite,
  MatchTimeout: (self: Regex) => self.timeout,
  Options: (self: Regex) => self.engine.options,
  RightToLeft: (self: Regex) => self.engine.rightToLeft,
  CacheSize: () => cacheSize,
  "CacheSize=": (size: number) => {
    if (size < 0) throw argumentOutOfRange("value");
    cacheSize = size;
  },
  "ToString()": (self: Regex) => self.toText(),
  "Escape(string)": (str: Input) => escapePattern(text(str, "str")),
  "Unescape(string)": (str: Input) => unescapePattern(text(str, "str")),

  "GetGroupNames()": (self: Regex) => strings([...self.engine.groups.names]),
  "GetGroupNumbers()": groupNumbers,
  "GroupNameFromNumber(int)": groupName,
  "GroupNumberFromName(string)": (self: Regex, name: Input) => self.engine.groups.numberOf(text(name, "name")) ?? -1,

  "IsMatch(string)": isMatch,
  "IsMatch(string,int)": isMatch,
  "IsMatch(string,string)": asStatic(isMatch, 0),
  "IsMatch(string,string,RegexOptions)": asStatic(isMatch, 0),
  "IsMatch(string,string,RegexOptions,TimeSpan)": asStatic(isMatch, 0),

  "Match(string)": firstMatch,
  "Match(string,int)": firstMatch,
  "Match(string,int,int)": matchPart,
  "Match(string,string)": asStatic(firstMatch, 0),
  "Match(string,string,RegexOptions)": asStatic(firstMatch, 0),
  "Match(string,string,RegexOptions,TimeSpan)": asStatic(firstMatch, 0),

  "Matches(string)": allMatches,
  "Matches(string,int)": allMatches,
  "Matches(string,string)": asStatic(allMatches, 0),
  "Matches(string,string,RegexOptions)": asStatic(allMatches, 0),
  "Matches(string,string,RegexOptions,TimeSpan)": asStatic(allMatches, 0),

  "Count(string)": count,
  "Count(string,string)": asStatic(count, 0),
  "Count(string,string,RegexOptions)": asStatic(count, 0),
  "Count(string,string,RegexOptions,TimeSpan)": asStatic(count, 0),

  "Replace(string,string)": replaceText,
  "Replace(string,string,int)": replaceText,
  "Replace(string,string,int,int)": replaceText,
  "Replace(string,MatchEvaluator)": replaceBy,
  "Replace(string,MatchEvaluator,int)": replaceBy,
  "Replace(string,MatchEvaluator,int,int)": replaceBy,
  "Replace(string,string,string)": asStatic(replaceText, 1),
  "Replace(string,string,string,RegexOptions)": asStatic(replaceText, 1),
  "Replace(string,string,string,RegexOptions,TimeSpan)": asStatic(replaceText, 1),
  "Replace(string,string,MatchEvaluator)": asStatic(replaceBy, 1),
  "Replace(string,string,MatchEvaluator,RegexOptions)": asStatic(replaceBy, 1),
  "Replace(string,string,MatchEvaluator,RegexOptions,TimeSpan)": asStatic(replaceBy, 1),

  "Split(string)": split,
  "Split(string,int)": split,
  "Split(string,int,int)": split,
  "Split(string,string)": asStatic(split, 0),
  "Split(string,string,RegexOptions)": asStatic(split, 0),
  "Split(string,string,RegexOptions,TimeSpan)": asStatic(split, 0),
});
