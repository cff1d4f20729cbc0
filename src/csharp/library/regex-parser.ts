/**
 * Reads a .NET pattern into a tree.
 * https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference
 */
import { caseVariants } from "./regex-case.ts";
import { anyUnit, CharClass, notNewLine, shorthand } from "./regex-char-class.ts";
import { MAX_PATTERN_DEPTH, patternTooDeep } from "./regex-errors.ts";
import { type GroupHead, GroupParser, undefinedName, undefinedNumber } from "./regex-group-parser.ts";
import { closerOf, findGroups, type RegexGroups } from "./regex-groups.ts";
import { type Anchor, choiceOf, emptyNode, type RegexNode, sequenceOf, UNBOUNDED } from "./regex-node.ts";
import { RegexOptions } from "./regex-options.ts";
import { isDigit } from "./regex-pattern-scanner.ts";

export interface ParsedPattern {
  readonly tree: RegexNode;
  readonly groups: RegexGroups;
}

/** Throws RegexParseException. */
export function parsePattern(pattern: string, options: number): ParsedPattern {
  const groups = findGroups(pattern, options);
  return { tree: new RegexParser(pattern, options, groups).parse(), groups };
}

const anchors: ReadonlyMap<string, [plain: Anchor, ecmaScript: Anchor]> = new Map([
  ["b", ["boundary", "ecmaBoundary"]],
  ["B", ["nonBoundary", "nonEcmaBoundary"]],
  ["A", ["beginning", "beginning"]],
  ["G", ["start", "start"]],
  ["Z", ["endZ", "endZ"]],
  ["z", ["end", "end"]],
]);

const MALFORMED_CONDITION = "Illegal conditional (?(...)) expression.";

class RegexParser extends GroupParser {
  #depth = 0;

  parse(): RegexNode {
    const tree = choiceOf(this.#parseOptions(false));
    if (!this.atEnd) {
      this.position++;
      throw this.error("Too many )'s.");
    }
    return tree;
  }

  get #backward(): boolean {
    return this.isOn(RegexOptions.rightToLeft);
  }

  // ---- structure

  /** Alternatives up to `)` or the end. */
  #parseOptions(inCondition: boolean): RegexNode[] {
    if (++this.#depth > MAX_PATTERN_DEPTH) throw patternTooDeep();
    const options = [this.#parseSequence(inCondition)];
    while (this.peek() === "|") {
      this.position++;
      options.push(this.#parseSequence(inCondition));
    }
    this.#depth--;
    return options;
  }

  #parseSequence(inCondition: boolean): RegexNode {
    const items: RegexNode[] = [];
    let afterQuantifier = false;
    for (;;) {
      this.skipBlank();
      const c = this.peek();
      if (c === "" || c === "|" || c === ")") break;
      if (this.#atQuantifier()) {
        this.position++;
        throw this.error(afterQuantifier ? `Nested quantifier '${c}'.` : `Quantifier '${c}' following nothing.`);
      }
      const item = this.#parseItem(inCondition);
      this.skipBlank();
      afterQuantifier = item !== undefined && this.#atQuantifier();
      if (afterQuantifier) items.push(this.#parseQuantifier(item as RegexNode));
      else if (item !== undefined) append(items, item);
    }
    return sequenceOf(this.#backward ? items.reverse() : items);
  }

  /** An item without its quantifier; undefined for `(?i)`. */
  #parseItem(inCondition: boolean): RegexNode | undefined {
    const unit = this.pattern.charCodeAt(this.position);
    switch (this.next()) {
      case "(":
        return this.#parseGroup(inCondition);
      case "[":
        return this.#set(this.scanClass(this.isOn(RegexOptions.ignoreCase), true));
      case "\\":
        return this.#parseBackslash();
      case "^":
        return { kind: "anchor", anchor: this.isOn(RegexOptions.multiline) ? "lineStart" : "beginning" };
      case "$":
        return { kind: "anchor", anchor: this.isOn(RegexOptions.multiline) ? "lineEnd" : "endZ" };
      case ".":
        return this.#set(this.isOn(RegexOptions.singleline) ? anyUnit : notNewLine);
      default:
        return this.#character(unit);
    }
  }

  #set(set: CharClass): RegexNode {
    return { kind: "set", set, backward: this.#backward };
  }

  #character(unit: number): RegexNode {
    const variants = this.isOn(RegexOptions.ignoreCase) ? caseVariants(unit) : undefined;
    if (variants) return this.#set(CharClass.of(...variants));
    return { kind: "text", text: String.fromCharCode(unit), backward: this.#backward };
  }

  // ---- groups

  #parseGroup(inCondition: boolean): RegexNode | undefined {
    const outer = this.options;
    const head = this.scanGroupHead(inCondition);
    if (head === undefined) return undefined;
    const node = this.#parseGroupBody(head);
    if (this.atEnd) throw this.error("Not enough )'s.");
    this.position++;
    this.options = outer;
    return node;
  }

  #parseGroupBody(head: GroupHead): RegexNode {
    switch (head.kind) {
      case "ifGroup": {
        const [yes, no = emptyNode] = this.#conditionBranches(false);
        return { kind: "ifGroup", group: this.#slot(head.group), yes, no };
      }
      case "ifMatch": {
        const test = this.#parseCondition();
        const [yes, no = emptyNode] = this.#conditionBranches(true);
        return { kind: "ifMatch", test, yes, no };
      }
      default: {
        const item = choiceOf(this.#parseOptions(false));
        return this.#wrap(head, item);
      }
    }
  }

  #wrap(head: GroupHead, item: RegexNode): RegexNode {
    switch (head.kind) {
      case "capture":
        return { kind: "capture", item, group: this.#slot(head.group), uncapture: this.#slot(head.uncapture) };
      case "atomic":
        return { kind: "atomic", item };
      case "ahead":
      case "notAhead":
        return { kind: "look", item, negative: head.kind === "notAhead" };
      default:
        return item;
    }
  }

  #slot(group: number): number {
    return group < 0 ? -1 : (this.groups.slotOf(group) as number);
  }

  /** The parenthesised test of `(?(test)yes|no)`. */
  #parseCondition(): RegexNode {
    const outer = this.options;
    this.position++;
    const head = this.scanGroupHead(true);
    if (head === undefined) throw this.error(MALFORMED_CONDITION);
    const test = this.#parseGroupBody(head);
    if (this.atEnd) throw this.error("Not enough )'s.");
    this.position++;
    this.options = outer;
    return test;
  }

  /** @param isTest after a test, options cannot be set at the top of the branches */
  #conditionBranches(isTest: boolean): RegexNode[] {
    const branches = this.#parseOptions(isTest);
    if (branches.length > 2) {
      if (!this.atEnd) this.position++;
      throw this.error("Too many | in (?()|).");
    }
    return branches;
  }

  // ---- quantifiers

  /** `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`; any other brace is a character. */
  #atQuantifier(): boolean {
    const c = this.peek();
    if (c === "*" || c === "+" || c === "?") return true;
    if (c !== "{") return false;
    let ahead = 1;
    while (isDigit(this.peek(ahead))) ahead++;
    if (ahead === 1) return false;
    if (this.peek(ahead) === ",") {
      ahead++;
      while (isDigit(this.peek(ahead))) ahead++;
    }
    return this.peek(ahead) === "}";
  }

  #parseQuantifier(item: RegexNode): RegexNode {
    const c = this.next();
    let min = c === "+" ? 1 : 0;
    let max = c === "?" ? 1 : UNBOUNDED;
    if (c === "{") {
      min = this.scanDecimal();
      max = min;
      if (this.peek() === ",") {
        this.position++;
        max = this.peek() === "}" ? UNBOUNDED : this.scanDecimal();
      }
      this.position++;
    }
    this.skipBlank();
    const lazy = this.peek() === "?";
    if (lazy) this.position++;
    if (min > max) throw this.error("Illegal {x,y} with x > y.");
    if (max === 0) return emptyNode;
    return min === 1 && max === 1 ? item : { kind: "repeat", item, min, max, lazy };
  }

  // ---- escapes

  #parseBackslash(): RegexNode {
    if (this.atEnd) throw this.error("Illegal \\ at end of pattern.");
    const c = this.peek();
    const ecmaScript = this.isOn(RegexOptions.ecmaScript);
    const anchor = anchors.get(c);
    if (anchor !== undefined) {
      this.position++;
      return { kind: "anchor", anchor: anchor[ecmaScript ? 1 : 0] };
    }
    if (/^[dDsSwW]$/.test(c)) {
      this.position++;
      return this.#set(shorthand(c, ecmaScript));
    }
    if (c === "p" || c === "P") {
      this.position++;
      return this.#set(this.scanPropertyClass(c === "P"));
    }
    const start = this.position;
    const reference = this.#parseReference();
    if (reference !== undefined) return reference;
    this.position = start;
    return this.#character(this.scanCharEscape());
  }

  /** `\1`, `\k<name>`, `\<name>`; undefined when it is none. */
  #parseReference(): RegexNode | undefined {
    const c = this.peek();
    if (c === "k") {
      const close = closerOf(this.peek(1));
      this.position += this.peek(1) === "" ? 0 : 2;
      if (close === "" || this.atEnd) throw this.error("Malformed \\k<...> named back reference.");
      return this.#parseNamedReference(close);
    }
    if (closerOf(c) !== "" && this.peek(1) !== "") {
      this.position++;
      return this.#parseNamedReference(closerOf(c));
    }
    if (!/^[1-9]$/.test(c)) return undefined;
    if (this.isOn(RegexOptions.ecmaScript)) return this.#parseEcmaScriptReference();
    const number = this.scanDecimal();
    if (this.groups.has(number)) return this.#reference(number);
    if (number <= 9) throw this.error(undefinedNumber(number));
    return undefined;
  }

  #parseNamedReference(close: string): RegexNode | undefined {
    const byNumber = isDigit(this.peek());
    if (!byNumber && !this.atWord) return undefined;
    const start = this.position;
    const number = byNumber ? this.scanDecimal() : this.groups.named(this.scanName());
    const written = this.pattern.slice(start, this.position);
    if (this.atEnd || this.next() !== close) return undefined;
    if (byNumber && !this.groups.has(number as number)) throw this.error(undefinedNumber(number as number));
    if (number === undefined) throw this.error(undefinedName(written));
    return this.#reference(number);
  }

  /** The longest number of a group that begins before the reference. */
  #parseEcmaScriptReference(): RegexNode | undefined {
    const limit = this.position - 1;
    const last = this.groups.numbers[this.groups.count - 1];
    let found = -1;
    let number = 0;
    while (isDigit(this.peek())) {
      number = number * 10 + Number(this.peek());
      if (number > last) break;
      this.position++;
      const start = this.groups.starts.get(number);
      if (start !== undefined && start < limit) found = number;
    }
    return found < 0 ? undefined : this.#reference(found);
  }

  #reference(number: number): RegexNode {
    return {
      kind: "reference",
      group: this.#slot(number),
      ignoreCase: this.isOn(RegexOptions.ignoreCase),
      backward: this.#backward,
      lenient: this.isOn(RegexOptions.ecmaScript),
    };
  }
}

/** Adds an item to a sequence; characters in a row become one text. */
function append(items: RegexNode[], item: RegexNode): void {
  const last = items.at(-1);
  if (item.kind === "text" && last?.kind === "text" && last.backward === item.backward) {
    items[items.length - 1] = { ...last, text: last.text + item.text };
  } else {
    items.push(item);
  }
}
