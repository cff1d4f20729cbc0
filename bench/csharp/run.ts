/**
 * Speed of C# expressions: the code made of them against JavaScript by hand, and how long compiling takes. Read the ratios: both columns
 * are measured in turn, in one process.
 *   npm run bench:csharp [-- --rounds 5] [--only TEXT] [--corpus FOLDER] [--check]
 * --corpus: policy documents whose expressions are compiled, instead of the project's own; --check: exits with 1 when a goal is missed.
 */
import { parseArgs } from "node:util";
import { measure } from "mitata";
import { Compiler } from "../../src/csharp/index.ts";
import { refill } from "../../src/csharp/runtime/budget.ts";
import { outcome } from "../../src/csharp/runtime/exceptions.ts";
import { type } from "../../src/csharp/types.ts";
import "../../src/engine/context/index.ts";
import { measureCompiling } from "./compiling.ts";
import { benchContext, type Context, type Row, rows } from "./rows.ts";

/** Goals: generated code takes at most so many times as long as that by hand. */
const MAX_RATIO = 1.6;
const MAX_COMPILE_US = 50;
const MAX_BATCH_MS = 300;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    corpus: { type: "string" },
    check: { type: "boolean", default: false },
  },
});

/** By hand, but entered as the engine enters an expression: with a new budget, and with its errors told apart. */
class ByHand {
  readonly #work: (...globals: unknown[]) => unknown;

  constructor(work: Row["hand"]) {
    this.#work = work as (...globals: unknown[]) => unknown;
  }

  run(...globals: unknown[]): unknown {
    refill();
    try {
      return this.#work(...globals);
    } catch (error) {
      throw outcome(error, 0);
    }
  }
}

/** Nanoseconds of the faster half of many samples. */
async function nanoseconds(work: () => unknown): Promise<number> {
  const { p50 } = await measure(work, { min_cpu_time: 120 * 1e6, inner_gc: false });
  return p50;
}

async function compare(row: Row, context: Context): Promise<{ hand: number; generated: number }> {
  const compiler = new Compiler({ globals: { context: type("IContext") } });
  const compiled = compiler.compile(row.code, row.kind);
  if (compiled.errors.length > 0) throw new Error(`${row.name}: ${compiled.errors[0].message}`);
  compiler.link();
  const [expected, actual] = [row.hand(context), compiled.run(context)];
  const plain = (value: unknown) => String((value as { value?: unknown } | null)?.value ?? value);
  if (plain(expected) !== plain(actual)) throw new Error(`${row.name}: ${plain(actual)} is not ${plain(expected)}`);
  const byHand = new ByHand(row.hand);
  const best = { hand: Number.POSITIVE_INFINITY, generated: Number.POSITIVE_INFINITY };
  for (let round = 0; round < Number(values.rounds); round++) {
    best.hand = Math.min(best.hand, await nanoseconds(() => byHand.run(context)));
    best.generated = Math.min(best.generated, await nanoseconds(() => compiled.run(context)));
  }
  return best;
}

const context = benchContext();
let missed = 0;
console.log("| expression | by hand, ns | generated, ns | ratio |\n|---|---:|---:|---:|");
for (const row of rows.filter((r) => r.name.includes(values.only))) {
  const { hand, generated } = await compare(row, context);
  const ratio = generated / hand;
  if (ratio > MAX_RATIO) missed++;
  console.log(`| ${row.name} | ${hand.toFixed(1)} | ${generated.toFixed(1)} | ${ratio.toFixed(2)} |`);
}
if (values.only === "") {
  const { microseconds, batchMs, expressions } = measureCompiling(values.corpus);
  if (microseconds > MAX_COMPILE_US || batchMs > MAX_BATCH_MS) missed++;
  console.log(
    `\nCompiling: ${microseconds.toFixed(1)} us an expression (mean of ${expressions} different ones, warm);`,
  );
  console.log(`2,000 expressions compiled and linked in ${batchMs.toFixed(0)} ms in a fresh process.`);
}
if (values.check && missed > 0) process.exitCode = 1;
