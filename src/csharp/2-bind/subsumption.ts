/**
 * Which cases of a switch can never be reached because earlier ones take all that they would, and whether the cases together take
 * every value (C# 7.3 section 13.8.3).
 */
import type { Type } from "../types.ts";
import type { ConstantPattern, Literal, Pattern, SwitchLabel } from "./bound.ts";
import { standardImplicit } from "./conversions.ts";
import { BOOL, canBeNull, strip } from "./well-known.ts";

/** The labels taken so far that have no condition. */
export class Taken {
  readonly #input: Type;
  readonly #patterns: Pattern[] = [];

  constructor(input: Type) {
    this.#input = input;
  }

  add(label: SwitchLabel): void {
    const always = label.when === null || (label.when.kind === "literal" && label.when.value === true);
    if (label.pattern && always) this.#patterns.push(label.pattern);
  }

  /** Is it the same constant again? */
  repeats(pattern: ConstantPattern): boolean {
    return this.#hasConstant(pattern.value.value);
  }

  /** Is there no value left for this pattern? */
  covers(pattern: Pattern): boolean {
    if (this.#patterns.some((p) => p.kind === "varPattern")) return true;
    switch (pattern.kind) {
      case "varPattern":
        return this.everything();
      case "typePattern":
        return this.#coversType(pattern.target);
      case "constantPattern":
        return pattern.value.value === null ? this.#hasConstant(null) : this.#coversConstant(pattern.value);
    }
  }

  /** Is every value of the input taken? */
  everything(): boolean {
    if (this.#patterns.some((p) => p.kind === "varPattern")) return true;
    return this.#coversType(strip(this.#input)) && (!canBeNull(this.#input) || this.#hasConstant(null));
  }

  #coversConstant(value: Literal): boolean {
    return this.#hasConstant(value.value) || this.#hasType(value.type) || this.#hasType(this.#input);
  }

  #coversType(t: Type): boolean {
    if (this.#hasType(t) || this.#hasType(this.#input)) return true;
    return t === BOOL && this.#hasConstant(true) && this.#hasConstant(false);
  }

  #hasConstant(value: unknown): boolean {
    return this.#patterns.some((p) => p.kind === "constantPattern" && p.value.value === value);
  }

  /** Does an earlier type pattern match whatever is a `t`? */
  #hasType(t: Type): boolean {
    return this.#patterns.some((p) => p.kind === "typePattern" && isAlways(strip(t), p.target));
  }
}

function isAlways(t: Type, target: Type): boolean {
  const conv = standardImplicit(t, target);
  return conv !== null && ["identity", "reference", "boxing"].includes(conv.kind);
}
