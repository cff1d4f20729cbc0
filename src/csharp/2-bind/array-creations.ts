/** `new T[...]` and initialisers in braces, of one dimension or more (C# 7.3 sections 12.7.11.5 and 17.7). */
import type * as Syntax from "../1-parse/ast.ts";
import { arrayOf, errorType, type Type } from "../types.ts";
import { convertIndex } from "./arguments.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place } from "./binder.ts";
import type { Expression } from "./bound.ts";
import { convertImplicitly, naturalTypeOf } from "./convert.ts";
import { bindOperand } from "./expressions.ts";
import { bestCommonType } from "./inference.ts";
import type { Operand } from "./operands.ts";
import { bindType } from "./types-of-syntax.ts";
import { INT } from "./well-known.ts";

/** Length of each dimension; undefined until the first braces of that depth show it. */
type Shape = (number | undefined)[];

export function bindArrayCreation(b: Binder, node: Syntax.ArrayCreation): Expression {
  const t = bindType(b, node.type);
  if (t === errorType) {
    for (const size of node.sizes) bindOperand(b, size);
    return invalid(node.start);
  }
  const lengths = node.sizes.map((size) => bindSize(b, size));
  if (!node.initializer) return lengths.some(isInvalid) ? invalid(node.start) : emptyArray(t, lengths, node.start);
  const shape = lengths.length > 0 ? constantShape(b, lengths, node.sizes) : unknownShape(t.rank);
  return fromInitializer(b, node.initializer, t, shape, node.start);
}

function emptyArray(t: Type, lengths: readonly Expression[], start: number): Expression {
  const shared = { type: t, start, elementType: t.args[0], items: null };
  if (t.rank > 1) return { kind: "multiArrayCreation", ...shared, lengths };
  return { kind: "arrayCreation", ...shared, length: lengths[0] };
}

function filledArray(t: Type, items: readonly Expression[], shape: Shape, start: number): Expression {
  const shared = { type: t, start, elementType: t.args[0], items };
  if (t.rank === 1) return { kind: "arrayCreation", ...shared, length: null };
  const lengths = shape.map((length) => literal(length ?? 0, INT, start));
  return { kind: "multiArrayCreation", ...shared, lengths };
}

function bindSize(b: Binder, node: Syntax.Expression): Expression {
  const size = convertIndex(b, bindOperand(b, node), node);
  if (isConstant(size) && (size.value as number | bigint) < 0) {
    b.report("CS0248", "Cannot create an array with a negative size", node);
    return invalid(node.start);
  }
  return size;
}

function unknownShape(rank: number): Shape {
  return new Array<undefined>(rank).fill(undefined);
}

/** Sizes beside an initialiser must be constants. */
function constantShape(b: Binder, lengths: readonly Expression[], nodes: readonly Syntax.Expression[]): Shape {
  return lengths.map((length, i) => {
    if (isInvalid(length)) return undefined;
    if (isConstant(length)) return Number(length.value);
    b.report("CS0150", "A constant value is expected", nodes[i]);
    return undefined;
  });
}

function fromInitializer(b: Binder, node: Syntax.ArrayInitializer, t: Type, shape: Shape, start: number): Expression {
  const [elementType] = t.args;
  const items = bindElements(b, node, shape, 0, (e) => convertImplicitly(b, bindOperand(b, e), elementType, e));
  return items && !items.some(isInvalid) ? filledArray(t, items, shape, start) : invalid(start);
}

/** The elements in braces nested as deep as the shape, row by row; null when the braces do not fit it. */
function bindElements<T>(
  b: Binder,
  node: Syntax.ArrayInitializer,
  shape: Shape,
  depth: number,
  bindElement: (element: Syntax.Expression) => T,
): T[] | null {
  const { elements } = node;
  let fits = true;
  const items: T[] = [];
  shape[depth] ??= elements.length;
  const expected = shape[depth];
  for (const element of elements) {
    if (depth < shape.length - 1) {
      const row = bindRow(b, element, shape, depth + 1, bindElement);
      if (row) for (const item of row) items.push(item);
      else fits = false;
    } else if (element.kind === "ArrayInitializer") {
      bindMisplaced(b, element);
      fits = false;
    } else items.push(bindElement(element));
  }
  if (elements.length === expected) return fits ? items : null;
  b.report("CS0847", `An array initializer of length '${expected}' is expected`, node);
  return null;
}

function bindRow<T>(
  b: Binder,
  node: Syntax.Expression | Syntax.ArrayInitializer,
  shape: Shape,
  depth: number,
  bindElement: (element: Syntax.Expression) => T,
): T[] | null {
  if (node.kind === "ArrayInitializer") return bindElements(b, node, shape, depth, bindElement);
  bindOperand(b, node);
  b.report("CS0846", "A nested array initializer is expected", node);
  return null;
}

/** Braces where a value must stand. */
function bindMisplaced(b: Binder, node: Syntax.ArrayInitializer): void {
  const message =
    "Array initializers can only be used in a variable or field initializer. Try using a new expression instead.";
  b.report("CS0623", message, node);
  bindInside(b, node);
}

function bindInside(b: Binder, node: Syntax.ArrayInitializer): void {
  for (const element of node.elements) {
    if (element.kind === "ArrayInitializer") bindMisplaced(b, element);
    else bindOperand(b, element);
  }
}

/** `int[] a = { 1, 2 };`, and the mistake `var a = { 1, 2 };` (a null type). */
export function bindArrayInitializer(b: Binder, node: Syntax.ArrayInitializer, t: Type | null, at: Place): Expression {
  if (t?.kind === "array") return fromInitializer(b, node, t, unknownShape(t.rank), node.start);
  if (t === errorType) return invalid(node.start);
  if (t) {
    b.report(
      "CS0622",
      "Can only use array initializer expressions to assign to array types. Try using a new expression instead.",
      node,
    );
    return invalid(node.start);
  }
  b.report(
    "CS0820",
    "Cannot initialize an implicitly-typed variable with an array initializer",
    at,
    "write new[] { ... } or new { ... }",
  );
  bindInside(b, node);
  return invalid(node.start);
}

/** `new[] { 1, 2 }`, `new[,] { { 1, 2 }, { 3, 4 } }`. */
export function bindImplicitArray(b: Binder, node: Syntax.ImplicitArrayCreation): Expression {
  const shape = unknownShape(node.rank);
  const operands = bindElements(b, node.initializer, shape, 0, (at): { operand: Operand; at: Place } => ({
    operand: bindOperand(b, at),
    at,
  }));
  if (!operands || operands.some((o) => isInvalid(o.operand))) return invalid(node.start);
  const types = operands.map((o) => naturalTypeOf(o.operand)).filter((t) => t !== null);
  const elementType = types.length > 0 ? bestCommonType(types) : null;
  if (!elementType || elementType.kind === "void") {
    b.report("CS0826", "No best type found for implicitly-typed array", node, "write the type: new object[] { ... }");
    return invalid(node.start);
  }
  const items = operands.map((o) => convertImplicitly(b, o.operand, elementType, o.at));
  if (items.some(isInvalid)) return invalid(node.start);
  return filledArray(arrayOf(elementType, node.rank), items, shape, node.start);
}
