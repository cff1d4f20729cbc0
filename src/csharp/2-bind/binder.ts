/** What the parts of the binder share: where they are, what they found wrong, which members they met. */
import type { Type } from "../types.ts";
import { errorType } from "../types.ts";
import type {
  Expression,
  Invalid,
  Literal,
  Local,
  LocalReference,
  LocalRole,
  Placeholder,
  PlaceholderReference,
} from "./bound.ts";
import type { ConstantValue } from "./bound.ts";
import { keyOf } from "./members.ts";
import type { OverflowMode } from "./operands.ts";
import type { Scope } from "./scope.ts";
import type { MemberDef } from "../types.ts";
import type { SwitchContext } from "./switches.ts";
import type { ResolvedMember } from "./symbols.ts";

/** A mistake in the code, as the C# compiler would report it. Offsets in the code. */
export interface BindError {
  code: string;
  message: string;
  start: number;
  end: number;
  hint?: string;
}

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** More bindings of lambda bodies than this mean an expression built to exhaust the compiler. */
const MAX_LAMBDA_BINDINGS = 20_000;

/** Hints that are searched for among known names. */
const MAX_SEARCHES = 100;

export class Binder {
  errors: BindError[] = [];
  scope: Scope;
  overflow: OverflowMode = "default";
  /** The value before the `?` while what follows `?.` is bound. */
  conditionalReceiver: Expression | null = null;
  /** The switch whose sections are being bound. */
  switch: SwitchContext | null = null;
  /** A `catch` with a filter was met. */
  hasFilters = false;
  /** A variable may be read before it has a value: the flow of control has to be followed. */
  needsFlow = false;
  readonly #used = new Set<MemberDef>();
  /** `TypeName.key` of every member that was bound. */
  readonly uses = new Set<string>();
  #nextId = 0;
  #lambdaBindings = 0;
  #searches = 0;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** A hint that has to be searched for comes as a function; only so many are looked for. */
  report(code: string, message: string, at: Place, hint?: string | (() => string | undefined)): BindError {
    const error: BindError = { code, message, start: at.start, end: at.end };
    const text = typeof hint === "function" ? (this.#searches++ < MAX_SEARCHES ? hint() : undefined) : hint;
    if (text) error.hint = text;
    this.errors.push(error);
    return error;
  }

  nextId(): number {
    return this.#nextId++;
  }

  local(name: string, type: Type, role: LocalRole, start: number): Local {
    return { name, type, id: this.#nextId++, role, start };
  }

  placeholder(type: Type): Placeholder {
    return { type, id: this.#nextId++ };
  }

  /** Runs in a scope, then returns to the former one. */
  within<T>(scope: Scope, run: () => T): T {
    const former = this.scope;
    this.scope = scope;
    try {
      return run();
    } finally {
      this.scope = former;
    }
  }

  /** Runs with errors kept apart. */
  trying<T>(run: () => T): { result: T; errors: BindError[] } {
    const former = this.errors;
    this.errors = [];
    try {
      const result = run();
      return { result, errors: this.errors };
    } finally {
      this.errors = former;
    }
  }

  /** Names the member for the emitter, and notes that it is used. */
  member(declaringType: Type, def: MemberDef): ResolvedMember {
    const key = keyOf(def);
    if (!this.#used.has(def)) {
      this.#used.add(def);
      this.uses.add(`${declaringType.name}.${key}`);
    }
    return { declaringType, def, key };
  }

  countLambdaBinding(at: Place): boolean {
    if (++this.#lambdaBindings <= MAX_LAMBDA_BINDINGS) return true;
    if (this.#lambdaBindings === MAX_LAMBDA_BINDINGS + 1) {
      this.report("CS8078", "An expression is too long or complex to compile", at);
    }
    return false;
  }
}

export function literal(value: ConstantValue, type: Type, start: number): Literal {
  return { kind: "literal", type, start, value };
}

export function invalid(start: number): Invalid {
  return { kind: "invalid", type: errorType, start };
}

export function reference(local: Local, start: number): LocalReference {
  return { kind: "local", type: local.type, start, local };
}

export function placeholderReference(placeholder: Placeholder, start: number): PlaceholderReference {
  return { kind: "placeholder", type: placeholder.type, start, placeholder };
}

export function isInvalid(operand: { readonly kind: string; readonly type: Type }): boolean {
  return operand.type === errorType;
}

export function isConstant(e: Expression): e is Literal {
  return e.kind === "literal";
}
