/**
 * The bound tree: what an expression means, with every decision taken. The binder makes it, the emitter reads nothing
 * else.
 *
 * - Every conversion is a node; an operand has exactly the type that the operator or parameter wants (exceptions are
 *   said below).
 * - Constants are folded: a constant expression of any shape is one Literal.
 * - Syntax that means other syntax is gone: query expressions, extension-call form, `nameof`, method groups (lambdas),
 *   `using` aliases, named and default arguments (parameter order; a Sequence keeps the order of evaluation),
 *   deconstruction and tuple equality (Sequence).
 * - `start` is the offset in the code of the token that an error about the node would point at; of a member access or call the name.
 */
import type { Type } from "../types.ts";
import type {
  AnonymousCreation,
  AnonymousMember,
  ArrayAccess,
  ArrayCreation,
  ArrayLength,
  Assignment,
  Call,
  CompoundAssignment,
  DelegateInvoke,
  Discard,
  DynamicIndex,
  DynamicInvoke,
  DynamicMember,
  DynamicOperation,
  FieldAccess,
  Increment,
  IndexerAccess,
  Initialization,
  Lambda,
  LocalFunctionCall,
  MultiArrayAccess,
  MultiArrayCreation,
  ObjectCreation,
  PropertyAccess,
  ReferenceArgument,
  RefConditional,
  Sequence,
  TupleCreation,
  TupleElement,
} from "./bound-accesses.ts";
import type { Block } from "./bound-statements.ts";
import type {
  As,
  Binary,
  Coalesce,
  Concatenation,
  Conditional,
  ConditionalAccess,
  Conversion,
  DefaultValue,
  InterpolatedString,
  Invalid,
  IsPattern,
  IsType,
  Literal,
  LocalReference,
  Logical,
  PlaceholderReference,
  ThrowExpression,
  TupleConversion,
  TypeOf,
  Unary,
} from "./bound-values.ts";
import type { Local } from "./symbols.ts";

export type * from "./bound-accesses.ts";
export type * from "./bound-statements.ts";
export type * from "./bound-values.ts";
export type { Iterator, Local, LocalFunction, LocalRole, Placeholder, ResolvedMember } from "./symbols.ts";

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
  | RefConditional
  | DelegateInvoke
  | ReferenceArgument
  | PropertyAccess
  | IndexerAccess
  | FieldAccess
  | ArrayAccess
  | MultiArrayAccess
  | ArrayLength
  | TupleElement
  | AnonymousMember
  | ArrayCreation
  | MultiArrayCreation
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
  | MultiArrayAccess
  | TupleElement
  | DynamicMember
  | DynamicIndex
  | LocalFunctionCall
  | RefConditional
  | Discard;

/** Result of binding: an expression's value, or a block that returns it on every path. */
export interface BoundProgram {
  readonly body: Expression | Block;
  /** Static type of the result: the expression's own (null literal: object) or the target type. */
  readonly type: Type;
  /** Variables declared inside the expression (`out var x`); a block has its own. */
  readonly locals: readonly Local[];
  /** Some `catch` clause has a filter. */
  readonly hasFilters: boolean;
}
