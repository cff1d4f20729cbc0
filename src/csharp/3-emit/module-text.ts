/**
 * The text of one JavaScript module: everything that compiled expressions use from outside is an argument of its one function, so that
 * generated code reaches nothing else. The names in it are made here; no identifier of C# code ever becomes one of JavaScript.
 *
 *   (function (R, C) {          R: runtime functions (runtime-table.ts), C: linked implementations, types and other constants
 *   "use strict";
 *   const A = R.account, $castTo = R.castTo, c0 = C[0];
 *   return [function () {...}, ...];
 *   })
 */
import type { RuntimeName } from "./runtime-table.ts";

export class ModuleText {
  readonly #names = new Map<unknown, string>();
  readonly #runtime = new Set<RuntimeName>();
  readonly #functions: string[] = [];
  /** What `C` holds. */
  readonly constants: unknown[] = [];

  /**
   * The name of a value of ours: a function, type or immutable object.
   * @param key stands for the value: equal keys share a name; the value itself when absent
   */
  constant(value: unknown, key: unknown = value): string {
    let name = this.#names.get(key);
    if (name === undefined) {
      name = `c${this.constants.length}`;
      this.constants.push(value);
      this.#names.set(key, name);
    }
    return name;
  }

  /** The name of a runtime function. */
  runtime(name: RuntimeName): string {
    this.#runtime.add(name);
    return `$${name}`;
  }

  /** Adds the function of one expression; returns its index in the module's result. */
  add(functionText: string): number {
    return this.#functions.push(functionText) - 1;
  }

  toString(): string {
    const bindings = [
      "A = R.account",
      ...[...this.#runtime].map((name) => `$${name} = R.${name}`),
      ...this.constants.map((_, i) => `c${i} = C[${i}]`),
    ];
    return `(function (R, C) {\n"use strict";\nconst ${bindings.join(", ")};\nreturn [\n${this.#functions.join(",\n")}\n];\n})`;
  }
}

/** A string literal. U+2028 and U+2029 are escaped for tools that still take them for line ends. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
}
