/** The printer's part for statements: see print.ts. */
import type * as Ast from "../../../src/csharp/1-parse/ast.ts";
import { printArrayInitializer, printExpression, printParameters, printPattern, printType } from "./print.ts";

type Printers = { readonly [Kind in Ast.Statement["kind"]]: (node: Extract<Ast.Statement, { kind: Kind }>) => string };

const PRINTERS: Printers = {
  Block: printBlock,
  LocalDeclaration: (s) => `${s.isConst ? "const " : ""}${printVariables(s.declaration)};`,
  LocalFunction: localFunction,
  ExpressionStatement: (s) => `${printExpression(s.expression)};`,
  EmptyStatement: () => ";",
  LabeledStatement: (s) => `@${s.label}: ${printStatement(s.statement)}`,
  IfStatement: (s) =>
    `if (${printExpression(s.condition)}) ${printStatement(s.statement)}${s.else ? ` else ${printStatement(s.else)}` : ""}`,
  WhileStatement: (s) => `while (${printExpression(s.condition)}) ${printStatement(s.statement)}`,
  DoStatement: (s) => `do ${printStatement(s.statement)} while (${printExpression(s.condition)});`,
  ForStatement: (s) => {
    const start = s.declaration ? printVariables(s.declaration) : s.initializers.map(printExpression).join(", ");
    const condition = s.condition ? printExpression(s.condition) : "";
    return `for (${start}; ${condition}; ${s.incrementors.map(printExpression).join(", ")}) ${printStatement(s.statement)}`;
  },
  ForEachStatement: (s) =>
    `foreach (${printType(s.type)} @${s.name} in ${printExpression(s.expression)}) ${printStatement(s.statement)}`,
  ForEachVariableStatement: (s) =>
    `foreach (${printExpression(s.variable)} in ${printExpression(s.expression)}) ${printStatement(s.statement)}`,
  SwitchStatement: (s) => `switch (${printExpression(s.expression)}) { ${s.sections.map(section).join(" ")} }`,
  BreakStatement: () => "break;",
  ContinueStatement: () => "continue;",
  GotoStatement: (s) => `goto @${s.label};`,
  GotoCaseStatement: (s) => `goto case ${printExpression(s.value)};`,
  GotoDefaultStatement: () => "goto default;",
  ReturnStatement: (s) => (s.expression ? `return ${printExpression(s.expression)};` : "return;"),
  ThrowStatement: (s) => (s.expression ? `throw ${printExpression(s.expression)};` : "throw;"),
  TryStatement: (s) =>
    `try ${printBlock(s.block)} ${s.catches.map(catchClause).join(" ")}${s.finally ? ` finally ${printBlock(s.finally)}` : ""}`,
  UsingStatement: (s) => {
    const resource = s.declaration ? printVariables(s.declaration) : printExpression(s.expression as Ast.Expression);
    return `using (${resource}) ${printStatement(s.statement)}`;
  },
  LockStatement: (s) => `lock (${printExpression(s.expression)}) ${printStatement(s.statement)}`,
  YieldReturnStatement: (s) => `yield return ${printExpression(s.expression)};`,
  YieldBreakStatement: () => "yield break;",
  CheckedStatement: (s) => `${s.checked ? "checked" : "unchecked"} ${printBlock(s.block)}`,
};

export function printStatement(s: Ast.Statement): string {
  return (PRINTERS[s.kind] as (node: Ast.Statement) => string)(s);
}

export function printStatements(list: readonly Ast.Statement[]): string {
  return list.map(printStatement).join(" ");
}

export function printBlock(block: Ast.Block): string {
  return `{ ${printStatements(block.statements)} }`;
}

function printVariables({ type, variables }: Ast.VariableDeclaration): string {
  const list = variables.map(({ name, initializer }) => {
    if (!initializer) return `@${name}`;
    const value =
      initializer.kind === "ArrayInitializer" ? printArrayInitializer(initializer) : printExpression(initializer);
    return `@${name} = ${value}`;
  });
  return `${printType(type)} ${list.join(", ")}`;
}

function localFunction(f: Ast.LocalFunction): string {
  const generic = f.typeParameters.length > 0 ? `<${f.typeParameters.map((p) => `@${p}`).join(", ")}>` : "";
  const body = f.body.kind === "Block" ? printBlock(f.body) : `=> ${printExpression(f.body)};`;
  return `${printType(f.returnType)} @${f.name}${generic}${printParameters(f.parameters)} ${body}`;
}

function section({ labels, statements }: Ast.SwitchSection): string {
  const heads = labels.map((label) => {
    if (label.kind === "DefaultLabel") return "default:";
    return `case ${printPattern(label.pattern)}${label.when ? ` when ${printExpression(label.when)}` : ""}:`;
  });
  return `${heads.join(" ")} ${printStatements(statements)}`;
}

function catchClause(c: Ast.CatchClause): string {
  const declared = c.type ? ` (${printType(c.type)}${c.name ? ` @${c.name}` : ""})` : "";
  return `catch${declared}${c.filter ? ` when (${printExpression(c.filter)})` : ""} ${printBlock(c.block)}`;
}
