/**
 * C# expressions against recorded results of real .NET 8 with C# 7.3 (test/oracle/README.md): one file per area, one case per line.
 * Every case counts; those that differ on purpose are named with their reason in test/oracle/known-differences.ts.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { answer, differences, type Recorded } from "../oracle/compare.ts";
import { KNOWN_EXPRESSIONS } from "../oracle/known-differences.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "csharp");

for (const file of readdirSync(folder)
  .filter((f) => f.endsWith(".jsonl"))
  .sort()) {
  test(file.replace(".jsonl", ""), () => {
    const cases = readFileSync(join(folder, file), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Recorded);
    const different = cases.flatMap((c) => {
      const found = differences(c, answer(c));
      return found.length === 0 || Object.hasOwn(KNOWN_EXPRESSIONS, c.id)
        ? []
        : [`${c.id} ${c.expr}: ${found.join("; ")}`];
    });
    assert.deepEqual(different, []);
  });
}

test("what is known to differ still does", () => {
  const cases = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .trimEnd()
      .split("\n")
      .map((l) => JSON.parse(l) as Recorded),
  );
  const equal = cases
    .filter((c) => Object.hasOwn(KNOWN_EXPRESSIONS, c.id) && differences(c, answer(c)).length === 0)
    .map((c) => c.id);
  assert.deepEqual(equal, []);
});
