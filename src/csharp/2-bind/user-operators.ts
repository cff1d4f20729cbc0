/**
 * Operators that .NET types define (op_Addition and the like), also lifted to Nullable (C# 7.3 sections 12.4.4 to
 * 12.4.8).
 */
import { nullableOf, type Type } from "../types.ts";
import { type Binder, invalid, type Place } from "./binder.ts";
import type { BinaryOperator, Expression } from "./bound.ts";
import { applyConversion } from "./convert.ts";
import { show } from "./display.ts";
import { type Method, methodsNamed } from "./members.ts";
import { type Argument, resolveOverload } from "./overloads.ts";
import { BOOL, isNumeric, STRING, strip } from "./well-known.ts";

const BINARY_NAMES: Readonly<Record<BinaryOperator, string>> = {
  "+": "op_Addition",
  "-": "op_Subtraction",
  "*": "op_Multiply",
  "/": "op_Division",
  "%": "op_Modulus",
  "<<": "op_LeftShift",
  ">>": "op_RightShift",
  "&": "op_BitwiseAnd",
  "|": "op_BitwiseOr",
  "^": "op_ExclusiveOr",
  "==": "op_Equality",
  "!=": "op_Inequality",
  "<": "op_LessThan",
  ">": "op_GreaterThan",
  "<=": "op_LessThanOrEqual",
  ">=": "op_GreaterThanOrEqual",
};

const UNARY_NAMES = {
  "-": "op_UnaryNegation",
  "+": "op_UnaryPlus",
  "~": "op_OnesComplement",
  "!": "op_LogicalNot",
} as const;

/** Types whose operators are the language's own. */
function definesOperators(t: Type): boolean {
  return (t.kind === "class" || t.kind === "struct") && !isNumeric(t) && t !== STRING && t !== BOOL;
}

function operatorsOf(types: readonly Type[], name: string): Method[] {
  const owners = [...new Set(types.map(strip))].filter(definesOperators);
  return owners.length === 0 ? [] : [...new Set(owners.flatMap((t) => methodsNamed(t, name)))];
}

/**
 * The lifted form of an operator on structs: parameters and result become Nullable, except the bool of a comparison.
 */
const lifted = new WeakMap<Method, Method | null>();

function lift(method: Method): Method | null {
  let found = lifted.get(method);
  if (found === undefined) {
    found = makeLifted(method);
    lifted.set(method, found);
  }
  return found;
}

function makeLifted(method: Method): Method | null {
  const { parameters, returnType } = method;
  const plain = (t: Type) => t.isValueType && !t.isNullable;
  if (!parameters.every((p) => plain(p.type)) || !plain(returnType)) return null;
  return {
    ...method,
    parameters: parameters.map((p) => ({ ...p, type: nullableOf(p.type) })),
    returnType: returnType === BOOL ? BOOL : nullableOf(returnType),
  };
}

interface Chosen {
  readonly method: Method;
  readonly lifted: boolean;
  readonly operands: readonly Expression[];
}

function choose(
  b: Binder,
  methods: readonly Method[],
  operands: readonly Expression[],
  op: string,
  at: Place,
): Chosen | "ambiguous" | null {
  const args: Argument[] = operands.map((operand) => ({ operand, name: undefined, mode: "value", place: at }));
  const nullable = operands.some((o) => o.type.isNullable || o.type.kind === "null");
  const forms = nullable ? methods.flatMap((m) => [m, lift(m)].filter((f) => f !== null)) : methods;
  const resolution = resolveOverload(b, forms, args, null);
  if (resolution.kind === "none") return null;
  if (resolution.kind === "ambiguous") {
    const types = operands.map((o) => `'${show(o.type)}'`).join(" and ");
    b.report("CS0034", `Operator '${op}' is ambiguous on operands of type ${types}`, at);
    return "ambiguous";
  }
  const { candidate } = resolution;
  const converted = operands.map((o, i) => applyConversion(b, o, candidate.convs[i], candidate.targets[i], at, false));
  return { method: candidate.method, lifted: !methods.includes(candidate.open), operands: converted };
}

/** Null: no user-defined operator applies. */
export function bindUserBinary(
  b: Binder,
  op: BinaryOperator,
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  const methods = operatorsOf([left.type, right.type], BINARY_NAMES[op]);
  if (methods.length === 0) return null;
  const chosen = choose(b, methods, [left, right], op, at);
  if (chosen === null) return null;
  if (chosen === "ambiguous") return invalid(at.start);
  const { method, operands } = chosen;
  return {
    kind: "binary",
    type: method.returnType,
    start: at.start,
    op,
    operandType: strip(method.parameters[0].type),
    lifted: chosen.lifted,
    checked: false,
    method: b.member(method.declaringType, method.def),
    left: operands[0],
    right: operands[1],
  };
}

export function bindUserUnary(b: Binder, op: "-" | "+" | "~" | "!", operand: Expression, at: Place): Expression | null {
  const methods = operatorsOf([operand.type], UNARY_NAMES[op]);
  if (methods.length === 0) return null;
  const chosen = choose(b, methods, [operand], op, at);
  if (chosen === null) return null;
  if (chosen === "ambiguous") return invalid(at.start);
  const { method } = chosen;
  return {
    kind: "unary",
    type: method.returnType,
    start: at.start,
    op,
    operandType: strip(method.parameters[0].type),
    lifted: chosen.lifted,
    checked: false,
    method: b.member(method.declaringType, method.def),
    operand: chosen.operands[0],
  };
}
