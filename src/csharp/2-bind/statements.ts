/** Binds statements (C# 7.3 section 13): blocks, declarations, jumps, exceptions. Loops and switches have files of their own. */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import { bindAssignment } from "./assignments.ts";
import { type Binder, invalid, isConstant, isInvalid, type Place, reference } from "./binder.ts";
import type { Block, Catch, Expression, LocalDeclaration, Statement, Try, Using, UsingResource } from "./bound.ts";
import { implicitConversion } from "./conversions.ts";
import { convertImplicitly, discard, toCondition, toValue } from "./convert.ts";
import { bindArrayInitializer } from "./creations.ts";
import { show } from "./display.ts";
import { bindOperand, bindThrown } from "./expressions.ts";
import { isStatementSyntax, reportNotStatement } from "./lambdas.ts";
import { bindLocalFunction, declareLocalFunctions } from "./local-functions.ts";
import { bindDo, bindFor, bindForEach, bindWhile } from "./loops.ts";
import { methodsNamed } from "./members.ts";
import { isExpression, type Operand } from "./operands.ts";
import { Scope } from "./scope.ts";
import { bindGotoCase, bindSwitch } from "./switches.ts";
import { bindType, unsupported } from "./types-of-syntax.ts";
import { declareConstant, declareLocal, isVar } from "./variables.ts";
import { EXCEPTION, IDISPOSABLE } from "./well-known.ts";

export function bindBlock(b: Binder, node: Syntax.Block): Block {
  return bindBlockIn(b, node, b.scope);
}

/** The block as a scope of its own inside `parent`. */
export function bindBlockIn(b: Binder, node: Syntax.Block, parent: Scope): Block {
  const scope = new Scope(parent, parent.fn);
  const statements = b.within(scope, () => bindStatements(b, node.statements));
  return { kind: "block", start: node.start, locals: scope.locals, statements };
}

/** Statements in the scope of the moment. */
export function bindStatements(b: Binder, nodes: readonly Syntax.Statement[]): Statement[] {
  declareLocalFunctions(b, nodes);
  return nodes.flatMap((node) => bindStatement(b, node));
}

/** The statement of a loop or `if`: a scope of its own. */
export function bindEmbedded(b: Binder, node: Syntax.Statement): Statement {
  if (node.kind === "Block") return bindBlock(b, node);
  const scope = new Scope(b.scope, b.scope.fn);
  const bound = b.within(scope, () => bindStatement(b, node));
  if (bound.length === 1 && scope.locals.length === 0) return bound[0];
  return { kind: "block", start: node.start, locals: scope.locals, statements: bound };
}

/** More than one for a declaration of several variables, none for constants. */
function bindStatement(b: Binder, node: Syntax.Statement): Statement[] {
  switch (node.kind) {
    case "LocalDeclaration":
      return bindLocalDeclaration(b, node);
    case "CheckedStatement":
      return [bindCheckedStatement(b, node)];
    default:
      return [bindSingle(b, node)];
  }
}

function bindSingle(b: Binder, node: Exclude<Syntax.Statement, Syntax.LocalDeclaration | Syntax.CheckedStatement>): Statement {
  switch (node.kind) {
    case "Block":
      return bindBlock(b, node);
    case "ExpressionStatement":
      return { kind: "expressionStatement", start: node.start, expression: bindDropped(b, node.expression) };
    case "EmptyStatement":
      return { kind: "empty", start: node.start };
    case "IfStatement": {
      const condition = toCondition(b, bindOperand(b, node.condition), node.condition);
      const then = bindEmbedded(b, node.statement);
      return { kind: "if", start: node.start, condition, then, else: node.else ? bindEmbedded(b, node.else) : null };
    }
    case "WhileStatement":
      return bindWhile(b, node);
    case "DoStatement":
      return bindDo(b, node);
    case "ForStatement":
      return bindFor(b, node);
    case "ForEachStatement":
    case "ForEachVariableStatement":
      return bindForEach(b, node);
    case "SwitchStatement":
      return bindSwitch(b, node);
    case "ReturnStatement":
      return bindReturn(b, node);
    case "ThrowStatement":
      return bindThrowStatement(b, node);
    case "TryStatement":
      return bindTry(b, node);
    case "UsingStatement":
      return bindUsing(b, node);
    case "LockStatement":
      return bindLock(b, node);
    case "LocalFunction":
      return bindLocalFunction(b, node);
    case "YieldReturnStatement":
    case "YieldBreakStatement":
      return refuseYield(b, node);
    default:
      return bindJump(b, node);
  }
}

function bindJump(
  b: Binder,
  node:
    | Syntax.BreakStatement
    | Syntax.ContinueStatement
    | Syntax.GotoStatement
    | Syntax.GotoCaseStatement
    | Syntax.GotoDefaultStatement
    | Syntax.LabeledStatement,
): Statement {
  const { fn } = b.scope;
  switch (node.kind) {
    case "BreakStatement":
      if (fn.breakable === 0) reportNoLoop(b, node);
      return { kind: "break", start: node.start };
    case "ContinueStatement":
      if (fn.continuable === 0) reportNoLoop(b, node);
      return { kind: "continue", start: node.start };
    case "GotoStatement":
      fn.gotos.push({ label: node.label, place: node });
      return { kind: "goto", start: node.start, label: node.label };
    case "LabeledStatement": {
      if (fn.labels.has(node.label)) b.report("CS0140", `The label '${node.label}' is a duplicate`, node);
      fn.labels.add(node.label);
      const [statement, ...rest] = bindStatement(b, node.statement);
      const labeled: Statement = { kind: "labeled", start: node.start, label: node.label, statement: statement ?? { kind: "empty", start: node.start } };
      return rest.length === 0 ? labeled : { kind: "block", start: node.start, locals: [], statements: [labeled, ...rest] };
    }
    default:
      return bindGotoCase(b, node);
  }
}

/** Only a local function could be an iterator here. */
function refuseYield(b: Binder, node: Syntax.YieldReturnStatement | Syntax.YieldBreakStatement): Statement {
  const { kind } = b.scope.fn;
  if (kind === "localFunction") unsupported(b, "An iterator (yield)", node);
  else if (kind === "lambda") b.report("CS1621", "The yield statement cannot be used inside an anonymous method or lambda expression", node);
  else b.report("CS1624", "The body cannot be an iterator block because 'object' is not an iterator interface type", node);
  if (node.kind === "YieldReturnStatement") bindOperand(b, node.expression);
  return { kind: "empty", start: node.start };
}

function reportNoLoop(b: Binder, at: Place): void {
  b.report("CS0139", "No enclosing loop out of which to break or continue", at);
}

/** After a function's body: every goto must have found its label. */
export function checkLabels(b: Binder, scope: Scope): void {
  for (const { label, place } of scope.fn.gotos) {
    if (!scope.fn.labels.has(label)) {
      b.report("CS0159", `No such label '${label}' within the scope of the goto statement`, place);
    }
  }
}

/** An expression whose value is dropped: it must be one that does something. */
export function bindDropped(b: Binder, node: Syntax.Expression): Expression {
  if (!isStatementSyntax(node)) {
    const before = b.errors.length;
    const value = bindOperand(b, node);
    if (b.errors.length === before && !isInvalid(value)) reportNotStatement(b, node);
    return invalid(node.start);
  }
  if (node.kind === "Assignment") return bindAssignment(b, node, false);
  return discard(b, bindOperand(b, node), node);
}

function bindCheckedStatement(b: Binder, node: Syntax.CheckedStatement): Block {
  const former = b.overflow;
  b.overflow = node.checked ? "checked" : "unchecked";
  const block = bindBlock(b, node.block);
  b.overflow = former;
  return block;
}

// ---- Declarations ------------------------------------------------------------------------------------------------------------------

function bindLocalDeclaration(b: Binder, node: Syntax.LocalDeclaration): Statement[] {
  if (node.isConst) {
    bindConstants(b, node.declaration);
    return [];
  }
  return bindDeclaration(b, node.declaration, "local");
}

export function bindDeclaration(b: Binder, node: Syntax.VariableDeclaration, role: "local" | "using"): LocalDeclaration[] {
  const inferred = isVar(node.type);
  const type = inferred ? null : bindType(b, node.type);
  if (inferred && node.variables.length > 1) {
    b.report("CS0819", "Implicitly-typed variables cannot have multiple declarators", node);
  }
  return node.variables.map((v) => {
    const place = { start: v.start, end: v.start + v.name.length };
    const local = declareLocal(b, v.name, type, role, place, b.scope.declarations);
    const value = type ? initialValue(b, v, type) : inferredValue(b, v);
    if (!type) {
      local.type = value?.type ?? errorType;
      b.scope.settle(local);
    }
    return { kind: "localDeclaration", start: v.start, local, value };
  });
}

function initialValue(b: Binder, v: Syntax.VariableDeclarator, type: Type): Expression | null {
  if (!v.initializer) return null;
  if (v.initializer.kind === "ArrayInitializer") return bindArrayInitializer(b, v.initializer, type, v);
  const operand = bindOperand(b, v.initializer);
  return type === errorType ? invalid(v.start) : convertImplicitly(b, operand, type, v.initializer);
}

function inferredValue(b: Binder, v: Syntax.VariableDeclarator): Expression {
  if (!v.initializer) {
    b.report("CS0818", "Implicitly-typed variables must be initialized", { start: v.start, end: v.end });
    return invalid(v.start);
  }
  if (v.initializer.kind === "ArrayInitializer") return bindArrayInitializer(b, v.initializer, null, v);
  const operand = bindOperand(b, v.initializer);
  const what = untyped(operand);
  if (what === null) return toValue(b, operand, v.initializer);
  b.report("CS0815", `Cannot assign ${what} to an implicitly-typed variable`, { start: v.start, end: v.end }, "write the type instead of var");
  return invalid(v.start);
}

/** What an operand without a type is called; null when it has one. */
function untyped(operand: Operand): string | null {
  if (operand.kind === "unboundLambda") return operand.syntax.kind === "AnonymousMethod" ? "anonymous method" : "lambda expression";
  if (operand.kind === "methodGroup" || operand.kind === "localFunctionGroup") return "method group";
  if (operand.kind === "defaultLiteral") return "default";
  const kind = isExpression(operand) ? operand.type.kind : "";
  return kind === "null" ? "<null>" : kind === "void" ? "void" : null;
}

function bindConstants(b: Binder, node: Syntax.VariableDeclaration): void {
  const type = isVar(node.type) ? null : bindType(b, node.type);
  if (!type) b.report("CS0822", "Implicitly-typed variables cannot be constant", node.type);
  for (const v of node.variables) {
    const value = type && v.initializer ? initialValue(b, v, type) : null;
    if (type && !v.initializer) b.report("CS0145", "A const field requires a value to be provided", v);
    if (value && !isConstant(value) && !isInvalid(value)) {
      b.report("CS0133", `The expression being assigned to '${v.name}' must be constant`, v.initializer as Place);
    }
    declareConstant(b, v.name, value && isConstant(value) ? value : invalid(v.start), { start: v.start, end: v.start + v.name.length });
  }
}

// ---- return, throw, try ------------------------------------------------------------------------------------------------------------

function bindReturn(b: Binder, node: Syntax.ReturnStatement): Statement {
  const { fn } = b.scope;
  if (!node.expression) {
    fn.bareReturn = true;
    if (fn.returnType && fn.returnType.kind !== "void" && fn.returnType !== errorType) {
      b.report("CS0126", `An object of a type convertible to '${show(fn.returnType)}' is required`, node, "write return null;");
    }
    return { kind: "return", start: node.start, value: null };
  }
  const operand = bindOperand(b, node.expression);
  const bound: { kind: "return"; start: number; value: Expression | null } = { kind: "return", start: node.start, value: null };
  if (fn.returnType === null) fn.returns.push({ operand, node: bound, place: node.expression });
  else if (fn.returnType.kind === "void") {
    b.report("CS0127", "Since the function returns void, a return keyword must not be followed by an object expression", node);
  } else bound.value = convertImplicitly(b, operand, fn.returnType, node.expression);
  return bound;
}

function bindThrowStatement(b: Binder, node: Syntax.ThrowStatement): Statement {
  if (node.expression) return { kind: "throw", start: node.start, exception: bindThrown(b, node.expression) };
  if (b.scope.fn.catching === 0) {
    b.report("CS0156", "A throw statement with no arguments is not allowed outside of a catch clause", node);
  }
  return { kind: "throw", start: node.start, exception: null };
}

function bindTry(b: Binder, node: Syntax.TryStatement): Try {
  const body = bindBlock(b, node.block);
  const seen: Type[] = [];
  const catches = node.catches.map((c) => bindCatch(b, c, seen));
  return { kind: "try", start: node.start, body, catches, finally: node.finally ? bindBlock(b, node.finally) : null };
}

function bindCatch(b: Binder, node: Syntax.CatchClause, seen: Type[]): Catch {
  const type = node.type ? bindType(b, node.type) : null;
  const caught = type ?? EXCEPTION;
  if (type && type !== errorType) {
    if (!derivesFrom(type, EXCEPTION)) {
      b.report("CS0155", "The type caught or thrown must be derived from System.Exception", node.type as Place);
    } else {
      const earlier = seen.find((t) => derivesFrom(type, t));
      const message = `A previous catch clause already catches all exceptions of this or of a super type ('${earlier ? show(earlier) : ""}')`;
      if (earlier) b.report("CS0160", message, node.type as Place);
    }
  }
  if (!node.filter) seen.push(caught);
  const scope = new Scope(b.scope, b.scope.fn);
  return b.within(scope, () => {
    const local = node.name === undefined ? null : declareLocal(b, node.name, caught, "catch", node);
    const filter = node.filter ? toCondition(b, bindOperand(b, node.filter), node.filter) : null;
    scope.fn.catching++;
    const body = bindBlock(b, node.block);
    scope.fn.catching--;
    return { start: node.start, type, local, locals: scope.locals, filter, body };
  });
}

function derivesFrom(t: Type, base: Type): boolean {
  for (let at: Type | null = t; at; at = at.base) if (at === base) return true;
  return false;
}

// ---- using, lock -------------------------------------------------------------------------------------------------------------------

function bindUsing(b: Binder, node: Syntax.UsingStatement): Using {
  const scope = new Scope(b.scope, b.scope.fn);
  return b.within(scope, () => {
    const resources = node.declaration ? declaredResources(b, node.declaration) : expressionResource(b, node.expression as Syntax.Expression);
    const body = bindEmbedded(b, node.statement);
    return { kind: "using", start: node.start, locals: scope.locals, resources, body };
  });
}

function declaredResources(b: Binder, node: Syntax.VariableDeclaration): UsingResource[] {
  return bindDeclaration(b, node, "using").map((d, i) => {
    if (!d.value) b.report("CS0210", "You must provide an initializer in a fixed or using statement declaration", node.variables[i]);
    return resource(b, d.local, d.value ?? invalid(d.start), node);
  });
}

function expressionResource(b: Binder, node: Syntax.Expression): UsingResource[] {
  const value = toValue(b, bindOperand(b, node), node);
  const local = b.local("resource", value.type, "temp", -1);
  b.scope.locals.push(local);
  return [resource(b, local, value, node)];
}

function resource(b: Binder, local: UsingResource["local"], value: Expression, at: Place): UsingResource {
  const t = local.type;
  if (isInvalid(value) || t === errorType) return { local, value, dispose: invalid(at.start) };
  const target = reference(local, at.start);
  if (!implicitConversion(b, target, IDISPOSABLE)) {
    const message = `'${show(t)}': type used in a using statement must be implicitly convertible to 'System.IDisposable'.`;
    b.report("CS1674", message, at);
    return { local, value, dispose: invalid(at.start) };
  }
  const own = methodsNamed(t, "Dispose").find((m) => m.parameters.length === 0);
  const method = own ?? methodsNamed(IDISPOSABLE, "Dispose")[0];
  const receiver = own ? target : convertImplicitly(b, target, IDISPOSABLE, at);
  const member = b.member(method.declaringType, method.def);
  const dispose: Expression = { kind: "call", type: method.returnType, start: at.start, receiver, member, typeArgs: [], args: [] };
  return { local, value, dispose };
}

function bindLock(b: Binder, node: Syntax.LockStatement): Statement {
  const expression = toValue(b, bindOperand(b, node.expression), node.expression);
  if (expression.type.isValueType) {
    b.report("CS0185", `'${show(expression.type)}' is not a reference type as required by the lock statement`, node.expression);
  }
  return { kind: "lock", start: node.start, expression, body: bindEmbedded(b, node.statement) };
}
