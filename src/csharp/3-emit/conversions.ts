/** Conversions, `is`, `as` and patterns. The kinds of conversions are listed at Conversion in 2-bind/bound.ts. */
import type { As, Conversion, Expression, IsPattern, IsType, Pattern, TupleConversion } from "../2-bind/bound.ts";
import { isAssignable } from "../runtime/assignable.ts";
import { box } from "../runtime/values.ts";
import { type Type, tupleOf } from "../types.ts";
import type { Frame } from "./frame.ts";
import { localName } from "./frame.ts";
import { constantValue, literalText } from "./literals.ts";
import { callLinked } from "./members.ts";
import { convertNumber } from "./numeric-conversions.ts";

export function conversion(frame: Frame, node: Conversion): string {
  const operand = frame.expression(node.operand);
  if (!node.lifted) return converted(frame, node, operand, node.operand.type, node.type);
  const from = node.operand.type.args[0];
  if (node.conversion === "userDefined") return liftedUserDefined(frame, node, operand);
  const held = frame.holdText(operand);
  return `(${held.first} === null ? null : ${converted(frame, node, held.again, from, node.type.args[0])})`;
}

/** Lifting makes Nullable results; a method may answer a reference type as well. */
function liftedUserDefined(frame: Frame, node: Conversion, operand: string): string {
  const held = frame.holdText(operand);
  return `(${held.first} === null ? null : ${userDefined(frame, node, held.again)})`;
}

function converted(frame: Frame, node: Conversion, operand: string, from: Type, to: Type): string {
  switch (node.conversion) {
    case "identity":
    case "nullableWrap":
      return operand;
    case "reference":
      return from.kind === "delegate" && to.kind !== "delegate" ? noted(frame, operand, from) : operand;
    case "referenceCast":
      return `${frame.runtime(to.name === "System.String" ? "castToString" : "castTo")}(${operand}, ${frame.type(to)})`;
    case "boxing":
      return boxed(frame, operand, from);
    case "unboxing":
      return to.isNullable
        ? `${frame.runtime("unboxNullable")}(${operand}, ${frame.type(to.args[0])})`
        : `${frame.runtime("unboxTo")}(${operand}, ${frame.type(to)})`;
    case "numeric":
    case "enum":
      return convertNumber(frame, operand, from, to, node.checked);
    case "nullableUnwrap":
      return `${frame.runtime("nullableValue")}(${operand})`;
    case "userDefined":
      return userDefined(frame, node, operand);
    case "dynamic":
      return `${frame.runtime("dynamicConvert")}(${operand}, ${frame.type(to)}, ${node.explicit})`;
  }
}

function noted(frame: Frame, operand: string, t: Type): string {
  return `${frame.runtime("noteDelegateType")}(${operand}, ${frame.type(t)})`;
}

/** A value type as object. */
export function boxed(frame: Frame, operand: string, t: Type): string {
  if (t.isNullable) return `${frame.runtime("box")}(${operand}, ${frame.type(t)})`;
  const own = t.kind === "tuple" ? tupleOf(t.args) : t;
  return `new ${frame.runtime("Box")}(${frame.type(own)}, ${operand})`;
}

function userDefined(frame: Frame, node: Conversion, operand: string): string {
  if (!node.method) throw new Error("Internal error: a user-defined conversion without a method. Please report it.");
  return callLinked(frame, node.method, node.method.key, node.start, [operand]);
}

export function tupleConversion(frame: Frame, node: TupleConversion): string {
  const operand = frame.hold(node.operand);
  frame.bind(node.current, operand.again);
  const items = node.elements.map((e) => frame.expression(e));
  return `(${operand.first}, new ${frame.runtime("CsTuple")}(${frame.type(node.type)}, [${items.join(", ")}]))`;
}

/** A test whether `text`, of static type `from`, is a `to`; `text` is used once. */
function typeTest(frame: Frame, text: string, from: Type, to: Type): string {
  const held = from.isNullable ? from.args[0] : from;
  if (held.isValueType) {
    const fits = isAssignable(held, to.isNullable ? to.args[0] : to);
    return from.isNullable ? `(${text} !== null && ${fits})` : `(${text}, ${fits})`;
  }
  if (isAssignable(from, to)) return `(${text} !== null)`;
  if (to.name === "System.String") return `(typeof ${text} === "string")`;
  return `${frame.runtime("isInstance")}(${text}, ${frame.type(to)})`;
}

export function isType(frame: Frame, node: IsType): string {
  return typeTest(frame, frame.expression(node.operand), node.operand.type, node.target);
}

export function asType(frame: Frame, node: As): string {
  const [from, to] = [node.operand.type, node.type];
  const operand = frame.expression(node.operand);
  const value = from.isNullable ? from.args[0] : from;
  if (value.isValueType) {
    if (!isAssignable(value, to)) return `(${operand}, null)`;
    return to.isNullable ? operand : boxed(frame, operand, from);
  }
  if (isAssignable(from, to)) return operand;
  if (to.isNullable) return `${frame.runtime("asNullable")}(${operand}, ${frame.type(to.args[0])})`;
  return `${frame.runtime("asReference")}(${operand}, ${frame.type(to)})`;
}

export function isPattern(frame: Frame, node: IsPattern): string {
  const { first, again } = frame.hold(node.operand);
  return `(${first}, ${matches(frame, node.pattern, again, node.operand.type)})`;
}

/** Does `input`, which may be read several times, match? Assigns the pattern's variable. */
export function matches(frame: Frame, pattern: Pattern, input: string, inputType: Type): string {
  switch (pattern.kind) {
    case "varPattern":
      return pattern.local ? `(${localName(pattern.local)} = ${input}, true)` : "true";
    case "constantPattern":
      return equalsConstant(frame, pattern.value, input, inputType);
    case "typePattern": {
      const test = typeTest(frame, input, inputType, pattern.target);
      if (!pattern.local) return test;
      frame.bind(pattern.current, input);
      return `(${test} && (${localName(pattern.local)} = ${frame.expression(pattern.value)}, true))`;
    }
  }
}

function equalsConstant(
  frame: Frame,
  constant: Expression & { kind: "literal" },
  input: string,
  inputType: Type,
): string {
  const { value, type: t } = constant;
  if (value === null) return `(${input} === null)`;
  const plain = inputType.isNullable ? inputType.args[0] : inputType;
  if (plain !== t)
    return `${frame.runtime("equalsObject")}(${input}, ${frame.constant(box(constantValue(value), t), `box ${t.id} ${String(value)}`)})`;
  const text = literalText(frame, value);
  if (typeof value === "object") return `(${input} !== null && ${input}.cmp(${text}) === 0)`;
  return Number.isNaN(value) ? `(${input} !== ${input})` : `(${input} === ${text})`;
}
