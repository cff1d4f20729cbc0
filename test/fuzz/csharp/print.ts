/**
 * Prints a syntax tree as C#: on one line, every token apart, literals in one spelling. Trees keep their parentheses, so that nothing
 * here needs to know of precedence. Used to check that printing and parsing again gives the same tree.
 */
import type * as Ast from "../../../src/csharp/1-parse/ast.ts";
import { printBlock } from "./print-statements.ts";

type Printers = {
  readonly [Kind in Ast.Expression["kind"]]: (node: Extract<Ast.Expression, { kind: Kind }>) => string;
};

const PRINTERS: Printers = {
  Literal: literal,
  DefaultLiteral: () => "default",
  Default: (e) => `default(${printType(e.type)})`,
  InterpolatedString: interpolated,
  IdentifierName: name,
  GenericName: name,
  AliasQualifiedName: (e) => `${e.alias}::${name(e.name)}`,
  PredefinedType: (e) => e.keyword,
  This: () => "this",
  Base: () => "base",
  Parenthesized: (e) => `(${printExpression(e.expression)})`,
  Tuple: (e) => `(${printArguments(e.arguments)})`,
  MemberAccess: (e) => `${printExpression(e.expression)}.${name(e.name)}`,
  ConditionalAccess: (e) => `${printExpression(e.expression)}?${printExpression(e.whenNotNull)}`,
  MemberBinding: (e) => `.${name(e.name)}`,
  ElementBinding: (e) => `[${printArguments(e.arguments)}]`,
  Invocation: (e) => `${printExpression(e.expression)}(${printArguments(e.arguments)})`,
  ElementAccess: (e) => `${printExpression(e.expression)}[${printArguments(e.arguments)}]`,
  PrefixUnary: (e) => `${e.operator} ${printExpression(e.operand)}`,
  PostfixUnary: (e) => `${printExpression(e.operand)} ${e.operator}`,
  Binary: (e) => `${printExpression(e.left)} ${e.operator} ${printExpression(e.right)}`,
  Is: (e) => `${printExpression(e.expression)} is ${printType(e.type)}`,
  As: (e) => `${printExpression(e.expression)} as ${printType(e.type)}`,
  IsPattern: (e) => `${printExpression(e.expression)} is ${printPattern(e.pattern)}`,
  Conditional: (e) =>
    `${printExpression(e.condition)} ? ${printExpression(e.whenTrue)} : ${printExpression(e.whenFalse)}`,
  Assignment: (e) => `${printExpression(e.left)} ${e.operator} ${printExpression(e.right)}`,
  Cast: (e) => `(${printType(e.type)}) ${printExpression(e.expression)}`,
  Lambda: (e) => `${printParameters(e.parameters)} => ${printBody(e.body)}`,
  AnonymousMethod: (e) => `delegate ${e.parameters ? printParameters(e.parameters) : ""} ${printBlock(e.body)}`,
  ObjectCreation: (e) =>
    `new ${printType(e.type)}${e.arguments ? `(${printArguments(e.arguments)})` : ""}${initializer(e.initializer)}`,
  AnonymousObjectCreation: (e) =>
    `new { ${e.members.map((m) => `@${m.name} = ${printExpression(m.expression)}`).join(", ")} }`,
  ArrayCreation: arrayCreation,
  ImplicitArrayCreation: (e) => `new [${",".repeat(e.rank - 1)}] ${printArrayInitializer(e.initializer)}`,
  TypeOf: (e) => `typeof(${printType(e.type)})`,
  SizeOf: (e) => `sizeof(${printType(e.type)})`,
  Checked: (e) => `${e.checked ? "checked" : "unchecked"}(${printExpression(e.expression)})`,
  Throw: (e) => `throw ${printExpression(e.expression)}`,
  Ref: (e) => `ref ${printExpression(e.expression)}`,
  Declaration: (e) => `${printType(e.type)} ${printDesignation(e.designation)}`,
  Query: (e) => e.clauses.map(clause).join(" "),
  Missing: () => {
    throw new Error("a tree with errors has no text");
  },
};

export function printExpression(e: Ast.Expression): string {
  return (PRINTERS[e.kind] as (node: Ast.Expression) => string)(e);
}

function literal(e: Ast.Literal): string {
  switch (e.type) {
    case "string":
      return `"${escaped(e.value)}"`;
    case "char":
      return `'${escaped(String.fromCharCode(e.value))}'`;
    case "decimal":
      return `${e.value}m`;
    case "float":
      return `${e.value}f`;
    case "double":
      return `${e.value}d`;
    case "uint":
      return e.minimum ? `${e.value}` : `${e.value}u`;
    case "long":
      return `${e.value}L`;
    case "ulong":
      return e.minimum ? `${e.value}L` : `${e.value}UL`;
    default:
      return String(e.value);
  }
}

const UNPRINTABLE = /[^ -~]|["'\\]/g;

function escaped(text: string): string {
  return text.replace(UNPRINTABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function interpolated(e: Ast.InterpolatedString): string {
  const parts = e.parts.map((part) => {
    if (part.kind === "InterpolatedText") return doubled(part.text);
    const alignment = part.alignment ? `, ${printExpression(part.alignment)}` : "";
    const format = part.format === undefined ? "" : `:${doubled(part.format)}`;
    return `{${printExpression(part.expression)}${alignment}${format}}`;
  });
  return `$"${parts.join("")}"`;
}

function doubled(text: string): string {
  return escaped(text).replace(/[{}]/g, "$&$&");
}

/** Contextual keywords mean themselves only without `@`. */
export function name(e: Ast.SimpleName): string {
  if (e.kind === "GenericName") return `${e.name}<${e.typeArguments.map(printType).join(", ")}>`;
  return e.verbatim ? `@${e.name}` : e.name;
}

export function printType(t: Ast.TypeSyntax): string {
  switch (t.kind) {
    case "IdentifierName":
    case "GenericName":
      return name(t);
    case "QualifiedName":
      return `${printType(t.left)}.${name(t.right)}`;
    case "AliasQualifiedName":
      return `${t.alias}::${name(t.name)}`;
    case "PredefinedType":
      return t.keyword;
    case "ArrayType":
      return arrayType(t, "");
    case "NullableType":
      return `${printType(t.elementType)}?`;
    case "TupleType":
      return `(${t.elements.map((e) => `${printType(e.type)} ${e.name ? `@${e.name}` : ""}`).join(", ")})`;
    case "RefType":
      return `ref ${t.readonly ? "readonly " : ""}${printType(t.type)}`;
    case "OmittedTypeArgument":
      return "";
  }
}

/** The brackets of the outer array come first; `size` goes into them. */
function arrayType(t: Ast.ArrayType, size: string): string {
  let brackets = `[${size || ",".repeat(t.rank - 1)}]`;
  let element = t.elementType;
  for (; element.kind === "ArrayType"; element = element.elementType) brackets += `[${",".repeat(element.rank - 1)}]`;
  return printType(element) + brackets;
}

function arrayCreation(e: Ast.ArrayCreation): string {
  const sizes = e.sizes.map(printExpression).join(", ");
  const elements = e.initializer ? printArrayInitializer(e.initializer) : "";
  return `new ${arrayType(e.type, sizes)} ${elements}`;
}

export function printArrayInitializer(e: Ast.ArrayInitializer): string {
  const elements = e.elements.map((x) =>
    x.kind === "ArrayInitializer" ? printArrayInitializer(x) : printExpression(x),
  );
  return `{ ${elements.join(", ")} }`;
}

function initializer(e: Ast.ObjectInitializer | Ast.CollectionInitializer | undefined): string {
  if (!e) return "";
  if (e.kind === "CollectionInitializer") {
    const elements = e.elements.map((x) =>
      x.kind === "ElementInitializer" ? `{ ${x.expressions.map(printExpression).join(", ")} }` : printExpression(x),
    );
    return ` { ${elements.join(", ")} }`;
  }
  const members = e.members.map(({ target, value }) => {
    const left = target.kind === "IdentifierName" ? name(target) : `[${printArguments(target.arguments)}]`;
    const isNested = value.kind === "ObjectInitializer" || value.kind === "CollectionInitializer";
    return `${left} = ${isNested ? initializer(value) : printExpression(value)}`;
  });
  return ` { ${members.join(", ")} }`;
}

export function printArguments(list: readonly Ast.Argument[]): string {
  return list
    .map((a) => `${a.name ? `@${a.name}: ` : ""}${a.refKind ? `${a.refKind} ` : ""}${printExpression(a.expression)}`)
    .join(", ");
}

export function printParameters(list: readonly Ast.Parameter[]): string {
  const texts = list.map((p) => {
    const modifier = p.modifier ? `${p.modifier} ` : "";
    const value = p.defaultValue ? ` = ${printExpression(p.defaultValue)}` : "";
    return `${modifier}${p.type ? `${printType(p.type)} ` : ""}@${p.name}${value}`;
  });
  return `(${texts.join(", ")})`;
}

function printBody(body: Ast.Expression | Ast.Block): string {
  return body.kind === "Block" ? printBlock(body) : printExpression(body);
}

export function printPattern(p: Ast.Pattern): string {
  if (p.kind === "ConstantPattern") return printExpression(p.expression);
  return `${printType(p.type)} ${printDesignation(p.designation)}`;
}

export function printDesignation(d: Ast.Designation): string {
  if (d.kind === "Discard") return "_";
  return d.kind === "SingleVariable" ? `@${d.name}` : `(${d.variables.map(printDesignation).join(", ")})`;
}

function clause(c: Ast.QueryClause): string {
  switch (c.kind) {
    case "FromClause":
      return `from ${c.type ? `${printType(c.type)} ` : ""}@${c.name} in ${printExpression(c.expression)}`;
    case "LetClause":
      return `let @${c.name} = ${printExpression(c.expression)}`;
    case "WhereClause":
      return `where ${printExpression(c.condition)}`;
    case "JoinClause": {
      const type = c.type ? `${printType(c.type)} ` : "";
      const on = `on ${printExpression(c.leftExpression)} equals ${printExpression(c.rightExpression)}`;
      return `join ${type}@${c.name} in ${printExpression(c.inExpression)} ${on}${c.into ? ` into @${c.into}` : ""}`;
    }
    case "OrderByClause":
      return `orderby ${c.orderings
        .map((o) => `${printExpression(o.expression)}${o.descending ? " descending" : ""}`)
        .join(", ")}`;
    case "SelectClause":
      return `select ${printExpression(c.expression)}`;
    case "GroupClause":
      return `group ${printExpression(c.groupExpression)} by ${printExpression(c.byExpression)}`;
    case "IntoClause":
      return `into @${c.name}`;
  }
}
