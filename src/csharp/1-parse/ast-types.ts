/** Syntax of names and types. */

export interface Node {
  readonly start: number;
  readonly end: number;
}

export interface IdentifierName extends Node {
  readonly kind: "IdentifierName";
  /** Without `@` and with Unicode escapes resolved. */
  readonly name: string;
  /** Written with `@`: never a contextual keyword such as `var`, `_` or `nameof`. */
  readonly verbatim?: true;
}

export interface GenericName extends Node {
  readonly kind: "GenericName";
  readonly name: string;
  readonly typeArguments: readonly TypeSyntax[];
}

export type SimpleName = IdentifierName | GenericName;

/** `A.B<C>` where only a type can stand; in expressions the same text is a MemberAccess. */
export interface QualifiedName extends Node {
  readonly kind: "QualifiedName";
  readonly left: TypeSyntax;
  readonly right: SimpleName;
}

/** `global::System`; stands in types and expressions. */
export interface AliasQualifiedName extends Node {
  readonly kind: "AliasQualifiedName";
  readonly alias: string;
  readonly name: SimpleName;
}

export type PredefinedKeyword =
  | "bool"
  | "byte"
  | "char"
  | "decimal"
  | "double"
  | "float"
  | "int"
  | "long"
  | "object"
  | "sbyte"
  | "short"
  | "string"
  | "uint"
  | "ulong"
  | "ushort"
  | "void";

/** `int`; as an expression only before a member access (`int.Parse`). */
export interface PredefinedType extends Node {
  readonly kind: "PredefinedType";
  readonly keyword: PredefinedKeyword;
}

/** `int[][,]` is an ArrayType of rank 1 whose element type is an ArrayType of rank 2. */
export interface ArrayType extends Node {
  readonly kind: "ArrayType";
  readonly elementType: TypeSyntax;
  readonly rank: number;
}

export interface NullableType extends Node {
  readonly kind: "NullableType";
  readonly elementType: TypeSyntax;
}

export interface TupleType extends Node {
  readonly kind: "TupleType";
  readonly elements: readonly TupleElement[];
}

export interface TupleElement extends Node {
  readonly type: TypeSyntax;
  readonly name?: string;
}

/** `ref int` or `ref readonly int`: the type of a ref local or the result of a ref local function. */
export interface RefType extends Node {
  readonly kind: "RefType";
  readonly type: TypeSyntax;
  readonly readonly?: true;
}

/** The empty argument of an open generic type: `typeof(List<>)`. */
export interface OmittedTypeArgument extends Node {
  readonly kind: "OmittedTypeArgument";
}

/** `var` and `dynamic` are IdentifierNames. */
export type TypeSyntax =
  | IdentifierName
  | GenericName
  | QualifiedName
  | AliasQualifiedName
  | PredefinedType
  | ArrayType
  | NullableType
  | TupleType
  | RefType
  | OmittedTypeArgument;
