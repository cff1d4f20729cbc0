/** Bound statements and patterns. See bound.ts. */
import type { Type } from "../types.ts";
import type { Expression } from "./bound.ts";
import type { Literal } from "./bound-values.ts";
import type { Iterator, Local, LocalFunction, Placeholder } from "./symbols.ts";

export type Pattern = ConstantPattern | TypePattern | VarPattern;

/**
 * Matches when the input equals the constant. When the literal's type is the input's type (or its Nullable underlying
 * type) the values are compared; otherwise (input is object or an interface) as object.Equals. A null Literal matches
 * null.
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
  | YieldReturn
  | YieldBreak
  | Throw
  | Try
  | Using
  | Lock
  | Empty;

/**
 * A scope. `locals`: every variable that lives in it, in order of declaration, except constants; those with role `out`
 * or `pattern` have no LocalDeclaration. Local functions may be called before the point where they stand.
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
  /** Not null: the body has `yield`, and runs while what the function returned is enumerated. */
  readonly iterator: Iterator | null;
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
 * Each element comes as `current` (type: the element type of the enumeration). `assignments` set the loop variables
 * from it: one Assignment for `foreach (T x in ...)`, more (or a Sequence) for a deconstruction. `locals` are fresh in
 * each iteration. `boxed`: the collection is enumerated through the non-generic IEnumerable: value elements are to be
 * boxed.
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
 * Sections in order; the first label that matches wins, whatever its section; `default` (pattern null) last of all. No
 * section falls through. `locals` are the variables of the whole switch block. `constant`: every pattern is a constant
 * and no label has a `when`; `complete`: some label takes each value even without `default`; `hasGotoCase`: some GotoCase
 * jumps inside.
 */
export interface Switch {
  readonly kind: "switch";
  readonly start: number;
  readonly id: number;
  readonly locals: readonly Local[];
  readonly value: Expression;
  readonly sections: readonly SwitchSection[];
  readonly constant: boolean;
  readonly complete: boolean;
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

/** The value is converted to the element type. */
export interface YieldReturn {
  readonly kind: "yieldReturn";
  readonly start: number;
  readonly value: Expression;
}

export interface YieldBreak {
  readonly kind: "yieldBreak";
  readonly start: number;
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

/**
 * Disposes each declared variable (in reverse) or the value of the expression; null is not disposed. `dispose` are the
 * Dispose calls.
 */
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
