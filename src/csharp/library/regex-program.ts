/** Compiles the tree of a pattern into a small program for the matching machine (regex-machine.ts). */
import { CharClass } from "./regex-char-class.ts";
import type { Anchor, RegexNode } from "./regex-node.ts";

/**
 * Instructions; operands follow in the code. `r` is a register. "Fails" means: goes back to the latest choice.
 */
export const Op = {
  /** The match is complete. */
  stop: 0,
  /** address: goes on there. */
  jump: 1,
  /** address: goes on behind this; on failure there. */
  split: 2,
  /** text */
  text: 3,
  textBack: 4,
  /** set: one unit. */
  set: 5,
  setBack: 6,
  /** set, min, max: as many units as possible, then fewer. */
  many: 7,
  manyBack: 8,
  /** set, min, max: as few units as possible, then more. */
  few: 9,
  fewBack: 10,
  /** anchor */
  anchor: 11,
  /** group, flags: what a group captured last. */
  reference: 12,
  /** r: notes the position. */
  mark: 13,
  /** group, uncapture, r: captures from the mark to here, or balances another group. */
  capture: 14,
  /** r: begins to count the iterations of a loop. Uses r (iterations) and r+1 (where the current one began). */
  loopStart: 15,
  /** r, min, max, exit: one more iteration if possible, or the exit. */
  loop: 16,
  loopLazy: 17,
  /** r: notes how many choices there are, and in r+1 the position. */
  cutStart: 18,
  /** r: forgets choices made since. */
  cut: 19,
  /** r: the same, and back to the position. */
  cutBack: 20,
  /** r: the same as cut, and fails. */
  cutFail: 21,
  /** group, address: goes there unless the group has captured. */
  ifGroup: 22,
} as const;

export const REFERENCE_IGNORES_CASE = 1;
export const REFERENCE_BACKWARD = 2;
export const REFERENCE_LENIENT = 4;

export const ANCHORS: readonly Anchor[] = [
  "lineStart",
  "lineEnd",
  "boundary",
  "nonBoundary",
  "ecmaBoundary",
  "nonEcmaBoundary",
  "beginning",
  "start",
  "endZ",
  "end",
];

export interface RegexProgram {
  readonly code: Int32Array;
  readonly texts: readonly string[];
  readonly sets: readonly CharClass[];
  readonly registers: number;
  readonly groups: number;
  readonly rightToLeft: boolean;
  /** What every match begins with; for a quick search. Absent from right to left. */
  readonly prefix: string | undefined;
  /** Sets of which one has the first unit of every match. */
  readonly firstSets: readonly CharClass[] | undefined;
  /** A match can begin only at the beginning of the text, or only where the search starts. */
  readonly anchor: "beginning" | "start" | undefined;
}

export function compilePattern(tree: RegexNode, groups: number, rightToLeft: boolean): RegexProgram {
  const compiler = new RegexCompiler();
  compiler.compile(tree);
  compiler.emit(Op.stop);
  const first = leading(tree);
  return {
    code: Int32Array.from(compiler.code),
    texts: compiler.texts,
    sets: compiler.sets,
    registers: compiler.registers,
    groups,
    rightToLeft,
    prefix: !rightToLeft && first?.kind === "text" && !first.backward ? first.text : undefined,
    firstSets: rightToLeft ? undefined : firstSets(tree),
    anchor: !rightToLeft && first?.kind === "anchor" && isFixed(first.anchor) ? first.anchor : undefined,
  };
}

function isFixed(anchor: Anchor): anchor is "beginning" | "start" {
  return anchor === "beginning" || anchor === "start";
}

class RegexCompiler {
  readonly code: number[] = [];
  readonly texts: string[] = [];
  readonly sets: CharClass[] = [];
  registers = 0;

  emit(...instruction: number[]): number {
    const at = this.code.length;
    this.code.push(...instruction);
    return at;
  }

  /** Sets the address operand of an instruction to the next one. */
  #patch(instruction: number, operand: number): void {
    this.code[instruction + operand] = this.code.length;
  }

  #reserve(count: number): number {
    const first = this.registers;
    this.registers += count;
    return first;
  }

  #setIndex(set: CharClass): number {
    const known = this.sets.indexOf(set);
    return known < 0 ? this.sets.push(set) - 1 : known;
  }

  compile(node: RegexNode): void {
    switch (node.kind) {
      case "empty":
        return;
      case "text":
        this.emit(node.backward ? Op.textBack : Op.text, this.texts.push(node.text) - 1);
        return;
      case "set":
        this.emit(node.backward ? Op.setBack : Op.set, this.#setIndex(node.set));
        return;
      case "anchor":
        this.emit(Op.anchor, ANCHORS.indexOf(node.anchor));
        return;
      case "reference":
        this.#compileReference(node);
        return;
      case "sequence":
        for (const item of node.items) this.compile(item);
        return;
      case "choice":
        this.#compileChoice(node.options);
        return;
      case "repeat":
        this.#compileRepeat(node);
        return;
      default:
        this.#compileGroup(node);
    }
  }

  #compileReference(node: RegexNode & { kind: "reference" }): void {
    const flags =
      (node.ignoreCase ? REFERENCE_IGNORES_CASE : 0) |
      (node.backward ? REFERENCE_BACKWARD : 0) |
      (node.lenient ? REFERENCE_LENIENT : 0);
    this.emit(Op.reference, node.group, flags);
  }

  #compileChoice(options: readonly RegexNode[]): void {
    const ends: number[] = [];
    options.forEach((option, i) => {
      if (i === options.length - 1) {
        this.compile(option);
        return;
      }
      const split = this.emit(Op.split, 0);
      this.compile(option);
      ends.push(this.emit(Op.jump, 0));
      this.#patch(split, 1);
    });
    for (const end of ends) this.#patch(end, 1);
  }

  #compileRepeat(node: RegexNode & { kind: "repeat" }): void {
    const { item, min, max, lazy } = node;
    const set = singleSet(item);
    if (set) {
      const op = lazy ? (set.backward ? Op.fewBack : Op.few) : set.backward ? Op.manyBack : Op.many;
      this.emit(op, this.#setIndex(set.set), min, max);
      return;
    }
    const register = this.#reserve(2);
    this.emit(Op.loopStart, register);
    const loop = this.emit(lazy ? Op.loopLazy : Op.loop, register, min, max, 0);
    this.compile(item);
    this.emit(Op.jump, loop);
    this.#patch(loop, 4);
  }

  #compileGroup(node: RegexNode & { kind: "capture" | "look" | "atomic" | "ifGroup" | "ifMatch" }): void {
    switch (node.kind) {
      case "capture": {
        const register = this.#reserve(1);
        this.emit(Op.mark, register);
        this.compile(node.item);
        this.emit(Op.capture, node.group, node.uncapture, register);
        return;
      }
      case "atomic": {
        const register = this.#reserve(2);
        this.emit(Op.cutStart, register);
        this.compile(node.item);
        this.emit(Op.cut, register);
        return;
      }
      case "look":
        this.#compileLook(node.item, node.negative);
        return;
      case "ifGroup": {
        const test = this.emit(Op.ifGroup, node.group, 0);
        this.compile(node.yes);
        const end = this.emit(Op.jump, 0);
        this.#patch(test, 2);
        this.compile(node.no);
        this.#patch(end, 1);
        return;
      }
      case "ifMatch": {
        const register = this.#reserve(2);
        this.emit(Op.cutStart, register);
        const split = this.emit(Op.split, 0);
        this.compile(node.test);
        this.emit(Op.cutBack, register);
        this.compile(node.yes);
        const end = this.emit(Op.jump, 0);
        this.#patch(split, 1);
        this.compile(node.no);
        this.#patch(end, 1);
      }
    }
  }

  #compileLook(item: RegexNode, negative: boolean): void {
    const register = this.#reserve(2);
    this.emit(Op.cutStart, register);
    if (!negative) {
      this.compile(item);
      this.emit(Op.cutBack, register);
      return;
    }
    const split = this.emit(Op.split, 0);
    this.compile(item);
    this.emit(Op.cutFail, register);
    this.#patch(split, 1);
  }
}

/** The set of an item that is one unit. */
function singleSet(item: RegexNode): { set: CharClass; backward: boolean } | undefined {
  if (item.kind === "set") return item;
  if (item.kind !== "text" || item.text.length !== 1) return undefined;
  return { set: CharClass.of(item.text.charCodeAt(0)), backward: item.backward };
}

// ---- what a match begins with

/** The node that every match passes first: looks into groups and sequences. */
function leading(node: RegexNode): RegexNode | undefined {
  switch (node.kind) {
    case "sequence":
      return leading(node.items[0]);
    case "capture":
    case "atomic":
      return leading(node.item);
    case "repeat":
      return node.min > 0 ? leading(node.item) : undefined;
    default:
      return node;
  }
}

/** Sets of which one has the first unit of every match from left to right; undefined when a match may be empty or anything. */
function firstSets(node: RegexNode): readonly CharClass[] | undefined {
  switch (node.kind) {
    case "text":
      return node.backward ? undefined : [CharClass.of(node.text.charCodeAt(0))];
    case "set":
      return node.backward ? undefined : [node.set];
    case "sequence":
      return firstSets(node.items.find((item) => item.kind !== "anchor") ?? node.items[0]);
    case "capture":
    case "atomic":
      return firstSets(node.item);
    case "repeat":
      return node.min > 0 ? firstSets(node.item) : undefined;
    case "choice": {
      const sets = node.options.map(firstSets);
      return sets.length <= 8 && sets.every((each) => each !== undefined) ? sets.flat() : undefined;
    }
    default:
      return undefined;
  }
}
