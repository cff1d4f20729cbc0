/** Loops (C# 7.3 section 13.9). */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType, errorType, type Type } from "../types.ts";
import { type Binder, invalid, isInvalid, type Place, placeholderReference, reference } from "./binder.ts";
import type { Do, Expression, For, ForEach, Placeholder, Statement, While } from "./bound.ts";
import { convertExplicitly, toCondition, toValue } from "./convert.ts";
import { bindDeclaration } from "./declarations.ts";
import { deconstructInto } from "./deconstruction.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { lookup, methodsNamed } from "./members.ts";
import { Scope } from "./scope.ts";
import { bindDropped, bindEmbedded } from "./statements.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareLocal, isVar } from "./variables.ts";
import { CHAR, enumerableElement, OBJECT, STRING, UNTYPED_ENUMERABLE } from "./well-known.ts";

function loopBody(b: Binder, node: Syntax.Statement): Statement {
  const { fn } = b.scope;
  fn.breakable++;
  fn.continuable++;
  const body = bindEmbedded(b, node);
  fn.breakable--;
  fn.continuable--;
  return body;
}

export function bindWhile(b: Binder, node: Syntax.WhileStatement): While {
  const scope = new Scope(b.scope, b.scope.fn);
  return b.within(scope, () => {
    const condition = toCondition(b, bindOperand(b, node.condition), node.condition);
    const body = loopBody(b, node.statement);
    return { kind: "while", start: node.start, locals: scope.locals, condition, body };
  });
}

export function bindDo(b: Binder, node: Syntax.DoStatement): Do {
  const body = loopBody(b, node.statement);
  const scope = new Scope(b.scope, b.scope.fn);
  return b.within(scope, () => {
    const condition = toCondition(b, bindOperand(b, node.condition), node.condition);
    return { kind: "do", start: node.start, locals: scope.locals, body, condition };
  });
}

export function bindFor(b: Binder, node: Syntax.ForStatement): For {
  const scope = new Scope(b.scope, b.scope.fn);
  return b.within(scope, () => {
    const declared = node.declaration ? bindDeclaration(b, node.declaration, "local") : [];
    const dropped = node.initializers.map((e) => ({
      kind: "expressionStatement" as const,
      start: e.start,
      expression: bindDropped(b, e),
    }));
    const condition = node.condition ? toCondition(b, bindOperand(b, node.condition), node.condition) : null;
    const increments = node.incrementors.map((e) => bindDropped(b, e));
    const body = loopBody(b, node.statement);
    return {
      kind: "for",
      start: node.start,
      locals: scope.locals,
      initializers: [...declared, ...dropped],
      condition,
      increments,
      body,
    };
  });
}

export function bindForEach(b: Binder, node: Syntax.ForEachStatement | Syntax.ForEachVariableStatement): ForEach {
  const collection = toValue(b, bindOperand(b, node.expression), node.expression);
  const element = elementOf(b, collection, node.expression);
  const scope = new Scope(b.scope, b.scope.fn);
  const current = b.placeholder(element.type);
  return b.within(scope, () => {
    const assignments =
      node.kind === "ForEachStatement"
        ? assignVariable(b, node, current, element.dynamic)
        : assignParts(b, node, current);
    const body = loopBody(b, node.statement);
    return {
      kind: "forEach",
      start: node.start,
      locals: scope.locals,
      collection,
      boxed: element.boxed,
      current,
      assignments,
      body,
    };
  });
}

function assignVariable(
  b: Binder,
  node: Syntax.ForEachStatement,
  current: Placeholder,
  isDynamic: boolean,
): Expression[] {
  const place = { start: node.nameStart, end: node.nameStart + node.name.length };
  const own = isDynamic ? dynamicType : current.type;
  const type = isVar(node.type) ? own : bindType(b, node.type);
  const local = declareLocal(b, node.name, type, "foreach", place);
  if (type === errorType || current.type === errorType) return [];
  const value = convertExplicitly(b, placeholderReference(current, node.nameStart), type, keywordPlace(node));
  if (isInvalid(value)) return [value];
  return [{ kind: "assignment", type, start: node.nameStart, target: reference(local, node.nameStart), value }];
}

/** The compiler blames the keyword for a cast that does not exist. */
function keywordPlace(node: Syntax.ForEachStatement): Place {
  return { start: node.start, end: node.start + "foreach".length };
}

function assignParts(b: Binder, node: Syntax.ForEachVariableStatement, current: Placeholder): Expression[] {
  const value = current.type === errorType ? invalid(node.start) : placeholderReference(current, node.variable.start);
  return deconstructInto(b, node.variable, value, node.expression) ?? [invalid(node.start)];
}

interface Element {
  readonly type: Type;
  /** Elements come through the non-generic IEnumerable. */
  readonly boxed: boolean;
  readonly dynamic: boolean;
}

function element(type: Type, boxed = false): Element {
  return { type, boxed, dynamic: false };
}

/** What a foreach over the collection yields: by its GetEnumerator, else by IEnumerable<T>, else by IEnumerable. */
function elementOf(b: Binder, collection: Expression, at: Syntax.Expression): Element {
  const t = collection.type;
  if (t === errorType) return element(errorType);
  if (t.kind === "array") return element(t.args[0]);
  if (t === STRING) return element(CHAR);
  if (t === dynamicType) return { type: OBJECT, boxed: true, dynamic: true };
  if (t.kind === "null") {
    b.report("CS0186", "Use of null is not valid in this context", at);
    return element(errorType);
  }
  const enumerator = methodsNamed(t, "GetEnumerator").find((m) => m.parameters.length === 0 && !m.isStatic)?.returnType;
  const current = enumerator && lookup(enumerator, "Current");
  if (current && "kind" in current && t.kind !== "interface") return element(current.type, current.type === OBJECT);
  const generic = enumerableElement(t);
  if (generic) return element(generic);
  if (t === UNTYPED_ENUMERABLE || t.interfaces.includes(UNTYPED_ENUMERABLE)) return element(OBJECT, true);
  const shown = show(t);
  const message =
    `foreach statement cannot operate on variables of type '${shown}' because '${shown}' does not contain a public instance or extension ` +
    "definition for 'GetEnumerator'";
  b.report(
    "CS1579",
    message,
    at,
    t === OBJECT ? "cast the object to its type first, for example (JArray)x" : undefined,
  );
  return element(errorType);
}
