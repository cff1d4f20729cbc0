/** System.Security.Cryptography.KeySizes: from `min` to `max` bits in steps. */
import { CsArray, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";

const NAME = "System.Security.Cryptography.KeySizes";

export class KeySizes extends CsObject {
  readonly min: number;
  readonly max: number;
  readonly skip: number;

  constructor(min: number, max: number, skip: number) {
    super();
    this.min = min;
    this.max = max;
    this.skip = skip;
  }

  override get type(): Type {
    return type(NAME);
  }

  allows(bits: number): boolean {
    if (bits < this.min || bits > this.max) return false;
    return this.skip === 0 ? bits === this.min : (bits - this.min) % this.skip === 0;
  }
}

/** A KeySizes[]. */
export function keySizes(...sizes: KeySizes[]): CsArray {
  return new CsArray(type(NAME), sizes);
}

implement(NAME, {
  "new(int,int,int)": (min: number, max: number, skip: number) => new KeySizes(min, max, skip),
  MinSize: (self: KeySizes) => self.min,
  MaxSize: (self: KeySizes) => self.max,
  SkipSize: (self: KeySizes) => self.skip,
});
