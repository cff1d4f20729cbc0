/**
 * The body of a generic local function for given type arguments. What its code means was settled when the body was bound with
 * opaque type parameters; here each type is replaced, and conversions of values that turn out to be structs become boxing.
 */
import { Type, type } from "../types.ts";
import type { Conversion, DefaultValue, Expression, LocalFunctionStatement } from "./bound.ts";
import { sameType } from "./conversions.ts";
import { defaultOf } from "./convert.ts";
import { receiverFor } from "./member-access.ts";
import { constructorsOf, keyOf, methodsNamed } from "./members.ts";
import type { ResolvedMember } from "./symbols.ts";
import { replaceParameters, type TypeMap } from "./type-parameters.ts";

const OBJECT = type("System.Object");

export function withTypeArguments(node: LocalFunctionStatement, typeArgs: readonly Type[]): LocalFunctionStatement {
  const map = new Map(node.function.typeParameters.map((p, i) => [p as Type, typeArgs[i]]));
  return new Replacement(map).of(node) as LocalFunctionStatement;
}

/** Copies a bound tree; what occurs twice in it (locals, placeholders) is copied once. */
class Replacement {
  readonly #map: TypeMap;
  readonly #copies = new Map<object, unknown>();

  constructor(map: TypeMap) {
    this.#map = map;
  }

  of(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Type) return replaceParameters(value, this.#map);
    if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value;
    return this.#copies.get(value) ?? this.#copy(value);
  }

  #copy(value: object): unknown {
    if (Array.isArray(value)) return value.map((each) => this.of(each));
    const copy: Record<string, unknown> = {};
    this.#copies.set(value, copy);
    for (const [name, part] of Object.entries(value)) copy[name] = KEPT.has(name) ? part : this.of(part);
    const settled = settle(copy as unknown as Expression);
    this.#copies.set(value, settled);
    return settled;
  }
}

/** Declarations of .NET members, and the type parameters of inner functions, stay what they are. */
const KEPT: ReadonlySet<string> = new Set(["def", "typeParameters"]);

/** The node, right for the types that it has now. */
function settle(node: Expression): Expression {
  switch (node.kind) {
    case "conversion":
      return settleConversion(node);
    case "default":
      return node.constructs ? constructed(node) : defaultOf(node.type, node.start);
    case "call":
    case "property":
    case "indexer": {
      const { receiver } = node;
      if (!receiver) return node;
      const member = receiver.type.isNullable ? ofNullable(receiver.type, node.member) : node.member;
      return { ...node, member, receiver: receiverFor(receiver, member.declaringType) } as Expression;
    }
    default:
      return node;
  }
}

/** A Nullable answers ToString, Equals and GetHashCode itself, without a value too: it is not boxed for them. */
function ofNullable(t: Type, member: ResolvedMember): ResolvedMember {
  if (member.declaringType === t) return member;
  const own = methodsNamed(t, member.def.n ?? "").find((m) => m.parameters.length === (member.def.p ?? []).length);
  return own?.declaringType === t ? { declaringType: own.declaringType, def: own.def, key: keyOf(own.def) } : member;
}

/** Kinds of conversions that type parameters have. */
const OF_PARAMETERS: ReadonlySet<string> = new Set(["reference", "referenceCast", "boxing", "unboxing"]);

function settleConversion(node: Conversion): Expression {
  const { operand, type: to, conversion } = node;
  if (!OF_PARAMETERS.has(conversion) || node.lifted) return node;
  const from = operand.type;
  if (sameType(from, to)) return operand;
  if (from.isValueType && to.isValueType) return { ...node, conversion: "unboxing", operand: boxed(operand, node) };
  if (to.isValueType) return { ...node, conversion: "unboxing" };
  if (!from.isValueType) return { ...node, conversion: conversion === "boxing" ? "reference" : conversion };
  return conversion === "referenceCast"
    ? { ...node, operand: boxed(operand, node) }
    : { ...node, conversion: "boxing" };
}

function boxed(operand: Expression, node: Conversion): Expression {
  return { ...node, type: OBJECT, conversion: "boxing", operand };
}

function constructed({ type: t, start }: DefaultValue): Expression {
  const def = t.isValueType ? undefined : constructorsOf(t).find((c) => c.parameters.length === 0)?.def;
  if (!def) return defaultOf(t, start);
  const member: ResolvedMember = { declaringType: t, def, key: keyOf(def) };
  return { kind: "new", type: t, start, member, args: [] };
}
