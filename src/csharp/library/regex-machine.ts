/**
 * Runs the program of a pattern on a text. Choices stand on a stack of their own, so that no input can exhaust JavaScript's; each
 * instruction costs a step of the evaluation's budget.
 *
 * A choice is [address, position, rest, captures logged, registers logged]. Going back to it undoes what the logs hold beyond. A
 * negative address ~a belongs to the instruction at a (many, few, loopLazy) and is taken up by it.
 */
import { account, limits, outOfSteps } from "../runtime/budget.ts";
import { FuelExhausted } from "../runtime/values.ts";
import { isAtAnchor } from "./regex-anchors.ts";
import { sameIgnoringCase } from "./regex-case.ts";
import {
  ANCHORS,
  Op,
  REFERENCE_BACKWARD,
  REFERENCE_IGNORES_CASE,
  REFERENCE_LENIENT,
  type RegexProgram,
} from "./regex-program.ts";

/** A capture of a group, and the one before it. */
export interface CaptureLink {
  readonly start: number;
  readonly end: number;
  readonly previous: CaptureLink | null;
}

const FRAME = 5;
/** Numbers that the stack and each log may hold. */
const MAX_STACK = limits.allocation;

export class RegexMachine {
  /** Latest capture by group; set when a match is found. Group 0 is not among them. */
  readonly captures: (CaptureLink | null)[];
  /** Where the match ends (from right to left: begins). */
  position = 0;
  readonly #program: RegexProgram;
  readonly #code: Int32Array;
  readonly #text: string;
  /** What `\G` matches. */
  readonly #start: number;
  readonly #registers: Int32Array;
  #choices = new Int32Array(64 * FRAME);
  /** How much of `#choices` is in use. */
  #top = 0;
  /** Pairs of register and its value before. */
  #registerLog = new Int32Array(64);
  #registerTop = 0;
  /** Pairs of group and its capture before. */
  #captureLog: (number | CaptureLink | null)[] = [];
  /** Steps until the match times out. */
  #patience: number;
  readonly #onTimeout: () => never;

  /** @param patience steps after which `onTimeout` is called */
  constructor(program: RegexProgram, text: string, start: number, patience: number, onTimeout: () => never) {
    this.#program = program;
    this.#code = program.code;
    this.#text = text;
    this.#start = start;
    this.#registers = new Int32Array(program.registers);
    this.captures = new Array(program.groups).fill(null);
    this.#patience = patience;
    this.#onTimeout = onTimeout;
  }

  // ---- search

  /** Searches for a match from a position on; where it begins (from right to left: ends), or -1. */
  search(from: number): number {
    const { rightToLeft, anchor } = this.#program;
    if (rightToLeft) {
      for (let at = from; at >= 0; at--) if (this.#matchAt(at)) return at;
      return -1;
    }
    if (anchor !== undefined) {
      const only = anchor === "beginning" ? 0 : this.#start;
      return from <= only && this.#matchAt(only) ? only : -1;
    }
    for (let at = this.#candidate(from); at >= 0; at = this.#candidate(at + 1)) {
      if (this.#matchAt(at)) return at;
    }
    return -1;
  }

  /** The next position at which a match may begin, or -1. */
  #candidate(from: number): number {
    const text = this.#text;
    const { prefix, firstSets } = this.#program;
    if (from > text.length) return -1;
    if (prefix !== undefined) {
      const found = text.indexOf(prefix, from);
      this.#spend(((found < 0 ? text.length : found) - from) >> 4);
      return found;
    }
    if (firstSets === undefined) return from;
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      for (const set of firstSets) {
        if (set.has(unit)) {
          this.#spend((at - from) >> 2);
          return at;
        }
      }
    }
    this.#spend((text.length - from) >> 2);
    return -1;
  }

  #spend(steps: number): void {
    account.left -= steps;
    this.#patience -= steps;
    if (account.left < 0) outOfSteps();
    if (this.#patience < 0) this.#onTimeout();
  }

  // ---- one attempt

  #matchAt(at: number): boolean {
    this.#top = 0;
    this.#registerTop = 0;
    if (this.#captureLog.length > 0) {
      this.#captureLog.length = 0;
      this.captures.fill(null);
    }
    this.position = at;
    let pc = 0;
    let steps = 0;
    for (;;) {
      if (++steps === 1000) {
        this.#spend(steps);
        steps = 0;
      }
      if (this.#code[pc] === Op.stop) {
        this.#spend(steps);
        return true;
      }
      pc = this.#step(pc);
      if (pc >= 0) continue;
      pc = this.#goBack();
      if (pc < 0) {
        this.#spend(steps);
        return false;
      }
    }
  }

  /** Executes the instruction; the address of the next one, or -1 when it fails. */
  #step(pc: number): number {
    const code = this.#code;
    switch (code[pc]) {
      case Op.set:
        if (this.position >= this.#text.length || !this.#has(code[pc + 1], this.position)) return -1;
        this.position++;
        return pc + 2;
      case Op.text:
        return this.#text.startsWith(this.#program.texts[code[pc + 1]], this.position) ? this.#afterText(pc) : -1;
      case Op.many:
      case Op.manyBack:
        return this.#many(pc);
      case Op.few:
      case Op.fewBack:
        return this.#few(pc);
      case Op.split:
        this.#choose(code[pc + 1], this.position, 0);
        return pc + 2;
      case Op.jump:
        return code[pc + 1];
      case Op.mark:
        this.#setRegister(code[pc + 1], this.position);
        return pc + 2;
      case Op.capture:
        return this.#capture(pc);
      case Op.loopStart:
        this.#setRegister(code[pc + 1], 0);
        this.#setRegister(code[pc + 1] + 1, -1);
        return pc + 2;
      case Op.loop:
      case Op.loopLazy:
        return this.#loop(pc);
      default:
        return this.#rareStep(pc);
    }
  }

  #rareStep(pc: number): number {
    const code = this.#code;
    switch (code[pc]) {
      case Op.anchor:
        return isAtAnchor(ANCHORS[code[pc + 1]], this.#text, this.position, this.#start) ? pc + 2 : -1;
      case Op.setBack:
        if (this.position === 0 || !this.#has(code[pc + 1], this.position - 1)) return -1;
        this.position--;
        return pc + 2;
      case Op.textBack: {
        const expected = this.#program.texts[code[pc + 1]];
        const from = this.position - expected.length;
        if (from < 0 || !this.#text.startsWith(expected, from)) return -1;
        this.position = from;
        return pc + 2;
      }
      case Op.reference:
        return this.#reference(code[pc + 1], code[pc + 2]) ? pc + 3 : -1;
      case Op.ifGroup:
        return this.captures[code[pc + 1]] === null ? code[pc + 2] : pc + 3;
      case Op.cutStart:
        this.#registers[code[pc + 1]] = this.#top;
        this.#registers[code[pc + 1] + 1] = this.position;
        return pc + 2;
      default:
        this.#top = this.#registers[code[pc + 1]];
        if (code[pc] === Op.cutFail) return -1;
        if (code[pc] === Op.cutBack) this.position = this.#registers[code[pc + 1] + 1];
        return pc + 2;
    }
  }

  #has(set: number, at: number): boolean {
    return this.#program.sets[set].has(this.#text.charCodeAt(at));
  }

  #afterText(pc: number): number {
    this.position += this.#program.texts[this.#code[pc + 1]].length;
    return pc + 2;
  }

  // ---- choices

  #choose(address: number, position: number, rest: number): void {
    let top = this.#top;
    if (top === this.#choices.length) this.#choices = grown(this.#choices);
    const choices = this.#choices;
    choices[top++] = address;
    choices[top++] = position;
    choices[top++] = rest;
    choices[top++] = this.#captureLog.length;
    choices[top++] = this.#registerTop;
    this.#top = top;
  }

  /** Undoes everything since the latest choice and takes it up; the address to go on at, or -1 when no choice is left. */
  #goBack(): number {
    while (this.#top > 0) {
      const choices = this.#choices;
      const top = this.#top - FRAME;
      this.#top = top;
      this.position = choices[top + 1];
      if (this.#captureLog.length > choices[top + 3]) this.#undoCaptures(choices[top + 3]);
      if (this.#registerTop > choices[top + 4]) this.#undoRegisters(choices[top + 4]);
      const address = choices[top];
      if (address >= 0) return address;
      const resumed = this.#resume(~address, choices[top + 2]);
      if (resumed >= 0) return resumed;
    }
    return -1;
  }

  #undoCaptures(length: number): void {
    const log = this.#captureLog;
    while (log.length > length) {
      const link = log.pop() as CaptureLink | null;
      this.captures[log.pop() as number] = link;
    }
  }

  #undoRegisters(length: number): void {
    const log = this.#registerLog;
    let top = this.#registerTop;
    while (top > length) {
      top -= 2;
      this.#registers[log[top]] = log[top + 1];
    }
    this.#registerTop = top;
  }

  #setRegister(register: number, value: number): void {
    const top = this.#registerTop;
    if (top === this.#registerLog.length) this.#registerLog = grown(this.#registerLog);
    this.#registerLog[top] = register;
    this.#registerLog[top + 1] = this.#registers[register];
    this.#registerTop = top + 2;
    this.#registers[register] = value;
  }

  /** Takes up a choice inside an instruction. */
  #resume(pc: number, rest: number): number {
    switch (this.#code[pc]) {
      case Op.loopLazy:
        return this.#iterate(pc);
      case Op.few:
      case Op.fewBack:
        return this.#oneMore(pc, rest);
      default: {
        // many: gives one unit back.
        this.position += this.#code[pc] === Op.many ? -1 : 1;
        if (rest > 1) this.#choose(~pc, this.position, rest - 1);
        return pc + 4;
      }
    }
  }

  // ---- repeated units

  /** How many units of the set follow, at most `max`; moves behind them. */
  #run(pc: number, max: number): number {
    const set = this.#program.sets[this.#code[pc + 1]];
    const text = this.#text;
    const from = this.position;
    let at = from;
    if (this.#code[pc] === Op.many || this.#code[pc] === Op.few) {
      const end = Math.min(text.length, from + max);
      while (at < end && set.has(text.charCodeAt(at))) at++;
    } else {
      const end = Math.max(0, from - max);
      while (at > end && set.has(text.charCodeAt(at - 1))) at--;
    }
    this.position = at;
    const count = Math.abs(at - from);
    if (count > 8) this.#spend(count >> 3);
    return count;
  }

  #many(pc: number): number {
    const min = this.#code[pc + 2];
    const count = this.#run(pc, this.#code[pc + 3]);
    if (count < min) return -1;
    if (count > min) this.#choose(~pc, this.position, count - min);
    return pc + 4;
  }

  #few(pc: number): number {
    const min = this.#code[pc + 2];
    if (min > 0 && this.#run(pc, min) < min) return -1;
    const rest = this.#code[pc + 3] - min;
    if (rest > 0) this.#choose(~pc, this.position, rest);
    return pc + 4;
  }

  #oneMore(pc: number, rest: number): number {
    if (this.#run(pc, 1) === 0) return -1;
    if (rest > 1) this.#choose(~pc, this.position, rest - 1);
    return pc + 4;
  }

  // ---- loops of larger items

  /** At the head of a loop, also after each iteration. An iteration that matched nothing is the last one. */
  #loop(pc: number): number {
    const code = this.#code;
    const register = code[pc + 1];
    const count = this.#registers[register];
    if (count < code[pc + 2]) return this.#iterate(pc);
    const exit = code[pc + 4];
    if (count >= code[pc + 3] || this.#registers[register + 1] === this.position) return exit;
    if (code[pc] === Op.loopLazy) {
      this.#choose(~pc, this.position, 0);
      return exit;
    }
    this.#choose(exit, this.position, 0);
    return this.#iterate(pc);
  }

  #iterate(pc: number): number {
    const register = this.#code[pc + 1];
    this.#setRegister(register, this.#registers[register] + 1);
    this.#setRegister(register + 1, this.position);
    return pc + 5;
  }

  // ---- captures

  #capture(pc: number): number {
    const group = this.#code[pc + 1];
    const uncapture = this.#code[pc + 2];
    const mark = this.#registers[this.#code[pc + 3]];
    let start = Math.min(mark, this.position);
    let end = Math.max(mark, this.position);
    if (uncapture >= 0) {
      const balanced = this.captures[uncapture];
      if (balanced === null) return -1;
      [start, end] = between(start, end, balanced);
      this.#setCapture(uncapture, balanced.previous);
    }
    if (group >= 0) this.#setCapture(group, { start, end, previous: this.captures[group] });
    return pc + 4;
  }

  #setCapture(group: number, link: CaptureLink | null): void {
    if (this.#captureLog.length > MAX_STACK) throw tooMuchMemory();
    this.#captureLog.push(group, this.captures[group]);
    this.captures[group] = link;
  }

  #reference(group: number, flags: number): boolean {
    const link = this.captures[group];
    if (link === null) return (flags & REFERENCE_LENIENT) !== 0;
    const length = link.end - link.start;
    const backward = (flags & REFERENCE_BACKWARD) !== 0;
    const from = backward ? this.position - length : this.position;
    if (from < 0 || from + length > this.#text.length) return false;
    if (length > 8) this.#spend(length >> 3);
    const ignoreCase = (flags & REFERENCE_IGNORES_CASE) !== 0;
    for (let i = 0; i < length; i++) {
      const a = this.#text.charCodeAt(link.start + i);
      const b = this.#text.charCodeAt(from + i);
      if (a !== b && !(ignoreCase && sameIgnoringCase(a, b))) return false;
    }
    this.position = backward ? from : from + length;
    return true;
  }
}

/** The same stack with twice the room. */
function grown(stack: Int32Array): Int32Array<ArrayBuffer> {
  if (stack.length > MAX_STACK) throw tooMuchMemory();
  const larger = new Int32Array(stack.length * 2);
  larger.set(stack);
  return larger;
}

function tooMuchMemory(): FuelExhausted {
  return new FuelExhausted("a regular expression needed too much memory");
}

/** What a balancing group captures: the text between the balanced capture and this one, or the innermost of the two. */
function between(start: number, end: number, balanced: CaptureLink): [start: number, end: number] {
  if (start >= balanced.end) return [balanced.end, start];
  if (end <= balanced.start) return [start, balanced.start];
  return [Math.max(start, balanced.start), Math.min(end, balanced.end)];
}
