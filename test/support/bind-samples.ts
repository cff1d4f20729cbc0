/** For the tests of the binder: code -> bound program, errors as `CODE@offset`. */
import { parseBlock, parseExpression } from "../../src/csharp/1-parse/parse.ts";
import { decodeType } from "../../src/csharp/library/surface.ts";
import { declareTypes, type } from "../../src/csharp/types.ts";
import { type BindResult, bind } from "../../src/csharp/2-bind/bind.ts";
import type { Block, Expression } from "../../src/csharp/2-bind/bound.ts";

declareTypes([
  decodeType("ISample", [
    "interface -",
    "Name: System.String get",
    "Count: System.Int32 get",
    "Items: System.Collections.Generic.IReadOnlyDictionary<System.String,System.Object> get",
    "Read<1>(System.Boolean keep = false): !!0",
  ]),
  decodeType("SampleExtensions", [
    "static System.Object",
    "static Find<1>(this System.Collections.Generic.IReadOnlyDictionary<System.String,System.Object> items, System.String name, !!0 other): !!0",
  ]),
]);

const globals = new Map([["sample", type("ISample")]]);

/** Binds `code` as an expression, after `setup` when given. */
export function bindExpression(code: string, setup?: string): BindResult {
  const parsed = parseExpression(code);
  const before = setup === undefined ? undefined : parseBlock(setup);
  for (const error of [...parsed.errors, ...(before?.errors ?? [])]) throw new Error(`${code}: ${error.message}`);
  return bind(parsed.tree, { globals, setup: before?.tree.statements });
}

export function bindBlock(code: string): BindResult {
  const { tree, errors } = parseBlock(code);
  if (errors.length > 0) throw new Error(`${code}: ${errors[0].message}`);
  return bind(tree, { globals });
}

export function typeOf(code: string, setup?: string): string {
  const { type: found, errors } = bindExpression(code, setup);
  return errors.length > 0 ? errors.map((e) => `${e.code} ${e.message}`).join("; ") : `${found}`;
}

export function errorsOf(result: BindResult): string {
  return result.errors.map((e) => `${e.code}@${e.start}`).join(" ");
}

export function expressionErrors(code: string, setup?: string): string {
  return errorsOf(bindExpression(code, setup));
}

export function blockErrors(code: string): string {
  return errorsOf(bindBlock(code));
}

/** The bound expression; throws when there are errors. */
export function boundExpression(code: string): Expression {
  const { bound, errors } = bindExpression(code);
  if (!bound || bound.body.kind === "block") throw new Error(`${code}: ${errors[0]?.message}`);
  return bound.body;
}

export function boundBlock(code: string): Block {
  const { bound, errors } = bindBlock(code);
  if (bound?.body.kind !== "block") throw new Error(`${code}: ${errors[0]?.message}`);
  return bound.body;
}
