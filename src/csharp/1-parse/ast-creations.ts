/** Syntax of `new`: objects, anonymous objects, arrays and their initializers. */
import type { Argument, Expression } from "./ast-expressions.ts";
import type { ArrayType, IdentifierName, Node, TypeSyntax } from "./ast-types.ts";

export interface ObjectCreation extends Node {
  readonly kind: "ObjectCreation";
  readonly type: TypeSyntax;
  /** Absent in `new T { ... }`. */
  readonly arguments?: readonly Argument[];
  readonly initializer?: ObjectInitializer | CollectionInitializer;
}

/** `{ A = 1, ["k"] = 2, B = { C = 3 } }`: members are Assignments whose left side is an IdentifierName or an ImplicitElementAccess. */
export interface ObjectInitializer extends Node {
  readonly kind: "ObjectInitializer";
  readonly members: readonly MemberInitializer[];
}

export interface MemberInitializer extends Node {
  readonly kind: "MemberInitializer";
  readonly target: IdentifierName | ImplicitElementAccess;
  readonly value: Expression | ObjectInitializer | CollectionInitializer;
}

/** `["k"]` in an object initializer. */
export interface ImplicitElementAccess extends Node {
  readonly kind: "ImplicitElementAccess";
  readonly arguments: readonly Argument[];
}

/** `{ 1, { "a", 2 } }`; an empty `{ }` is a CollectionInitializer or ObjectInitializer without effect and parsed as ObjectInitializer. */
export interface CollectionInitializer extends Node {
  readonly kind: "CollectionInitializer";
  readonly elements: readonly (Expression | ElementInitializer)[];
}

/** Braces inside a collection initializer: the arguments of one call of Add. */
export interface ElementInitializer extends Node {
  readonly kind: "ElementInitializer";
  readonly expressions: readonly Expression[];
}

export interface AnonymousObjectCreation extends Node {
  readonly kind: "AnonymousObjectCreation";
  readonly members: readonly AnonymousMember[];
}

export interface AnonymousMember extends Node {
  readonly kind: "AnonymousMember";
  /** Written or taken from the expression's last name. */
  readonly name: string;
  readonly expression: Expression;
}

/** `new int[2, 3]`, `new int[] { 1 }`. `type` is the whole array type; `sizes` is empty when only an initializer gives them. */
export interface ArrayCreation extends Node {
  readonly kind: "ArrayCreation";
  readonly type: ArrayType;
  readonly sizes: readonly Expression[];
  readonly initializer?: ArrayInitializer;
}

/** `new[] { 1, 2 }`. */
export interface ImplicitArrayCreation extends Node {
  readonly kind: "ImplicitArrayCreation";
  readonly rank: number;
  readonly initializer: ArrayInitializer;
}

export interface ArrayInitializer extends Node {
  readonly kind: "ArrayInitializer";
  readonly elements: readonly (Expression | ArrayInitializer)[];
}
