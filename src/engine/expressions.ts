/**
 * Expressions of policies as Values: compiled through the C# compiler, converted to what the attribute asks for, faults placed in
 * the document, inputs and results traced.
 */
import type { CompiledExpression } from "../csharp/index.ts";
import { textOf, toText } from "../csharp/runtime/object.ts";
import { box, CsArray, CsException, FuelExhausted, unbox } from "../csharp/runtime/values.ts";
import { type Type, type } from "../csharp/types.ts";
import { NEEDS_REQUEST_BODY, NEEDS_RESPONSE_BODY } from "../kit/bodies.ts";
import type { ResultKind } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { type Inputs, recordInputs, withoutSecrets } from "./context/inputs.ts";
import { Constant, type Value } from "../kit/value.ts";

/** Where an expression stands, for faults: offset in its code -> place in the author's file. */
export interface ExpressionPlace {
  readonly file: string;
  position(offset: number): { line: number; column: number };
}

/** Characters of code and values that a trace shows. */
const MAX_SHOWN = 2_000;

const BOOL = type("System.Boolean");
const INT = type("System.Int32");
const STRING = type("System.String");

/** A message body is needed when the expression reaches it through `context`. */
export function bodyNeeds(uses: CompiledExpression["uses"]): number {
  const uses_ = (declaring: string, member: string) => uses.has(`${declaring}.${member}`);
  let needs = 0;
  if (uses_("IRequest", "Body") && uses_("IContext", "Request")) needs |= NEEDS_REQUEST_BODY;
  if (uses_("IResponse", "Body") && uses_("IContext", "Response")) needs |= NEEDS_RESPONSE_BODY;
  return needs;
}

export class ExpressionValue implements Value<unknown> {
  readonly constant = undefined;
  readonly needs: number;
  readonly uses: ReadonlySet<string>;
  readonly #compiled: CompiledExpression;
  readonly #convert: (raw: unknown) => unknown;
  readonly #place: ExpressionPlace;
  readonly #code: string;

  constructor(compiled: CompiledExpression, result: ResultKind, place: ExpressionPlace, code: string) {
    this.#compiled = compiled;
    this.#convert = converter(result, compiled.type);
    this.#place = place;
    this.#code = code;
    this.uses = compiled.uses;
    this.needs = bodyNeeds(compiled.uses);
  }

  get(exchange: Exchange): unknown {
    try {
      const raw = exchange.trace === null ? this.#compiled.run(exchange) : this.#traced(exchange);
      return this.#convert(raw);
    } catch (error) {
      throw this.#fault(exchange, error);
    }
  }

  /** Evaluates with its inputs and result in the trace; credentials are masked in both. */
  #traced(exchange: Exchange): unknown {
    const inputs: Inputs = { values: new Map(), secrets: [] };
    let value = "(exception)";
    try {
      const raw = recordInputs(() => this.#compiled.run(exchange), inputs);
      const boxed = box(raw, this.#compiled.type);
      value = boxed === null ? "null" : toText(boxed);
      return raw;
    } finally {
      const { line, column } = this.#place.position(0);
      const shown = [...inputs.values].map(([name, text]) => [name, withoutSecrets(text, inputs)]);
      exchange.trace?.add(exchange.section, exchange.place?.policy ?? "", {
        expression: this.#code.slice(0, MAX_SHOWN),
        inputs: Object.fromEntries(shown),
        value: withoutSecrets(value, inputs).slice(0, MAX_SHOWN),
        type: String(this.#compiled.type),
        file: this.#place.file,
        line,
        column,
      });
    }
  }

  /** Puts file, line and column on what an expression threw. */
  #fault(exchange: Exchange, error: unknown): unknown {
    const isException = error instanceof CsException;
    if (!isException && !(error instanceof FuelExhausted)) return error;
    const offset = isException ? Math.max(0, error.position) : 0;
    const { line, column } = this.#place.position(offset);
    exchange.trace?.add(exchange.section, exchange.place?.policy ?? "", {
      exception: isException ? `${error.typeName}: ${error.message}` : error.message,
      expression: this.#code.slice(0, MAX_SHOWN),
      file: this.#place.file,
      line,
      column,
    });
    const message = `Expression evaluation failed. ${error.message}`;
    return new PolicyFault("ExpressionValueEvaluationFailure", message, {
      cause: { file: this.#place.file, line, column },
    });
  }
}

/** A constant expression becomes a constant at load; undefined when it is none, or does not convert (a fault at run time, then). */
export function foldConstant(
  compiled: CompiledExpression,
  result: ResultKind,
  isWritten: boolean,
): Value<unknown> | undefined {
  if (compiled.constant === undefined) return undefined;
  try {
    return new Constant(converter(result, compiled.type)(compiled.constant.value), isWritten);
  } catch {
    return undefined;
  }
}

/** Chooses once, by static type, how a result becomes what the attribute asks for. */
function converter(result: ResultKind, t: Type): (raw: unknown) => unknown {
  switch (result) {
    case "object":
      return t.isValueType ? (raw) => box(raw, t) : (raw) => raw;
    case "string":
      return t === STRING ? (raw) => raw ?? "" : (raw) => textOf(raw, t);
    case "payload":
      return (raw) => payload(raw, t);
    case "bool":
      return t === BOOL ? (raw) => raw : (raw) => toBool(raw, t);
    case "int":
      return t === INT ? (raw) => raw : (raw) => toWhole(toNumber(raw, t));
    case "number":
      return (raw) => toNumber(raw, t);
  }
}

function payload(raw: unknown, t: Type): string | Uint8Array {
  if (raw instanceof CsArray && raw.items instanceof Uint8Array) return raw.items;
  return textOf(raw, t);
}

function toBool(raw: unknown, t: Type): boolean {
  const value = unbox(raw);
  if (typeof value === "boolean") return value;
  const word = textOf(raw, t).trim().toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  throw new CsException("System.FormatException", `The result "${word.slice(0, 100)}" is not a Boolean.`);
}

function toNumber(raw: unknown, t: Type): number {
  const value = unbox(raw);
  if (typeof value === "number") return value;
  const text = textOf(raw, t).trim();
  const parsed = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(parsed))
    throw new CsException("System.FormatException", `The result "${text.slice(0, 100)}" is not a number.`);
  return parsed;
}

function toWhole(value: number): number {
  if (!Number.isInteger(value))
    throw new CsException("System.FormatException", `The result ${value} is not a whole number.`);
  return value;
}
