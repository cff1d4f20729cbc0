/** Syntax of literals: the values are parsed, typed by suffix and size. */
import type { Node } from "./ast-types.ts";

/**
 * A literal with the type that its suffix and size give it. Values: int, uint, float, double and char are numbers (char: its UTF-16
 * unit; float already rounded to single precision), long and ulong are bigints, decimal is its digits with scale kept
 * (`1.10`; without exponent), bool, string and null are themselves.
 */
export type Literal = NumberLiteral | BigLiteral | DecimalLiteral | StringLiteral | BoolLiteral | NullLiteral;

export interface NumberLiteral extends Node {
  readonly kind: "Literal";
  readonly type: "int" | "uint" | "float" | "double" | "char";
  readonly value: number;
  /** The decimal digits 2147483648 without suffix: directly after unary minus they are int.MinValue, not uint. */
  readonly minimum?: true;
}

export interface BigLiteral extends Node {
  readonly kind: "Literal";
  readonly type: "long" | "ulong";
  readonly value: bigint;
  /** The decimal digits 9223372036854775808 without `u`: directly after unary minus they are long.MinValue, not ulong. */
  readonly minimum?: true;
}

export interface DecimalLiteral extends Node {
  readonly kind: "Literal";
  readonly type: "decimal";
  readonly value: string;
}

export interface StringLiteral extends Node {
  readonly kind: "Literal";
  readonly type: "string";
  readonly value: string;
}

export interface BoolLiteral extends Node {
  readonly kind: "Literal";
  readonly type: "bool";
  readonly value: boolean;
}

export interface NullLiteral extends Node {
  readonly kind: "Literal";
  readonly type: "null";
  readonly value: null;
}
