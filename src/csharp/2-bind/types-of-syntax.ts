/**
 * Types written in code (C# 7.3 section 7.8): keywords, names through the imports, full names, arrays, Nullable,
 * tuples.
 */
import { namesOfGenericType } from "./type-parameter-names.ts";
import type * as Syntax from "../1-parse/ast.ts";
import {
  arrayOf,
  dynamicType,
  errorType,
  keywordTypes,
  nullableOf,
  tupleOf,
  type Type,
  type,
  voidType,
} from "../types.ts";
import type { Binder, Place } from "./binder.ts";
import { show } from "./display.ts";
import { aritiesOf, findNestedType, findSimpleType, isNamespace, isType } from "./names.ts";
import { checkElementNames } from "./tuples.ts";
import { hintForNamespace, hintForTypeName } from "./unavailable.ts";

/** What a name may stand for where types and namespaces are looked for. */
export type Named =
  | { readonly kind: "type"; readonly type: Type }
  | { readonly kind: "namespace"; readonly name: string };

/** Reports an unknown type and gives the error type. */
export function bindType(b: Binder, node: Syntax.TypeSyntax): Type {
  switch (node.kind) {
    case "PredefinedType":
      return node.keyword === "void" ? voidType : type(keywordTypes.get(node.keyword) as string);
    case "ArrayType":
      return bindArrayType(b, node);
    case "NullableType":
      return bindNullable(b, node);
    case "TupleType":
      checkElementNames(
        b,
        node.elements.map((e) => ({ name: e.name, start: e.end - (e.name?.length ?? 0) })),
      );
      return tupleOf(
        node.elements.map((e) => bindType(b, e.type)),
        node.elements.some((e) => e.name) ? node.elements.map((e) => e.name) : undefined,
      );
    case "RefType":
      return unsupportedType(b, "A ref local or ref return", node);
    case "OmittedTypeArgument":
      // Of an unbound name, which is reported as a whole.
      return errorType;
    default:
      return bindNamedType(b, node);
  }
}

export function unsupported(b: Binder, what: string, at: Place): void {
  b.report("SP4001", `${what} is not supported in policy expressions`, at);
}

function unsupportedType(b: Binder, what: string, at: Place): Type {
  unsupported(b, what, at);
  return errorType;
}

function bindArrayType(b: Binder, node: Syntax.ArrayType): Type {
  const element = bindType(b, node.elementType);
  if (element === voidType) {
    b.report("CS1547", "Keyword 'void' cannot be used in this context", node.elementType);
    return errorType;
  }
  return element === errorType ? errorType : arrayOf(element, node.rank);
}

function bindNullable(b: Binder, node: Syntax.NullableType): Type {
  const element = bindType(b, node.elementType);
  if (element === errorType) return element;
  if (element.isValueType && !element.isNullable && element !== voidType) return nullableOf(element);
  const feature =
    "Feature 'nullable reference types' is not available in C# 7.3. Please use language version 8.0 or greater.";
  b.report(
    "CS8370",
    feature,
    { start: node.end - 1, end: node.end },
    "leave out the ?: reference types can be null anyway",
  );
  return element;
}

function bindNamedType(
  b: Binder,
  node: Syntax.IdentifierName | Syntax.GenericName | Syntax.QualifiedName | Syntax.AliasQualifiedName,
): Type {
  const named = resolveName(b, node);
  if (!named) return errorType;
  if (named.kind === "type") return named.type;
  b.report("CS0118", `'${named.name}' is a namespace but is used like a type`, node);
  return errorType;
}

/** A name in type position; reports when it is unknown. */
function resolveName(b: Binder, node: Syntax.TypeSyntax): Named | null {
  switch (node.kind) {
    case "IdentifierName":
    case "GenericName": {
      const found = findSimple(b, node);
      if (found === "bad") return null;
      if (!found) reportUnknown(b, node);
      return found;
    }
    case "AliasQualifiedName":
      return bindAliasQualified(b, node);
    case "QualifiedName": {
      const left = resolveName(b, node.left);
      return left && bindMemberName(b, left, node.right);
    }
    default:
      return { kind: "type", type: bindType(b, node) };
  }
}

/** `global::X`. */
export function bindAliasQualified(b: Binder, node: Syntax.AliasQualifiedName): Named | null {
  if (node.name.name === "") return null;
  if (node.alias === "global") return bindMemberName(b, { kind: "namespace", name: "" }, node.name);
  b.report("CS0432", `Alias '${node.alias}' not found`, { start: node.start, end: node.start + node.alias.length });
  return null;
}

function typeArguments(b: Binder, name: Syntax.SimpleName): Type[] {
  return name.kind === "GenericName" ? name.typeArguments.map((t) => bindType(b, t)) : [];
}

/**
 * A simple name as a type or namespace; null when there is none, "bad" when there is but it is misused (reported).
 * `dynamic` is a type.
 */
export function findSimple(b: Binder, node: Syntax.SimpleName): Named | null | "bad" {
  const parameter = node.kind === "IdentifierName" ? b.scope.findTypeParameter(node.name) : undefined;
  if (parameter) return { kind: "type", type: parameter };
  const args = typeArguments(b, node);
  const full = findSimpleType(node.name, args.length);
  if (
    full === "System.Nullable" &&
    node.kind === "GenericName" &&
    !isUnbound(node) &&
    !checkUnderlying(b, args[0], node)
  )
    return "bad";
  if (full && isUnbound(node)) reportUnbound(b, node);
  if (full) return args.includes(errorType) ? "bad" : { kind: "type", type: type(full, ...args) };
  if (args.length === 0 && isNamespace(node.name)) return { kind: "namespace", name: node.name };
  if (node.kind === "IdentifierName" && node.name === "dynamic" && !node.verbatim)
    return { kind: "type", type: dynamicType };
  const arities = aritiesOf(node.name);
  if (arities.length === 0) return null;
  reportArity(b, node, arities);
  return "bad";
}

/** `List<>`: allowed as the operand of typeof only, and not supported there. */
export function isUnbound(node: Syntax.TypeSyntax): boolean {
  if (node.kind === "QualifiedName") return isUnbound(node.right);
  return node.kind === "GenericName" && node.typeArguments.some((t) => t.kind === "OmittedTypeArgument");
}

function reportUnbound(b: Binder, node: Syntax.SimpleName): void {
  b.report("CS7003", "Unexpected use of an unbound generic name", node);
}

/** The argument of `Nullable<T>`: a value type that is not nullable itself. */
function checkUnderlying(b: Binder, t: Type, node: Syntax.GenericName): boolean {
  if (t === errorType || (t.isValueType && !t.isNullable)) return true;
  const message =
    `The type '${show(t)}' must be a non-nullable value type in order to use it as parameter 'T' in the generic type or method ` +
    "'Nullable<T>'";
  b.report("CS0453", message, node.typeArguments[0]);
  return false;
}

function reportArity(b: Binder, node: Syntax.SimpleName, arities: readonly number[]): void {
  if (arities.includes(0)) {
    b.report("CS0308", `The non-generic type '${node.name}' cannot be used with type arguments`, node);
    return;
  }
  const wanted = arities[0];
  const names = namesOfGenericType(node.name, wanted).join(", ");
  b.report("CS0305", `Using the generic type '${node.name}<${names}>' requires ${wanted} type arguments`, node);
}

/** `left.name` as a type or namespace; reports when there is none. */
export function bindMemberName(b: Binder, left: Named, name: Syntax.SimpleName): Named | null {
  const args = typeArguments(b, name);
  if (name.name === "") return null;
  if (left.kind === "type") {
    const nested = findNestedType(left.type, name.name);
    if (nested) return { kind: "type", type: nested };
    b.report("CS0426", `The type name '${name.name}' does not exist in the type '${show(left.type)}'`, name);
    return null;
  }
  const full = left.name === "" ? name.name : `${left.name}.${name.name}`;
  if (isUnbound(name) && isType(full, args.length)) reportUnbound(b, name);
  if (isType(full, args.length)) return args.includes(errorType) ? null : { kind: "type", type: type(full, ...args) };
  if (args.length === 0 && isNamespace(full)) return { kind: "namespace", name: full };
  const message = `The type or namespace name '${name.name}' does not exist in the namespace '${left.name}' (are you missing an assembly reference?)`;
  b.report("CS0234", message, name, hintForNamespace(full) ?? `${full} is not available in policy expressions`);
  return null;
}

function reportUnknown(b: Binder, node: Syntax.SimpleName): void {
  if (node.name === "") return;
  const shown = node.kind === "GenericName" ? `${node.name}<${",".repeat(node.typeArguments.length - 1)}>` : node.name;
  const message = `The type or namespace name '${shown}' could not be found (are you missing a using directive or an assembly reference?)`;
  b.report("CS0246", message, node, () => hintForTypeName(node.name));
}
