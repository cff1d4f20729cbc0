/**
 * What an expression may be while it is bound: a bound Expression, or something that only its context can turn into one
 * (a lambda, a method group), or something that is no value at all (a type, a namespace).
 */
import type * as Syntax from "../1-parse/ast.ts";
import { type Type, typeParameter } from "../types.ts";
import type { Expression, Local, LocalFunction } from "./bound.ts";
import type { LambdaBinding } from "./lambdas.ts";
import type { Method } from "./members.ts";
import type { Scope } from "./scope.ts";

/** Stands for "has no type" in operands. */
export const NO_TYPE: Type = typeParameter("<no type>");

interface Pseudo {
  readonly type: Type;
  readonly start: number;
}

/**
 * A lambda or anonymous method whose delegate type is not known yet; bindings are kept by their parameter and return
 * types.
 */
export interface UnboundLambda extends Pseudo {
  readonly kind: "unboundLambda";
  readonly syntax: Syntax.Lambda | Syntax.AnonymousMethod | SyntheticLambda;
  readonly scope: Scope;
  readonly overflow: OverflowMode;
  readonly bindings: Map<string, LambdaBinding>;
}

/** The lambda of a query clause. */
export interface SyntheticLambda {
  readonly kind: "SyntheticLambda";
  readonly start: number;
  readonly end: number;
  readonly parameterNames: readonly string[];
  /** Binds the body in a scope where the parameters are. */
  readonly body: (scope: Scope, parameters: readonly Local[]) => Operand;
}

export type OverflowMode = "default" | "checked" | "unchecked";

/** Overloads of one name, not yet called. */
export interface MethodGroup extends Pseudo {
  readonly kind: "methodGroup";
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Null: static methods through a type's name. */
  readonly receiver: Expression | null;
  /** The type through which the members were found. */
  readonly owner: Type;
  /** Null when not written. */
  readonly typeArgs: readonly Type[] | null;
  /** Of the owner itself; extension methods are looked for when none of these fits. */
  readonly methods: readonly Method[];
}

export interface LocalFunctionGroup extends Pseudo {
  readonly kind: "localFunctionGroup";
  readonly function: LocalFunction;
  readonly typeArgs: readonly Type[] | null;
}

export interface TypeName extends Pseudo {
  readonly kind: "typeName";
  readonly target: Type;
}

export interface NamespaceName extends Pseudo {
  readonly kind: "namespaceName";
  readonly name: string;
}

/** `default` without a type. */
export interface DefaultLiteral extends Pseudo {
  readonly kind: "defaultLiteral";
}

/** `(a, b)`: converted element by element. */
export interface TupleLiteral extends Pseudo {
  readonly kind: "tupleLiteral";
  readonly items: readonly Operand[];
  readonly names: readonly (string | undefined)[];
  readonly nodes: readonly Syntax.Expression[];
}

export interface UnboundThrow extends Pseudo {
  readonly kind: "unboundThrow";
  readonly exception: Expression;
}

/** `out var x`: its type comes from the parameter. */
export interface OutVariable extends Pseudo {
  readonly kind: "outVariable";
  /** Null: `out _`, `out var _`. */
  readonly local: Local | null;
}

export type Operand =
  | Expression
  | UnboundLambda
  | MethodGroup
  | LocalFunctionGroup
  | TypeName
  | NamespaceName
  | DefaultLiteral
  | TupleLiteral
  | UnboundThrow
  | OutVariable;

/** Operands without a type of their own. */
export function isTypeless(operand: Operand): boolean {
  return operand.type === NO_TYPE;
}

/** Bound already, the null literal included. */
export function isExpression(operand: Operand): operand is Expression {
  switch (operand.kind) {
    case "unboundLambda":
    case "methodGroup":
    case "localFunctionGroup":
    case "typeName":
    case "namespaceName":
    case "defaultLiteral":
    case "tupleLiteral":
    case "unboundThrow":
    case "outVariable":
      return false;
    default:
      return true;
  }
}
