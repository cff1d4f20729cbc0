/**
 * Compares the binder with recorded results of the C# compiler: static types and error codes.
 *   node test/oracle/bind-cases.ts expressions.jsonl [--verbose]
 */
import { readFileSync } from "node:fs";
import { bind } from "../../src/csharp/2-bind/bind.ts";
import { parseBlock, parseExpression } from "../../src/csharp/1-parse/parse.ts";
import { declareTypes, type } from "../../src/csharp/types.ts";
import { contextTypes } from "../../src/engine/context/declarations.ts";

interface Case {
  readonly id: string;
  readonly expr: string;
  readonly setup?: string;
  readonly static?: string;
  readonly compileError?: readonly {
    readonly code: string;
    readonly message: string;
    readonly line: number;
    readonly col: number;
  }[];
}

interface Found {
  readonly code: string;
  readonly message: string;
  readonly start: number;
}

declareTypes(contextTypes);
const globals = new Map([["context", type("IContext")]]);

function evaluate(c: Case): { static: string | undefined; errors: readonly Found[] } {
  const isBlock = c.expr.startsWith("@{");
  const code = c.expr.startsWith("@(") || isBlock ? c.expr.slice(2, -1) : c.expr;
  const parsed = isBlock ? parseBlock(code) : parseExpression(code);
  const setup = c.setup === undefined ? undefined : parseBlock(c.setup);
  const syntax = [...(setup?.errors ?? []), ...parsed.errors];
  if (syntax.length > 0) return { static: undefined, errors: syntax };
  const result = bind(parsed.tree, { globals, setup: setup?.tree.statements });
  return { static: isBlock ? undefined : `${result.type}`, errors: result.errors };
}

const [path, ...flags] = process.argv.slice(2);
const verbose = flags.includes("--verbose");
const cases = readFileSync(path, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);
let right = 0;
let messages = 0;
let expectedErrors = 0;
for (const c of cases) {
  const found = evaluate(c);
  const expected = (c.compileError ?? []).map((e) => e.code).sort();
  const codes = found.errors.map((e) => e.code).sort();
  const sameErrors = expected.join() === codes.join();
  const sameStatic = c.compileError !== undefined || c.static === undefined || c.static === found.static;
  if (sameErrors && sameStatic) right++;
  else {
    const shown = found.errors.map((e) => `${e.code}@${e.start} ${e.message}`).join(" | ");
    console.log(
      `${c.id}: ${c.setup ?? ""} ${c.expr}\n   expected ${c.static ?? ""} ${expected} got ${found.static} ${shown}`,
    );
  }
  if (c.compileError) {
    expectedErrors++;
    const same = c.compileError[0].message === found.errors[0]?.message;
    if (same) messages++;
    else if (verbose)
      console.log(`${c.id}: ${c.expr}\n   ${c.compileError[0].message}\n   ${found.errors[0]?.message}`);
  }
}
console.log(`${right} of ${cases.length} cases equal; first message equal in ${messages} of ${expectedErrors} errors`);
