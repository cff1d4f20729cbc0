/**
 * Loops of self-contained code (self-contained.ts), made as fast as the same by hand. Nobody else can touch a variable meanwhile: the
 * elements of an array are reached by a constant of JavaScript, and a loop that says how often it turns pays for all turns beforehand.
 */
import type { Expression, For, Local, Statement } from "../2-bind/bound.ts";
import { type AnyNode, someNode, visitNodes } from "../2-bind/tree-walk.ts";
import { type Frame, localName, rare } from "./frame.ts";

/** Statements that may end a loop before its condition does. `continue` does not. */
const EXITS: ReadonlySet<string> = new Set(["break", "return", "throw", "goto", "gotoCase"]);

export function isLeftEarly(body: Statement): boolean {
  return someNode(body, (node) => EXITS.has(node.kind));
}

/** Text that pays for so many turns at once. @param turns text of a number, which may be negative */
export function payment(frame: Frame, turns: string): string {
  const left = frame.fuel ?? "A.left";
  const note = frame.fuel === null ? "" : `A.left = ${frame.fuel}; `;
  return `if ((${left} -= ${turns}) < 0) { ${note}${frame.runtime("outOfSteps")}(); }\n`;
}

/** `for (...; i < bound; i++)`, with `i` and the bound left alone by everything in the loop. */
interface Count {
  readonly index: Local;
  readonly bound: Expression;
}

/** How often a loop turns, if that is known before the first turn. */
export function countOf(node: For): Count | undefined {
  const { condition, increments } = node;
  if (condition?.kind !== "binary" || condition.op !== "<" || condition.operandType.name !== "System.Int32")
    return undefined;
  const { left: index, right: bound } = condition;
  const [increment] = increments;
  if (index.kind !== "local" || increments.length !== 1 || increment.kind !== "increment") return undefined;
  const { op, target } = increment;
  if (op !== "++" || target.kind !== "local" || target.local !== index.local) return undefined;
  const written = localsWritten([node.body]);
  const source = sourceOf(bound);
  const isFixed = source === null || (source !== undefined && source !== index.local && !written.has(source));
  if (!isFixed || written.has(index.local) || isLeftEarly(node.body)) return undefined;
  return { index: index.local, bound };
}

/** The variable that a bound depends on; null: on none; undefined: it is not that simple. */
function sourceOf(bound: Expression): Local | null | undefined {
  switch (bound.kind) {
    case "literal":
      return null;
    case "local":
      return bound.local;
    case "arrayLength":
      return bound.array.kind === "local" ? bound.array.local : undefined;
    case "property":
      return bound.receiver?.kind === "local" ? bound.receiver.local : undefined;
    default:
      return undefined;
  }
}

/** Text before a counted loop: null is found out, and all turns are paid for. */
export function countText(frame: Frame, { index, bound }: Count): string {
  return payment(frame, `Math.max(0, ${frame.expression(bound)} - ${localName(index)})`);
}

/**
 * Writes a loop with the elements of its arrays in constants before it.
 * @param parts of the loop, all that is done in each turn
 * @param first the expression that is evaluated before any other: an array whose length it is cannot be null in the loop
 */
export function withItems(
  frame: Frame,
  parts: readonly AnyNode[],
  first: Expression | undefined,
  write: () => string,
): string {
  const written = localsWritten(parts);
  const checked = first?.kind === "arrayLength" && first.array.kind === "local" ? first.array.local : undefined;
  const kept: Local[] = [];
  let text = "";
  for (const local of arraysRead(parts)) {
    if (written.has(local) || local.byRef || frame.items.has(local)) continue;
    const name = frame.unique("h");
    const array = localName(local);
    const isNotNull = local === checked;
    const isNull = isNotNull ? rare(frame, `${frame.runtime("isNull")}(${first?.start})`) : "";
    text += `const ${name} = ${isNotNull ? `(${array} ?? ${isNull}).items` : `${array}?.items`};\n`;
    frame.items.set(local, { name, isNotNull });
    kept.push(local);
  }
  text += write();
  for (const local of kept) frame.items.delete(local);
  return text;
}

function arraysRead(parts: readonly AnyNode[]): ReadonlySet<Local> {
  const found = new Set<Local>();
  const look = (node: AnyNode): void => {
    const { kind, array } = node as AnyNode & { readonly array?: Expression };
    if ((kind === "arrayAccess" || kind === "arrayLength") && array?.kind === "local") found.add(array.local);
  };
  for (const part of parts) visitNodes(part, look);
  return found;
}

function localsWritten(parts: readonly AnyNode[]): ReadonlySet<Local> {
  const found = new Set<Local>();
  const look = (node: AnyNode): void => {
    const { kind, target, local } = node as AnyNode & { readonly target?: Expression; readonly local?: Local };
    if (kind === "localDeclaration" && local) found.add(local);
    // Assignments and increments; nothing else in self-contained code has a target.
    else if (target?.kind === "local") found.add(target.local);
  };
  for (const part of parts) visitNodes(part, look);
  return found;
}
