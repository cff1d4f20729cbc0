/** Evaluates XPath 1.0 over XLinq trees. */
import { spend } from "../runtime/budget.ts";
import { XAttribute } from "./xattribute.ts";
import { XComment } from "./xcomment.ts";
import { XContainer } from "./xcontainer.ts";
import { XElement } from "./xelement.ts";
import { XNode } from "./xnode.ts";
import type { XObject } from "./xobject.ts";
import { callFunction, type Context } from "./xpath-functions.ts";
import { parseXPath, xpathError } from "./xpath-parser.ts";
import type { Axis, Expression, NodeTest, Step } from "./xpath-syntax.ts";
import { compareValues, isNodes, asBoolean, asNumber, type XPathValue } from "./xpath-values.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XText } from "./xtext.ts";

/** Namespace of a prefix; undefined when it is not declared. Without one, paths may have no prefixes. */
export type PrefixResolver = (prefix: string) => string | undefined;

/** The nodes that a path selects, in document order. Throws CsException (System.Xml.XPath.XPathException). */
export function selectNodes(node: XObject, path: string, resolve?: PrefixResolver): readonly XObject[] {
  const value = evaluateXPath(node, path, resolve);
  if (!isNodes(value)) throw xpathError("Expression must evaluate to a node-set.");
  return value;
}

export function evaluateXPath(node: XObject, path: string, resolve?: PrefixResolver): XPathValue {
  return new Evaluator(resolve).evaluate(parseXPath(path), { node, position: 1, size: 1 });
}

class Evaluator {
  readonly #resolve: PrefixResolver | undefined;
  /** Document order of the nodes of a tree; made when it is first needed. */
  #order: Map<XObject, number> | undefined;

  constructor(resolve: PrefixResolver | undefined) {
    this.#resolve = resolve;
  }

  evaluate(expression: Expression, context: Context): XPathValue {
    spend(1);
    switch (expression.kind) {
      case "number":
      case "string":
        return expression.value;
      case "call":
        return callFunction(
          expression.name,
          context,
          expression.args.map((arg) => this.evaluate(arg, context)),
        );
      case "negate":
        return -asNumber(this.evaluate(expression.operand, context));
      case "binary":
        return this.#binary(expression, context);
      case "filter":
        return this.#filter(this.#nodes(expression.operand, context), expression.predicates);
      case "path":
        return this.#path(expression, context);
    }
  }

  #nodes(expression: Expression, context: Context): readonly XObject[] {
    const value = this.evaluate(expression, context);
    if (!isNodes(value)) throw xpathError("Expression must evaluate to a node-set.");
    return value;
  }

  #binary({ operator, left, right }: Expression & { kind: "binary" }, context: Context): XPathValue {
    switch (operator) {
      case "or":
        return asBoolean(this.evaluate(left, context)) || asBoolean(this.evaluate(right, context));
      case "and":
        return asBoolean(this.evaluate(left, context)) && asBoolean(this.evaluate(right, context));
      case "|":
        return this.#inOrder([...this.#nodes(left, context), ...this.#nodes(right, context)]);
    }
    const [a, b] = [this.evaluate(left, context), this.evaluate(right, context)];
    switch (operator) {
      case "+":
        return asNumber(a) + asNumber(b);
      case "-":
        return asNumber(a) - asNumber(b);
      case "*":
        return asNumber(a) * asNumber(b);
      case "div":
        return asNumber(a) / asNumber(b);
      case "mod":
        return asNumber(a) % asNumber(b);
      default:
        return compareValues(operator, a, b);
    }
  }

  #path({ start, steps }: Expression & { kind: "path" }, context: Context): readonly XObject[] {
    let nodes: readonly XObject[];
    if (start === "root") nodes = [context.node.top];
    else nodes = start === "context" ? [context.node] : this.#nodes(start, context);
    for (const step of steps) nodes = this.#step(nodes, step);
    return nodes;
  }

  #step(nodes: readonly XObject[], step: Step): readonly XObject[] {
    const found: XObject[] = [];
    for (const node of nodes) {
      const reached: XObject[] = [];
      for (const candidate of walk(node, step.axis)) {
        spend(1);
        if (this.#passes(candidate, step)) reached.push(candidate);
      }
      // Not by spreading into push(): its arguments are limited by the stack.
      for (const kept of this.#filter(reached, step.predicates)) found.push(kept);
    }
    const ordered = nodes.length <= 1 && !reverse.has(step.axis);
    return ordered ? found : this.#inOrder(found);
  }

  /** Keeps what every predicate holds for; a number is a position. */
  #filter(nodes: readonly XObject[], predicates: readonly Expression[]): readonly XObject[] {
    let kept = nodes;
    for (const predicate of predicates) {
      const size = kept.length;
      kept = kept.filter((node, i) => {
        const value = this.evaluate(predicate, { node, position: i + 1, size });
        return typeof value === "number" ? value === i + 1 : asBoolean(value);
      });
    }
    return kept;
  }

  #passes(node: XObject, { axis, test }: Step): boolean {
    switch (test.kind) {
      case "node":
        return true;
      case "text":
        return node instanceof XText;
      case "comment":
        return node instanceof XComment;
      case "processing-instruction":
        return node instanceof XProcessingInstruction && (test.target === undefined || node.target === test.target);
      default:
        return this.#hasName(node, axis, test);
    }
  }

  #hasName(node: XObject, axis: Axis, { prefix, local }: NodeTest & { kind: "name" }): boolean {
    const principal = axis === "attribute" ? node instanceof XAttribute : node instanceof XElement;
    if (!principal) return false;
    const { name } = node as XElement | XAttribute;
    if (prefix === undefined) return true;
    const uri = prefix === "" ? "" : this.#uriOf(prefix);
    return name.uri === uri && (local === undefined || name.local === local);
  }

  #uriOf(prefix: string): string {
    if (!this.#resolve) {
      throw xpathError(
        "Namespace Manager or XsltContext needed. This query has a prefix, variable, or user-defined function.",
      );
    }
    const uri = this.#resolve(prefix);
    if (uri === undefined) throw xpathError(`Namespace prefix '${prefix}' is not defined.`);
    return uri;
  }

  /** Without duplicates, in document order. */
  #inOrder(nodes: readonly XObject[]): readonly XObject[] {
    const unique = [...new Set(nodes)];
    if (unique.length < 2) return unique;
    this.#order ??= documentOrder(unique[0].top);
    const order = this.#order;
    return unique.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  }
}

function documentOrder(top: XObject): Map<XObject, number> {
  const order = new Map<XObject, number>([[top, 0]]);
  const nodes = top instanceof XContainer ? [top, ...top.descendantNodes()] : [top];
  for (const node of nodes) {
    order.set(node, order.size);
    if (node instanceof XElement) for (const a of node.attributes) order.set(a, order.size);
  }
  return order;
}

/** Axes that lead backwards: their positions count away from the node. */
const reverse = new Set<Axis>(["ancestor", "ancestor-or-self", "preceding", "preceding-sibling"]);

/** What an axis leads to, the nearest first. Namespace declarations are no attributes. */
function* walk(node: XObject, axis: Axis): Generator<XObject> {
  switch (axis) {
    case "self":
      yield node;
      break;
    case "child":
      if (node instanceof XContainer) yield* node.nodes();
      break;
    case "descendant-or-self":
      yield node;
      if (node instanceof XContainer) yield* node.descendantNodes();
      break;
    case "descendant":
      if (node instanceof XContainer) yield* node.descendantNodes();
      break;
    case "attribute":
      if (node instanceof XElement) yield* node.attributes.filter((a) => !a.isNamespaceDeclaration);
      break;
    case "parent":
      if (node.parent) yield node.parent;
      break;
    case "ancestor":
    case "ancestor-or-self":
      for (let n = axis === "ancestor" ? node.parent : node; n; n = n.parent) yield n;
      break;
    case "following-sibling":
      if (node instanceof XNode) for (let n = node.next; n; n = n.next) yield n;
      break;
    case "preceding-sibling":
      if (node instanceof XNode) for (let n = node.previous; n; n = n.previous) yield n;
      break;
    case "following":
    case "preceding":
      yield* around(node, axis);
      break;
    case "namespace":
      break;
  }
}

/** Everything after or before a node, but for what contains it or is in it. */
function* around(node: XObject, axis: "following" | "preceding"): Generator<XObject> {
  for (let at: XObject | null = node; at; at = at.parent) {
    for (const sibling of walk(at, `${axis}-sibling`)) {
      const below = sibling instanceof XContainer ? [sibling, ...sibling.descendantNodes()] : [sibling];
      yield* axis === "following" ? below : below.reverse();
    }
  }
}
