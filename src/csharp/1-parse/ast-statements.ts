/** Syntax of the statements that may stand in a method body. */
import type { ArrayInitializer } from "./ast-creations.ts";
import type { Expression, Parameter, Pattern } from "./ast-expressions.ts";
import type { Node, TypeSyntax } from "./ast-types.ts";

export interface Block extends Node {
  readonly kind: "Block";
  readonly statements: readonly Statement[];
}

/** `int a = 1, b;`, `const int k = 2;`, `ref int r = ref x;` (its type is a RefType). */
export interface LocalDeclaration extends Node {
  readonly kind: "LocalDeclaration";
  readonly isConst: boolean;
  readonly declaration: VariableDeclaration;
}

export interface VariableDeclaration extends Node {
  readonly kind: "VariableDeclaration";
  readonly type: TypeSyntax;
  readonly variables: readonly VariableDeclarator[];
}

export interface VariableDeclarator extends Node {
  readonly kind: "VariableDeclarator";
  readonly name: string;
  readonly initializer?: Expression | ArrayInitializer;
}

export interface LocalFunction extends Node {
  readonly kind: "LocalFunction";
  readonly returnType: TypeSyntax;
  readonly name: string;
  readonly nameStart: number;
  readonly typeParameters: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly body: Block | Expression;
}

export interface ExpressionStatement extends Node {
  readonly kind: "ExpressionStatement";
  readonly expression: Expression;
}

export interface EmptyStatement extends Node {
  readonly kind: "EmptyStatement";
}

export interface LabeledStatement extends Node {
  readonly kind: "LabeledStatement";
  readonly label: string;
  readonly statement: Statement;
}

export interface IfStatement extends Node {
  readonly kind: "IfStatement";
  readonly condition: Expression;
  readonly statement: Statement;
  readonly else?: Statement;
}

export interface WhileStatement extends Node {
  readonly kind: "WhileStatement";
  readonly condition: Expression;
  readonly statement: Statement;
}

export interface DoStatement extends Node {
  readonly kind: "DoStatement";
  readonly statement: Statement;
  readonly condition: Expression;
}

export interface ForStatement extends Node {
  readonly kind: "ForStatement";
  readonly declaration?: VariableDeclaration;
  readonly initializers: readonly Expression[];
  readonly condition?: Expression;
  readonly incrementors: readonly Expression[];
  readonly statement: Statement;
}

export interface ForEachStatement extends Node {
  readonly kind: "ForEachStatement";
  readonly type: TypeSyntax;
  readonly name: string;
  readonly nameStart: number;
  readonly expression: Expression;
  readonly statement: Statement;
}

/** `foreach (var (k, v) in x)`: `variable` is a Declaration or a Tuple of Declarations. */
export interface ForEachVariableStatement extends Node {
  readonly kind: "ForEachVariableStatement";
  readonly variable: Expression;
  readonly expression: Expression;
  readonly statement: Statement;
}

export interface SwitchStatement extends Node {
  readonly kind: "SwitchStatement";
  readonly expression: Expression;
  readonly sections: readonly SwitchSection[];
}

export interface SwitchSection extends Node {
  readonly kind: "SwitchSection";
  readonly labels: readonly SwitchLabel[];
  readonly statements: readonly Statement[];
}

/** `case 1:` is a CaseLabel with a ConstantPattern. */
export interface CaseLabel extends Node {
  readonly kind: "CaseLabel";
  readonly pattern: Pattern;
  readonly when?: Expression;
}

export interface DefaultLabel extends Node {
  readonly kind: "DefaultLabel";
}

export type SwitchLabel = CaseLabel | DefaultLabel;

export interface BreakStatement extends Node {
  readonly kind: "BreakStatement";
}

export interface ContinueStatement extends Node {
  readonly kind: "ContinueStatement";
}

export interface GotoStatement extends Node {
  readonly kind: "GotoStatement";
  readonly label: string;
}

export interface GotoCaseStatement extends Node {
  readonly kind: "GotoCaseStatement";
  readonly value: Expression;
}

export interface GotoDefaultStatement extends Node {
  readonly kind: "GotoDefaultStatement";
}

export interface ReturnStatement extends Node {
  readonly kind: "ReturnStatement";
  readonly expression?: Expression;
}

export interface ThrowStatement extends Node {
  readonly kind: "ThrowStatement";
  /** Absent: rethrow. */
  readonly expression?: Expression;
}

export interface TryStatement extends Node {
  readonly kind: "TryStatement";
  readonly block: Block;
  readonly catches: readonly CatchClause[];
  readonly finally?: Block;
}

export interface CatchClause extends Node {
  readonly kind: "CatchClause";
  readonly type?: TypeSyntax;
  readonly name?: string;
  readonly filter?: Expression;
  readonly block: Block;
}

export interface UsingStatement extends Node {
  readonly kind: "UsingStatement";
  /** One of the two. */
  readonly declaration?: VariableDeclaration;
  readonly expression?: Expression;
  readonly statement: Statement;
}

export interface LockStatement extends Node {
  readonly kind: "LockStatement";
  readonly expression: Expression;
  readonly statement: Statement;
}

/** `checked { }` or `unchecked { }`. */
export interface CheckedStatement extends Node {
  readonly kind: "CheckedStatement";
  readonly checked: boolean;
  readonly block: Block;
}

export type Statement =
  | Block
  | LocalDeclaration
  | LocalFunction
  | ExpressionStatement
  | EmptyStatement
  | LabeledStatement
  | IfStatement
  | WhileStatement
  | DoStatement
  | ForStatement
  | ForEachStatement
  | ForEachVariableStatement
  | SwitchStatement
  | BreakStatement
  | ContinueStatement
  | GotoStatement
  | GotoCaseStatement
  | GotoDefaultStatement
  | ReturnStatement
  | ThrowStatement
  | TryStatement
  | UsingStatement
  | LockStatement
  | CheckedStatement;
