/** Bound expressions, part two: calls, members, creations, lambdas, assignments, late binding. See bound.ts. */
import type { Type } from "../types.ts";
import type { Block, Expression, Target } from "./bound.ts";
import type { Node } from "./bound-values.ts";
import type { Local, LocalFunction, Placeholder, ResolvedMember } from "./symbols.ts";

/**
 * A method of the library. `receiver` is null for static and extension methods (an extension's `this` is the first
 * argument); a value-type receiver of a member that a reference type declares (object.GetType, Enum.ToString) comes
 * boxed. A Nullable receiver stays Nullable when the member is declared by System.Nullable. Arguments in parameter
 * order, `params` packed, defaults filled in.
 */
export interface Call extends Node {
  readonly kind: "call";
  readonly receiver: Expression | null;
  readonly member: ResolvedMember;
  /** Type arguments of the method itself. */
  readonly typeArgs: readonly Type[];
  readonly args: readonly Expression[];
}

export interface LocalFunctionCall extends Node {
  readonly kind: "localFunctionCall";
  readonly function: LocalFunction;
  /** As many as the function has type parameters. */
  readonly typeArgs: readonly Type[];
  readonly args: readonly Expression[];
}

export interface DelegateInvoke extends Node {
  readonly kind: "delegateInvoke";
  readonly delegate: Expression;
  readonly args: readonly Expression[];
}

/** `c ? ref x : ref y`: one of two variables. As a Target it is the one that is chosen. */
export interface RefConditional extends Node {
  readonly kind: "refConditional";
  readonly condition: Expression;
  readonly whenTrue: ReferenceArgument;
  readonly whenFalse: ReferenceArgument;
}

/** `ref x`, `out x`, `out var x`, `out _`, and a variable for an `in` parameter. `type` is the variable's type. A Discard stands for `out _`. */
export interface ReferenceArgument extends Node {
  readonly kind: "reference";
  readonly mode: "ref" | "out" | "in";
  readonly target: Target;
}

/** Only ever a Target: `_ = f()`, `out _`. */
export interface Discard extends Node {
  readonly kind: "discard";
}

/** Receiver null: static. As a Target the implementation's key is `${member.key}=`. */
export interface PropertyAccess extends Node {
  readonly kind: "property";
  readonly receiver: Expression | null;
  readonly member: ResolvedMember;
}

/** `receiver[args]`; as a Target the key is `${member.key}=` and the value follows the arguments. */
export interface IndexerAccess extends Node {
  readonly kind: "indexer";
  readonly receiver: Expression;
  readonly member: ResolvedMember;
  readonly args: readonly Expression[];
}

/** A field that is not a constant (those are Literals): `string.Empty`, `Guid.Empty`. */
export interface FieldAccess extends Node {
  readonly kind: "field";
  readonly receiver: Expression | null;
  readonly member: ResolvedMember;
}

/** The index has type int, uint, long or ulong. */
export interface ArrayAccess extends Node {
  readonly kind: "arrayAccess";
  readonly array: Expression;
  readonly index: Expression;
}

/** `array[i, j]`: as many indices, of the types of ArrayAccess, as the array has dimensions. */
export interface MultiArrayAccess extends Node {
  readonly kind: "multiArrayAccess";
  readonly array: Expression;
  readonly indices: readonly Expression[];
}

export interface ArrayLength extends Node {
  readonly kind: "arrayLength";
  readonly array: Expression;
}

/** Item1 ... of a tuple, by index from 0. As a Target its receiver is a Target. */
export interface TupleElement extends Node {
  readonly kind: "tupleElement";
  readonly receiver: Expression;
  readonly index: number;
  /** As the code has it: Item1, or the element's own name. */
  readonly name?: string;
}

export interface AnonymousMember extends Node {
  readonly kind: "anonymousMember";
  readonly receiver: Expression;
  readonly index: number;
  readonly name: string;
}

/**
 * Exactly one of `length` (int, uint, long, ulong) and `items` is not null; with both given in source the length was
 * checked.
 */
export interface ArrayCreation extends Node {
  readonly kind: "arrayCreation";
  readonly elementType: Type;
  readonly length: Expression | null;
  readonly items: readonly Expression[] | null;
}

/**
 * `new T[2, 3]`: a length for each dimension. With `items`, all elements row by row, the lengths are constants that
 * agree with them.
 */
export interface MultiArrayCreation extends Node {
  readonly kind: "multiArrayCreation";
  readonly elementType: Type;
  readonly lengths: readonly Expression[];
  readonly items: readonly Expression[] | null;
}

/** `new T(args)`; `type` is the constructed type. */
export interface ObjectCreation extends Node {
  readonly kind: "new";
  readonly member: ResolvedMember;
  readonly args: readonly Expression[];
}

/**
 * `new T { A = 1, B = { C = 2 } }` and `new T { x, { k, v } }`: evaluates `value`, then each of `effects` (assignments,
 * Add calls, nested Initializations), which reach it through `current`; the result is `value`.
 */
export interface Initialization extends Node {
  readonly kind: "initialization";
  readonly value: Expression;
  readonly current: Placeholder;
  readonly effects: readonly Expression[];
}

/** Values in the order of `type.memberNames`. */
export interface AnonymousCreation extends Node {
  readonly kind: "anonymous";
  readonly values: readonly Expression[];
}

export interface TupleCreation extends Node {
  readonly kind: "tuple";
  readonly values: readonly Expression[];
}

/**
 * A lambda, anonymous method or method group; `type` is the delegate type. An expression body is already converted to
 * `returnType` (void: its value is dropped). `locals`: variables declared inside an expression body.
 */
export interface Lambda extends Node {
  readonly kind: "lambda";
  readonly parameters: readonly Local[];
  readonly returnType: Type;
  readonly body: Expression | Block;
  readonly locals: readonly Local[];
}

/** Result: the assigned value, of the target's type. */
export interface Assignment extends Node {
  readonly kind: "assignment";
  readonly target: Target;
  readonly value: Expression;
}

/**
 * `x op= y`: evaluate the target's parts once and read it as `current`; `value` is the new value, of the target's type,
 * in terms of `current`. Also `+=` on strings (value is a Concatenation) and delegates.
 */
export interface CompoundAssignment extends Node {
  readonly kind: "compoundAssignment";
  readonly target: Target;
  readonly current: Placeholder;
  readonly value: Expression;
}

/** `++x`, `x--`: like CompoundAssignment; the result is the old value when postfix. */
export interface Increment extends Node {
  readonly kind: "increment";
  readonly op: "++" | "--";
  readonly postfix: boolean;
  readonly target: Target;
  readonly current: Placeholder;
  readonly value: Expression;
}

/** Evaluates the effects in order, then the result. `locals` are its temporaries, assigned in the effects. */
export interface Sequence extends Node {
  readonly kind: "sequence";
  readonly locals: readonly Local[];
  readonly effects: readonly Expression[];
  readonly result: Expression;
}

/** Late binding of `dynamic`: type is dynamic. Names are C# identifiers or JSON property names of the value at hand. */
export interface DynamicMember extends Node {
  readonly kind: "dynamicMember";
  readonly receiver: Expression;
  readonly name: string;
}

/** Arguments come boxed, as objects. */
export interface DynamicIndex extends Node {
  readonly kind: "dynamicIndex";
  readonly receiver: Expression;
  readonly args: readonly Expression[];
}

/**
 * `receiver.name(args)`, or `receiver(args)` when name is null, or a static method of `owner` when receiver is null. Arguments come
 * boxed, lambdas are not allowed.
 */
export interface DynamicInvoke extends Node {
  readonly kind: "dynamicInvoke";
  readonly receiver: Expression | null;
  readonly owner: Type | null;
  readonly name: string | null;
  readonly typeArgs: readonly Type[];
  readonly args: readonly Expression[];
}

/**
 * An operator with a dynamic operand; operands come boxed. `op` is a BinaryOperator or, with one operand, `-`, `+`,
 * `~`, `!`, `++`, `--`, or `true`: whether a condition holds.
 */
export interface DynamicOperation extends Node {
  readonly kind: "dynamicOperation";
  readonly op: string;
  readonly operands: readonly Expression[];
  readonly checked: boolean;
}
