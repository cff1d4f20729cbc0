/**
 * Names and member access (C# 7.3 sections 12.7.3 and 12.7.5): locals, types, namespaces, members, extension methods,
 * `?.`.
 */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType, errorType, type Type } from "../types.ts";
import { type Binder, invalid, isInvalid, literal, type Place, placeholderReference, reference } from "./binder.ts";
import type { Expression, Local, LocalRole } from "./bound.ts";
import { readConstant } from "./constants.ts";
import { implicitConversion, standardImplicit } from "./conversions.ts";
import { toValue, wrapNullable } from "./convert.ts";
import { show, showMethod, showProperty } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { isOpen } from "./inference.ts";
import { type Field, lookup, memberNames, type Method, type Property } from "./members.ts";
import { extensionsNamed } from "./names.ts";
import { isExpression, type MethodGroup, NO_TYPE, type Operand } from "./operands.ts";
import type { ScopeSymbol } from "./scope.ts";
import { bindAliasQualified, bindMemberName, bindType, findSimple, type Named } from "./types-of-syntax.ts";
import { hintForMember, hintForTypeName } from "./unavailable.ts";
import { ENUMERABLE, INT, isDelegate, OBJECT } from "./well-known.ts";

export function bindIdentifier(b: Binder, node: Syntax.SimpleName): Operand {
  if (node.name === "" || omitsTypeArgument(b, node, node)) return invalid(node.start);
  const symbol = b.scope.find(node.name);
  if (symbol) return bindSymbol(b, symbol, node);
  const named = findSimple(b, node);
  if (named === "bad") return invalid(node.start);
  if (named) return asOperand(named, node.start);
  const error = b.report("CS0103", `The name '${node.name}' does not exist in the current context`, node, () =>
    hintForName(b, node.name),
  );
  b.scope.missed(node.name, error);
  return invalid(node.start);
}

/** `F<>()`: a type argument is left open, which only `typeof` allows. */
function omitsTypeArgument(b: Binder, name: Syntax.SimpleName, node: Place): boolean {
  const omits = name.kind === "GenericName" && name.typeArguments.some((t) => t.kind === "OmittedTypeArgument");
  if (omits) b.report("CS8389", "Omitting the type argument is not allowed in the current context", node);
  return omits;
}

function hintForName(b: Binder, name: string): string | undefined {
  const near = hintForMember(name, b.scope.allNames());
  return near ?? hintForTypeName(name);
}

function asOperand(named: Named, start: number): Operand {
  if (named.kind === "type") return { kind: "typeName", type: NO_TYPE, start, target: named.type };
  return { kind: "namespaceName", type: NO_TYPE, start, name: named.name };
}

/** Roles of variables that can be declared without a value. */
const STARTS_WITHOUT_VALUE: ReadonlySet<LocalRole> = new Set(["local", "out", "pattern"]);

function bindSymbol(b: Binder, symbol: ScopeSymbol, node: Syntax.SimpleName): Operand {
  switch (symbol.kind) {
    case "constant":
      return { ...symbol.value, start: node.start } as Expression;
    case "range":
      return symbol.range.make(node.start);
    case "function": {
      const typeArgs = node.kind === "GenericName" ? node.typeArguments.map((t) => bindType(b, t)) : null;
      return { kind: "localFunctionGroup", type: NO_TYPE, start: node.start, function: symbol.function, typeArgs };
    }
    case "local":
      if (symbol.pending) {
        b.report("CS0841", `Cannot use local variable '${node.name}' before it is declared`, node);
        return invalid(node.start);
      }
      if (symbol.fn !== b.scope.fn) {
        symbol.local.captured = true;
        if (symbol.local.byRef) reportCapturedReference(b, symbol.local, node);
      }
      if (!symbol.local.isInitialized && STARTS_WITHOUT_VALUE.has(symbol.local.role)) b.needsFlow = true;
      return reference(symbol.local, node.start);
  }
}

/** A closure may outlive what a reference stands for. */
function reportCapturedReference(b: Binder, { name, role }: Local, at: Place): void {
  const where = "inside an anonymous method, lambda expression, query expression";
  if (role === "parameter")
    b.report("CS1628", `Cannot use ref, out, or in parameter '${name}' ${where}, or local function`, at);
  else
    b.report(
      "CS8175",
      `Cannot use ref local '${name}' inside an anonymous method, lambda expression, or query expression`,
      at,
    );
}

export function bindAliasName(b: Binder, node: Syntax.AliasQualifiedName): Operand {
  const named = bindAliasQualified(b, node);
  return named ? asOperand(named, node.start) : invalid(node.start);
}

/** `expression.name`; `invoked`: an argument list follows, so that only methods and delegates count. */
export function bindMemberAccess(b: Binder, node: Syntax.MemberAccess, invoked: boolean): Operand {
  const left = bindOperand(b, node.expression);
  return accessMember(b, left, node.name, node, invoked);
}

/** `.name` behind `?`. */
export function bindMemberBinding(b: Binder, node: Syntax.MemberBinding, invoked: boolean): Operand {
  return accessMember(b, b.conditionalReceiver as Expression, node.name, node, invoked);
}

function accessMember(b: Binder, left: Operand, name: Syntax.SimpleName, node: Place, invoked: boolean): Operand {
  if (name.name === "" || omitsTypeArgument(b, name, node)) return invalid(node.start);
  switch (left.kind) {
    case "namespaceName": {
      const named = bindMemberName(b, { kind: "namespace", name: left.name }, name);
      return named ? asOperand(named, left.start) : invalid(node.start);
    }
    case "typeName":
      return accessStatic(b, left.target, name, node, invoked);
    case "unboundLambda":
    case "defaultLiteral":
    case "unboundThrow":
      b.report("CS0023", `Operator '.' cannot be applied to operand of type '${describe(left)}'`, node);
      return invalid(node.start);
    case "methodGroup":
      b.report("CS0119", `'${describeGroup(left)}' is a method, which is not valid in the given context`, node);
      return invalid(node.start);
    default:
      return accessInstance(b, toValue(b, left, node), name, node, invoked);
  }
}

function describe(left: Operand): string {
  return left.kind === "unboundLambda" ? "lambda expression" : "default";
}

function describeGroup(group: MethodGroup): string {
  return group.methods.length > 0 ? showMethod(group.methods[0]) : group.name;
}

function typeArgumentsOf(b: Binder, name: Syntax.SimpleName): readonly Type[] | null {
  return name.kind === "GenericName" ? name.typeArguments.map((t) => bindType(b, t)) : null;
}

function accessStatic(b: Binder, owner: Type, name: Syntax.SimpleName, node: Place, invoked: boolean): Operand {
  if (owner === errorType) return invalid(node.start);
  const found = lookup(owner, name.name);
  if (!found) {
    const nested = bindNestedQuietly(b, owner, name);
    if (nested) return nested;
    const hint = () => hintForMember(name.name, memberNames(owner));
    b.report("CS0117", `'${show(owner)}' does not contain a definition for '${name.name}'`, name, hint);
    return invalid(node.start);
  }
  if ("kind" in found) {
    const shown = showValueMember(found);
    if (invoked && !isInvocable(found.type)) return reportNotInvocable(b, shown, name);
    if (found.isStatic) return valueMember(b, null, found, node.start);
    b.report(
      "CS0120",
      `An object reference is required for the non-static field, method, or property '${shown}'`,
      node,
    );
    return invalid(node.start);
  }
  return makeGroup(b, null, owner, name, found, node.start);
}

function bindNestedQuietly(b: Binder, owner: Type, name: Syntax.SimpleName): Operand | null {
  const { result, errors } = b.trying(() => bindMemberName(b, { kind: "type", type: owner }, name));
  return result && errors.length === 0 ? asOperand(result, name.start) : null;
}

function makeGroup(
  b: Binder,
  receiver: Expression | null,
  owner: Type,
  name: Syntax.SimpleName,
  methods: readonly Method[],
  start: number,
): MethodGroup {
  const typeArgs = typeArgumentsOf(b, name);
  return {
    kind: "methodGroup",
    type: NO_TYPE,
    start,
    name: name.name,
    nameStart: name.start,
    nameEnd: name.end,
    receiver,
    owner,
    typeArgs,
    methods,
  };
}

function accessInstance(
  b: Binder,
  receiver: Expression,
  name: Syntax.SimpleName,
  node: Place,
  invoked: boolean,
): Operand {
  const t = receiver.type;
  if (isInvalid(receiver)) return receiver;
  if (t.kind === "null" || t.kind === "void") {
    b.report("CS0023", `Operator '.' cannot be applied to operand of type '${show(t)}'`, node);
    return invalid(node.start);
  }
  if (t === dynamicType)
    return { kind: "dynamicMember", type: dynamicType, start: node.start, receiver, name: name.name };
  const special = specialMember(receiver, name.name, name.start);
  if (special) return special;
  const found = lookup(t, name.name);
  if (found && !("kind" in found)) return makeGroup(b, receiver, t, name, found, node.start);
  if (found && !(invoked && !isInvocable(found.type))) {
    if (!found.isStatic) return valueMember(b, receiver, found, name.start);
    b.report("CS0176", memberByInstance(showValueMember(found)), node);
    return invalid(node.start);
  }
  if (hasExtension(b, receiver, name.name)) return makeGroup(b, receiver, t, name, [], node.start);
  if (invoked && foreignExtensions(b, receiver, name.name, typeArgumentCount(name)).length > 0)
    return makeGroup(b, receiver, t, name, [], node.start);
  if (found) return reportNotInvocable(b, showValueMember(found), name);
  reportNoMember(b, t, name);
  return invalid(node.start);
}

function showValueMember(found: Property | Field): string {
  return found.kind === "property" ? showProperty(found) : `${show(found.declaringType)}.${found.def.n}`;
}

function reportNotInvocable(b: Binder, shown: string, name: Syntax.SimpleName): Operand {
  b.report(
    "CS1955",
    `Non-invocable member '${shown}' cannot be used like a method.`,
    name,
    `write ${name.name} without ()`,
  );
  return invalid(name.start);
}

export function memberByInstance(shown: string): string {
  return `Member '${shown}' cannot be accessed with an instance reference; qualify it with a type name instead`;
}

function isInvocable(t: Type): boolean {
  return isDelegate(t) || t === dynamicType;
}

export function reportNoMember(b: Binder, t: Type, name: Place & { readonly name: string }): void {
  const message =
    `'${show(t)}' does not contain a definition for '${name.name}' and no accessible extension method '${name.name}' accepting a ` +
    `first argument of type '${show(t)}' could be found (are you missing a using directive or an assembly reference?)`;
  b.report("CS1061", message, name, () => hintForMissing(t, name.name));
}

function hintForMissing(t: Type, name: string): string | undefined {
  if (t === OBJECT && name !== "")
    return 'cast the object to its type first, for example ((string)context.Variables["name"])';
  if (name === "Length" && t.name !== "System.String" && t.interfaces.some((i) => i.name === ENUMERABLE))
    return "use Count() instead";
  return hintForMember(name, memberNames(t));
}

/** Members that are no members of the table: array length, tuple elements, properties of anonymous types. */
function specialMember(receiver: Expression, name: string, start: number): Expression | null {
  const t = receiver.type;
  if (t.kind === "array" && name === "Length") return { kind: "arrayLength", type: INT, start, array: receiver };
  if (t.kind === "anonymous") {
    const index = t.memberNames?.indexOf(name) ?? -1;
    return index < 0 ? null : { kind: "anonymousMember", type: t.args[index], start, receiver, index, name };
  }
  if (t.kind === "tuple") {
    const index = tupleIndex(t, name);
    return index < 0 ? null : { kind: "tupleElement", type: t.args[index], start, receiver, index, name };
  }
  return null;
}

function tupleIndex(t: Type, name: string): number {
  const named = t.memberNames?.indexOf(name) ?? -1;
  if (named >= 0) return named;
  const item = /^Item([1-9]\d*)$/.exec(name);
  return item && Number(item[1]) <= t.args.length ? Number(item[1]) - 1 : -1;
}

/** A property or field read through the receiver; constants become literals. */
function valueMember(b: Binder, receiver: Expression | null, found: Property | Field, start: number): Expression {
  if (found.kind === "property") {
    const member = b.member(found.declaringType, found.def);
    return {
      kind: "property",
      type: found.type,
      start,
      receiver: receiver && receiverFor(receiver, found.declaringType),
      member,
    };
  }
  if (found.def.v !== undefined) {
    const value = readConstant(found.def.v, found.type);
    if (value !== undefined) return literal(value, found.type, start);
  }
  return { kind: "field", type: found.type, start, receiver, member: b.member(found.declaringType, found.def) };
}

/** A value type is boxed for a member that a reference type declares. */
export function receiverFor(receiver: Expression, declaringType: Type): Expression {
  if (!receiver.type.isValueType || declaringType.isValueType) return receiver;
  return {
    kind: "conversion",
    type: declaringType,
    start: receiver.start,
    conversion: "boxing",
    operand: receiver,
    explicit: false,
    checked: false,
    lifted: false,
  };
}

/** Is there an extension method of that name that takes the receiver? */
export function hasExtension(b: Binder, receiver: Expression, name: string): boolean {
  return extensionsNamed(name).some((tier) => tier.some((m) => takesReceiver(b, receiver, m)));
}

/**
 * Extension methods of that name whose `this` parameter is of another type than the receiver; not those whose type
 * arguments had to be inferred from it.
 */
export function foreignExtensions(
  b: Binder,
  receiver: Expression,
  name: string,
  typeArgumentCount: number,
): readonly Method[] {
  return extensionsNamed(name).flatMap((tier) =>
    tier.filter((m) => m.typeArgs.length === typeArgumentCount && !takesReceiver(b, receiver, m)),
  );
}

function typeArgumentCount(name: Syntax.SimpleName): number {
  return name.kind === "GenericName" ? name.typeArguments.length : 0;
}

/** May the method's `this` parameter take the receiver? Open types are compared by their definition. */
export function takesReceiver(b: Binder, receiver: Expression, m: Method): boolean {
  const wanted = m.parameters[0].type;
  if (!isOpen(wanted)) {
    const conv = implicitConversion(b, receiver, wanted);
    return conv !== null && conv.kind !== "userDefined" && conv.kind !== "numeric";
  }
  if (wanted.kind === "typeParameter") return true;
  const t = receiver.type;
  const candidates = t.kind === "interface" ? [t, ...t.interfaces] : [...chain(t), ...t.interfaces];
  const found = candidates.filter((c) => c.name === wanted.name && c.args.length === wanted.args.length);
  // A JObject enumerates in two ways: inference could not choose.
  return found.length === 1 && fits(found[0], wanted);
}

function chain(t: Type): Type[] {
  const all: Type[] = [];
  for (let at: Type | null = t; at; at = at.base) all.push(at);
  return all;
}

function fits(found: Type, wanted: Type): boolean {
  return wanted.args.every((arg, i) => isOpen(arg) || standardImplicit(found.args[i], arg) !== null);
}

/** `receiver?.access`. */
export function bindConditionalAccess(b: Binder, node: Syntax.ConditionalAccess): Expression {
  const receiver = toValue(b, bindOperand(b, node.expression), node.expression);
  if (isInvalid(receiver)) return receiver;
  const t = receiver.type;
  if ((t.isValueType && !t.isNullable) || t.kind === "null") {
    const at = { start: node.operatorStart, end: node.operatorStart + 1 };
    b.report(
      "CS0023",
      `Operator '?' cannot be applied to operand of type '${show(t)}'`,
      at,
      "use . without ?: a value of this type is never null",
    );
    return invalid(node.start);
  }
  const current = b.placeholder(t.isNullable ? t.args[0] : t);
  const former = b.conditionalReceiver;
  b.conditionalReceiver = placeholderReference(current, node.expression.start);
  const operand = bindOperand(b, node.whenNotNull);
  b.conditionalReceiver = former;
  const access = isExpression(operand) ? operand : toValue(b, operand, node.whenNotNull);
  if (isInvalid(access)) return access;
  const wrapped = wrapNullable(b, access);
  return { kind: "conditionalAccess", type: wrapped.type, start: node.start, receiver, current, access: wrapped };
}
