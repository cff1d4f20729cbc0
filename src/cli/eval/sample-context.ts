/** The `context` that `sallyport eval` evaluates with: a sample request, or one from a JSON file. */
import { readFileSync } from "node:fs";
import type { Global } from "../../csharp/evaluate.ts";
import { type } from "../../csharp/types.ts";
import "../../engine/context/index.ts";
import { type StubContext, stubContext } from "../../engine/context/stub.ts";
import { UsageError } from "../command.ts";

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
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`);
  }
  throw new UsageError(`${file} must hold an object`);
}
