/** Reads what follows an opening parenthesis: the kind of group, its name, options. */
import { ClassParser } from "./regex-class-parser.ts";
import type { RegexGroups } from "./regex-groups.ts";
import { RegexOptions } from "./regex-options.ts";
import { isDigit } from "./regex-pattern-scanner.ts";

export type GroupHead =
  | { readonly kind: "capture"; readonly group: number; readonly uncapture: number }
  | { readonly kind: "plain" | "atomic" | "ahead" | "notAhead" | "ifMatch" }
  | { readonly kind: "ifGroup"; readonly group: number };

const NOT_RECOGNIZED = "Unrecognized grouping construct.";
const BAD_NAME = "Invalid group name: Group names must begin with a word character.";

export class GroupParser extends ClassParser {
  protected readonly groups: RegexGroups;
  #automatic = 1;
  /** Set by a condition `(?(...)`: the parentheses around it do not capture. */
  #ignoresNextGroup = false;

  constructor(pattern: string, options: number, groups: RegexGroups) {
    super(pattern, options);
    this.groups = groups;
  }

  /**
   * Reads from behind `(`; undefined when the parentheses only set options, and are read completely.
   * @param inCondition options cannot be set in the condition of an alternation
   */
  protected scanGroupHead(inCondition: boolean): GroupHead | undefined {
    if (this.peek() !== "?" || this.peek(1) === ")") {
      const plain = this.isOn(RegexOptions.explicitCapture) || this.#ignoresNextGroup;
      this.#ignoresNextGroup = false;
      return plain ? { kind: "plain" } : { kind: "capture", group: this.#automatic++, uncapture: -1 };
    }
    this.position++;
    switch (this.next()) {
      case ":":
        return { kind: "plain" };
      case ">":
        return { kind: "atomic" };
      case "=":
        return this.#look("ahead", false);
      case "!":
        return this.#look("notAhead", false);
      case "<":
        if (this.peek() === "=" || this.peek() === "!")
          return this.#look(this.next() === "=" ? "ahead" : "notAhead", true);
        return this.#scanNamed(">");
      case "'":
        return this.#scanNamed("'");
      case "(":
        return this.#scanCondition();
      default:
        this.position--;
        return this.#scanOptionGroup(inCondition);
    }
  }

  #look(kind: "ahead" | "notAhead", behind: boolean): GroupHead {
    const { rightToLeft } = RegexOptions;
    this.options = behind ? this.options | rightToLeft : this.options & ~rightToLeft;
    return { kind };
  }

  #scanOptionGroup(inCondition: boolean): GroupHead | undefined {
    if (this.atEnd) throw this.error(NOT_RECOGNIZED);
    if (!inCondition) this.scanOptions();
    if (this.atEnd) throw this.error(NOT_RECOGNIZED);
    const c = this.next();
    if (c === ")") return undefined;
    if (c !== ":") throw this.error(NOT_RECOGNIZED);
    return { kind: "plain" };
  }

  // ---- named and balancing groups

  /** `<name>`, `<name-other>`, `<-other>` from behind the opening quote. */
  #scanNamed(close: string): GroupHead {
    if (this.atEnd) throw this.error(NOT_RECOGNIZED);
    if (this.peek() === "=" || this.peek() === "!") {
      this.position++;
      throw this.error(NOT_RECOGNIZED);
    }
    let group = -1;
    const first = this.peek();
    if (first !== "-") {
      group = this.#scanGroupName(close, true) ?? -1;
      if (group === 0) throw this.error("Capture number cannot be zero.");
    }
    let uncapture = -1;
    if ((group !== -1 || first === "-") && this.peek() === "-" && this.peek(1) !== "") {
      this.position++;
      uncapture = this.#scanUncapture(close);
    }
    if ((group === -1 && uncapture === -1) || this.atEnd || this.next() !== close) throw this.error(NOT_RECOGNIZED);
    return { kind: "capture", group, uncapture };
  }

  /** Reads a name or number, which must be followed by the closer (or a dash); undefined when there is no such group. */
  #scanGroupName(close: string, dashAllowed: boolean): number | undefined {
    let group: number | undefined;
    if (isDigit(this.peek())) {
      const number = this.scanDecimal();
      group = this.groups.has(number) ? number : undefined;
    } else if (this.atWord) {
      group = this.groups.named(this.scanName());
    } else throw this.error(BAD_NAME);
    const next = this.peek();
    if (next !== "" && next !== close && !(dashAllowed && next === "-")) throw this.error(BAD_NAME);
    return group;
  }

  #scanUncapture(close: string): number {
    const start = this.position;
    const byNumber = isDigit(this.peek());
    if (!byNumber && !this.atWord) throw this.error(BAD_NAME);
    const number = byNumber ? this.scanDecimal() : this.groups.named(this.scanName());
    const written = this.pattern.slice(start, this.position);
    if (byNumber && !this.groups.has(number as number)) throw this.error(undefinedNumber(number as number));
    if (number === undefined) throw this.error(undefinedName(written));
    if (!this.atEnd && this.peek() !== close) throw this.error(BAD_NAME);
    return number;
  }

  // ---- conditions

  /** `(?(1)`, `(?(name)` or, before any other `(?(...)`, to the parenthesis of the condition. */
  #scanCondition(): GroupHead {
    const start = this.position;
    if (isDigit(this.peek())) {
      const number = this.scanDecimal();
      if (this.atEnd || this.next() !== ")") {
        throw this.error(`Conditional alternation is missing a closing parenthesis after the group number ${number}.`);
      }
      if (!this.groups.has(number)) {
        throw this.error(`Conditional alternation refers to an undefined group number ${number}.`);
      }
      return { kind: "ifGroup", group: number };
    }
    if (this.atWord) {
      const group = this.groups.named(this.scanName());
      if (group !== undefined && this.peek() === ")") {
        this.position++;
        return { kind: "ifGroup", group };
      }
    }
    this.position = start - 1;
    this.#ignoresNextGroup = true;
    if (this.peek(1) === "?") {
      const kind = this.peek(2);
      if (kind === "#") throw this.error("Alternation conditions cannot be comments.");
      const named = kind === "<" && !/^[!=]?$/.test(this.peek(3));
      if (kind === "'" || named) throw this.error("Alternation conditions do not capture and cannot be named.");
    }
    return { kind: "ifMatch" };
  }
}

export function undefinedNumber(number: number): string {
  return `Reference to undefined group number ${number}.`;
}

export function undefinedName(name: string): string {
  return `Reference to undefined group name '${name}'.`;
}
