/** The `context` that `sallyport eval` evaluates with: a sample request, or one from a JSON file. */
import { readFileSync } from "node:fs";
import { closest } from "../../base/closest.ts";
import type { Global } from "../../csharp/evaluate.ts";
import { type } from "../../csharp/types.ts";
import "../../engine/context/index.ts";
import { type StubContext, stubContext } from "../../engine/context/stub.ts";
import { UsageError } from "../command.ts";

/** What a file may replace; the parts of messages below their names. */
const PARTS = new Map<string, readonly string[]>([
  ["request", ["method", "url", "headers", "body", "ipAddress", "matchedParameters"]],
  ["response", ["status", "reason", "headers", "body"]],
]);
const NAMES = [
  "variables",
  "api",
  "operation",
  "product",
  "subscription",
  "user",
  "requestId",
  "timestamp",
  "lastError",
];

export type Globals = Readonly<Record<string, Global>>;

/**
 * The sample, with what a JSON file replaces. A new context for each expression: reading a body uses it up.
 * @throws UsageError when the file cannot be read or is no context
 */
export function globalsFrom(file: string | undefined): () => Globals {
  const given = file === undefined ? {} : readContext(file);
  const contextType = type("IContext");
  const make = (): Globals => ({ context: { type: contextType, value: stubContext(given) } });
  try {
    make();
  } catch (error) {
    throw new UsageError(`${file} is no context: ${(error as Error).message}`);
  }
  return make;
}

function readContext(file: string): StubContext {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) {
      rejectUnknown(file, json);
      return json;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`);
  }
  throw new UsageError(`${file} must hold an object`);
}

/** A misspelt name would leave the sample in place, and nobody would know. */
function rejectUnknown(file: string, json: Readonly<Record<string, unknown>>): void {
  rejectNames(file, "", Object.keys(json), [...PARTS.keys(), ...NAMES]);
  for (const [part, known] of PARTS) {
    const message = json[part];
    if (isObject(message)) rejectNames(file, `${part}.`, Object.keys(message), known);
  }
}

function rejectNames(file: string, path: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, known);
  const hint = near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${path}${near}?`;
  throw new UsageError(`${file} has "${path}${unknown}", which is no part of a context; ${hint}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
