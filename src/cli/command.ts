/** What a command declares: its name, help and options. One file per command in commands/. */
import type { ParseArgsOptionsConfig } from "node:util";
import type { Terminal } from "./terminal.ts";

/** Exit codes: fine, mistakes found, wrong usage. */
export const FINE = 0;
export const MISTAKES = 1;
export const WRONG_USAGE = 2;

export interface Arguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/**
 * An entry of the list of commands. Commands are loaded when they are called: `version` must not wait for the
 * compiler.
 */
export interface CommandEntry {
  readonly name: string;
  /** One line for the list. */
  readonly summary: string;
  load(): Promise<Command>;
}

export interface Command {
  /** The help text: usage, options, examples. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** Answers the exit code. Throws UsageError. */
  run(args: Arguments, terminal: Terminal): Promise<number>;
}

/** Wrong usage: shown with a pointer to the help, exit code 2. */
export class UsageError extends Error {}

export function textOption(args: Arguments, name: string): string | undefined {
  const value = args.values[name];
  return typeof value === "string" ? value : undefined;
}

export function flag(args: Arguments, name: string): boolean | undefined {
  const value = args.values[name];
  return typeof value === "boolean" ? value : undefined;
}

/** A whole number within bounds. */
export function numberOption(args: Arguments, name: string, min: number, max: number): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`--${name} must be a number from ${min} to ${max}, not "${text}"`);
  return value;
}

/** One of given words; the first is the default. */
export function wordOption<const W extends string>(args: Arguments, name: string, words: readonly [W, ...W[]]): W {
  const text = textOption(args, name);
  if (text === undefined) return words[0];
  const found = words.find((word) => word === text);
  if (found === undefined) throw new UsageError(`--${name} must be one of ${words.join(", ")}, not "${text}"`);
  return found;
}

/** The one thing a command works on. */
export function onlyPositional(args: Arguments, what: string): string {
  if (args.positionals.length !== 1) {
    throw new UsageError(
      args.positionals.length === 0 ? `${what} is missing` : `One ${what} is wanted, not ${args.positionals.length}`,
    );
  }
  return args.positionals[0];
}
