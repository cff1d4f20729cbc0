/** A short run of the fuzzer, always the same programs; the long one is `npm run fuzz`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../src/csharp/index.ts";
import { checkBatch, newTally } from "./csharp/invariants.ts";
import { programOf } from "./csharp/programs.ts";

const SEED = 20_240_229;
const PROGRAMS = 3_000;
const BATCH = 100;

test("generated programs: no failure of the host, values of their types, the same twice, the same when printed", () => {
  const usual = limits.steps;
  limits.steps = 100_000;
  const tally = newTally();
  try {
    for (let start = 0; start < PROGRAMS; start += BATCH) {
      const batch = Array.from({ length: BATCH }, (_, i) => [start + i, programOf(SEED, start + i)] as const);
      const findings = checkBatch(batch, tally).map(
        ({ index, program, what }) => `--seed ${SEED} --index ${index} (${program.kind})\n${program.code}\n${what}`,
      );
      assert.deepEqual(findings, []);
    }
  } finally {
    limits.steps = usual;
  }
  assert.ok(tally.compiled > PROGRAMS / 2, `only ${tally.compiled} programs compile`);
  assert.ok(tally.values > PROGRAMS / 3, `only ${tally.values} programs give a value`);
  assert.ok(tally.exceptions > 0 && tally.exhausted > 0);
});
