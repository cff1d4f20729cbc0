/** Bound expressions, part one: constants, variables, conversions, operators, tests. See bound.ts. */
import type { Type } from "../types.ts";
import type { Expression, Pattern } from "./bound.ts";
import type { Local, Placeholder, ResolvedMember } from "./symbols.ts";

/** What every expression has. */
export interface Node {
  readonly type: Type;
  readonly start: number;
}

/** A constant in its run-time representation, except that a decimal is not an instance of the library's class yet. */
export type ConstantValue = boolean | number | bigint | string | null | DecimalConstant;

/** mantissa / 10^scale; scale 0..28, the mantissa carries the sign. */
export interface DecimalConstant {
  readonly mantissa: bigint;
  readonly scale: number;
}

/**
 * `type` is the constant's type (an enum for its members); value null: the null literal, then already of its target
 * type.
 */
export interface Literal extends Node {
  readonly kind: "literal";
  readonly value: ConstantValue;
}

/** default(T), `new DateTime()`: null for reference types and Nullable, otherwise the zero value. */
export interface DefaultValue extends Node {
  readonly kind: "default";
  /** `new T()` of a type parameter: where T is a class, what its constructor makes. */
  readonly constructs?: true;
}

export interface LocalReference extends Node {
  readonly kind: "local";
  readonly local: Local;
}

export interface PlaceholderReference extends Node {
  readonly kind: "placeholder";
  readonly placeholder: Placeholder;
}

/**
 * From `operand.type` to `type`. With `lifted` both are Nullable: null stays null, otherwise the named conversion works
 * on the underlying types.
 *
 * - identity: nothing happens (object and dynamic, tuples that differ in names)
 * - reference: to a base class or interface, also delegates and arrays by variance; nothing happens
 * - referenceCast: to a derived or unrelated reference type, checked at run time (InvalidCastException)
 * - boxing: value type (also Nullable: null stays null) to object, ValueType, Enum, dynamic, interface
 * - unboxing: back; to Nullable<T> null stays null (InvalidCastException, NullReferenceException)
 * - numeric: between numeric types and char; `checked` as the context says (OverflowException)
 * - enum: between an enum and a number or another enum: numeric on the underlying types (OverflowException)
 * - nullableWrap: T to T?, nothing happens
 * - nullableUnwrap: T? to T (InvalidOperationException)
 * - userDefined: call of `method` (op_Implicit, op_Explicit) with the operand as its argument
 * - dynamic: dynamic to anything, found out at run time; `explicit` says which conversions are allowed
 */
export interface Conversion extends Node {
  readonly kind: "conversion";
  readonly conversion: ConversionKind;
  readonly operand: Expression;
  readonly explicit: boolean;
  readonly checked: boolean;
  readonly lifted: boolean;
  readonly method?: ResolvedMember;
}

export type ConversionKind =
  | "identity"
  | "reference"
  | "referenceCast"
  | "boxing"
  | "unboxing"
  | "numeric"
  | "enum"
  | "nullableWrap"
  | "nullableUnwrap"
  | "userDefined"
  | "dynamic";

/**
 * A tuple value (no tuple literal) to another tuple type: each of `elements` reads its element from `operand` through
 * the placeholder.
 */
export interface TupleConversion extends Node {
  readonly kind: "tupleConversion";
  readonly operand: Expression;
  readonly current: Placeholder;
  readonly elements: readonly Expression[];
}

/**
 * Type of the operands after promotion, without Nullable: `lifted` says that operands (and an arithmetic result) are
 * Nullable of it.
 */
interface OperatorFacts {
  readonly operandType: Type;
  readonly lifted: boolean;
  /** Overflow of integers throws. Division and decimal always check. */
  readonly checked: boolean;
  /** User-defined operator: called with the operands (lifted: unless one is null). */
  readonly method?: ResolvedMember;
}

export interface Unary extends Node, OperatorFacts {
  readonly kind: "unary";
  readonly op: "-" | "+" | "~" | "!";
  readonly operand: Expression;
}

/**
 * operandType decides what the operator does: a number type, bool (`& | ^` do not short-circuit; lifted ones are
 * three-valued), an enum (as its underlying type; `E - E` gives the underlying type and has operandType E), string
 * (`==`, `!=` by value), object (`==`, `!=` by reference: Boxes too), a delegate type (`+`, `-`, `==`). `<<` and `>>`:
 * the left operand's type, the right one is int (lifted: int?). Lifted `==`, `!=` compare null as equal to null; lifted
 * `<` and the like are false when one is null; both have type bool. `x == null` for a Nullable x is: lifted,
 * operandType T, one side a null Literal of type T?.
 */
export interface Binary extends Node, OperatorFacts {
  readonly kind: "binary";
  readonly op: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "<<"
  | ">>"
  | "&"
  | "|"
  | "^"
  | "=="
  | "!="
  | "<"
  | ">"
  | "<="
  | ">=";

/** Short-circuiting `&&` and `||` of bool. */
export interface Logical extends Node {
  readonly kind: "logical";
  readonly op: "&&" | "||";
  readonly left: Expression;
  readonly right: Expression;
}

/**
 * String `+`, flattened. Parts keep their own static types (no boxing); each becomes text as by ToString(), null as "".
 * At least two parts.
 */
export interface Concatenation extends Node {
  readonly kind: "concatenation";
  readonly parts: readonly Expression[];
}

export interface Conditional extends Node {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

/** `left ?? right`: `value` is the result when left is not null, in terms of `current` (left without Nullable). */
export interface Coalesce extends Node {
  readonly kind: "coalesce";
  readonly left: Expression;
  readonly current: Placeholder;
  readonly value: Expression;
  readonly right: Expression;
}

/**
 * `receiver?.access`: null (of a void access: nothing) when the receiver is null, otherwise `access`, which reads the
 * receiver through `current` (receiver without Nullable). Covers the whole chain behind `?.`.
 */
export interface ConditionalAccess extends Node {
  readonly kind: "conditionalAccess";
  readonly receiver: Expression;
  readonly current: Placeholder;
  readonly access: Expression;
}

/** `operand is T`. The operand keeps its static type (a value type is not boxed). */
export interface IsType extends Node {
  readonly kind: "isType";
  readonly operand: Expression;
  readonly target: Type;
}

export interface IsPattern extends Node {
  readonly kind: "isPattern";
  readonly operand: Expression;
  readonly pattern: Pattern;
}

/** `operand as T`, T a reference type or Nullable. The operand keeps its static type. */
export interface As extends Node {
  readonly kind: "as";
  readonly operand: Expression;
}

/** typeof(T): a System.Type. */
export interface TypeOf extends Node {
  readonly kind: "typeof";
  readonly target: Type;
}

/** Parts in order; values keep their static types. `format` is the text behind the colon. */
export interface InterpolatedString extends Node {
  readonly kind: "interpolated";
  readonly parts: readonly (string | InterpolationHole)[];
}

export interface InterpolationHole {
  readonly value: Expression;
  readonly alignment: number | null;
  readonly format: string | null;
}

/** `throw e` as an expression: never yields a value; `type` is what its place wants. */
export interface ThrowExpression extends Node {
  readonly kind: "throwExpression";
  readonly exception: Expression;
}

/** An expression with an error; never in a tree that is emitted. */
export interface Invalid extends Node {
  readonly kind: "invalid";
}
