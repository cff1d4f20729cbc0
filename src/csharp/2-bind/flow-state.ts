/** The state of definite assignment: which of the tracked variables have a value for certain. */
import type { Place } from "./binder.ts";
import type { Local } from "./bound.ts";

/** A bit for each tracked variable, of a tuple one for each element. Where control cannot come, everything counts as assigned. */
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
      const width = local.type.kind === "tuple" ? BigInt(local.type.args.length) : 1n;
      bit = ((1n << width) - 1n) << this.#width;
      this.#width += width;
      this.#bits.set(local, bit);
    }
    return bit;
  }

  /** Of an element of a tuple. */
  elementBit(local: Local, index: number): bigint {
    const bits = this.bit(local);
    const lowest = bits & -bits;
    return lowest << BigInt(index);
  }

  /** All variables watched so far. */
  mask(): Assigned {
    return (1n << this.#width) - 1n;
  }

  names(mask: Assigned): string[] {
    return [...this.#bits].filter(([, bit]) => (bit & mask) !== 0n).map(([local]) => local.name);
  }
}
