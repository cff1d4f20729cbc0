/** `(a, b) = ...`, `var (a, b) = ...`, `foreach (var (k, v) in ...)` (C# 7.3 section 12.7.4). */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, tupleOf, type Type } from "../types.ts";
import { type Binder, invalid, isInvalid, type Place, reference } from "./binder.ts";
import type { Expression, Local, ReferenceArgument, Target } from "./bound.ts";
import { convertImplicitly, naturalTypeOf, toValue } from "./convert.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { reportNoMember } from "./member-access.ts";
import { methodsNamed } from "./members.ts";
import type { Operand } from "./operands.ts";
import { bindTarget } from "./targets.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareLocal, isVar } from "./variables.ts";

/**
 * A place in the pattern on the left: something to write to, a variable whose type is still to come, nothing, or a
 * nested pattern.
 */
type Slot =
  | { readonly kind: "target"; readonly target: Target; readonly at: Place }
  | { readonly kind: "variable"; readonly local: Local; readonly at: Place }
  | { readonly kind: "discard"; readonly at: Place }
  | { readonly kind: "nested"; readonly places: readonly Slot[]; readonly at: Place };

interface Output {
  readonly locals: Local[];
  readonly effects: Expression[];
  /** Assignments, made after all values are there. */
  readonly assignments: Expression[];
}

export function isDeconstruction(left: Syntax.Expression): boolean {
  return left.kind === "Tuple" || (left.kind === "Declaration" && left.designation.kind === "ParenthesizedVariables");
}

export function bindDeconstruction(b: Binder, node: Syntax.Assignment, resultWanted: boolean): Expression {
  const places = bindPlaces(b, node.left, "local");
  const right = bindOperand(b, node.right);
  if (!places || isInvalid(right)) {
    settle(b, places);
    return invalid(node.start);
  }
  const out: Output = { locals: [], effects: [], assignments: [] };
  const values = takeApart(b, places, right, node.right, out, node);
  if (!values) {
    settle(b, places);
    return invalid(node.start);
  }
  const effects = [...out.effects, ...out.assignments];
  if (!resultWanted) {
    const last = effects.pop() ?? values[0];
    return { kind: "sequence", type: last.type, start: node.start, locals: out.locals, effects, result: last };
  }
  const type = tupleOf(values.map((v) => v.type));
  const result: Expression = { kind: "tuple", type, start: node.start, values };
  return { kind: "sequence", type, start: node.start, locals: out.locals, effects, result };
}

/** For `foreach`: assigns the parts of a value; the variables are declared with that role. Null after an error. */
export function deconstructInto(b: Binder, left: Syntax.Expression, value: Expression, at: Place): Expression[] | null {
  const places = bindPlaces(b, left, "foreach");
  const out: Output = { locals: [], effects: [], assignments: [] };
  if (!places || isInvalid(value) || !takeApart(b, places, value, at, out, left)) {
    settle(b, places);
    return null;
  }
  if (out.locals.length === 0) return [...out.effects, ...out.assignments];
  const effects = [...out.effects, ...out.assignments];
  const result = effects.pop() as Expression;
  return [{ kind: "sequence", type: result.type, start: at.start, locals: out.locals, effects, result }];
}

// ---- Left side ------------------------------------------------------------------------------------------------------

function bindPlaces(b: Binder, left: Syntax.Expression, role: "local" | "foreach"): Slot | null {
  if (left.kind === "Tuple") {
    const places = left.arguments.map((a) => bindPlaces(b, a.expression, role));
    return places.every((p) => p !== null) ? { kind: "nested", places: places as Slot[], at: left } : null;
  }
  if (left.kind === "Declaration") {
    const type = isVar(left.type) ? null : bindType(b, left.type);
    return declarePlaces(b, left.designation, type, role);
  }
  const target = bindTarget(b, left, "assign");
  if (!target) return null;
  return target.kind === "discard" ? { kind: "discard", at: left } : { kind: "target", target, at: left };
}

function declarePlaces(b: Binder, designation: Syntax.Designation, type: Type | null, role: "local" | "foreach"): Slot {
  if (designation.kind === "Discard") return { kind: "discard", at: designation };
  if (designation.kind === "ParenthesizedVariables") {
    return {
      kind: "nested",
      places: designation.variables.map((v) => declarePlaces(b, v, type, role)),
      at: designation,
    };
  }
  const local = declareLocal(b, designation.name, type, role === "local" ? "pattern" : "foreach", designation);
  if (type === null) return { kind: "variable", local, at: designation };
  return { kind: "target", target: reference(local, designation.start), at: designation };
}

/** Variables of a failed deconstruction get the error type; `report` is told which have none yet. */
function settle(b: Binder, place: Slot | null, report?: (variable: Slot & { kind: "variable" }) => void): void {
  if (place?.kind === "nested") for (const p of place.places) settle(b, p, report);
  if (place?.kind !== "variable") return;
  report?.(place);
  giveType(b, place.local, errorType);
}

function reportUntyped(b: Binder, { local, at }: Slot & { kind: "variable" }): void {
  const message = `Cannot infer the type of implicitly-typed deconstruction variable '${local.name}'.`;
  b.report("CS8130", message, at);
}

function giveType(b: Binder, local: Local, type: Type): void {
  local.type = type;
  b.scope.settle(local);
}

// ---- Right side -----------------------------------------------------------------------------------------------------

/**
 * Evaluates the parts of the value into temporaries and assigns them; gives the assigned values, or null after an
 * error.
 */
function takeApart(b: Binder, place: Slot, value: Operand, at: Place, out: Output, whole: Place): Expression[] | null {
  if (place.kind !== "nested") {
    const stored = store(b, place, value, at, out);
    return stored && [stored];
  }
  const parts = partsOf(b, value, place.places.length, at, out, whole);
  if (!parts) {
    settle(b, place, (variable) => reportUntyped(b, variable));
    return null;
  }
  const values: Expression[] = [];
  for (let i = 0; i < parts.length; i++) {
    const inner = takeApart(b, place.places[i], parts[i].operand, parts[i].at, out, whole);
    if (!inner) return null;
    values.push(...inner);
  }
  return values;
}

interface Part {
  readonly operand: Operand;
  readonly at: Place;
}

/** `node` is the whole deconstruction, which is blamed for a wrong number of parts. */
function partsOf(b: Binder, value: Operand, count: number, at: Place, out: Output, node: Place): Part[] | null {
  if (value.kind === "tupleLiteral" && value.items.length === count) {
    return value.items.map((operand, i) => ({ operand, at: value.nodes[i] }));
  }
  const whole = toValue(b, value, at);
  if (isInvalid(whole)) return null;
  const t = whole.type;
  if (t.kind === "tuple") {
    if (t.args.length !== count) {
      b.report("CS8132", `Cannot deconstruct a tuple of '${t.args.length}' elements into '${count}' variables.`, node);
      return null;
    }
    const temp = keep(b, whole, out);
    return t.args.map((type, index) => {
      const operand: Expression = {
        kind: "tupleElement",
        type,
        start: whole.start,
        receiver: reference(temp, whole.start),
        index,
      };
      return { operand, at };
    });
  }
  return callDeconstruct(b, whole, count, at, out);
}

function keep(b: Binder, value: Expression, out: Output): Local {
  const temp = b.local("value", value.type, "temp", -1);
  out.locals.push(temp);
  const target = reference(temp, value.start);
  out.effects.push({ kind: "assignment", type: value.type, start: value.start, target, value });
  return temp;
}

/** A Deconstruct method with so many `out` parameters. */
function callDeconstruct(b: Binder, whole: Expression, count: number, at: Place, out: Output): Part[] | null {
  const method = methodsNamed(whole.type, "Deconstruct").find((m) => !m.isStatic && m.parameters.length === count);
  if (!method?.parameters.every((p) => p.mode === "out")) {
    if (!method && methodsNamed(whole.type, "Deconstruct").length === 0) {
      reportNoMember(b, whole.type, { name: "Deconstruct", start: at.start, end: at.end });
    }
    const message =
      `No suitable 'Deconstruct' instance or extension method was found for type '${show(whole.type)}', with ${count} out parameters ` +
      "and a void return type.";
    b.report("CS8129", message, at);
    return null;
  }
  const temps = method.parameters.map((p) => b.local(p.name, p.type, "temp", -1));
  out.locals.push(...temps);
  const args = temps.map((temp): ReferenceArgument => {
    const target = reference(temp, whole.start);
    return { kind: "reference", type: temp.type, start: whole.start, mode: "out", target };
  });
  const member = b.member(method.declaringType, method.def);
  out.effects.push({
    kind: "call",
    type: method.returnType,
    start: whole.start,
    receiver: whole,
    member,
    typeArgs: [],
    args,
  });
  return temps.map((temp) => ({ operand: reference(temp, whole.start), at }));
}

function store(
  b: Binder,
  place: Exclude<Slot, { kind: "nested" }>,
  value: Operand,
  at: Place,
  out: Output,
): Expression | null {
  if (place.kind === "variable") {
    const type = naturalTypeOf(value);
    if (!type || type.kind === "void") {
      reportUntyped(b, place);
      return null;
    }
    giveType(b, place.local, type);
  }
  const type = place.kind === "target" ? place.target.type : place.kind === "variable" ? place.local.type : null;
  const converted = type ? convertImplicitly(b, value, type, at) : toValue(b, value, at);
  if (isInvalid(converted)) return null;
  const kept =
    converted.kind === "local" && converted.local.role === "temp" ? converted.local : keep(b, converted, out);
  const stored = reference(kept, at.start);
  if (place.kind === "discard") return stored;
  const target = place.kind === "target" ? place.target : reference(place.local, place.at.start);
  out.assignments.push({ kind: "assignment", type: stored.type, start: place.at.start, target, value: stored });
  return stored;
}
