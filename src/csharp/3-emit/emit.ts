/** Bound trees to one JavaScript module, and the module to functions. */
import { Script } from "node:vm";
import type { BoundProgram } from "../2-bind/bound.ts";
import { effect, expression } from "./expressions.ts";
import { declare, type EmitError, Frame, type Parts, type Program } from "./frame.ts";
import { ModuleText } from "./module-text.ts";
import { runtimeTable } from "./runtime-table.ts";
import { statement } from "./statements.ts";
import { placeOf } from "./targets.ts";

export type { EmitError } from "./frame.ts";

/** Evaluates one expression with the host's variables. Throws CsException, FuelExhausted, or RangeError from a full stack. */
export type Evaluate = (...globals: unknown[]) => unknown;

const parts: Parts = { expression, effect, statement, place: placeOf };

export class Emitter {
  readonly #module = new ModuleText();
  readonly #globals: readonly string[];

  /** @param globals names of the host's variables, in the order of the arguments of `Evaluate` */
  constructor(globals: readonly string[]) {
    this.#globals = globals;
  }

  /** Writes a program; answers its index in what `link` returns, or what it could not find. */
  add(bound: BoundProgram): { index: number; errors: readonly EmitError[] } {
    const { hasFilters } = bound;
    const program: Program = {
      module: this.#module,
      parts,
      globals: this.#globals,
      errors: [],
      hasFilters,
      counter: 0,
      instances: new Map(),
      instanceCount: 0,
    };
    const frame = new Frame(program);
    const text = programText(frame, bound);
    if (program.errors.length > 0) return { index: -1, errors: program.errors };
    return { index: this.#module.add(text), errors: [] };
  }

  /** The text of the module so far, for people. */
  get text(): string {
    return this.#module.toString();
  }

  /** Compiles everything added: one script, which also works where code generation from strings is disallowed. */
  link(filename = "expressions.generated.js"): Evaluate[] {
    const make = new Script(this.text, { filename }).runInThisContext() as (
      table: object,
      constants: unknown[],
    ) => Evaluate[];
    return make(runtimeTable, this.#module.constants);
  }
}

function programText(frame: Frame, { body, locals }: BoundProgram): string {
  const parameters = frame.program.globals.map((_, i) => `g${i}`).join(", ");
  const work = body.kind === "block" ? frame.statement(body) : `return ${frame.expression(body)};\n`;
  return `function (${parameters}) {\n${frame.declarations()}${declare(locals)}${work}}`;
}
