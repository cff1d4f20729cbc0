/**
 * The bound tree: what an expression means, with every decision taken. The binder makes it, the emitter reads nothing else.
 *
 * - Every conversion is a node; an operand has exactly the type that the operator or parameter wants (exceptions are said below).
 * - Constants are folded: a constant expression of any shape is one Literal.
 * - Syntax that means other syntax is gone: query expressions, extension-call form, `nameof`, method groups (lambdas), `using` aliases,
 *   named and default arguments (parameter order; a Sequence keeps the order of evaluation), deconstruction and tuple equality (Sequence).
 * - `start` is the offset in the code of the token that an error about the node would point at.
 */
import type { Type } from "../types.ts";
import type { Local, LocalFunction, Placeholder, ResolvedMember } from "./symbols.ts";

export type { Local, LocalFunction, LocalRole, Placeholder, ResolvedMember } from "./symbols.ts";

interface Node {
  readonly type: Type;
  readonly start: number;
}

// ---- Expressions -------------------------------------------------------------------------------------------------------------------

export type Expression =
  | Literal
  | DefaultValue
  | LocalReference
  | PlaceholderReference
  | Conversion
  | TupleConversion
  | Unary
  | Binary
  | Logical
  | Concatenation
  | Conditional
  | Coalesce
  | ConditionalAccess
  | Call
  | LocalFunctionCall
  | DelegateInvoke
  | ReferenceArgument
  | PropertyAccess
  | IndexerAccess
  | FieldAccess
  | ArrayAccess
  | ArrayLength
  | TupleElement
  | AnonymousMember
  | ArrayCreation
  | ObjectCreation
  | Initialization
  | AnonymousCreation
  | TupleCreation
  | Lambda
  | Assignment
  | CompoundAssignment
  | Increment
  | Sequence
  | IsType
  | IsPattern
  | As
  | TypeOf
  | InterpolatedString
  | ThrowExpression
  | DynamicMember
  | DynamicIndex
  | DynamicInvoke
  | DynamicOperation
  | Invalid;

/** What an assignment, `ref` or `out` can write to. A TupleElement's receiver is itself a Target. */
export type Target =
  | LocalReference
  | PropertyAccess
  | IndexerAccess
  | FieldAccess
  | ArrayAccess
  | TupleElement
  | DynamicMember
  | DynamicIndex
  | Discard;

/** A constant in its run-time representation, except that a decimal is not an instance of the library's class yet. */
export type ConstantValue = boolean | number | bigint | string | null | DecimalConstant;

/** mantissa / 10^scale; scale 0..28, the mantissa carries the sign. */
export interface DecimalConstant {
  readonly mantissa: bigint;
  readonly scale: number;
}

/** `type` is the constant's type (an enum for its members); value null: the null literal, then already of its target type. */
export interface Literal extends Node {
  readonly kind: "literal";
  readonly value: ConstantValue;
}

/** default(T), `new DateTime()`: null for reference types and Nullable, otherwise the zero value. */
export interface DefaultValue extends Node {
  readonly kind: "default";
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
 * From `operand.type` to `type`. With `lifted` both are Nullable: null stays null, otherwise the named conversion works on the underlying
 * types.
 *
 * | conversion      | meaning                                                                                     | can throw             |
 * |-----------------|---------------------------------------------------------------------------------------------|-----------------------|
 * | identity        | nothing happens (object and dynamic, tuples that differ in names)                           |                       |
 * | reference       | to a base class or interface, also delegates and arrays by variance; nothing happens        |                       |
 * | referenceCast   | to a derived or unrelated reference type: checked at run time                               | InvalidCast           |
 * | boxing          | value type (also Nullable: null stays null) to object, ValueType, Enum, dynamic, interface  |                       |
 * | unboxing        | back; to Nullable<T> null stays null                                                        | InvalidCast, NullRef  |
 * | numeric         | between numeric types and char; `checked` as the context says                               | Overflow              |
 * | enum            | between an enum and a number or another enum: numeric on the underlying types               | Overflow              |
 * | nullableWrap    | T to T?: nothing happens                                                                    |                       |
 * | nullableUnwrap  | T? to T                                                                                     | InvalidOperation      |
 * | userDefined     | call of `method` (op_Implicit, op_Explicit) with the operand as its argument                | whatever it throws    |
 * | dynamic         | dynamic to anything, found out at run time: `explicit` says which conversions are allowed   | RuntimeBinder         |
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

/** A tuple value (no tuple literal) to another tuple type: each of `elements` reads its element from `operand` through the placeholder. */
export interface TupleConversion extends Node {
  readonly kind: "tupleConversion";
  readonly operand: Expression;
  readonly current: Placeholder;
  readonly elements: readonly Expression[];
}

/** Type of the operands after promotion, without Nullable: `lifted` says that operands (and an arithmetic result) are Nullable of it. */
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
 * operandType decides what the operator does: a number type, bool (`& | ^` do not short-circuit; lifted ones are three-valued), an enum
 * (as its underlying type; `E - E` gives the underlying type and has operandType E), string (`==`, `!=` by value), object (`==`, `!=` by
 * reference: Boxes too), a delegate type (`+`, `-`, `==`). `<<` and `>>`: the left operand's type, the right one is int (lifted: int?).
 * Lifted `==`, `!=` compare null as equal to null; lifted `<` and the like are false when one is null; both have type bool.
 * `x == null` for a Nullable x is: lifted, operandType T, one side a null Literal of type T?.
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

/** String `+`, flattened. Parts keep their own static types (no boxing); each becomes text as by ToString(), null as "". At least two parts. */
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
 * `receiver?.access`: null (of a void access: nothing) when the receiver is null, otherwise `access`, which reads the receiver through
 * `current` (receiver without Nullable). Covers the whole chain behind `?.`.
 */
export interface ConditionalAccess extends Node {
  readonly kind: "conditionalAccess";
  readonly receiver: Expression;
  readonly current: Placeholder;
  readonly access: Expression;
}

/**
 * A method of the library. `receiver` is null for static and extension methods (an extension's `this` is the first argument); a value-type
 * receiver of a member that a reference type declares (object.GetType, Enum.ToString) comes boxed. A Nullable receiver stays Nullable when
 * the member is declared by System.Nullable. Arguments in parameter order, `params` packed, defaults filled in.
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
  readonly args: readonly Expression[];
}

export interface DelegateInvoke extends Node {
  readonly kind: "delegateInvoke";
  readonly delegate: Expression;
  readonly args: readonly Expression[];
}

/** `ref x`, `out x`, `out var x`, `out _`. `type` is the variable's type. A Discard stands for `out _`. */
export interface ReferenceArgument extends Node {
  readonly kind: "reference";
  readonly mode: "ref" | "out";
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

export interface ArrayLength extends Node {
  readonly kind: "arrayLength";
  readonly array: Expression;
}

/** Item1 ... of a tuple, by index from 0. As a Target its receiver is a Target. */
export interface TupleElement extends Node {
  readonly kind: "tupleElement";
  readonly receiver: Expression;
  readonly index: number;
}

export interface AnonymousMember extends Node {
  readonly kind: "anonymousMember";
  readonly receiver: Expression;
  readonly index: number;
  readonly name: string;
}

/** Exactly one of `length` (int, uint, long, ulong) and `items` is not null; with both given in source the length was checked. */
export interface ArrayCreation extends Node {
  readonly kind: "arrayCreation";
  readonly elementType: Type;
  readonly length: Expression | null;
  readonly items: readonly Expression[] | null;
}

/** `new T(args)`; `type` is the constructed type. */
export interface ObjectCreation extends Node {
  readonly kind: "new";
  readonly member: ResolvedMember;
  readonly args: readonly Expression[];
}

/**
 * `new T { A = 1, B = { C = 2 } }` and `new T { x, { k, v } }`: evaluates `value`, then each of `effects` (assignments, Add calls, nested
 * Initializations), which reach it through `current`; the result is `value`.
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
 * A lambda, anonymous method or method group; `type` is the delegate type. An expression body is already converted to `returnType`
 * (void: its value is dropped). `locals`: variables declared inside an expression body.
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
 * `x op= y`: evaluate the target's parts once and read it as `current`; `value` is the new value, of the target's type, in terms of
 * `current`. Also `+=` on strings (value is a Concatenation) and delegates.
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

/** `receiver.name(args)`, or `receiver(args)` when name is null. Arguments come boxed, lambdas are not allowed. */
export interface DynamicInvoke extends Node {
  readonly kind: "dynamicInvoke";
  readonly receiver: Expression;
  readonly name: string | null;
  readonly typeArgs: readonly Type[];
  readonly args: readonly Expression[];
}

/** An operator with a dynamic operand; operands come boxed. `op` is a BinaryOperator or, with one operand, `-`, `+`, `~`, `!`. */
export interface DynamicOperation extends Node {
  readonly kind: "dynamicOperation";
  readonly op: string;
  readonly operands: readonly Expression[];
  readonly checked: boolean;
}

/** An expression with an error; never in a tree that is emitted. */
export interface Invalid extends Node {
  readonly kind: "invalid";
}

// ---- Patterns ----------------------------------------------------------------------------------------------------------------------

export type Pattern = ConstantPattern | TypePattern | VarPattern;

/**
 * Matches when the input equals the constant. When the literal's type is the input's type (or its Nullable underlying type) the values are
 * compared; otherwise (input is object or an interface) as object.Equals. A null Literal matches null.
 */
export interface ConstantPattern {
  readonly kind: "constantPattern";
  readonly value: Literal;
}

/** `T x`, `T _`: matches when the input is a T (never null); assigns `value`, the input as T, in terms of `current`. */
export interface TypePattern {
  readonly kind: "typePattern";
  readonly target: Type;
  readonly local: Local | null;
  /** The input, of its static type. */
  readonly current: Placeholder;
  readonly value: Expression;
}

/** `var x`, `var _`: matches always, null too. */
export interface VarPattern {
  readonly kind: "varPattern";
  readonly local: Local | null;
}

// ---- Statements --------------------------------------------------------------------------------------------------------------------

export type Statement =
  | Block
  | LocalDeclaration
  | LocalFunctionStatement
  | ExpressionStatement
  | If
  | While
  | Do
  | For
  | ForEach
  | Switch
  | Break
  | Continue
  | Goto
  | GotoCase
  | Labeled
  | Return
  | Throw
  | Try
  | Using
  | Lock
  | Empty;

/**
 * A scope. `locals`: every variable that lives in it, in order of declaration, except constants; those with role `out` or `pattern` have
 * no LocalDeclaration. Local functions may be called before the point where they stand.
 */
export interface Block {
  readonly kind: "block";
  readonly start: number;
  readonly locals: readonly Local[];
  readonly statements: readonly Statement[];
}

/** One variable. Value null: declared without initialiser (definite assignment was checked). */
export interface LocalDeclaration {
  readonly kind: "localDeclaration";
  readonly start: number;
  readonly local: Local;
  readonly value: Expression | null;
}

export interface LocalFunctionStatement {
  readonly kind: "localFunction";
  readonly start: number;
  readonly function: LocalFunction;
  readonly body: Block;
}

/** The value is dropped. */
export interface ExpressionStatement {
  readonly kind: "expressionStatement";
  readonly start: number;
  readonly expression: Expression;
}

export interface If {
  readonly kind: "if";
  readonly start: number;
  readonly condition: Expression;
  readonly then: Statement;
  readonly else: Statement | null;
}

/** `locals`: variables declared in the condition, fresh in each iteration. */
export interface While {
  readonly kind: "while";
  readonly start: number;
  readonly locals: readonly Local[];
  readonly condition: Expression;
  readonly body: Statement;
}

export interface Do {
  readonly kind: "do";
  readonly start: number;
  readonly locals: readonly Local[];
  readonly body: Statement;
  readonly condition: Expression;
}

/** `locals`: one instance for all iterations (closures share it). */
export interface For {
  readonly kind: "for";
  readonly start: number;
  readonly locals: readonly Local[];
  readonly initializers: readonly (LocalDeclaration | ExpressionStatement)[];
  readonly condition: Expression | null;
  readonly increments: readonly Expression[];
  readonly body: Statement;
}

/**
 * Each element comes as `current` (type: the element type of the enumeration). `assignments` set the loop variables from it: one
 * Assignment for `foreach (T x in ...)`, more (or a Sequence) for a deconstruction. `locals` are fresh in each iteration.
 * `boxed`: the collection is enumerated through the non-generic IEnumerable: value elements are to be boxed.
 */
export interface ForEach {
  readonly kind: "forEach";
  readonly start: number;
  readonly locals: readonly Local[];
  readonly collection: Expression;
  readonly boxed: boolean;
  readonly current: Placeholder;
  readonly assignments: readonly Expression[];
  readonly body: Statement;
}

/**
 * Sections in order; the first label that matches wins, whatever its section; `default` (pattern null) last of all. No section falls
 * through. `locals` are the variables of the whole switch block. `constant`: every pattern is a constant and no label has a `when`;
 * `hasGotoCase`: some GotoCase jumps inside.
 */
export interface Switch {
  readonly kind: "switch";
  readonly start: number;
  readonly id: number;
  readonly locals: readonly Local[];
  readonly value: Expression;
  readonly sections: readonly SwitchSection[];
  readonly constant: boolean;
  readonly hasGotoCase: boolean;
}

export interface SwitchSection {
  readonly labels: readonly SwitchLabel[];
  readonly statements: readonly Statement[];
}

export interface SwitchLabel {
  readonly pattern: Pattern | null;
  readonly when: Expression | null;
}

/** Out of the nearest loop or switch. */
export interface Break {
  readonly kind: "break";
  readonly start: number;
}

export interface Continue {
  readonly kind: "continue";
  readonly start: number;
}

export interface Goto {
  readonly kind: "goto";
  readonly start: number;
  readonly label: string;
}

/** To a section of the switch with that id. */
export interface GotoCase {
  readonly kind: "gotoCase";
  readonly start: number;
  readonly switch: number;
  readonly section: number;
}

export interface Labeled {
  readonly kind: "labeled";
  readonly start: number;
  readonly label: string;
  readonly statement: Statement;
}

/** The value is converted to the return type of the function around it. */
export interface Return {
  readonly kind: "return";
  readonly start: number;
  readonly value: Expression | null;
}

/** Exception null: `throw;` inside a catch. */
export interface Throw {
  readonly kind: "throw";
  readonly start: number;
  readonly exception: Expression | null;
}

export interface Try {
  readonly kind: "try";
  readonly start: number;
  readonly body: Block;
  readonly catches: readonly Catch[];
  readonly finally: Block | null;
}

/** Type null: `catch { }`, everything. `locals`: the exception variable and those of the filter. */
export interface Catch {
  readonly start: number;
  readonly type: Type | null;
  readonly local: Local | null;
  readonly locals: readonly Local[];
  readonly filter: Expression | null;
  readonly body: Block;
}

/** Disposes each declared variable (in reverse) or the value of the expression; null is not disposed. `dispose` are the Dispose calls. */
export interface Using {
  readonly kind: "using";
  readonly start: number;
  readonly locals: readonly Local[];
  /** Declarations, or one expression kept in a temporary. */
  readonly resources: readonly UsingResource[];
  readonly body: Statement;
}

export interface UsingResource {
  readonly local: Local;
  readonly value: Expression;
  /** Call of Dispose on the local; not made when the local is null. */
  readonly dispose: Expression;
}

export interface Lock {
  readonly kind: "lock";
  readonly start: number;
  readonly expression: Expression;
  readonly body: Statement;
}

export interface Empty {
  readonly kind: "empty";
  readonly start: number;
}

/** Result of binding: an expression's value, or a block that returns it on every path. */
export interface BoundProgram {
  readonly body: Expression | Block;
  /** Static type of the result: the expression's own (null literal: object) or the target type. */
  readonly type: Type;
  /** Variables declared inside the expression (`out var x`); a block has its own. */
  readonly locals: readonly Local[];
}
