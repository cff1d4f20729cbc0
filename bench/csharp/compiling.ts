/**
 * How long compiling takes. As a program it compiles and links 2,000 expressions once, in a fresh process, and prints the milliseconds.
 *   node bench/csharp/compiling.ts [FOLDER of policy documents]
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { switchesOf } from "../../src/cli/runtime-safety.ts";
import { Compiler } from "../../src/csharp/index.ts";
import { type } from "../../src/csharp/types.ts";
import "../../src/engine/context/index.ts";
import { expressions, type Source } from "./expressions.ts";

const BATCH = 2_000;
const ROUNDS = 5;

/** Milliseconds to compile and link so many of the expressions, from the start again when there are fewer. */
function compileAll(sources: readonly Source[], count: number): number {
  const started = performance.now();
  const compiler = new Compiler({ globals: { context: type("IContext") } });
  for (let i = 0; i < count; i++) {
    const { code, kind } = sources[i % sources.length];
    compiler.compile(code, kind);
  }
  compiler.link();
  return performance.now() - started;
}

export interface CompileTimes {
  /** Different expressions measured. */
  readonly expressions: number;
  /** Mean of one of them, once the compiler itself is warm. */
  readonly microseconds: number;
  /** 2,000 expressions in a fresh process. */
  readonly batchMs: number;
}

export function measureCompiling(folder?: string): CompileTimes {
  const sources = expressions(folder);
  const rounds = Array.from({ length: ROUNDS }, () => compileAll(sources, sources.length));
  const microseconds = (Math.min(...rounds) / sources.length) * 1000;
  const self = fileURLToPath(import.meta.url);
  // As in production.
  const args = [...switchesOf({ env: {}, execArgv: [] }), self, ...(folder ? [folder] : [])];
  const fresh = () => Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
  const batchMs = Math.min(...Array.from({ length: ROUNDS }, fresh));
  return { expressions: sources.length, microseconds, batchMs };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sources = expressions(process.argv[2]);
  console.log(compileAll(sources, BATCH));
}
