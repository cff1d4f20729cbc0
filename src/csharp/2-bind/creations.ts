/** `new`: objects with their initialisers, anonymous objects (C# 7.3 section 12.7.11). Arrays: array-creations.ts. */
import type * as Syntax from "../1-parse/ast.ts";
import { anonymousOf, errorType, type Type } from "../types.ts";
import { afterEffects, bindArguments, layOut, settleFailed } from "./arguments.ts";
import { assign } from "./assignments.ts";
import { type Binder, invalid, isInvalid, type Place, placeholderReference } from "./binder.ts";
import type { Expression, Placeholder } from "./bound.ts";
import { reportCallFailure } from "./call-errors.ts";
import { buildCall, indexInto } from "./calls.ts";
import { convertImplicitly, defaultOf, toValue } from "./convert.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { constructorsOf, lookup, memberNames, methodsNamed } from "./members.ts";
import { NO_TYPE } from "./operands.ts";
import { type Argument, resolveOverload } from "./overloads.ts";
import { asTarget } from "./targets.ts";
import { bindType } from "./types-of-syntax.ts";
import { hintForMember } from "./unavailable.ts";
import { describe } from "./operators.ts";
import { isDelegate, UNTYPED_ENUMERABLE } from "./well-known.ts";
import { TypeParameter } from "./type-parameters.ts";

export function bindObjectCreation(b: Binder, node: Syntax.ObjectCreation): Expression {
  const t = bindType(b, node.type);
  const args = bindArguments(b, node.arguments ?? []);
  if (t === errorType) {
    settleFailed(b, args);
    return invalid(node.start);
  }
  const created = construct(b, t, args, node);
  if (isInvalid(created)) settleFailed(b, args);
  if (isInvalid(created) || !node.initializer) return created;
  return initialize(b, created, node.initializer, node.start);
}

function construct(b: Binder, t: Type, args: readonly Argument[], node: Syntax.ObjectCreation): Expression {
  if (isDelegate(t)) return constructDelegate(b, t, args, node);
  if (t.kind === "tuple" && args.length === t.args.length) {
    const values = args.map((arg, i) => convertImplicitly(b, arg.operand, t.args[i], arg.place));
    return values.some(isInvalid) ? invalid(node.start) : { kind: "tuple", type: t, start: node.start, values };
  }
  if (t instanceof TypeParameter) return constructParameter(b, t, args, node);
  if (t.isValueType && args.length === 0) return defaultOf(t, node.start);
  if (t.isNullable && args.length === 1) return convertImplicitly(b, args[0].operand, t, args[0].place);
  const constructors = constructorsOf(t);
  if (constructors.length === 0) return reportNoConstructor(b, t, args, node);
  const resolution = resolveOverload(b, constructors, args, null);
  if (resolution.kind !== "best") {
    const callee = { name: ".ctor", nameStart: node.type.start, nameEnd: node.type.end, owner: t };
    reportCallFailure(b, callee, resolution, args);
    return invalid(node.start);
  }
  const layout = layOut(b, resolution.candidate, args);
  const member = b.member(t, resolution.candidate.method.def);
  return afterEffects({ kind: "new", type: t, start: node.start, member, args: layout.args }, layout);
}

function constructParameter(
  b: Binder,
  t: TypeParameter,
  args: readonly Argument[],
  node: Syntax.ObjectCreation,
): Expression {
  const { kind, constructs } = t.constraints;
  if (args.length > 0) {
    b.report("CS0417", `'${t.name}': cannot provide arguments when creating an instance of a variable type`, node);
    return invalid(node.start);
  }
  if (constructs || kind === "struct") return { kind: "default", type: t, start: node.start, constructs: true };
  const message = `Cannot create an instance of the variable type '${t.name}' because it does not have the new() constraint`;
  b.report("CS0304", message, node);
  return invalid(node.start);
}

function reportNoConstructor(b: Binder, t: Type, args: readonly Argument[], node: Syntax.ObjectCreation): Expression {
  if (t.kind === "static") {
    b.report("CS0712", `Cannot create an instance of the static class '${show(t)}'`, node);
  } else if (t.isValueType) {
    b.report("CS1729", `'${show(t)}' does not contain a constructor that takes ${args.length} arguments`, node.type);
  } else {
    b.report("CS0144", `Cannot create an instance of the abstract type or interface '${show(t)}'`, node);
  }
  return invalid(node.start);
}

function constructDelegate(b: Binder, t: Type, args: readonly Argument[], node: Syntax.ObjectCreation): Expression {
  if (args.length === 1) return convertImplicitly(b, args[0].operand, t, args[0].place);
  b.report("CS0149", "Method name expected", node);
  return invalid(node.start);
}

// ---- Initialisers ---------------------------------------------------------------------------------------------------

function initialize(
  b: Binder,
  value: Expression,
  initializer: Syntax.ObjectInitializer | Syntax.CollectionInitializer,
  start: number,
): Expression {
  const current = b.placeholder(value.type);
  const effects =
    initializer.kind === "ObjectInitializer"
      ? bindMembers(b, current, initializer)
      : bindElements(b, current, initializer);
  return effects ? { kind: "initialization", type: value.type, start, value, current, effects } : invalid(start);
}

function bindMembers(b: Binder, current: Placeholder, node: Syntax.ObjectInitializer): Expression[] | null {
  const effects = node.members.map((member) => bindMember(b, current, member));
  return effects.some(isInvalid) ? null : effects;
}

function bindMember(b: Binder, current: Placeholder, node: Syntax.MemberInitializer): Expression {
  const { target: syntax, value } = node;
  const receiver = placeholderReference(current, syntax.start);
  const read =
    syntax.kind === "IdentifierName"
      ? readMember(b, receiver, syntax)
      : indexInto(b, receiver, syntax.arguments, syntax);
  if (isInvalid(read)) {
    if (value.kind !== "ObjectInitializer" && value.kind !== "CollectionInitializer") bindOperand(b, value);
    return read;
  }
  if (value.kind === "ObjectInitializer" || value.kind === "CollectionInitializer")
    return initialize(b, read, value, node.start);
  const target = asTarget(b, read, syntax, "assign");
  const operand = bindOperand(b, value);
  return target ? assign(b, target, operand, node, value) : invalid(node.start);
}

function readMember(b: Binder, receiver: Expression, name: Syntax.IdentifierName): Expression {
  const found = lookup(receiver.type, name.name);
  if (found && "kind" in found && found.kind === "property" && !found.isStatic) {
    const member = b.member(found.declaringType, found.def);
    return { kind: "property", type: found.type, start: name.start, receiver, member };
  }
  const hint = () => hintForMember(name.name, memberNames(receiver.type));
  b.report("CS0117", `'${show(receiver.type)}' does not contain a definition for '${name.name}'`, name, hint);
  return invalid(name.start);
}

function bindElements(b: Binder, current: Placeholder, node: Syntax.CollectionInitializer): Expression[] | null {
  const t = current.type;
  if (!t.interfaces.includes(UNTYPED_ENUMERABLE)) {
    const message =
      `Cannot initialize type '${show(t)}' with a collection initializer because it does not implement ` +
      "'System.Collections.IEnumerable'";
    b.report("CS1922", message, node);
    return null;
  }
  const effects = node.elements.map((element) => {
    const expressions = element.kind === "ElementInitializer" ? element.expressions : [element];
    const args = expressions.map(
      (e): Argument => ({ operand: bindOperand(b, e), name: undefined, mode: "value", place: e }),
    );
    return callAdd(b, current, args, element);
  });
  return effects.some(isInvalid) ? null : effects;
}

function callAdd(b: Binder, current: Placeholder, args: readonly Argument[], at: Place): Expression {
  const receiver = placeholderReference(current, at.start);
  const methods = methodsNamed(current.type, "Add");
  const group = {
    kind: "methodGroup",
    type: NO_TYPE,
    start: at.start,
    name: "Add",
    nameStart: at.start,
    nameEnd: at.end,
    receiver,
    owner: current.type,
    typeArgs: null,
    methods,
  } as const;
  const { result, errors } = b.trying(() => buildCall(b, group, args, at));
  if (errors.some((e) => e.code === "CS1503")) {
    const message = `The best overloaded Add method for the collection initializer has some invalid arguments`;
    b.report("CS1950", message, at);
  }
  b.errors.push(...errors);
  return result;
}

// ---- Anonymous objects ----------------------------------------------------------------------------------------------

function bindAnonymousMember(b: Binder, m: Syntax.AnonymousObjectCreation["members"][number]): Expression {
  const operand = bindOperand(b, m.expression);
  if (operand.kind !== "unboundLambda" && operand.kind !== "methodGroup" && operand.kind !== "localFunctionGroup")
    return toValue(b, operand, m.expression);
  b.report("CS0828", `Cannot assign ${describe(operand)} to anonymous type property`, m);
  return invalid(m.start);
}

export function bindAnonymousObject(b: Binder, node: Syntax.AnonymousObjectCreation): Expression {
  const values = node.members.map((m) => bindAnonymousMember(b, m));
  const seen = new Set<string>();
  for (const [i, m] of node.members.entries()) {
    if (seen.has(m.name)) b.report("CS0833", "An anonymous type cannot have multiple properties with the same name", m);
    seen.add(m.name);
    const kind = values[i].type.kind;
    if (kind === "null" || kind === "void") {
      b.report("CS0828", `Cannot assign ${show(values[i].type)} to anonymous type property`, m);
      values[i] = invalid(m.start);
    }
  }
  if (values.some(isInvalid)) return invalid(node.start);
  const type = anonymousOf(
    values.map((v) => v.type),
    node.members.map((m) => m.name),
  );
  return { kind: "anonymous", type, start: node.start, values };
}
