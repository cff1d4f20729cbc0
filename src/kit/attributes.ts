/**
 * Types of attributes and texts. Each says how a literal is read, what an expression may give, and what `compile` receives:
 * Value<T> where an expression is allowed, T where it is not.
 */
import type { Value } from "./value.ts";

/** How the result of an expression becomes a T; the engine does it. */
export type ResultKind = "string" | "int" | "number" | "bool" | "object" | "payload";

/** Reads a literal; a string result is the message of what is wrong with it. */
export type ReadLiteral<T> = (text: string) => { value: T } | { problem: string };

export interface Attribute<Config> {
  readonly type: string;
  readonly result: ResultKind;
  readonly read: ReadLiteral<unknown>;
  /** May be an expression. */
  readonly expression: boolean;
  readonly required: boolean;
  readonly default?: unknown;
  readonly doc: string;
  /** Only carries the type. */
  readonly config?: Config;
}

export interface Text<Config> extends Attribute<Config> {
  /** Take the raw markup between the tags (set-body templates) instead of trimmed text. */
  readonly raw?: boolean;
}

export type AttributeConfig<A> = A extends Attribute<infer C> ? C : never;
export type TextConfig<T> = T extends Text<infer C> ? C : never;

export interface Options<T> {
  readonly required?: boolean;
  readonly default?: T;
  readonly expression?: boolean;
  readonly doc?: string;
}

type Present<O> = O extends { required: true } ? true : O extends { default: NonNullable<unknown> } ? true : false;
type Wrapped<T, O> = O extends { expression: true } ? Value<T> : T;
/** Configuration type of an attribute of type T with options O. */
export type Config<T, O> = Present<O> extends true ? Wrapped<T, O> : Wrapped<T, O> | undefined;

function attribute<T, const O extends Options<T>>(
  type: string,
  result: ResultKind,
  read: ReadLiteral<T>,
  options: O,
): Attribute<Config<T, O>> {
  return {
    type,
    result,
    read,
    expression: options.expression ?? false,
    required: options.required ?? false,
    default: options.default,
    doc: options.doc ?? "",
  };
}

export function string<const O extends Options<string>>(options: O): Attribute<Config<string, O>> {
  return attribute<string, O>("string", "string", (text) => ({ value: text }), options);
}

/** A whole number within bounds (inclusive). */
export function int<const O extends Options<number> & { min?: number; max?: number }>(
  options: O,
): Attribute<Config<number, O>> {
  const { min = -(2 ** 31), max = 2 ** 31 - 1 } = options;
  const read: ReadLiteral<number> = (text) => {
    const value = Number(text.trim());
    if (!/^[+-]?\d+$/.test(text.trim())) return { problem: `"${text}" is not a whole number` };
    if (value < min || value > max) return { problem: `${value} is not between ${min} and ${max}` };
    return { value };
  };
  return attribute<number, O>("integer", "int", read, options);
}

export function number<const O extends Options<number>>(options: O): Attribute<Config<number, O>> {
  const read: ReadLiteral<number> = (text) => {
    const value = Number(text.trim());
    return text.trim() === "" || !Number.isFinite(value) ? { problem: `"${text}" is not a number` } : { value };
  };
  return attribute<number, O>("number", "number", read, options);
}

export function bool<const O extends Options<boolean>>(options: O): Attribute<Config<boolean, O>> {
  const read: ReadLiteral<boolean> = (text) => {
    const word = text.trim().toLowerCase();
    return word === "true" || word === "false"
      ? { value: word === "true" }
      : { problem: `"${text}" is neither true nor false` };
  };
  return attribute<boolean, O>("boolean", "bool", read, options);
}

/** One of given words. Comparison ignores case unless `exact`. */
export function oneOf<const W extends readonly string[], const O extends Options<W[number]>>(
  words: W,
  options: O,
): Attribute<Config<W[number], O>> {
  const read: ReadLiteral<W[number]> = (text) => {
    const found = words.find((w) => w.toLowerCase() === text.trim().toLowerCase());
    return found === undefined ? { problem: `"${text}" is not one of ${words.join(", ")}` } : { value: found };
  };
  return attribute<W[number], O>(words.join(" | "), "string", read, options);
}

/** Any C# value (set-variable): a literal is a String. */
export function object<const O extends Options<unknown>>(options: O): Attribute<Config<unknown, O>> {
  return attribute<unknown, O>("any", "object", (text) => ({ value: text }), options);
}

/** Bytes or text (set-body): byte[] stays bytes, everything else is text. */
export type Payload = string | Uint8Array;

/** Bytes: `byte[]` from an expression; a literal is text. */
export function payload<const O extends Options<Payload>>(options: O): Attribute<Config<Payload, O>> {
  return attribute<Payload, O>("text or bytes", "payload", (t) => ({ value: t }), options);
}

function text<T, const O extends Options<T>>(from: Attribute<Config<T, O>>, raw: boolean): Text<Config<T, O>> {
  return { ...from, raw };
}

/** Text content, trimmed, as a string. */
export function textString<const O extends Options<string>>(options: O): Text<Config<string, O>> {
  return text<string, O>(string(options), false);
}

export function textInt<const O extends Options<number> & { min?: number; max?: number }>(
  options: O,
): Text<Config<number, O>> {
  return text<number, O>(int(options), false);
}

/** Text content as it stands between the tags, markup included. */
export function textPayload<const O extends Options<Payload>>(options: O): Text<Config<Payload, O>> {
  return text<Payload, O>(
    attribute<Payload, O>("text or bytes", "payload", (t) => ({ value: t }), options),
    true,
  );
}
