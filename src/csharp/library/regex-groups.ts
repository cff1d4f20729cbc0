/**
 * The groups of a pattern: unnamed ones are numbered first, in order, then the named ones take the numbers left over.
 * https://learn.microsoft.com/dotnet/standard/base-types/grouping-constructs-in-regular-expressions
 */
import { ClassParser } from "./regex-class-parser.ts";
import { isDigit } from "./regex-pattern-scanner.ts";
import { RegexOptions } from "./regex-options.ts";

export class RegexGroups {
  /** Numbers in ascending order; usually 0, 1, 2 ... but `(?<7>x)` leaves gaps. */
  readonly numbers: readonly number[];
  /** Names in the order of `numbers`; the number itself where there is none. */
  readonly names: readonly string[];
  /** Offset of the group's parenthesis, by number. */
  readonly starts: ReadonlyMap<number, number>;
  readonly #byName: ReadonlyMap<string, number>;
  readonly #slots: ReadonlyMap<number, number>;

  constructor(starts: ReadonlyMap<number, number>, named: ReadonlyMap<string, number>) {
    this.starts = starts;
    this.numbers = [...starts.keys()].sort((a, b) => a - b);
    const nameOf = new Map([...named].map(([name, number]) => [number, name]));
    this.names = this.numbers.map((number) => nameOf.get(number) ?? String(number));
    this.#byName = named;
    this.#slots = new Map(this.numbers.map((number, slot) => [number, slot]));
  }

  get count(): number {
    return this.numbers.length;
  }

  has(number: number): boolean {
    return this.#slots.has(number);
  }

  /** Where a group's captures are kept: numbers without gaps. */
  slotOf(number: number): number | undefined {
    return this.#slots.get(number);
  }

  /** Number of a group by the name written in the pattern. */
  named(name: string): number | undefined {
    return this.#byName.get(name);
  }

  /** Number of a group by name, or by its number as text: any such text where the pattern has neither names nor gaps. */
  numberOf(name: string): number | undefined {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    if (this.#byName.size === 0 && this.numbers.at(-1) === this.count - 1) {
      return /^[0-9]+\0*$/.test(name) && this.has(Number.parseInt(name, 10)) ? Number.parseInt(name, 10) : undefined;
    }
    const number = /^(?:0|[1-9][0-9]{0,9})$/.test(name) ? Number(name) : -1;
    return this.has(number) && this.names[this.#slots.get(number) as number] === name ? number : undefined;
  }
}

/** Finds the groups of a pattern in a pass of its own, because references may come before them. */
export function findGroups(pattern: string, options: number): RegexGroups {
  return new GroupFinder(pattern, options).find();
}

class GroupFinder extends ClassParser {
  readonly #starts = new Map<number, number>([[0, 0]]);
  /** Named groups with the offset of the first of each name. */
  readonly #named = new Map<string, number>();
  readonly #outer: number[] = [];
  #automatic = 1;
  #ignoresNextGroup = false;

  find(): RegexGroups {
    while (!this.atEnd) this.#scan();
    const numbers = new Map<string, number>();
    for (const [name, start] of this.#named) {
      while (this.#starts.has(this.#automatic)) this.#automatic++;
      numbers.set(name, this.#automatic);
      this.#note(this.#automatic++, start);
    }
    return new RegexGroups(this.#starts, numbers);
  }

  #note(number: number, start: number): void {
    if (!this.#starts.has(number)) this.#starts.set(number, start);
  }

  #scan(): void {
    const start = this.position;
    switch (this.next()) {
      case "\\":
        if (!this.atEnd) this.#scanBackslash();
        break;
      case "#":
        if (this.isOn(RegexOptions.ignorePatternWhitespace)) {
          this.position--;
          this.skipBlank();
        }
        break;
      case "[":
        this.scanClass(false, false);
        break;
      case ")":
        this.options = this.#outer.pop() ?? this.options;
        break;
      case "(":
        this.#scanGroup(start);
        break;
    }
  }

  #scanGroup(start: number): void {
    if (this.pattern.startsWith("?#", this.position)) {
      this.position--;
      this.skipBlank();
      this.#ignoresNextGroup = false;
      return;
    }
    this.#outer.push(this.options);
    if (this.peek() !== "?") {
      if (!this.isOn(RegexOptions.explicitCapture) && !this.#ignoresNextGroup) this.#note(this.#automatic++, start);
      this.#ignoresNextGroup = false;
      return;
    }
    this.position++;
    this.#ignoresNextGroup = false;
    if ((this.peek() === "<" || this.peek() === "'") && this.peek(1) !== "") {
      this.position++;
      this.#scanGroupName(start);
      return;
    }
    this.scanOptions();
    if (this.peek() === ")") {
      this.position++;
      this.#outer.pop();
    } else if (this.peek() === "(") {
      // The parentheses around the condition of `(?(...)yes|no)` are no group.
      this.#ignoresNextGroup = true;
    }
  }

  #scanGroupName(start: number): void {
    const c = this.peek();
    if (c === "0" || !this.atWord) return;
    if (isDigit(c)) {
      this.#note(this.scanDecimal(), start);
      return;
    }
    const name = this.scanName();
    if (!this.#named.has(name)) this.#named.set(name, start);
  }

  /** Skips an escape; only its mistakes matter here. */
  #scanBackslash(): void {
    const c = this.peek();
    if (/^[bBAGZzwWsSdDpP]$/.test(c)) {
      this.position++;
      return;
    }
    const start = this.position;
    let close = "";
    if (c === "k") {
      close = closerOf(this.peek(1));
      this.position += this.peek(1) === "" ? 0 : 2;
      if (close === "" || this.atEnd) throw this.error("Malformed \\k<...> named back reference.");
    } else if (closerOf(c) !== "" && this.peek(1) !== "") {
      close = closerOf(c);
      this.position++;
    } else if (/^[1-9]$/.test(c)) {
      this.scanDecimal();
      return;
    }
    if (close !== "") {
      if (isDigit(this.peek())) this.scanDecimal();
      else this.scanName();
      if (this.peek() === close) {
        this.position++;
        return;
      }
    }
    this.position = start;
    this.scanCharEscape();
  }
}

/** What closes a name that opens with `<` or `'`; "" for other characters. */
export function closerOf(open: string): string {
  if (open === "<") return ">";
  return open === "'" ? "'" : "";
}
