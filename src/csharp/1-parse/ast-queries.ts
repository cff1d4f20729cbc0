/** Syntax of query expressions. */
import type { Expression } from "./ast-expressions.ts";
import type { Node, TypeSyntax } from "./ast-types.ts";

export interface FromClause extends Node {
  readonly kind: "FromClause";
  readonly type?: TypeSyntax;
  readonly name: string;
  readonly expression: Expression;
}

export interface LetClause extends Node {
  readonly kind: "LetClause";
  readonly name: string;
  readonly expression: Expression;
}

export interface WhereClause extends Node {
  readonly kind: "WhereClause";
  readonly condition: Expression;
}

export interface JoinClause extends Node {
  readonly kind: "JoinClause";
  readonly type?: TypeSyntax;
  readonly name: string;
  readonly inExpression: Expression;
  readonly leftExpression: Expression;
  readonly rightExpression: Expression;
  /** Name of a group join. */
  readonly into?: string;
}

export interface OrderByClause extends Node {
  readonly kind: "OrderByClause";
  readonly orderings: readonly Ordering[];
}

export interface Ordering extends Node {
  readonly expression: Expression;
  readonly descending: boolean;
}

export interface SelectClause extends Node {
  readonly kind: "SelectClause";
  readonly expression: Expression;
}

export interface GroupClause extends Node {
  readonly kind: "GroupClause";
  readonly groupExpression: Expression;
  readonly byExpression: Expression;
}

/** `into x`: everything before becomes the source named x of the clauses after it. */
export interface IntoClause extends Node {
  readonly kind: "IntoClause";
  readonly name: string;
}

export type QueryClause =
  | FromClause
  | LetClause
  | WhereClause
  | JoinClause
  | OrderByClause
  | SelectClause
  | GroupClause
  | IntoClause;
