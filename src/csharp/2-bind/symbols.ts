/**
 * What names in an expression stand for: locals, local functions, placeholders of values evaluated once, members of
 * .NET types.
 */
import type { MemberDef, Type } from "../types.ts";
import type { Literal } from "./bound.ts";
import type { TypeParameter } from "./type-parameters.ts";

/**
 * A variable: local, parameter of a lambda or local function, pattern or `out` variable, range variable, compiler-made
 * temporary, or a variable that the host gives (`context`). Identity is the object; `id` is unique within one bound
 * program.
 */
export interface Local {
  readonly name: string;
  /** Mutable only while its declaration is bound (`var`, lambda parameters). */
  type: Type;
  readonly id: number;
  readonly role: LocalRole;
  /** Offset of the declaring identifier; -1 for temporaries and globals. */
  readonly start: number;
  /** A ref local, or a parameter of a local function passed by reference: its value lives in a `Ref`. */
  byRef?: "ref" | "out" | "in";
  /** Of a ref local: what it stands for outlives the function. */
  returnable?: boolean;
  /** Its declaration has an initialiser, and that is bound. */
  isInitialized?: boolean;
  /** True when some lambda or local function uses it from outside its own body. */
  captured?: boolean;
  /** True when it is assigned after its declaration. */
  reassigned?: boolean;
  /** A tuple that gets an element before it has a value as a whole. */
  partial?: boolean;
}

/**
 * - `local`: ordinary; a `for` variable too (one for all iterations)
 * - `foreach`, `catch`, `using`: read-only, fresh each time
 * - `out`, `pattern`: declared inside an expression; listed in `locals` of the scope that owns it
 * - `temp`: made by the binder, assigned once, listed in `locals` of its Sequence
 * - `constant`: folded away, never referenced in the bound tree
 * - `global`: given by the host
 */
export type LocalRole =
  | "local"
  | "foreach"
  | "catch"
  | "using"
  | "parameter"
  | "out"
  | "pattern"
  | "temp"
  | "constant"
  | "global";

export interface LocalFunction {
  readonly name: string;
  readonly id: number;
  readonly start: number;
  /** Of a generic function; calls carry the types put in their place. */
  readonly typeParameters: readonly TypeParameter[];
  parameters: readonly Local[];
  returnType: Type;
  /** It returns a variable. */
  readonly returnsRef: boolean;
  /** Default values of optional parameters, by position; calls carry them already. */
  defaults: readonly (Literal | undefined)[];
  /** The last parameter packs further arguments into an array; calls carry the array. */
  hasParams: boolean;
}

/** What a local function with `yield` makes: an IEnumerable or an IEnumerator of the elements. */
export interface Iterator {
  readonly elementType: Type;
  readonly isEnumerator: boolean;
}

/**
 * Stands for a value that was evaluated before: the receiver of `?.`, the current value in `x += y`, the new object in
 * an initialiser.
 */
export interface Placeholder {
  readonly type: Type;
  readonly id: number;
}

/** A member as picked by name lookup or overload resolution. */
export interface ResolvedMember {
  /** The constructed type that declares it: `List<int>`. For an extension method the static class. */
  readonly declaringType: Type;
  readonly def: MemberDef;
  /**
   * Key of the implementation in the library, see library/define.ts. A property's is that of its getter; its setter's
   * is `${key}=`.
   */
  readonly key: string;
}
