/** The state of definite assignment: which of the tracked variables have a value for certain. */
import type { Place } from "./binder.ts";
import type { Type } from "../types.ts";
import type { Local } from "./bound.ts";

/** A bit for each tracked variable, of a tuple one for each element of it and of its elements. Where control cannot come, everything counts as assigned. */
export type Assigned = bigint;

export const UNREACHABLE: Assigned = -1n;

export interface Branches {
  readonly whenTrue: Assigned;
  readonly whenFalse: Assigned;
}

/** Where two paths meet, only what both assigned is assigned. */
export function join(a: Assigned, b: Assigned): Assigned {
  return a & b;
}

export type Report = (code: string, message: string, at: Place) => void;

/** What a local function wants and gives: checked where it is called. */
export interface FunctionFlow {
  /** Outer variables that it reads before assigning them. */
  required: Assigned;
  /** Outer variables that it has assigned when it returns. */
  given: Assigned;
}

/** Bits of a variable: those of all elements, down to those that are no tuples themselves. */
function widthOf(type: Type): bigint {
  return type.kind === "tuple" ? type.args.reduce((sum, t) => sum + widthOf(t), 0n) : 1n;
}

/** The variables under watch: those that may be read before they have a value. */
export class Tracked {
  readonly #bits = new Map<Local, bigint>();
  #width = 0n;

  /** Zero for a variable that always has a value; all the bits of a tuple. */
  bit(local: Local): bigint {
    return this.#bits.get(local) ?? 0n;
  }

  /** Starts to watch a variable. */
  add(local: Local): bigint {
    let bit = this.#bits.get(local);
    if (bit === undefined) {
      const width = widthOf(local.type);
      bit = ((1n << width) - 1n) << this.#width;
      this.#width += width;
      this.#bits.set(local, bit);
    }
    return bit;
  }

  /** Of an element of a tuple, or of an element of its element, and so on. */
  elementBit(local: Local, path: readonly number[]): bigint {
    const bits = this.bit(local);
    let lowest = bits & -bits;
    let type = local.type;
    for (const index of path) {
      lowest <<= type.args.slice(0, index).reduce((sum, t) => sum + widthOf(t), 0n);
      type = type.args[index];
    }
    return lowest * ((1n << widthOf(type)) - 1n);
  }

  /** All variables watched so far. */
  mask(): Assigned {
    return (1n << this.#width) - 1n;
  }

  names(mask: Assigned): string[] {
    return [...this.#bits].filter(([, bit]) => (bit & mask) !== 0n).map(([local]) => local.name);
  }
}
