/** System.Text.RegularExpressions: Match, Group and Capture. */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import { implement } from "./define.ts";
import { notSupported } from "./exceptions-thrown.ts";
import { CaptureCollection, GroupCollection } from "./match-collections.ts";
import type { FoundMatch, RegexEngine } from "./regex-engine.ts";
import type { CaptureLink } from "./regex-machine.ts";
import { parseReplacement } from "./regex-replacement.ts";
import type { TimeSpan } from "./time-span.ts";

export class Capture extends CsObject {
  readonly text: string;
  readonly index: number;
  readonly length: number;

  constructor(text: string, index: number, length: number) {
    super();
    this.text = text;
    this.index = index;
    this.length = length;
  }

  override get type(): Type {
    return type("System.Text.RegularExpressions.Capture");
  }

  get value(): string {
    return this.text.slice(this.index, this.index + this.length);
  }

  override toText(): string {
    return this.value;
  }
}

export class Group extends Capture {
  readonly success: boolean;
  readonly name: string;
  /** Captures before the last one, which is the group itself; oldest first. */
  readonly #earlier: readonly Capture[];
  #captures: CaptureCollection | undefined;

  constructor(
    text: string,
    index: number,
    length: number,
    success: boolean,
    name: string,
    earlier: readonly Capture[] = [],
  ) {
    super(text, index, length);
    this.success = success;
    this.name = name;
    this.#earlier = earlier;
  }

  override get type(): Type {
    return type("System.Text.RegularExpressions.Group");
  }

  get captures(): CaptureCollection {
    this.#captures ??= new CaptureCollection(this.success ? [...this.#earlier, this] : []);
    return this.#captures;
  }

  /** What a collection of groups gives for a group that the pattern does not have. */
  static readonly none = new Group("", 0, 0, false, "");

  /** @param offset of the searched text in `text` */
  static of(text: string, offset: number, link: CaptureLink | null, name: string): Group {
    if (link === null) return new Group(text, 0, 0, false, name);
    const earlier: Capture[] = [];
    for (let each = link.previous; each !== null; each = each.previous) {
      earlier.push(new Capture(text, offset + each.start, each.end - each.start));
    }
    return new Group(text, offset + link.start, link.end - link.start, true, name, earlier.reverse());
  }
}

/** What was searched: all of a text, or a part of it that counts as the whole. */
export interface Searched {
  readonly engine: RegexEngine;
  readonly timeout: TimeSpan;
  readonly text: string;
  /** Where the searched part begins in `text`, and the part itself. */
  readonly offset: number;
  readonly part: string;
}

export class Match extends Group {
  readonly searched: Searched;
  readonly found: FoundMatch;
  #groups: GroupCollection | undefined;

  constructor(searched: Searched, found: FoundMatch) {
    super(searched.text, searched.offset + found.start, found.end - found.start, true, "0");
    this.searched = searched;
    this.found = found;
  }

  override get type(): Type {
    return type("System.Text.RegularExpressions.Match");
  }

  get groups(): GroupCollection {
    if (this.#groups === undefined) {
      const { engine, text, offset } = this.searched;
      const { names } = engine.groups;
      const others = this.found.captures.slice(1).map((link, i) => Group.of(text, offset, link, names[i + 1]));
      this.#groups = new GroupCollection([this, ...others], engine.groups, Group.none);
    }
    return this.#groups;
  }

  next(): Match | NoMatch {
    const { engine, part, timeout } = this.searched;
    const { start, end } = this.found;
    const found = engine.find(part, engine.rightToLeft ? start : end, end - start, timeout);
    return found ? new Match(this.searched, found) : NoMatch.instance;
  }
}

/** Match.Empty: what a search without success gives. */
export class NoMatch extends Group {
  static readonly instance = new NoMatch("", 0, 0, false, "0");

  override get type(): Type {
    return type("System.Text.RegularExpressions.Match");
  }

  get groups(): GroupCollection {
    return new GroupCollection([this], undefined, Group.none);
  }

  next(): NoMatch {
    return this;
  }
}

/** The next match from a position on. See RegexEngine.find. */
export function findMatch(searched: Searched, start: number, previousLength = -1): Match | NoMatch {
  const found = searched.engine.find(searched.part, start, previousLength, searched.timeout);
  return found ? new Match(searched, found) : NoMatch.instance;
}

const ns = "System.Text.RegularExpressions";
const captureMembers = {
  Index: (self: Capture) => self.index,
  Length: (self: Capture) => self.length,
  Value: (self: Capture) => self.value,
  "ToString()": (self: Capture) => self.value,
};

const groupMembers = {
  ...captureMembers,
  Captures: (self: Group) => self.captures,
  Name: (self: Group) => self.name,
  Success: (self: Group) => self.success,
};

/** Matches never change, so that they are safe to share as they are. */
function synchronized(inner: Group | null): Group {
  requireArgument(inner, "inner");
  return inner as Group;
}

implement(`${ns}.Capture`, captureMembers);
implement(`${ns}.Group`, { ...groupMembers, "Synchronized(Group)": synchronized });
implement(`${ns}.Match`, {
  ...groupMembers,
  Empty: () => NoMatch.instance,
  Groups: (self: Match | NoMatch) => self.groups,
  "NextMatch()": (self: Match | NoMatch) => self.next(),
  "Result(string)": (self: Match | NoMatch, replacement: string | null) => {
    requireArgument(replacement, "replacement");
    if (!(self instanceof Match)) throw notSupported("Result cannot be called on a failed Match.");
    return parseReplacement(replacement as string, self.searched.engine).expand(self);
  },
  "Synchronized(Match)": synchronized,
});
