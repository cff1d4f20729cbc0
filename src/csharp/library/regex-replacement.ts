/**
 * Replacement patterns: text with `$1`, `${name}`, `$&` and the like. What names no group stays as it is.
 * https://learn.microsoft.com/dotnet/standard/base-types/substitutions-in-regular-expressions
 */
import type { RegexEngine } from "./regex-engine.ts";
import { isDigit, PatternScanner } from "./regex-pattern-scanner.ts";
import type { CaptureLink } from "./regex-machine.ts";
import { RegexOptions } from "./regex-options.ts";

/** A match as substitutions need it. */
export interface Replaced {
  readonly searched: { readonly text: string; readonly offset: number };
  readonly found: { readonly start: number; readonly end: number; readonly captures: readonly (CaptureLink | null)[] };
}

interface SpecialPiece {
  readonly special: "before" | "after" | "last" | "whole";
}

const specials: ReadonlyMap<string, SpecialPiece["special"]> = new Map([
  ["`", "before"],
  ["'", "after"],
  ["+", "last"],
  ["_", "whole"],
]);

export class Replacement {
  readonly #pieces: readonly (string | number | SpecialPiece)[];

  constructor(pieces: readonly (string | number | SpecialPiece)[]) {
    this.#pieces = pieces;
  }

  /** The text that stands for a match. */
  expand(match: Replaced): string {
    let result = "";
    for (const piece of this.#pieces) {
      if (typeof piece === "string") result += piece;
      else if (typeof piece === "number") result += groupText(match, piece);
      else result += specialText(match, piece.special);
    }
    return result;
  }
}

function groupText({ searched: { text, offset }, found }: Replaced, slot: number): string {
  const { start, end } = slot === 0 ? found : (found.captures[slot] ?? { start: 0, end: 0 });
  return text.slice(offset + start, offset + end);
}

function specialText(match: Replaced, special: SpecialPiece["special"]): string {
  const { text, offset } = match.searched;
  const { start, end, captures } = match.found;
  if (special === "before") return text.slice(0, offset + start);
  if (special === "after") return text.slice(offset + end);
  return special === "whole" ? text : groupText(match, captures.length - 1);
}

export function parseReplacement(replacement: string, engine: RegexEngine): Replacement {
  return new ReplacementParser(replacement, engine).parse();
}

class ReplacementParser extends PatternScanner {
  readonly #engine: RegexEngine;

  constructor(replacement: string, engine: RegexEngine) {
    super(replacement, engine.options);
    this.#engine = engine;
  }

  parse(): Replacement {
    const pieces: (string | number | SpecialPiece)[] = [];
    while (!this.atEnd) {
      const dollar = this.pattern.indexOf("$", this.position);
      const end = dollar < 0 ? this.pattern.length : dollar;
      if (end > this.position) pieces.push(this.pattern.slice(this.position, end));
      this.position = end;
      if (dollar < 0) break;
      this.position++;
      pieces.push(this.#parseDollar());
    }
    return new Replacement(pieces);
  }

  /** Reads behind a dollar sign. */
  #parseDollar(): string | number | SpecialPiece {
    const start = this.position;
    const braced = this.peek() === "{" && this.peek(1) !== "";
    if (braced) this.position++;
    const slot = this.#parseGroup(braced);
    if (slot !== undefined) return slot;
    this.position = start;
    if (braced || this.atEnd) return "$";
    const c = this.peek();
    const special = specials.get(c);
    if (special === undefined && c !== "$" && c !== "&") return "$";
    this.position++;
    if (special !== undefined) return { special };
    return c === "$" ? "$" : 0;
  }

  #parseGroup(braced: boolean): number | undefined {
    const { groups } = this.#engine;
    if (isDigit(this.peek())) {
      if (!braced && this.isOn(RegexOptions.ecmaScript)) return this.#parseLongestNumber();
      const number = this.scanDecimal();
      if (braced && this.next() !== "}") return undefined;
      return groups.slotOf(number);
    }
    if (!braced || !this.atWord) return undefined;
    const name = this.scanName();
    if (this.next() !== "}") return undefined;
    const number = groups.named(name);
    return number === undefined ? undefined : groups.slotOf(number);
  }

  /** Under ECMAScript `$12` is group 12, or group 1 before a 2. */
  #parseLongestNumber(): number | undefined {
    const { groups } = this.#engine;
    let number = 0;
    let found: number | undefined;
    let end = this.position;
    while (isDigit(this.peek()) && number < 2 ** 31) {
      number = number * 10 + Number(this.next());
      if (!groups.has(number)) continue;
      found = groups.slotOf(number);
      end = this.position;
    }
    this.position = end;
    return found;
  }
}
