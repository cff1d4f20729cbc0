/** Expressions that use a member of the signature table: constructors, properties, methods, indexers, operators. */
import { type MemberDef, parseType, type ParameterDef, type Type, type } from "../../../src/csharp/types.ts";
import { type Match, match, producersOf } from "./catalogue.ts";
import type { Generator } from "./generator.ts";
import { pickArgument } from "./target-types.ts";

/** An expression of type `t` through a member, or undefined when none fits. */
export function memberExpression(g: Generator, t: Type): string | undefined {
  for (let attempt = 0; attempt < 6; attempt++) {
    const list = producersOf(t, g.dice.oneIn(10));
    if (list.length === 0) continue;
    const found = match(g.dice.pick(list), t);
    const text = found && render(g, found);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Operators of structs and classes by the names that metadata gives them. */
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ...([
    ["op_Addition", "+"],
    ["op_Subtraction", "-"],
    ["op_Multiply", "*"],
    ["op_Division", "/"],
    ["op_Modulus", "%"],
  ] as const),
  ...([
    ["op_Equality", "=="],
    ["op_Inequality", "!="],
    ["op_LessThan", "<"],
    ["op_GreaterThan", ">"],
  ] as const),
  ...([
    ["op_LessThanOrEqual", "<="],
    ["op_GreaterThanOrEqual", ">="],
    ["op_UnaryNegation", "-"],
    ["op_UnaryPlus", "+"],
  ] as const),
]);

function render(g: Generator, { producer, typeArgs, methodArgs }: Match): string | undefined {
  const { member, owner, ownerName } = producer;
  const outer = typeArgs.map((a) => a ?? pickArgument(g.dice));
  const own = methodArgs.map((a) => a ?? pickArgument(g.dice));
  const ownerType = type(ownerName, ...outer);
  const close = (text: string) => parseType(text, outer, own);
  if (member.k === "ctor") return `new ${ownerType}(${argumentsOf(g, member.p ?? [], close)})`;
  if (member.n?.startsWith("op_")) return renderOperator(g, member, close);
  const receiver = () => (member.s ? String(ownerType) : receiverOf(g, ownerType));
  if (member.k === "field") return `${receiver()}.${member.n}`;
  if (member.k === "prop") {
    if (!member.ix) return `${receiver()}${access(g, member, ownerType)}.${member.n}`;
    return `${receiver()}[${member.ix.map((t) => g.expression(close(t), "key")).join(", ")}]`;
  }
  if (owner.kind === "interface" && member.n === undefined) return undefined;
  const name = own.length > 0 && g.dice.oneIn(3) ? `${member.n}<${own.join(", ")}>` : member.n;
  const parameters = member.p ?? [];
  if (member.ext && !g.dice.oneIn(8)) {
    const [first, ...rest] = parameters;
    return `${receiverOf(g, close(first.t))}.${name}(${argumentsOf(g, rest, close)})`;
  }
  return `${receiver()}${access(g, member, ownerType)}.${name}(${argumentsOf(g, parameters, close)})`;
}

/** `?` before the dot, now and then: the result is then nullable, which mostly does not matter. */
function access(g: Generator, member: MemberDef, owner: Type): string {
  return !member.s && !owner.isValueType && g.dice.oneIn(15) ? "?" : "";
}

function receiverOf(g: Generator, t: Type): string {
  const text = g.expression(t);
  return /^[\w.]+$/.test(text) && !/^\d/.test(text) ? text : `(${text})`;
}

function renderOperator(g: Generator, member: MemberDef, close: (text: string) => Type): string | undefined {
  const [left, right] = (member.p ?? []).map((p) => close(p.t));
  if (member.n === "op_Implicit" || member.n === "op_Explicit")
    return `((${close(member.r as string)})${g.leafOr(left)})`;
  const sign = OPERATORS.get(member.n as string);
  if (!sign) return undefined;
  if (!right) return `(${sign}${g.leafOr(left)})`;
  return `(${g.expression(left)} ${sign} ${g.expression(right)})`;
}

function argumentsOf(g: Generator, parameters: readonly ParameterDef[], close: (text: string) => Type): string {
  const texts: string[] = [];
  for (const p of parameters) {
    if (p.def !== undefined && g.dice.oneIn(2)) break;
    texts.push(...argument(g, p, close(p.t)));
  }
  return texts.join(", ");
}

function argument(g: Generator, p: ParameterDef, t: Type): string[] {
  if (p.out) return [g.dice.oneIn(3) ? `out ${t} ${g.newName()}` : `out var ${g.newName()}`];
  if (p.ref) {
    const variable = g.scope.find((v) => v.type === t && v.isAssignable);
    return [`ref ${variable ? variable.name : g.leaf(t)}`];
  }
  if (p.params && !g.dice.oneIn(4)) {
    return Array.from({ length: g.dice.below(4) }, () => g.expression(t.args[0], p.n));
  }
  if (t.kind === "delegate") return [g.lambda(t)];
  const name = g.dice.oneIn(60) ? `${p.n}: ` : "";
  return [name + g.expression(t, p.n)];
}
