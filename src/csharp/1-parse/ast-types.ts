/** The part of the syntax tree that needs no other: positions, names, types and literals. */

/** Offsets into the code in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Node<Kind extends string = string> extends Span {
  readonly kind: Kind;
}

// ------------------------------------------------------------ names and types

export type IdentifierName = Node<"IdentifierName"> & {
  /** Without `@` and with Unicode escapes resolved. */
  readonly name: string;
  /** Written with `@`: never a contextual keyword such as `var`, `_` or `nameof`. */
  readonly verbatim?: true;
};
export type GenericName = Node<"GenericName"> & {
  readonly name: string;
  readonly typeArguments: readonly TypeSyntax[];
};
export type SimpleName = IdentifierName | GenericName;

/** `A.B<C>` where only a type can stand; in expressions the same text is a MemberAccess. */
export type QualifiedName = Node<"QualifiedName"> & { readonly left: TypeSyntax; readonly right: SimpleName };

/** `global::System`; stands in types and expressions. */
export type AliasQualifiedName = Node<"AliasQualifiedName"> & { readonly alias: string; readonly name: SimpleName };

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
export type PredefinedType = Node<"PredefinedType"> & { readonly keyword: PredefinedKeyword };

/** `int[][,]` is an ArrayType of rank 1 whose element type is an ArrayType of rank 2. */
export type ArrayType = Node<"ArrayType"> & { readonly elementType: TypeSyntax; readonly rank: number };
export type NullableType = Node<"NullableType"> & { readonly elementType: TypeSyntax };
export type TupleType = Node<"TupleType"> & { readonly elements: readonly TupleElement[] };
export interface TupleElement extends Span {
  readonly type: TypeSyntax;
  readonly name?: string;
}

/** `ref int` or `ref readonly int`: the type of a ref local or the result of a ref local function. */
export type RefType = Node<"RefType"> & { readonly type: TypeSyntax; readonly readonly?: true };

/** The empty argument of an open generic type: `typeof(List<>)`. */
export type OmittedTypeArgument = Node<"OmittedTypeArgument">;

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

// ------------------------------------------------------------ literals

/**
 * A literal with the type that its suffix and size give it. Values: int, uint, float, double and char are numbers (char: its UTF-16
 * unit; float already rounded to single precision), long and ulong are bigints, decimal is its digits with scale kept
 * (`1.10`; without exponent), bool, string and null are themselves.
 */
export type Literal = NumberLiteral | BigLiteral | DecimalLiteral | StringLiteral | BoolLiteral | NullLiteral;
export type NumberLiteral = Node<"Literal"> & {
  readonly type: "int" | "uint" | "float" | "double" | "char";
  readonly value: number;
  /** The decimal digits 2147483648 without suffix: directly after unary minus they are int.MinValue, not uint. */
  readonly minimum?: true;
};
export type BigLiteral = Node<"Literal"> & {
  readonly type: "long" | "ulong";
  readonly value: bigint;
  /** The decimal digits 9223372036854775808 without `u`: directly after unary minus they are long.MinValue, not ulong. */
  readonly minimum?: true;
};
export type DecimalLiteral = Node<"Literal"> & { readonly type: "decimal"; readonly value: string };
export type StringLiteral = Node<"Literal"> & { readonly type: "string"; readonly value: string };
export type BoolLiteral = Node<"Literal"> & { readonly type: "bool"; readonly value: boolean };
export type NullLiteral = Node<"Literal"> & { readonly type: "null"; readonly value: null };
