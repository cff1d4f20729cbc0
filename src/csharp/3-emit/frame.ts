/**
 * A JavaScript function being written: its temporaries, labels, and how the placeholders of the bound tree are read inside it. It also
 * is the way from one part of the emitter to another: `frame.expression(node)` writes any expression.
 *
 * Text of an expression is always a simple name, a literal, a call or parenthesised, so that it can stand anywhere.
 */
import { assert } from "../../base/assert.ts";
import type { ConversionKind, Expression, Local, Placeholder, Statement, Target } from "../2-bind/bound.ts";
import { typeObject } from "../library/type.ts";
import type { Type } from "../types.ts";
import type { ModuleText } from "./module-text.ts";
import type { RuntimeName } from "./runtime-table.ts";

/** The parts of the emitter that call each other (emit.ts puts them together). */
export interface Parts {
  expression(frame: Frame, node: Expression): string;
  /** The expression for what it does; its value is dropped. */
  effect(frame: Frame, node: Expression): string;
  statement(frame: Frame, node: Statement): string;
  place(frame: Frame, target: Target): Place;
}

/** Something wrong that only linking finds out: a member without an implementation. */
export interface EmitError {
  readonly code: string;
  readonly message: string;
  readonly start: number;
}

/** What the functions of one program share. */
export interface Program {
  readonly module: ModuleText;
  readonly parts: Parts;
  /** Names of the host's variables: parameters `g0`, `g1` ... of the program's function. */
  readonly globals: readonly string[];
  readonly errors: EmitError[];
  /** Some `catch` has a filter. */
  readonly hasFilters: boolean;
  counter: number;
  /** What calls asked for of each generic local function, by its id, until its block is written: names and type arguments. */
  readonly instances: Map<number, Map<string, Instance>>;
  instanceCount: number;
}

/** A generic local function for certain type arguments. */
interface Instance {
  readonly typeArgs: readonly Type[];
  isWritten: boolean;
}

/** A loop or switch that `break` and `continue` leave. */
export interface JumpTarget {
  readonly label: string;
  readonly isLoop: boolean;
  used: boolean;
}

/** A value that is used more than once: `first` computes it and must come before `again`. */
export interface Held {
  readonly first: string;
  readonly again: string;
}

/** A place whose parts are evaluated once, for reading and writing. */
export interface Place {
  /** Evaluates the parts; empty, or ends with a comma. */
  readonly setup: string;
  read(): string;
  /** Writes a value; what the text itself yields is unspecified. */
  write(value: string): string;
}

/** How a placeholder is read. */
interface PlaceholderText {
  readonly text: string;
  readonly isNotNull: boolean;
  /** Reading it later gives the same value. */
  readonly isStable: boolean;
}

export class Frame {
  readonly program: Program;
  readonly targets: JumpTarget[] = [];
  /** Names of the exceptions of the enclosing `catch` blocks, for `throw;`. */
  readonly exceptions: string[] = [];
  /** Open `goto` blocks: label -> how to jump there. */
  readonly labels = new Map<string, string>();
  /** Switches with `goto case`, by id: how to jump to a section. */
  readonly switches = new Map<number, (section: number) => string>();
  /** The variable that counts steps in a loop of self-contained code; null: the account itself does. */
  fuel: string | null = null;
  /** Arrays whose elements are kept in a constant while a loop runs. */
  readonly items = new Map<Local, { readonly name: string; readonly isNotNull: boolean }>();
  readonly #temporaries: string[] = [];
  readonly #placeholders: Map<Placeholder, PlaceholderText>;

  constructor(program: Program, outer?: Frame) {
    this.program = program;
    this.#placeholders = outer ? outer.#placeholders : new Map();
  }

  /** The frame of a function inside this one. */
  inner(): Frame {
    return new Frame(this.program, this);
  }

  expression(node: Expression): string {
    return this.program.parts.expression(this, node);
  }

  effect(node: Expression): string {
    return this.program.parts.effect(this, node);
  }

  statement(node: Statement): string {
    return this.program.parts.statement(this, node);
  }

  /** The parts of a place to write to, for `ref` and `out`. */
  place(target: Target): Place {
    return this.program.parts.place(this, target);
  }

  runtime(name: RuntimeName): string {
    return this.program.module.runtime(name);
  }

  constant(value: unknown, key?: unknown): string {
    return this.program.module.constant(value, key);
  }

  /** The name of a type as a run-time value. */
  type(t: Type): string {
    return this.program.module.constant(t);
  }

  /** The System.Type object of typeof(T). */
  typeObject(t: Type): string {
    return this.constant(typeObject(t), `typeof ${t.id}`);
  }

  error(code: string, message: string, start: number): void {
    this.program.errors.push({ code, message, start });
  }

  unique(prefix: string): string {
    return `${prefix}${this.program.counter++}`;
  }

  temporary(): string {
    const name = this.unique("t");
    this.#temporaries.push(name);
    return name;
  }

  /** A variable of the whole function, for those declared inside expressions. */
  declareLocal(local: Local): void {
    this.#temporaries.push(localName(local));
  }

  bind(placeholder: Placeholder, text: string, { isNotNull = false, isStable = true } = {}): void {
    this.#placeholders.set(placeholder, { text, isNotNull, isStable });
  }

  /** Was the placeholder's value checked for null? */
  isNotNull(placeholder: Placeholder): boolean {
    return this.#placeholders.get(placeholder)?.isNotNull === true;
  }

  read(placeholder: Placeholder): string {
    const found = this.#placeholders.get(placeholder);
    assert(found, "a placeholder is read where it has no value");
    return found.text;
  }

  /** Does the expression give the same value, without effects, however often it is evaluated? */
  isStable(node: Expression): boolean {
    switch (node.kind) {
      case "literal":
      case "default":
      case "typeof":
        return true;
      case "local":
        return node.local.role === "global" || (!node.local.reassigned && !node.local.byRef);
      case "placeholder":
        return this.#placeholders.get(node.placeholder)?.isStable === true;
      case "conversion":
        return isFree(node.conversion) && this.isStable(node.operand);
      default:
        return false;
    }
  }

  /** Keeps the value of an expression for a second use. */
  hold(node: Expression): Held {
    return this.holdText(this.expression(node), this.isStable(node));
  }

  holdText(text: string, stable = false): Held {
    if (stable) return { first: text, again: text };
    const name = this.temporary();
    return { first: `(${name} = ${text})`, again: name };
  }

  /** Declarations at the top of the function's body; to be asked for when the body is complete. */
  declarations(): string {
    return this.#temporaries.length > 0 ? `let ${this.#temporaries.join(", ")};\n` : "";
  }
}

/** Conversions that change nothing. */
function isFree(conversion: ConversionKind): boolean {
  return conversion === "identity" || conversion === "reference" || conversion === "nullableWrap";
}

export function localName(local: Local): string {
  return `v${local.id}`;
}

/** `let v1, v2;` for the variables of a scope. */
export function declare(locals: readonly Local[]): string {
  return locals.length > 0 ? `let ${locals.map(localName).join(", ")};\n` : "";
}

/** Spends a step: at loop ends and function entries. */
export function step(frame: Frame): string {
  const { fuel } = frame;
  if (fuel === null) return `if (--A.left < 0) ${frame.runtime("outOfSteps")}();`;
  return `if (--${fuel} < 0) { A.left = ${fuel}; ${frame.runtime("outOfSteps")}(); }`;
}

/** Something rare that may throw: the account is brought up to date before it. */
export function rare(frame: Frame, text: string): string {
  return frame.fuel === null ? text : `(A.left = ${frame.fuel}, ${text})`;
}
