/** Entry of the parser: text of a policy expression -> syntax tree. */
import type { Block, Expression, Statement } from "./ast.ts";
import { Lexer } from "./lexer.ts";
import type { ParseError } from "./parse-error.ts";
import { Parser } from "./parser.ts";
import { ParseAborted } from "./token-cursor.ts";

export type { ParseError } from "./parse-error.ts";

export interface Parsed<Tree> {
  /** With errors it is what the compiler would take the code for: it has `Missing` expressions and empty names. */
  readonly tree: Tree;
  readonly errors: readonly ParseError[];
}

/*
 * The code is parsed inside the text that makes it a method's statement, as the compiler sees it: so a bracket that the code leaves
 * open, or closes once too often, gives the errors that the compiler gives.
 */
const EXPRESSION_PREFIX = "return (object)(\n";
const EXPRESSION_SUFFIX = "\n); }\n";
const BLOCK_PREFIX = "\n";
const BLOCK_SUFFIX = "\n}\n";

/** What follows many errors only repeats them. */
const MAX_ERRORS = 20;

/** Parses the text between the brackets of `@( )`. Only with errors the tree can be a block. */
export function parseExpression(code: string): Parsed<Expression | Block> {
  const base = EXPRESSION_PREFIX.length;
  const { statements, errors } = parseText(EXPRESSION_PREFIX + code + EXPRESSION_SUFFIX, base, code.length, true);
  const inner = returnedExpression(statements);
  if (errors.length === 0 && (inner === undefined || inner.parenthesesEnd !== code.length + 2)) {
    errors.push(unbalanced(code, true));
  }
  if (inner && statements.length === 1) return { tree: inner.expression, errors };
  return { tree: { kind: "Block", start: 0, end: code.length, statements }, errors };
}

/** Parses the text between the braces of `@{ }`. */
export function parseBlock(code: string): Parsed<Block> {
  const base = BLOCK_PREFIX.length;
  const { statements, errors, closedAt } = parseText(BLOCK_PREFIX + code + BLOCK_SUFFIX, base, code.length, false);
  if (errors.length === 0 && closedAt < code.length) errors.push(unbalanced(code, false));
  return { tree: { kind: "Block", start: 0, end: code.length, statements }, errors };
}

function parseText(text: string, base: number, length: number, isExpression: boolean) {
  const errors: ParseError[] = [];
  let statements: Statement[] = [];
  let closedAt = length;
  try {
    const parser = new Parser({ text, base, length, isExpression }, errors);
    statements = parser.parseText();
    closedAt = parser.parseClosingBrace();
  } catch (error) {
    if (!(error instanceof ParseAborted)) throw error;
    // That the code is too complex matters more than what else is wrong with it.
    errors.unshift(errors.pop() as ParseError);
  }
  errors.length = Math.min(errors.length, MAX_ERRORS);
  return { statements, errors, closedAt };
}

/** The operand of `return (object)( )`. A tuple there means that the code is no single expression. */
function returnedExpression(statements: Statement[]): { expression: Expression; parenthesesEnd: number } | undefined {
  const [first] = statements;
  if (first?.kind !== "ReturnStatement" || first.expression?.kind !== "Cast") return undefined;
  const { expression } = first.expression;
  if (expression.kind !== "Parenthesized") return undefined;
  return { expression: expression.expression, parenthesesEnd: expression.end };
}

/** The error for code that is complete only together with the text around it: at its first stray bracket or comma. */
function unbalanced(code: string, isExpression: boolean): ParseError {
  const message = "The code is not a single expression or block";
  let depth = 0;
  for (const { kind, start, end } of new Lexer(code, 0, 0, code.length).tokenize()) {
    if (kind === "(" || kind === "[" || kind === "{") depth++;
    const closes = kind === ")" || kind === "]" || kind === "}";
    if (depth === 0 && (closes || (kind === "," && isExpression))) {
      return { code: "CS1003", message, start, end, compilerOffset: start };
    }
    if (closes) depth--;
  }
  return { code: "CS1003", message, start: code.length, end: code.length, compilerOffset: code.length };
}
