/** Assignment: `=`, `op=`, `++`, `--`, and the places they write to. */
import type { Assignment, CompoundAssignment, Expression, Increment, Placeholder, Target } from "../2-bind/bound.ts";
import { someNode } from "../2-bind/tree-walk.ts";
import { storeElement, storeMultiElement } from "./arrays.ts";
import { type Frame, localName, type Place } from "./frame.ts";
import { writeMember } from "./members.ts";
import { defaultText } from "./literals.ts";
import { quote } from "./module-text.ts";
import { isKnownNotNull } from "./nullness.ts";
import { isSelfContained } from "./self-contained.ts";
import { cell, chosenCell, isChosen } from "./functions.ts";

export function placeOf(frame: Frame, target: Target): Place {
  if (isChosen(target)) {
    const { first, again } = frame.holdText(chosenCell(frame, target));
    return { setup: `${first}, `, read: () => `${again}.v`, write: (value) => `(${again}.v = ${value})` };
  }
  const setup: string[] = [];
  const held = withHeldParts(frame, target, setup);
  return {
    setup: setup.map((part) => `${part}, `).join(""),
    read: () => (held.kind === "discard" ? "null" : frame.expression(held)),
    write: (value) => write(frame, held, value),
  };
}

/** The target with each part that is no simple value replaced by a temporary. */
function withHeldParts(frame: Frame, target: Target, setup: string[]): Target {
  const held = (node: Expression) => holdPart(frame, node, setup);
  switch (target.kind) {
    case "property":
    case "field":
      return { ...target, receiver: target.receiver && held(target.receiver) };
    case "indexer":
    case "dynamicIndex":
      return { ...target, receiver: held(target.receiver), args: target.args.map(held) };
    case "arrayAccess":
      return { ...target, array: held(target.array), index: held(target.index) };
    case "multiArrayAccess":
      return { ...target, array: held(target.array), indices: target.indices.map(held) };
    case "dynamicMember":
      return { ...target, receiver: held(target.receiver) };
    case "tupleElement":
      return { ...target, receiver: withHeldParts(frame, target.receiver as Target, setup) as Expression };
    default:
      return target;
  }
}

function holdPart(frame: Frame, node: Expression, setup: string[]): Expression {
  if (frame.isStable(node)) return node;
  const placeholder: Placeholder = { type: node.type, id: -1 };
  const { first, again } = frame.hold(node);
  setup.push(first);
  frame.bind(placeholder, again, { isNotNull: isKnownNotNull(frame, node) });
  return { kind: "placeholder", type: node.type, start: node.start, placeholder };
}

/** Does `write` yield the value written? */
function yieldsValue(target: Target): boolean {
  const { kind } = target;
  return (
    kind === "localFunctionCall" ||
    kind === "refConditional" ||
    kind === "local" ||
    kind === "arrayAccess" ||
    kind === "multiArrayAccess" ||
    kind === "discard"
  );
}

function write(frame: Frame, target: Target, value: string, isPlain = false): string {
  switch (target.kind) {
    case "discard":
      return value;
    case "local":
      return `(${localName(target.local)}${target.local.byRef ? ".v" : ""} = ${value})`;
    case "localFunctionCall":
    case "refConditional":
      return `(${chosenCell(frame, target)}.v = ${value})`;
    case "tupleElement": {
      const tuple = target.receiver as Target;
      return write(frame, tuple, `${tupleText(frame, tuple)}.with(${target.index}, ${value})`);
    }
    case "arrayAccess":
      return storeElement(frame, target, value, isPlain);
    case "multiArrayAccess":
      return storeMultiElement(frame, target, value);
    case "dynamicMember":
      return `${frame.runtime("dynamicSetMember")}(${frame.expression(target.receiver)}, ${quote(target.name)}, ${value})`;
    case "dynamicIndex": {
      const args = target.args.map((a) => frame.expression(a)).join(", ");
      return `${frame.runtime("dynamicSetIndex")}(${frame.expression(target.receiver)}, [${args}], ${value})`;
    }
    default:
      return writeMember(frame, target, value);
  }
}

/** A tuple variable that gets its elements one by one begins with nothing. */
function tupleText(frame: Frame, tuple: Target): string {
  if (tuple.kind === "tupleElement") return `${tupleText(frame, tuple.receiver as Target)}.items[${tuple.index}]`;
  const text = frame.expression(tuple as Expression);
  return tuple.kind === "local" && tuple.local.partial ? `(${text} ?? ${defaultText(frame, tuple.type)})` : text;
}

export function assignment(frame: Frame, node: Assignment, isEffect: boolean): string {
  const { target } = node;
  if (target.kind === "local" && node.value.kind === "reference")
    return `(${localName(target.local)} = ${cell(frame, node.value)}).v`;
  if (target.kind === "tupleElement") return assignElement(frame, node, isEffect);
  const value = frame.expression(node.value);
  if (isEffect || yieldsValue(target)) return write(frame, target, value, changesNothing(node.value));
  const held = frame.holdText(value, frame.isStable(node.value));
  return `(${write(frame, target, held.first)}, ${held.again})`;
}

/** Does evaluating the value change no variable? */
function changesNothing(value: Expression): boolean {
  return isSelfContained(value) && !someNode(value, (n) => n.kind.endsWith("ssignment") || n.kind === "increment");
}

function assignElement(frame: Frame, node: Assignment, isEffect: boolean): string {
  const place = placeOf(frame, node.target);
  const value = frame.hold(node.value);
  return sequence([`${place.setup}${value.first}`, place.write(value.again)], isEffect ? undefined : value.again);
}

function sequence(effects: readonly string[], result: string | undefined): string {
  return `(${result === undefined ? effects.join(", ") : [...effects, result].join(", ")})`;
}

export function compoundAssignment(frame: Frame, node: CompoundAssignment | Increment, isEffect: boolean): string {
  const { target, current } = node;
  const wantsOld = node.kind === "increment" && node.postfix && !isEffect;
  const place = placeOf(frame, target);
  if (target.kind === "local" && !wantsOld) {
    frame.bind(current, place.read(), { isStable: false });
    return place.write(frame.expression(node.value));
  }
  const old = frame.holdText(place.read());
  frame.bind(current, old.again);
  const value = frame.expression(node.value);
  const before = `${place.setup}${old.first}`;
  if (isEffect) return sequence([before, place.write(value)], undefined);
  if (wantsOld) return sequence([before, place.write(value)], old.again);
  if (yieldsValue(target)) return sequence([before], place.write(value));
  const held = frame.holdText(value);
  return sequence([before, held.first, place.write(held.again)], held.again);
}
