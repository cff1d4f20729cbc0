/**
 * The C# compiler: text of policy expressions to functions. One Compiler for each configuration: `compile` parses and binds and answers
 * what is wrong; `link` makes one JavaScript module of everything compiled; then `run` evaluates.
 *
 * Knows .NET and nothing of HTTP: whoever uses it declares more types (types.ts) and what their members do (library/define.ts).
 */
import { parseBlock, parseExpression, type ParseError } from "./1-parse/parse.ts";
import type * as Syntax from "./1-parse/ast.ts";
import { type BindOptions, bind } from "./2-bind/bind.ts";
import type { BoundProgram } from "./2-bind/bound.ts";
import { findWarnings, type Warning } from "./2-bind/warnings.ts";
import { Emitter, type Evaluate } from "./3-emit/emit.ts";
import { constantValue } from "./3-emit/literals.ts";
import "./library/index.ts";
import { refill } from "./runtime/budget.ts";
import { outcome } from "./runtime/exceptions.ts";
import { box } from "./runtime/values.ts";
import { errorType, type Type } from "./types.ts";

export { type Limits, limits } from "./runtime/budget.ts";
export { CsException, FuelExhausted } from "./runtime/values.ts";
export type { Warning } from "./2-bind/warnings.ts";

/** A mistake in the code. */
export interface CompileError {
  /** Code of the C# compiler, for example `CS1026`; `SP4002` for a member that is not supported yet. */
  readonly code: string;
  readonly message: string;
  /** Offsets in the code; in `setup` when negative: the distance from its end, less one. */
  readonly start: number;
  readonly end: number;
  /** What to write instead. */
  readonly hint?: string;
  /** Where the C# compiler reports it, if elsewhere: see ParseError. */
  readonly compilerOffset: number;
}

export interface CompileOptions {
  /** Type of the result. Default: object for a block, the expression's own type for an expression. */
  readonly targetType?: Type;
  /** Statements before an expression, in one scope with it. */
  readonly setup?: string;
  /** Look for what is legal but surely wrong. */
  readonly warn?: boolean;
  /** Is shown the bound tree of code without errors; its positions count in the code when there is no `setup`. */
  readonly inspect?: (program: BoundProgram) => void;
}

export interface CompiledExpression {
  /** Not empty: it cannot be run, and a configuration with it cannot be linked. */
  readonly errors: readonly CompileError[];
  /** With the option `warn`, and without errors: what is legal but surely wrong. */
  readonly warnings: readonly Warning[];
  /** Static type of the result. */
  readonly type: Type;
  /** Members that the code uses: full name of the declaring type, a dot, the member's key. */
  readonly uses: ReadonlySet<string>;
  /** The value of a constant expression, in the representation of `type`. */
  readonly constant?: { readonly value: unknown };
  /**
   * Evaluates with the values of the globals, in their order; each run has a budget of its own (runtime/budget.ts).
   * The result is in the representation of `type` (runtime/values.ts).
   * @throws CsException with its position in the code, FuelExhausted
   */
  run(...globals: unknown[]): unknown;
  /** The same, with the result as object. */
  runBoxed(...globals: unknown[]): unknown;
}

export class Compiler {
  readonly #globals: ReadonlyMap<string, Type>;
  #emitter: Emitter;
  #unlinked: Expression[] = [];

  /** @param options.globals variables of the expressions (`context`) with their types */
  constructor(options: { globals: Readonly<Record<string, Type>> }) {
    this.#globals = new Map(Object.entries(options.globals));
    this.#emitter = this.#newEmitter();
  }

  /** Compiles the text between the brackets of `@(expression)` or `@{block}`. Never throws for what the text says. */
  compile(code: string, kind: "expr" | "block", options: CompileOptions = {}): CompiledExpression {
    const parsed = parse(code, kind, options.setup);
    const { setup, tree, shift } = parsed;
    if (parsed.errors.some((e) => e.code === TOO_COMPLEX)) return new Expression(errorType, new Set(), parsed.errors);
    const hasSyntaxErrors = parsed.errors.length > 0;
    const bindOptions: BindOptions = { globals: this.#globals, setup, targetType: options.targetType, hasSyntaxErrors };
    const { bound, type, errors, uses } = bind(tree, bindOptions);
    if (!bound || hasSyntaxErrors) {
      const found = errors.map((e) => shifted(e, shift));
      return new Expression(type, uses, allErrors(parsed.errors, found));
    }
    options.inspect?.(bound);
    const constant = constantOf(bound);
    const compiled = constant ? new Expression(type, uses, [], constant) : this.#emit(bound, uses, shift);
    if (options.warn && compiled.errors.length === 0) {
      const found = findWarnings(bound, " ".repeat(shift) + code);
      compiled.warnings = found.map((w) => ({ ...w, start: w.start - shift })).filter((w) => w.start >= 0);
    }
    return compiled;
  }

  #emit(bound: BoundProgram, uses: ReadonlySet<string>, shift: number): Expression {
    const { index, errors } = this.#emitter.add(bound);
    if (errors.length > 0) {
      return new Expression(
        bound.type,
        uses,
        errors.map((e) => shifted({ ...e, end: e.start + 1 }, shift)),
      );
    }
    const expression = new Expression(bound.type, uses, []);
    expression.positionShift = shift;
    this.#unlinked[index] = expression;
    return expression;
  }

  /** Makes everything compiled since the last call ready to run. */
  link(): void {
    const functions = this.#emitter.link();
    for (const [i, expression] of this.#unlinked.entries()) expression.evaluate = functions[i];
    this.#unlinked = [];
    this.#emitter = this.#newEmitter();
  }

  /** The JavaScript of everything that is not linked yet, for people. */
  get generatedCode(): string {
    return this.#emitter.text;
  }

  #newEmitter(): Emitter {
    return new Emitter([...this.#globals.keys()]);
  }
}

class Expression implements CompiledExpression {
  readonly type: Type;
  readonly uses: ReadonlySet<string>;
  readonly errors: readonly CompileError[];
  readonly constant?: { readonly value: unknown };
  warnings: readonly Warning[] = [];
  evaluate: Evaluate | undefined;
  /** Where the code begins in the text that positions count in. */
  positionShift = 0;

  constructor(
    type: Type,
    uses: ReadonlySet<string>,
    errors: readonly CompileError[],
    constant?: { readonly value: unknown },
  ) {
    this.type = type;
    this.uses = uses;
    this.errors = errors;
    if (constant) {
      this.constant = constant;
      this.evaluate = () => constant.value;
    }
  }

  run(...globals: unknown[]): unknown {
    if (this.evaluate === undefined)
      throw new Error("Internal error: an expression is run that was not linked. Please report it.");
    refill();
    try {
      return this.evaluate(...globals);
    } catch (error) {
      throw outcome(error, this.positionShift);
    }
  }

  runBoxed(...globals: unknown[]): unknown {
    return box(this.run(...globals), this.type);
  }
}

/** The parser gave up: there is no tree. */
const TOO_COMPLEX = "CS8078";

/** The compiler finds features of later versions only when it binds. */
const LATER_FEATURE = "CS8370";

/** First what is wrong with the syntax, then what is wrong with the meaning. */
function allErrors(syntax: readonly CompileError[], meaning: readonly CompileError[]): CompileError[] {
  const all = [...meaning];
  for (const feature of syntax.filter((e) => e.code === LATER_FEATURE)) {
    const next = all.findIndex((e) => e.compilerOffset > feature.compilerOffset);
    all.splice(next < 0 ? all.length : next, 0, feature);
  }
  return [...syntax.filter((e) => e.code !== LATER_FEATURE), ...all];
}

interface ParsedCode {
  readonly tree: Syntax.Expression | Syntax.Block;
  readonly setup?: readonly Syntax.Statement[];
  readonly errors: readonly CompileError[];
  /** Offset of the code's start in the positions of the tree. */
  readonly shift: number;
}

/** With `setup`, the code's positions begin behind it: as if it had as many blanks before it. */
function parse(code: string, kind: "expr" | "block", setup: string | undefined): ParsedCode {
  const shift = setup === undefined ? 0 : setup.length + 1;
  const text = " ".repeat(shift) + code;
  const { tree, errors } = kind === "block" ? parseBlock(text) : parseExpression(text);
  const own = errors.map((e) => shifted(e, shift));
  if (setup === undefined) return { tree, errors: own, shift };
  const before = parseBlock(setup);
  return {
    tree,
    setup: before.tree.statements,
    errors: [...before.errors.map((e) => shifted(e, shift)), ...own],
    shift,
  };
}

interface Mistake extends Pick<ParseError, "code" | "message" | "start" | "end" | "hint"> {
  readonly compilerOffset?: number;
}

function shifted({ code, message, start, end, hint, compilerOffset = start }: Mistake, shift: number): CompileError {
  const error = { code, message, start: start - shift, end: end - shift, compilerOffset: compilerOffset - shift };
  return hint === undefined ? error : { ...error, hint };
}

function constantOf({ body }: BoundProgram): { readonly value: unknown } | undefined {
  return body.kind === "literal" ? { value: constantValue(body.value) } : undefined;
}
