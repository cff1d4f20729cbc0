/** Calls of library members: methods, constructors, properties, indexers, fields, operators. */
import type {
  Call,
  Expression,
  FieldAccess,
  IndexerAccess,
  ObjectCreation,
  PropertyAccess,
  ReferenceArgument,
  ResolvedMember,
} from "../2-bind/bound.ts";
import { isInline } from "../library/define.ts";
import { canBeNull, isKnownNotNull } from "./nullness.ts";
import { type Frame, localName, rare } from "./frame.ts";
import { link } from "../library/link.ts";
import { OBJECT_STEPS } from "../runtime/budget.ts";

/** An argument in place, and what is to happen after the call (copying `out` values). */
interface Argument {
  readonly text: string;
  /** Evaluation has no effects and does not depend on those of others. */
  readonly stable: boolean;
  readonly after?: string;
}

/** A call of an implementation with everything already text; the implementation is spliced in or named. */
export function callLinked(
  frame: Frame,
  member: ResolvedMember,
  key: string,
  start: number,
  operands: readonly string[],
): string {
  const found = link(member, key);
  if (!found) {
    frame.error("SP4002", `'${displayMember(member)}' is not supported yet`, start);
    return "null";
  }
  if (isInline(found)) return `(${found.inline(...operands)})`;
  return `${frame.constant(found)}(${operands.join(", ")})`;
}

function displayMember({ declaringType, def, key }: ResolvedMember): string {
  if (def.k === "ctor") return `new ${declaringType}${key.slice(3)}`;
  return `${declaringType}.${key.replace("op_Implicit", "implicit operator").replace("op_Explicit", "explicit operator")}`;
}

/** Types that come before the arguments: the constructed type of a static generic member, then the method's own type arguments. */
function leadingTypes(frame: Frame, member: ResolvedMember, typeArgs: Call["typeArgs"]): string[] {
  const { declaringType, def } = member;
  const isStatic = def.s === 1 || def.k === "ctor";
  const types = isStatic && declaringType.args.length > 0 ? [declaringType, ...typeArgs] : typeArgs;
  return types.map((t) => frame.type(t));
}

export function call(frame: Frame, node: Call, isEffect: boolean): string {
  const args = node.args.map((arg) => argument(frame, arg));
  const leading = leadingTypes(frame, node.member, node.typeArgs);
  const operands = withReceiver(frame, receiverAsDeclared(node), args, node.start, leading);
  const text = callLinked(frame, node.member, node.member.key, node.start, operands);
  return withAfter(frame, text, args, isEffect || node.type.kind === "void");
}

/** What System.Delegate declares needs to know the delegate's type. */
function receiverAsDeclared({ receiver, member, start }: Call): Expression | null {
  if (receiver?.type.kind !== "delegate" || member.declaringType.kind === "delegate") return receiver;
  const facts = { explicit: false, checked: false, lifted: false };
  return {
    kind: "conversion",
    conversion: "reference",
    operand: receiver,
    type: member.declaringType,
    start,
    ...facts,
  };
}

/**
 * The operands of a call. The receiver is checked for null once the arguments are evaluated, as the run time does it; at once where no
 * argument can tell the difference. The last thing before the call notes its place.
 */
function withReceiver(
  frame: Frame,
  receiver: Expression | null,
  args: readonly Argument[],
  start: number,
  leading: string[] = [],
): string[] {
  const operands = [...leading, ...args.map((a) => a.text)];
  const allStable = args.every((a) => a.stable);
  const last = args.length > 0 ? operands.pop() : undefined;
  if (receiver === null) return last === undefined ? operands : [...operands, placed(frame, last, allStable, start)];
  if (!needsCheck(frame, receiver)) {
    const self = frame.expression(receiver);
    return last === undefined ? [self, ...operands] : [self, ...operands, placed(frame, last, allStable, start)];
  }
  if (allStable) return [notNullHere(frame, receiver, start), ...operands, ...(last === undefined ? [] : [last])];
  const self = frame.hold(receiver);
  return [self.first, ...operands, `${frame.runtime("placedAfter")}(${last}, ${self.again}, ${start})`];
}

/** The value, with the place of the call noted when it is there. */
function placed(frame: Frame, text: string, isStable: boolean, start: number): string {
  return isStable ? `(A.at = ${start}, ${text})` : `${frame.runtime("placed")}(${text}, ${start})`;
}

function needsCheck(frame: Frame, node: Expression): boolean {
  return canBeNull(node) && !isKnownNotNull(frame, node);
}

/** The receiver of something that can throw by itself: checked for null, its place noted. */
function notNullHere(frame: Frame, node: Expression, start: number): string {
  const text = frame.expression(node);
  if (!needsCheck(frame, node)) return text;
  if (frame.fuel !== null) return notNull(frame, node, start);
  if (frame.isStable(node)) return `(A.at = ${start}, ${text} ?? ${frame.runtime("isNull")}(${start}))`;
  return `${frame.runtime("notNull")}(${text}, ${start})`;
}

/** The receiver of something that throws for null only. */
export function notNull(frame: Frame, node: Expression, start: number): string {
  const text = frame.expression(node);
  return needsCheck(frame, node) ? `(${text} ?? ${rare(frame, `${frame.runtime("isNull")}(${start})`)})` : text;
}

function argument(frame: Frame, node: Expression): Argument {
  if (node.kind === "reference") return referenceArgument(frame, node);
  return { text: frame.expression(node), stable: frame.isStable(node) || node.kind === "lambda" };
}

/** `out x`: a fresh Ref, copied into x after the call. A parameter that is a Ref itself is passed on. */
function referenceArgument(frame: Frame, node: ReferenceArgument): Argument {
  const { target } = node;
  if (target.kind === "local" && target.local.byRef) return { text: localName(target.local), stable: true };
  const cell = frame.temporary();
  const place = frame.place(target);
  const initial = node.mode === "ref" ? place.read() : "null";
  const text = `(${place.setup}${cell} = new ${frame.runtime("Ref")}(${initial}))`;
  return { text, stable: place.setup === "", after: place.write(`${cell}.v`) };
}

function withAfter(frame: Frame, text: string, args: readonly Argument[], isEffect: boolean): string {
  const after = args.filter((a) => a.after !== undefined).map((a) => a.after);
  if (after.length === 0) return text;
  if (isEffect) return `(${[text, ...after].join(", ")})`;
  const result = frame.holdText(text);
  return `(${[result.first, ...after, result.again].join(", ")})`;
}

export function creation(frame: Frame, node: ObjectCreation): string {
  const args = node.args.map((arg) => argument(frame, arg));
  const operands = withReceiver(frame, null, args, node.start, leadingTypes(frame, node.member, []));
  const made = callLinked(frame, node.member, node.member.key, node.start, operands);
  const paid = node.type.isValueType ? made : `(A.left -= ${OBJECT_STEPS}, ${made})`;
  return withAfter(frame, paid, args, false);
}

export function property(frame: Frame, node: PropertyAccess | FieldAccess): string {
  const { receiver, member, start } = node;
  const operands = receiver ? [notNullHere(frame, receiver, start)] : leadingTypes(frame, member, []);
  return callLinked(frame, member, member.key, start, operands);
}

export function indexer(frame: Frame, node: IndexerAccess): string {
  const args = node.args.map((arg) => argument(frame, arg));
  return callLinked(
    frame,
    node.member,
    node.member.key,
    node.start,
    withReceiver(frame, node.receiver, args, node.start),
  );
}

/** Writes a property, indexer or field; the operands are in order. */
export function writeMember(frame: Frame, target: PropertyAccess | IndexerAccess | FieldAccess, value: string): string {
  const { receiver, member, start } = target;
  const operands = receiver ? [notNullHere(frame, receiver, start)] : leadingTypes(frame, member, []);
  if (target.kind === "indexer") operands.push(...target.args.map((arg) => frame.expression(arg)));
  return callLinked(frame, member, `${member.key}=`, start, [...operands, value]);
}
