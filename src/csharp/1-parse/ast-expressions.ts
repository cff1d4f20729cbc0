/** Syntax of expressions, patterns and designations. */
import type {
  AnonymousObjectCreation,
  ArrayCreation,
  ImplicitArrayCreation,
  ObjectCreation,
} from "./ast-creations.ts";
import type { Literal } from "./ast-literals.ts";
import type { QueryClause } from "./ast-queries.ts";
import type { Block } from "./ast-statements.ts";
import type {
  AliasQualifiedName,
  GenericName,
  IdentifierName,
  Node,
  PredefinedType,
  SimpleName,
  TypeSyntax,
} from "./ast-types.ts";

/** `default` without a type. */
export interface DefaultLiteral extends Node {
  readonly kind: "DefaultLiteral";
}

/** `default(T)`. */
export interface Default extends Node {
  readonly kind: "Default";
  readonly type: TypeSyntax;
}

export interface InterpolatedString extends Node {
  readonly kind: "InterpolatedString";
  readonly parts: readonly (InterpolatedText | Interpolation)[];
}

export interface InterpolatedText extends Node {
  readonly kind: "InterpolatedText";
  /** With escapes and doubled braces resolved. */
  readonly text: string;
}

export interface Interpolation extends Node {
  readonly kind: "Interpolation";
  readonly expression: Expression;
  readonly alignment?: Expression;
  /** Format after the colon, escapes resolved. */
  readonly format?: string;
}

export interface This extends Node {
  readonly kind: "This";
}

export interface Base extends Node {
  readonly kind: "Base";
}

export interface Parenthesized extends Node {
  readonly kind: "Parenthesized";
  readonly expression: Expression;
}

/** At least two arguments; an argument's expression may be a Declaration (deconstruction). */
export interface Tuple extends Node {
  readonly kind: "Tuple";
  readonly arguments: readonly Argument[];
}

export interface MemberAccess extends Node {
  readonly kind: "MemberAccess";
  readonly expression: Expression;
  readonly name: SimpleName;
}

/**
 * `a?.b.c[d]`: expression `a`, whenNotNull `.b.c[d]`, whose innermost node is a MemberBinding or ElementBinding standing for
 * "member of the receiver". A null receiver skips the whole of whenNotNull. `a?.b?.c` nests in whenNotNull.
 */
export interface ConditionalAccess extends Node {
  readonly kind: "ConditionalAccess";
  readonly expression: Expression;
  readonly whenNotNull: Expression;
  /** Offset of the `?`, where the compiler reports a receiver that cannot be null. */
  readonly operatorStart: number;
}

export interface MemberBinding extends Node {
  readonly kind: "MemberBinding";
  readonly name: SimpleName;
}

export interface ElementBinding extends Node {
  readonly kind: "ElementBinding";
  readonly arguments: readonly Argument[];
}

export interface Invocation extends Node {
  readonly kind: "Invocation";
  /** `nameof(x)` is an Invocation of the IdentifierName `nameof`. */
  readonly expression: Expression;
  readonly arguments: readonly Argument[];
}

export interface ElementAccess extends Node {
  readonly kind: "ElementAccess";
  readonly expression: Expression;
  readonly arguments: readonly Argument[];
}

export interface Argument extends Node {
  readonly kind: "Argument";
  /** `name:`. */
  readonly name?: string;
  readonly refKind?: "ref" | "out" | "in";
  /** After `out` it may be a Declaration. */
  readonly expression: Expression;
}

export interface PrefixUnary extends Node {
  readonly kind: "PrefixUnary";
  readonly operator: "+" | "-" | "!" | "~" | "++" | "--";
  readonly operand: Expression;
}

export interface PostfixUnary extends Node {
  readonly kind: "PostfixUnary";
  readonly operator: "++" | "--";
  readonly operand: Expression;
}

export type BinaryOperator =
  | "??"
  | "||"
  | "&&"
  | "|"
  | "^"
  | "&"
  | "=="
  | "!="
  | "<"
  | ">"
  | "<="
  | ">="
  | "<<"
  | ">>"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

/** Long chains nest on the left, up to MAX_CHAIN deep. */
export interface Binary extends Node {
  readonly kind: "Binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly operatorStart: number;
}

/** `x is T`. A plain name may turn out to be a constant instead of a type: try the type first. */
export interface Is extends Node {
  readonly kind: "Is";
  readonly expression: Expression;
  readonly type: TypeSyntax;
}

export interface As extends Node {
  readonly kind: "As";
  readonly expression: Expression;
  readonly type: TypeSyntax;
}

export interface IsPattern extends Node {
  readonly kind: "IsPattern";
  readonly expression: Expression;
  readonly pattern: Pattern;
}

export interface Conditional extends Node {
  readonly kind: "Conditional";
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

export type AssignmentOperator = "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" | "^=" | "<<=" | ">>=";

/** The left side may be a Tuple or Declaration (deconstruction); it is not checked to be assignable. */
export interface Assignment extends Node {
  readonly kind: "Assignment";
  readonly operator: AssignmentOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly operatorStart: number;
}

export interface Cast extends Node {
  readonly kind: "Cast";
  readonly type: TypeSyntax;
  readonly expression: Expression;
}

export interface Lambda extends Node {
  readonly kind: "Lambda";
  readonly parameters: readonly Parameter[];
  readonly body: Expression | Block;
  /** Offset of `=>`, where the compiler reports conversions of the lambda. */
  readonly arrowStart: number;
}

/** `delegate(...) { }`; without a parameter list `parameters` is absent. */
export interface AnonymousMethod extends Node {
  readonly kind: "AnonymousMethod";
  readonly parameters?: readonly Parameter[];
  readonly body: Block;
}

export interface Parameter extends Node {
  readonly kind: "Parameter";
  readonly name: string;
  /** Start of the name. */
  readonly nameStart: number;
  /** Absent in implicitly typed lambdas. */
  readonly type?: TypeSyntax;
  readonly modifier?: "ref" | "out" | "in" | "params";
  readonly defaultValue?: Expression;
}

export interface TypeOf extends Node {
  readonly kind: "TypeOf";
  readonly type: TypeSyntax;
}

export interface SizeOf extends Node {
  readonly kind: "SizeOf";
  readonly type: TypeSyntax;
}

/** `checked(e)` or `unchecked(e)`. */
export interface Checked extends Node {
  readonly kind: "Checked";
  readonly checked: boolean;
  readonly expression: Expression;
}

/** `throw e` as an expression (after `??`, in `?:`, as a lambda body). */
export interface Throw extends Node {
  readonly kind: "Throw";
  readonly expression: Expression;
}

/** `ref e`: the value of a ref local, a ref return or a branch of a ref conditional. */
export interface Ref extends Node {
  readonly kind: "Ref";
  readonly expression: Expression;
}

/** `int x`, `var (a, b)` inside an argument, a tuple or on the left of an assignment. */
export interface Declaration extends Node {
  readonly kind: "Declaration";
  readonly type: TypeSyntax;
  readonly designation: Designation;
}

export interface Query extends Node {
  readonly kind: "Query";
  /** Starts with a FromClause, ends with a SelectClause or GroupClause; `into x` is an IntoClause followed by a new body. */
  readonly clauses: readonly QueryClause[];
}

/** Stands where an expression is missing; only in trees with errors. */
export interface Missing extends Node {
  readonly kind: "Missing";
}

export type Expression =
  | Literal
  | DefaultLiteral
  | Default
  | InterpolatedString
  | IdentifierName
  | GenericName
  | AliasQualifiedName
  | PredefinedType
  | This
  | Base
  | Parenthesized
  | Tuple
  | MemberAccess
  | ConditionalAccess
  | MemberBinding
  | ElementBinding
  | Invocation
  | ElementAccess
  | PrefixUnary
  | PostfixUnary
  | Binary
  | Is
  | As
  | IsPattern
  | Conditional
  | Assignment
  | Cast
  | Lambda
  | AnonymousMethod
  | ObjectCreation
  | AnonymousObjectCreation
  | ArrayCreation
  | ImplicitArrayCreation
  | TypeOf
  | SizeOf
  | Checked
  | Throw
  | Ref
  | Declaration
  | Query
  | Missing;

export interface SingleVariable extends Node {
  readonly kind: "SingleVariable";
  readonly name: string;
}

/** `_`. */
export interface Discard extends Node {
  readonly kind: "Discard";
}

export interface ParenthesizedVariables extends Node {
  readonly kind: "ParenthesizedVariables";
  readonly variables: readonly Designation[];
}

export type Designation = SingleVariable | Discard | ParenthesizedVariables;

/** A constant, or a plain name that may be a type (in a `case` label C# 7.3 takes it as a constant). */
export interface ConstantPattern extends Node {
  readonly kind: "ConstantPattern";
  readonly expression: Expression;
}

/** `T x`, `T _`, `var x`: in the last form the type is the IdentifierName `var`. */
export interface DeclarationPattern extends Node {
  readonly kind: "DeclarationPattern";
  readonly type: TypeSyntax;
  readonly designation: SingleVariable | Discard;
}

export type Pattern = ConstantPattern | DeclarationPattern;
