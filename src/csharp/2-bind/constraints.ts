/** Type parameters as a generic local function declares them, with their constraints (C# 7.3 section 15.2.5). */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type, type } from "../types.ts";
import type { Binder, Place } from "./binder.ts";
import { show } from "./display.ts";
import { Scope } from "./scope.ts";
import { type Constraints, sharedTypeParameter, type TypeParameter } from "./type-parameters.ts";
import { bindType } from "./types-of-syntax.ts";
import { OBJECT } from "./well-known.ts";

const VALUE_TYPE = type("System.ValueType");

export function bindTypeParameters(b: Binder, node: Syntax.LocalFunction): readonly TypeParameter[] {
  const { typeParameters: names, constraints: clauses } = node;
  checkNames(b, node);
  if (names.length === 0) return [];
  const around = b.scope.typeParameters;
  // Equal declarations in an equal place share their parameters: what the clauses say, without offsets, is the key.
  const said = JSON.stringify([names, clauses], (key, value) => (key === "start" || key === "end" ? undefined : value));
  const made = names.map(({ name }, i) =>
    sharedTypeParameter(name, `${i} ${around.map((t) => t.id).join(",")} ${said}`),
  );
  const parameters = made.map((m) => m.parameter);
  const scope = new Scope(b.scope, b.scope.fn, undefined, [...around, ...parameters]);
  for (const [i, { parameter, isNew }] of made.entries()) {
    const clause = clauses.find((c) => c.name === names[i].name);
    const constraints = b.within(scope, () => bindClause(b, clause));
    if (isNew) parameter.constrain(constraints);
  }
  return parameters;
}

function checkNames(b: Binder, { name, typeParameters, constraints, parameters }: Syntax.LocalFunction): void {
  const seen = new Set<string>();
  for (const parameter of typeParameters) {
    if (seen.has(parameter.name)) b.report("CS0692", `Duplicate type parameter '${parameter.name}'`, parameter);
    seen.add(parameter.name);
  }
  for (const p of parameters) {
    if (!seen.has(p.name)) continue;
    const message = `'${p.name}': a parameter, local variable, or local function cannot have the same name as a method type parameter`;
    b.report("CS0412", message, { start: p.nameStart, end: p.nameStart + p.name.length });
  }
  if (constraints.length > 0 && typeParameters.length === 0) {
    b.report("CS0080", "Constraints are not allowed on non-generic declarations", whereOf(constraints[0]));
    return;
  }
  const constrained = new Set<string>();
  for (const clause of constraints) {
    if (!seen.has(clause.name)) {
      const shown = `${name}<${typeParameters.map((t) => t.name).join(", ")}>`;
      b.report("CS0699", `'${shown}' does not define type parameter '${clause.name}'`, clause);
    } else if (constrained.has(clause.name)) {
      const message = `A constraint clause has already been specified for type parameter '${clause.name}'. All of the constraints for a type parameter must be specified in a single where clause.`;
      b.report("CS0409", message, clause);
    }
    constrained.add(clause.name);
  }
}

function whereOf(clause: Syntax.ConstraintClause): Place {
  const start = clause.start - "where ".length;
  return { start, end: start + "where".length };
}

function bindClause(b: Binder, clause: Syntax.ConstraintClause | undefined): Constraints {
  let kind: Constraints["kind"] = null;
  let constructs = false;
  let base: Type | null = null;
  const interfaces: Type[] = [];
  for (const [i, constraint] of (clause?.constraints ?? []).entries()) {
    const { what } = constraint;
    if (what === "class" || what === "struct") {
      kind = what;
      if (i > 0)
        b.report("CS0449", "The 'class' or 'struct' constraint must come before any other constraints", constraint);
    } else if (what === "new") {
      constructs = true;
      checkConstructor(b, constraint, kind, i === (clause?.constraints.length ?? 0) - 1);
    } else if (what.kind === "IdentifierName" && what.name === "unmanaged" && i === 0) {
      kind = "struct";
    } else {
      const t = bindType(b, what);
      if (t.kind === "interface") interfaces.push(t);
      else if (isBase(b, t, what, i)) base = t;
    }
  }
  return { kind, constructs, base: base ?? (kind === "struct" ? VALUE_TYPE : OBJECT), interfaces };
}

function checkConstructor(b: Binder, at: Place, kind: Constraints["kind"], isLast: boolean): void {
  if (kind === "struct") b.report("CS0451", "The 'new()' constraint cannot be used with the 'struct' constraint", at);
  if (!isLast) b.report("CS0401", "The new() constraint must be the last constraint specified", at);
}

/** Classes that C# 7.3 takes as constraints only from itself. */
const SPECIAL: ReadonlySet<string> = new Set(["System.Object", "System.Array", "System.ValueType"]);

function isBase(b: Binder, t: Type, at: Place, index: number): boolean {
  if (t === errorType) return false;
  const name = show(t);
  if (SPECIAL.has(t.name) || t.kind === "array") {
    b.report("CS0702", `Constraint cannot be special class '${name}'`, at);
  } else if (t.kind !== "class" || t.name === "System.String") {
    const message = `'${name}' is not a valid constraint. A type used as a constraint must be an interface, a non-sealed class or a type parameter.`;
    b.report("CS0701", message, at);
  } else if (index > 0 && t.def.type !== "System.Enum") {
    // After `class` or `struct` no class may follow, after a type only interfaces.
    b.report("CS0406", `The class type constraint '${name}' must come before any other constraints`, at);
  } else return true;
  return false;
}
