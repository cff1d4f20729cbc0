/**
 * Scopes of local names, and the rules about declaring a name twice or using it too early (C# 7.3 sections 7.7 and
 * 13.6).
 */
import type { Type } from "../types.ts";
import type { Place } from "./binder.ts";
import type { Expression, Iterator, Local, LocalFunction } from "./bound.ts";
import type { Operand } from "./operands.ts";

/** The lambda, local function or whole program that a scope belongs to. */
export interface FunctionContext {
  readonly kind: "program" | "lambda" | "localFunction";
  /** Null: to be found from the returned values. */
  readonly returnType: Type | null;
  /** It returns variables. */
  readonly returnsRef: boolean;
  /** The `return` statements with a value, when the return type is to be found: their values are converted later. */
  readonly returns: PendingReturn[];
  /** A `return;` without a value. */
  bareReturn: Place | null;
  /** Of a local function with `yield`. */
  readonly iterator: Iterator | null;
  /** How many loops and switches, loops, catch clauses, and try blocks with catch are around. */
  breakable: number;
  continuable: number;
  catching: number;
  guarded: number;
  /** The finally block around: the numbers of loops and switches, and of loops, around it. */
  finally: FinallyContext | null;
  /** Labels, with the finally block that each stands in. */
  readonly labels: Map<string, FinallyContext | null>;
  /** `errors`: how many there were before. */
  readonly gotos: {
    readonly label: string;
    readonly place: Place;
    readonly statement: Place;
    readonly errors: number;
    readonly finally: FinallyContext | null;
  }[];
}

export interface FinallyContext {
  readonly breakable: number;
  readonly continuable: number;
}

export function functionContext(
  kind: FunctionContext["kind"],
  returnType: Type | null,
  iterator: Iterator | null = null,
  returnsRef = false,
): FunctionContext {
  return {
    kind,
    returnType,
    returnsRef,
    returns: [],
    bareReturn: null,
    iterator,
    breakable: 0,
    continuable: 0,
    catching: 0,
    guarded: 0,
    finally: null,
    labels: new Map(),
    gotos: [],
  };
}

export interface PendingReturn {
  readonly operand: Operand;
  readonly node: { value: Expression | null };
  readonly place: Place;
}

/** A variable of a query: what it stands for depends on the clause that uses it. */
export interface RangeVariable {
  readonly name: string;
  readonly make: (start: number) => Expression;
}

/** `pending`: the type of the local is still to come from its own initialiser. */
export type ScopeSymbol =
  | { readonly kind: "local"; readonly local: Local; readonly fn: FunctionContext; pending?: boolean }
  | { readonly kind: "constant"; readonly value: Expression }
  | { readonly kind: "function"; readonly function: LocalFunction }
  | { readonly kind: "range"; readonly range: RangeVariable };

/** An error that a later declaration may show to be something else. */
export interface AmendableError {
  code: string;
  message: string;
  hint?: string;
}

export class Scope {
  readonly parent: Scope | null;
  readonly fn: FunctionContext;
  /** Where declaration statements declare: of a switch section the whole switch, otherwise here. */
  readonly declarations: Scope;
  /** Type parameters that can be named here, those of inner functions last. */
  readonly typeParameters: readonly Type[];
  /** Variables that live here, in order of declaration. */
  readonly locals: Local[] = [];
  readonly #names = new Map<string, ScopeSymbol>();
  /** Where scopes inside this one declared a name first. */
  readonly #inner = new Map<string, Place>();
  /** Names looked for in vain from here or inside. */
  #missed: Map<string, AmendableError[]> | undefined;

  constructor(
    parent: Scope | null,
    fn: FunctionContext,
    declarations?: Scope,
    typeParameters: readonly Type[] = parent?.typeParameters ?? [],
  ) {
    this.typeParameters = typeParameters;
    this.parent = parent;
    this.fn = fn;
    this.declarations = declarations ?? this;
  }

  find(name: string): ScopeSymbol | undefined {
    for (let scope: Scope | null = this; scope; scope = scope.parent) {
      const found = scope.#names.get(name);
      if (found) return found;
    }
    return undefined;
  }

  findTypeParameter(name: string): Type | undefined {
    return this.typeParameters.findLast((t) => t.name === name);
  }

  /** The type of a local that was pending is known. */
  settle(local: Local): void {
    for (let scope: Scope | null = this; scope; scope = scope.parent) {
      const symbol = scope.#names.get(local.name);
      if (symbol?.kind === "local" && symbol.local === local) symbol.pending = false;
    }
  }

  /** Every name that can be used from here. */
  *allNames(): Generator<string> {
    for (let scope: Scope | null = this; scope; scope = scope.parent) yield* scope.#names.keys();
  }

  /** Remembers an error about an unknown name, in case the name is declared further down. */
  missed(name: string, error: AmendableError): void {
    for (let scope: Scope | null = this; scope; scope = scope.parent) {
      scope.#missed ??= new Map();
      const errors = scope.#missed.get(name);
      if (errors) errors.push(error);
      else scope.#missed.set(name, [error]);
    }
  }

  /** Declares a name; `report` is told what is wrong with it. */
  declare(
    name: string,
    symbol: ScopeSymbol,
    place: Place,
    report: (code: string, message: string, at: Place) => void,
  ): void {
    // A missing name was reported by the parser.
    if (name === "") return;
    if (this.#names.has(name)) {
      report("CS0128", `A local variable or function named '${name}' is already defined in this scope`, place);
      return;
    }
    const clash = this.#inner.get(name);
    if (clash) report("CS0136", shadowing(name), clash);
    else if (symbol.kind !== "range" && this.parent?.find(name)) report("CS0136", shadowing(name), place);
    this.#names.set(name, symbol);
    for (let scope = this.parent; scope; scope = scope.parent) {
      if (!scope.#inner.has(name)) scope.#inner.set(name, place);
    }
    for (const error of this.#missed?.get(name) ?? []) {
      error.code = "CS0841";
      error.message = `Cannot use local variable '${name}' before it is declared`;
      error.hint = undefined;
    }
  }
}

function shadowing(name: string): string {
  return (
    `A local or parameter named '${name}' cannot be declared in this scope because that name is used in an enclosing local scope ` +
    "to define a local or parameter"
  );
}
