/** Makes conversion nodes, folds conversions of constants, and says what is wrong where a conversion does not exist. */
import { dynamicType, errorType, nullableOf, tupleOf, type Type, type } from "../types.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place, placeholderReference } from "./binder.ts";
import type { Conversion, ConversionKind, Expression, Literal } from "./bound.ts";
import { constantText, foldConversion, isFolded, zeroOf } from "./constants.ts";
import { type Conv, explicitConversion, implicitConversion, underlyingOf } from "./conversions.ts";
import { nullError, show } from "./display.ts";
import { bindLambdaTo } from "./lambdas.ts";
import { bindMethodGroupTo } from "./method-groups.ts";
import { isExpression, type Operand, type TupleLiteral } from "./operands.ts";
import type { UserConversion } from "./user-conversions.ts";
import { BOOL, DECIMAL, DOUBLE, FLOAT, INT, isDelegate, isNumeric, OBJECT, STRING, strip } from "./well-known.ts";
import { TypeParameter } from "./type-parameters.ts";

/** Converts as an assignment does; reports when no implicit conversion exists. */
export function convertImplicitly(b: Binder, operand: Operand, to: Type, at: Place): Expression {
  if (operand.type === to && isExpression(operand)) return operand;
  const conv = implicitConversion(b, operand, to);
  if (conv) return applyConversion(b, operand, conv, to, at, false);
  reportNoImplicit(b, operand, to, at);
  return invalid(operand.start);
}

/** Converts as a cast does. */
export function convertExplicitly(b: Binder, operand: Operand, to: Type, at: Place): Expression {
  const conv = explicitConversion(b, operand, to);
  if (conv) return applyConversion(b, operand, conv, to, at, true);
  if (reportTypeless(b, operand, to, at)) return invalid(operand.start);
  if (operand.type.kind === "null") b.report(...nullError(to), at);
  else b.report("CS0030", `Cannot convert type '${showOperand(operand)}' to '${show(to)}'`, at);
  return invalid(operand.start);
}

/** Makes the nodes of a conversion that was found to exist. */
export function applyConversion(
  b: Binder,
  operand: Operand,
  conv: Conv,
  to: Type,
  at: Place,
  explicit: boolean,
): Expression {
  switch (conv.kind) {
    case "error":
      return invalid(operand.start);
    case "nullLiteral":
      return literal(null, to, operand.start);
    case "default":
      return defaultOf(to, operand.start);
    case "throw": {
      const { exception } = operand as Operand & { kind: "unboundThrow" };
      return { kind: "throwExpression", type: to, start: operand.start, exception };
    }
    case "lambda":
      return bindLambdaTo(b, operand as Operand & { kind: "unboundLambda" }, to);
    case "methodGroup":
      return bindMethodGroupTo(b, operand as Operand & { kind: "methodGroup" }, to, at);
    case "tupleLiteral":
      return applyToTupleLiteral(b, operand as TupleLiteral, conv.elements, to, explicit);
    default:
      return applyToValue(b, isExpression(operand) ? operand : toValue(b, operand, at), conv, to, at, explicit);
  }
}

function applyToValue(b: Binder, operand: Expression, conv: Conv, to: Type, at: Place, explicit: boolean): Expression {
  switch (conv.kind) {
    case "identity":
      if (operand.type === to) return operand;
      return isConstant(operand) ? { ...operand, type: to } : node(b, "identity", operand, to, explicit);
    case "numeric":
    case "enum":
      return isConstant(operand)
        ? foldNumeric(b, operand, conv.kind, to, at, explicit)
        : node(b, conv.kind, operand, to, explicit);
    case "nullableWrap": {
      const inner = applyConversion(b, operand, conv.inner, strip(to), at, explicit);
      return isInvalid(inner) ? inner : node(b, "nullableWrap", inner, to, explicit);
    }
    case "nullableUnwrap": {
      const inner = node(b, "nullableUnwrap", operand, strip(operand.type), true);
      return applyToValue(b, inner, conv.inner, to, at, explicit);
    }
    case "lifted":
      return applyLifted(b, operand, conv.inner, to, at, explicit);
    case "tuple":
      return applyToTuple(b, operand, conv.elements, to, at, explicit);
    case "userDefined":
      return applyUser(b, operand, conv.user, to, at, explicit);
    case "reference":
    case "referenceCast":
    case "boxing":
    case "unboxing":
    case "dynamic":
      return node(b, conv.kind, operand, to, explicit);
    default:
      throw new Error(`conversion ${conv.kind} of a value`);
  }
}

function node(
  b: Binder,
  conversion: ConversionKind,
  operand: Expression,
  type: Type,
  explicit: boolean,
  lifted = false,
): Conversion {
  const checked = b.overflow === "checked";
  return { kind: "conversion", type, start: operand.start, conversion, operand, explicit, checked, lifted };
}

function applyLifted(b: Binder, operand: Expression, inner: Conv, to: Type, at: Place, explicit: boolean): Expression {
  if (inner.kind === "identity" || inner.kind === "numeric" || inner.kind === "enum") {
    return node(b, inner.kind, operand, to, explicit, inner.kind !== "identity");
  }
  // Tuples inside Nullable and the like: null, or the conversion of the value.
  const current = b.placeholder(strip(operand.type));
  const value = applyToValue(b, placeholderReference(current, operand.start), inner, strip(to), at, explicit);
  const access = node(b, "nullableWrap", value, to, false);
  return { kind: "conditionalAccess", type: to, start: operand.start, receiver: operand, current, access };
}

function foldNumeric(
  b: Binder,
  operand: Literal,
  kind: "numeric" | "enum",
  to: Type,
  at: Place,
  explicit: boolean,
): Expression {
  const folded = foldConversion(operand.value, operand.type, to, b.overflow === "unchecked");
  if (isFolded(folded)) return literal(folded.value, to, operand.start);
  if (folded === "notConstant") return node(b, kind, operand, to, explicit);
  const suffix = operand.type === DECIMAL ? "M" : "";
  const text = constantText(operand.value, operand.type) + suffix;
  if (operand.type === DECIMAL || to === DECIMAL) {
    b.report("CS0031", `Constant value '${text}' cannot be converted to a '${show(to)}'`, at);
  } else {
    const message = `Constant value '${text}' cannot be converted to a '${show(to)}' (use 'unchecked' syntax to override)`;
    b.report("CS0221", message, at);
  }
  return invalid(operand.start);
}

function applyToTuple(
  b: Binder,
  operand: Expression,
  convs: readonly Conv[],
  to: Type,
  at: Place,
  explicit: boolean,
): Expression {
  if (operand.kind === "tuple") {
    const values = operand.values.map((v, i) => applyToValue(b, v, convs[i], to.args[i], at, explicit));
    return { kind: "tuple", type: to, start: operand.start, values };
  }
  const current = b.placeholder(operand.type);
  const elements = convs.map((conv, index) => {
    const receiver = placeholderReference(current, operand.start);
    const element: Expression = {
      kind: "tupleElement",
      type: operand.type.args[index],
      start: operand.start,
      receiver,
      index,
    };
    return applyToValue(b, element, conv, to.args[index], at, explicit);
  });
  return { kind: "tupleConversion", type: to, start: operand.start, operand, current, elements };
}

function applyToTupleLiteral(
  b: Binder,
  operand: TupleLiteral,
  convs: readonly Conv[],
  to: Type,
  explicit: boolean,
): Expression {
  const values = operand.items.map((item, i) =>
    applyConversion(b, item, convs[i], to.args[i], operand.nodes[i], explicit),
  );
  if (values.some(isInvalid)) return invalid(operand.start);
  return { kind: "tuple", type: to, start: operand.start, values };
}

function applyUser(
  b: Binder,
  operand: Expression,
  user: UserConversion,
  to: Type,
  at: Place,
  explicit: boolean,
): Expression {
  const argument = applyToValue(b, operand, user.before, user.from, at, explicit);
  if (isInvalid(argument)) return argument;
  const method = b.member(user.method.declaringType, user.method.def);
  const called: Conversion = {
    kind: "conversion",
    type: user.to,
    start: operand.start,
    conversion: "userDefined",
    operand: argument,
    explicit,
    checked: false,
    lifted: user.lifted,
    method,
  };
  return applyToValue(b, called, user.after, to, at, explicit);
}

/** default(T). */
export function defaultOf(t: Type, start: number): Expression {
  if (t instanceof TypeParameter && !t.isReference) return { kind: "default", type: t, start };
  const zero = zeroOf(t);
  if (zero !== undefined) return literal(zero, t, start);
  if (!t.isValueType) return literal(null, t, start);
  return { kind: "default", type: t, start };
}

/** Type that the operand has without a target; null when it has none. */
export function naturalTypeOf(operand: Operand): Type | null {
  if (operand.kind === "tupleLiteral") {
    const types = operand.items.map(naturalTypeOf);
    return types.every((t) => t !== null) ? tupleOf(types as Type[], operand.names) : null;
  }
  if (!isExpression(operand) || operand.type.kind === "null" || operand.type === errorType) return null;
  return operand.type;
}

/** The operand as a value of its own type; reports what is none. The null literal stays as it is. */
export function toValue(b: Binder, operand: Operand, at: Place): Expression {
  if (isExpression(operand)) return operand;
  if (operand.kind === "tupleLiteral") {
    if (!operand.items.some(isTypeless)) {
      const values = operand.items.map((item, i) => toValue(b, item, operand.nodes[i]));
      if (values.some(isInvalid)) return invalid(operand.start);
      const type = tupleOf(
        values.map((v) => v.type),
        operand.names,
      );
      return { kind: "tuple", type, start: operand.start, values };
    }
    const message = `Tuple with ${operand.items.length} elements cannot be converted to type 'object'.`;
    b.report("CS8135", message, at);
    return invalid(operand.start);
  }
  reportNoValue(b, operand, at);
  return invalid(operand.start);
}

/** Gives a tuple no type of its own. */
function isTypeless(item: Operand): boolean {
  const { kind } = isExpression(item) ? item.type : item;
  return ["null", "void", "unboundLambda", "methodGroup", "localFunctionGroup", "defaultLiteral"].includes(kind);
}

function reportNoValue(b: Binder, operand: Operand, at: Place): void {
  switch (operand.kind) {
    case "typeName":
      b.report("CS0119", `'${show(operand.target)}' is a type, which is not valid in the given context`, at);
      return;
    case "namespaceName":
      b.report("CS0119", `'${operand.name}' is a namespace, which is not valid in the given context`, at);
      return;
    case "defaultLiteral":
      b.report("CS8716", "There is no target type for the default literal.", at);
      return;
    case "unboundThrow":
      b.report("CS8115", "A throw expression is not allowed in this context.", at);
      return;
    default:
      reportTypeless(b, operand, OBJECT, at);
  }
}

/** For a statement or a void lambda: the value, if any, is dropped. */
export function discard(b: Binder, operand: Operand, at: Place): Expression {
  if (operand.kind === "unboundThrow") {
    return { kind: "throwExpression", type: OBJECT, start: operand.start, exception: operand.exception };
  }
  return toValue(b, operand, at);
}

/** A condition: bool. */
export function toCondition(b: Binder, operand: Operand, at: Place): Expression {
  if (!isExpression(operand) || operand.type !== dynamicType) return convertImplicitly(b, operand, BOOL, at);
  // Not the conversion to bool of an assignment, but its operator true (Roslyn's Binder.BindBooleanExpression).
  const operands = [toObject(b, operand, at)];
  const { start } = operand;
  const truth: Expression = { kind: "dynamicOperation", type: OBJECT, start, op: "true", operands, checked: false };
  return node(b, "unboxing", truth, BOOL, true);
}

/** Boxed as object: for late-bound operations. */
export function toObject(b: Binder, operand: Operand, at: Place): Expression {
  return convertImplicitly(b, operand, OBJECT, at);
}

/** T to T?, made when an access through `?.` yields a value type. */
export function wrapNullable(b: Binder, e: Expression): Expression {
  return e.type.isValueType && !e.type.isNullable && e.type.kind !== "void"
    ? node(b, "nullableWrap", e, nullableOf(e.type), false)
    : e;
}

function showOperand(operand: Operand): string {
  if (operand.kind !== "tupleLiteral") return show(operand.type);
  return `(${operand.items.map((i) => (isExpression(i) || i.kind === "tupleLiteral" ? showOperand(i) : "?")).join(", ")})`;
}

/** Lambdas, method groups and non-values have messages of their own. */
function reportTypeless(b: Binder, operand: Operand, to: Type, at: Place): boolean {
  switch (operand.kind) {
    case "unboundLambda":
      bindLambdaTo(b, operand, to);
      return true;
    case "methodGroup":
    case "localFunctionGroup":
      bindMethodGroupTo(b, operand, to, at);
      return true;
    case "typeName":
    case "namespaceName":
      reportNoValue(b, operand, at);
      return true;
    case "unboundThrow":
      reportNoValue(b, operand, at);
      return true;
    default:
      return false;
  }
}

export function reportNoImplicit(b: Binder, operand: Operand, to: Type, at: Place): void {
  if (reportTypeless(b, operand, to, at)) return;
  if (operand.kind === "tupleLiteral" && reportTupleElements(b, operand, to)) return;
  if (operand.type.kind === "null") {
    b.report(...nullError(to), at);
    return;
  }
  if (operand.kind === "literal" && reportConstant(b, operand, to, at)) return;
  const from = showOperand(operand);
  if (explicitConversion(b, operand, to)) {
    const message = `Cannot implicitly convert type '${from}' to '${show(to)}'. An explicit conversion exists (are you missing a cast?)`;
    b.report("CS0266", message, at, `write (${show(to)}) before it`);
    return;
  }
  b.report("CS0029", `Cannot implicitly convert type '${from}' to '${show(to)}'`, at, conversionHint(operand.type, to));
}

function conversionHint(from: Type, to: Type): string | undefined {
  if (to === STRING && from.kind !== "void") return "call ToString() on it";
  if (from === STRING && isNumeric(to)) return `use ${show(to)}.Parse(...)`;
  return isDelegate(to) && from === dynamicType ? "cast it to the delegate type first" : undefined;
}

function reportTupleElements(b: Binder, operand: TupleLiteral, to: Type): boolean {
  const target = strip(to);
  if (target.kind !== "tuple" || target.args.length !== operand.items.length) return false;
  operand.items.forEach((item, i) => {
    if (!implicitConversion(b, item, target.args[i])) reportNoImplicit(b, item, target.args[i], operand.nodes[i]);
  });
  return true;
}

function isLiteralSyntax(at: Place): boolean {
  return "kind" in at && at.kind === "Literal";
}

const INT_CONSTANTS: ReadonlySet<Type> = new Set(
  ["SByte", "Byte", "Int16", "UInt16", "UInt32", "UInt64"].map((name) => type(`System.${name}`)),
);

/** Are there constants of the one type that convert to the other by themselves? */
function constantsConvert(from: Type, to: Type): boolean {
  return from === INT ? INT_CONSTANTS.has(to) : from.name === "System.Int64" && to.name === "System.UInt64";
}

/** A constant that does not fit, or a double that wants a suffix. */
function reportConstant(b: Binder, operand: Literal, to: Type, at: Place): boolean {
  const target = underlyingOf(strip(to));
  if (operand.type === DOUBLE && isLiteralSyntax(at) && (target === FLOAT || target === DECIMAL)) {
    const suffix = target === FLOAT ? "F" : "M";
    const message =
      `Literal of type double cannot be implicitly converted to type '${show(target)}'; use an '${suffix}' suffix to create a ` +
      "literal of this type";
    b.report("CS0664", message, at);
    return true;
  }
  if (to.kind === "enum" || !constantsConvert(operand.type, target)) return false;
  if (foldConversion(operand.value, operand.type, target, false) !== "overflow") return false;
  b.report(
    "CS0031",
    `Constant value '${constantText(operand.value, operand.type)}' cannot be converted to a '${show(to)}'`,
    at,
  );
  return true;
}
