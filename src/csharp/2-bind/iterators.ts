/** Iterators: local functions with `yield` (C# 7.3 sections 13.15 and 15.14). */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import type { Binder, Place } from "./binder.ts";
import type { Iterator, Local, Statement } from "./bound.ts";
import { convertImplicitly } from "./convert.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { ENUMERABLE, ENUMERATOR, OBJECT, UNTYPED_ENUMERABLE, UNTYPED_ENUMERATOR } from "./well-known.ts";

type Yield = Syntax.YieldReturnStatement | Syntax.YieldBreakStatement;

const FUNCTIONS: ReadonlySet<string> = new Set(["LocalFunction", "Lambda", "AnonymousMethod"]);

/** Is there a `yield` in the body itself, outside of the functions in it? */
export function hasYield(body: Syntax.Block | Syntax.Expression): boolean {
  return body.kind === "Block" && body.statements.some(yields);
}

function yields(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(yields);
  if (typeof node !== "object" || node === null) return false;
  const { kind } = node as { kind?: string };
  if (kind === "YieldReturnStatement" || kind === "YieldBreakStatement") return true;
  return (kind === undefined || !FUNCTIONS.has(kind)) && Object.values(node).some(yields);
}

/** What the function of an iterator block makes; reports when its return type is none that an iterator can have. */
export function iteratorOf(
  b: Binder,
  node: Syntax.LocalFunction,
  returnType: Type,
  parameters: readonly Local[],
): Iterator {
  for (const [i, p] of node.parameters.entries()) {
    if (p.modifier === "params" || p.modifier === undefined) continue;
    const place = { start: parameters[i].start, end: parameters[i].start + p.name.length };
    b.report("CS1623", "Iterators cannot have ref, in or out parameters", place);
  }
  if (returnType.name === ENUMERABLE) return { elementType: returnType.args[0], isEnumerator: false };
  if (returnType.name === ENUMERATOR) return { elementType: returnType.args[0], isEnumerator: true };
  if (returnType === UNTYPED_ENUMERABLE) return { elementType: OBJECT, isEnumerator: false };
  if (returnType === UNTYPED_ENUMERATOR) return { elementType: OBJECT, isEnumerator: true };
  if (returnType !== errorType) {
    const types = parameters.map((p) => show(p.type)).join(", ");
    const message = `The body of '${node.name}(${types})' cannot be an iterator block because '${show(returnType)}' is not an iterator interface type`;
    const place = { start: node.nameStart, end: node.nameStart + node.name.length };
    b.report("CS1624", message, place, "let it return IEnumerable<T>");
  }
  return { elementType: errorType, isEnumerator: false };
}

export function bindYield(b: Binder, node: Yield): Statement {
  const { iterator } = b.scope.fn;
  if (iterator === null) return refuseYield(b, node);
  checkPlace(b, node);
  const { start } = node;
  if (node.kind === "YieldBreakStatement") return { kind: "yieldBreak", start };
  const value = convertImplicitly(b, bindOperand(b, node.expression), iterator.elementType, node.expression);
  return { kind: "yieldReturn", start, value };
}

/** Around a `yield` there may be neither `finally`, nor `catch`, nor `try` with `catch`. */
function checkPlace(b: Binder, node: Yield): void {
  const { fn } = b.scope;
  const keyword: Place = { start: node.start, end: node.start + "yield".length };
  if (fn.finally) b.report("CS1625", "Cannot yield in the body of a finally clause", keyword);
  else if (node.kind === "YieldBreakStatement") return;
  else if (fn.catching > 0) b.report("CS1631", "Cannot yield a value in the body of a catch clause", keyword);
  else if (fn.guarded > 0)
    b.report("CS1626", "Cannot yield a value in the body of a try block with a catch clause", keyword);
}

/** Only a local function can be an iterator here. */
function refuseYield(b: Binder, node: Yield): Statement {
  if (b.scope.fn.kind === "lambda")
    b.report("CS1621", "The yield statement cannot be used inside an anonymous method or lambda expression", node);
  else
    b.report("CS1624", "The body cannot be an iterator block because 'object' is not an iterator interface type", node);
  if (node.kind === "YieldReturnStatement") bindOperand(b, node.expression);
  return { kind: "empty", start: node.start };
}

/** `return` inside an iterator. */
export function refuseReturn(b: Binder, node: Syntax.ReturnStatement): void {
  const message =
    "Cannot return a value from an iterator. Use the yield return statement to return a value, or yield break to end the iteration.";
  b.report("CS1622", message, { start: node.start, end: node.start + "return".length });
}
