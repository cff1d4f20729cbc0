/** Entry of the binder: from a syntax tree to a bound program, or to what is wrong with the code. */
import type * as Syntax from "../1-parse/ast.ts";
import type { Type } from "../types.ts";
import { type BindError, Binder, invalid, isInvalid } from "./binder.ts";
import type { Block, BoundProgram, Expression, Statement } from "./bound.ts";
import { convertImplicitly, toValue } from "./convert.ts";
import { bindOperand } from "./expressions.ts";
import { checkAssignments } from "./flow.ts";
import { hasYield } from "./iterators.ts";
import { endIsReachable } from "./reachability.ts";
import { functionContext, Scope } from "./scope.ts";
import { bindBlockIn, bindStatements, checkLabels } from "./statements.ts";
import { OBJECT } from "./well-known.ts";

export type { BindError } from "./binder.ts";

export interface BindOptions {
  /** Variables that the host gives, such as `context`. */
  readonly globals: ReadonlyMap<string, Type>;
  /** Statements before the expression, in one scope with it. */
  readonly setup?: readonly Syntax.Statement[];
  /** The code has syntax errors: what would only follow from them is not reported. */
  readonly hasSyntaxErrors?: boolean;
  /** Type of the result. Default: object for a block, the expression's own type for an expression. */
  readonly targetType?: Type;
}

export interface BindResult {
  /** Null when there are errors. */
  readonly bound: BoundProgram | null;
  /** Static type of the expression or block, as far as it is known; the error type when it is not. */
  readonly type: Type;
  /** In the order in which the compiler finds them. */
  readonly errors: readonly BindError[];
  /** Members that the code uses: full name of the declaring type, a dot, the member's key (`IMessageBody.As(bool)`). */
  readonly uses: ReadonlySet<string>;
}

/**
 * Binds `@(expression)` or, given a Block, `@{ statements }`. What is missing in a tree with syntax errors (`Missing` expressions, empty
 * names) is not reported again.
 */
export function bind(tree: Syntax.Expression | Syntax.Block, options: BindOptions): BindResult {
  const fn = functionContext("program", options.targetType ?? OBJECT);
  const globals = new Scope(null, fn);
  const b = new Binder(globals);
  for (const [name, type] of options.globals) {
    globals.declare(name, { kind: "local", local: b.local(name, type, "global", -1), fn }, NOWHERE, () => {});
  }
  const scope = new Scope(globals, fn);
  const program = b.within(scope, () =>
    tree.kind === "Block" ? bindBlockProgram(b, tree, scope) : bindExpressionProgram(b, tree, scope, options),
  );
  checkLabels(b, scope);
  const unassigned: BindError[] = [];
  if (b.errors.length === 0 && b.needsFlow && !options.hasSyntaxErrors) {
    checkAssignments(program, (code, message, { start, end }) => unassigned.push({ code, message, start, end }));
  }
  // The compiler looks at the flow of control after everything else.
  const errors = [...b.errors, ...missingReturn(tree, program), ...unassigned].slice(0, MAX_ERRORS);
  return { bound: errors.length === 0 ? program : null, type: program.type, errors, uses: b.uses };
}

/** More than this help nobody. */
const MAX_ERRORS = 100;

function missingReturn(tree: Syntax.Expression | Syntax.Block, { body }: BoundProgram): BindError[] {
  if (tree.kind !== "Block" || body.kind !== "block" || !endIsReachable(body) || hasYield(tree)) return [];
  const message = "'expression block': not all code paths return a value";
  const hint = "end the block with a return statement";
  return [{ code: "CS0161", message, start: tree.start, end: tree.start + 1, hint }];
}

const NOWHERE = { start: 0, end: 0 };

function bindBlockProgram(b: Binder, tree: Syntax.Block, scope: Scope): BoundProgram {
  const body = bindBlockIn(b, tree, scope);
  const type = scope.fn.returnType as Type;
  return { body, type, locals: [], hasFilters: b.hasFilters };
}

function bindExpressionProgram(b: Binder, tree: Syntax.Expression, scope: Scope, options: BindOptions): BoundProgram {
  const before: Statement[] = options.setup ? bindStatements(b, options.setup) : [];
  const value = bindResult(b, tree, options.targetType);
  if (!options.setup) return { body: value, type: value.type, locals: scope.locals, hasFilters: b.hasFilters };
  const statements: Statement[] = [...before, { kind: "return", start: tree.start, value }];
  const body: Block = { kind: "block", start: tree.start, locals: scope.locals, statements };
  return { body, type: value.type, locals: [], hasFilters: b.hasFilters };
}

/** A null literal is an object; a call without a value is none. */
function bindResult(b: Binder, tree: Syntax.Expression, targetType: Type | undefined): Expression {
  const operand = bindOperand(b, tree);
  if (targetType) return convertImplicitly(b, operand, targetType, tree);
  if (operand.kind === "defaultLiteral") return convertImplicitly(b, operand, OBJECT, tree);
  const value = toValue(b, operand, tree);
  if (isInvalid(value)) return value;
  if (value.type.kind === "null") return convertImplicitly(b, value, OBJECT, tree);
  if (value.type.kind === "void") {
    b.report("CS0030", "Cannot convert type 'void' to 'object'", tree, "use @{ } for statements, and return a value");
    return invalid(value.start);
  }
  return value;
}
