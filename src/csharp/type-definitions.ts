/** Shape of the declarations of types and members: what the signature table and the host give. */

export type TypeKind =
  | "class"
  | "struct"
  | "interface"
  | "enum"
  | "delegate"
  | "static"
  | "array"
  | "typeParameter"
  | "tuple"
  | "anonymous"
  | "null"
  | "void"
  | "error";

/** A parameter of the signature table. `t` ends in `&` for `out` and `ref`. */
export interface ParameterDef {
  n: string;
  t: string;
  out?: 1;
  ref?: 1;
  params?: 1;
  /** Default value as C# text. */
  def?: string;
}

/** A member of the signature table; see test/oracle/README.md for the letters. */
export interface MemberDef {
  k: "method" | "prop" | "field" | "ctor";
  n?: string;
  /** static */
  s?: 1;
  /** number of the method's own type parameters */
  g?: number;
  /** extension method */
  ext?: 1;
  p?: ParameterDef[];
  /** return type of a method */
  r?: string;
  /** type of a property or field */
  t?: string;
  /** index parameter types of an indexer */
  ix?: string[];
  get?: 1;
  set?: 1;
  /** of a property of reference type: it never gives null */
  notnull?: 1;
  /** value of an enum member or constant field */
  v?: string;
  /** absent from .NET Framework */
  core?: 1;
}

export interface TypeDef {
  /** Full name with its parameters, for example `System.Collections.Generic.List<!0>`. */
  type: string;
  kind: TypeKind;
  base?: string;
  ifaces: string[];
  m: MemberDef[];
}
