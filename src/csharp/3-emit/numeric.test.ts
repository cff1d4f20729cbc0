/** Arithmetic at run time gives what the binder's constant folding gives: two implementations of the same rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CompiledExpression, Compiler } from "../index.ts";
import { textOf } from "../runtime/object.ts";
import { CsException } from "../runtime/values.ts";

/** Values at the edges of each type, as constants of it. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  sbyte: ["(sbyte)-128"],
  byte: ["(byte)255"],
  short: ["(short)-32768"],
  ushort: ["(ushort)65535"],
  char: ["'a'"],
  int: ["int.MaxValue", "int.MinValue", "-7"],
  uint: ["uint.MaxValue", "5u"],
  long: ["long.MaxValue", "long.MinValue", "-9L"],
  ulong: ["ulong.MaxValue", "6UL"],
  float: ["1.1f", "-2.5f"],
  double: ["0.1", "-7.75", "1e300", "double.NaN"],
  decimal: ["1.10m", "-3m"],
};

const OPERATORS = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", ">", "<=", ">="];

interface Pair {
  readonly what: string;
  readonly constant: CompiledExpression;
  readonly computed: CompiledExpression;
}

function pairs(compiler: Compiler): Pair[] {
  const found: Pair[] = [];
  const add = (what: string, constant: string, computed: string, setup: string) => {
    const folded = compiler.compile(`unchecked(${constant})`, "expr");
    const run = compiler.compile(computed, "expr", { setup });
    // A constant int fits more types than a variable: then the operators differ.
    if (folded.errors.length + run.errors.length === 0 && folded.type === run.type) {
      found.push({ what, constant: folded, computed: run });
    }
  };
  for (const [t, values] of Object.entries(VALUES)) {
    for (const a of values) {
      for (const op of ["-", "~"]) add(`${op}${a}`, `${op}(${a})`, `${op}a`, `${t} a = ${a};`);
      for (const u of Object.keys(VALUES)) add(`(${u})${a}`, `(${u})(${a})`, `(${u})a`, `${t} a = ${a};`);
      for (const [u, others] of Object.entries(VALUES)) {
        for (const b of others) {
          for (const op of OPERATORS)
            add(`${a} ${op} ${b}`, `(${a}) ${op} (${b})`, `a ${op} b`, `${t} a = ${a}; ${u} b = ${b};`);
        }
      }
    }
  }
  return found;
}

function outcome(compiled: CompiledExpression): string {
  try {
    return textOf(compiled.run(), compiled.type);
  } catch (error) {
    if (error instanceof CsException) return error.typeName;
    throw error;
  }
}

test("arithmetic of variables is that of constants", () => {
  const compiler = new Compiler({ globals: {} });
  const all = pairs(compiler);
  compiler.link();
  assert.ok(all.length > 4000, `${all.length} pairs`);
  for (const { what, constant, computed } of all) assert.equal(outcome(computed), outcome(constant), what);
});
