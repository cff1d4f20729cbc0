/**
 * Binds statements (C# 7.3 section 13): blocks, conditions, jumps. Loops, switches, declarations and exceptions have
 * files of their own.
 */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType } from "../types.ts";
import { bindAssignment } from "./assignments.ts";
import { type Binder, type BindError, invalid, isInvalid, type Place } from "./binder.ts";
import type { Block, Expression, Statement } from "./bound.ts";
import { convertImplicitly, discard, toCondition } from "./convert.ts";
import { bindLocalDeclaration } from "./declarations.ts";
import { show } from "./display.ts";
import { bindLock, bindThrowStatement, bindTry, bindUsing } from "./exception-statements.ts";
import { bindOperand } from "./expressions.ts";
import { bindYield, refuseReturn } from "./iterators.ts";
import { isStatementSyntax, reportNotStatement } from "./lambdas.ts";
import { bindLocalFunction, declareLocalFunctions } from "./local-functions.ts";
import { bindDo, bindFor, bindForEach, bindWhile } from "./loops.ts";
import { Scope } from "./scope.ts";
import { bindGotoCase, bindSwitch } from "./switches.ts";
import { bindRefReturn } from "./references.ts";

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
  return bindInOrder(b, nodes);
}

/** Statements whose local functions are known already. */
export function bindInOrder(b: Binder, nodes: readonly Syntax.Statement[]): Statement[] {
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

function bindSingle(
  b: Binder,
  node: Exclude<Syntax.Statement, Syntax.LocalDeclaration | Syntax.CheckedStatement>,
): Statement {
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
      return bindYield(b, node);
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
      else if (fn.finally?.breakable === fn.breakable) reportFinally(b, node);
      return { kind: "break", start: node.start };
    case "ContinueStatement":
      if (fn.continuable === 0) reportNoLoop(b, node);
      else if (fn.finally?.continuable === fn.continuable) reportFinally(b, node);
      return { kind: "continue", start: node.start };
    case "GotoStatement":
      b.needsFlow = true;
      fn.gotos.push({
        label: node.label,
        place: { start: node.labelStart, end: node.labelStart + node.label.length },
        statement: node,
        errors: b.errors.length,
        finally: fn.finally,
      });
      return { kind: "goto", start: node.start, label: node.label };
    case "LabeledStatement": {
      if (fn.labels.has(node.label)) b.report("CS0140", `The label '${node.label}' is a duplicate`, node);
      fn.labels.set(node.label, fn.finally);
      const [statement, ...rest] = bindStatement(b, node.statement);
      const labeled: Statement = {
        kind: "labeled",
        start: node.start,
        label: node.label,
        statement: statement ?? { kind: "empty", start: node.start },
      };
      return rest.length === 0
        ? labeled
        : { kind: "block", start: node.start, locals: [], statements: [labeled, ...rest] };
    }
    default:
      return bindGotoCase(b, node);
  }
}

function reportNoLoop(b: Binder, at: Place): void {
  b.report("CS0139", "No enclosing loop out of which to break or continue", at);
}

export function reportFinally(b: Binder, at: Place): void {
  b.report("CS0157", "Control cannot leave the body of a finally clause", at);
}

/** After a function's body: every goto must have found its label, and none may lead out of a finally block. */
export function checkLabels(b: Binder, scope: Scope): void {
  for (const { label, place, statement, errors, finally: around } of scope.fn.gotos.toReversed()) {
    const found = scope.fn.labels.get(label);
    if (label === "" || (found !== undefined && (around === null || found === around))) continue;
    if (found !== undefined) reportFinally(b, statement);
    else b.report("CS0159", `No such label '${label}' within the scope of the goto statement`, place);
    b.errors.splice(errors, 0, b.errors.pop() as BindError);
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

function bindReturn(b: Binder, node: Syntax.ReturnStatement): Statement {
  const { fn } = b.scope;
  if (fn.iterator) {
    if (node.expression) bindOperand(b, node.expression);
    refuseReturn(b, node);
    return { kind: "return", start: node.start, value: null };
  }
  if (fn.finally) reportFinally(b, node);
  if (!node.expression) {
    fn.bareReturn = node;
    if (fn.returnType && fn.returnType.kind !== "void" && fn.returnType !== errorType) {
      b.report(
        "CS0126",
        `An object of a type convertible to '${show(fn.returnType)}' is required`,
        node,
        "write return null;",
      );
    }
    return { kind: "return", start: node.start, value: null };
  }
  if (fn.returnType && (fn.returnsRef || node.expression.kind === "Ref")) {
    const keyword = { start: node.start, end: node.start + "return".length };
    return { kind: "return", start: node.start, value: bindRefReturn(b, node.expression, fn.returnType, keyword) };
  }
  const operand = bindOperand(b, node.expression);
  const bound: { kind: "return"; start: number; value: Expression | null } = {
    kind: "return",
    start: node.start,
    value: null,
  };
  if (fn.returnType === null) fn.returns.push({ operand, node: bound, place: node.expression });
  else if (fn.returnType.kind === "void") {
    b.report(
      "CS0127",
      "Since the function returns void, a return keyword must not be followed by an object expression",
      node,
    );
  } else bound.value = convertImplicitly(b, operand, fn.returnType, node.expression);
  return bound;
}
