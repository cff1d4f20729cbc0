/** The list of library files is complete, and what they register exists in the signature table. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Files that register something when they are imported. */
const REGISTERS = /^(?: {2})?(?:for .*)?(?:implement|valueBehaviour|structDefault|declareTypes)\(/m;

test("every file that registers something is imported", () => {
  const index = readFileSync(`${folder}index.ts`, "utf8");
  const missing = readdirSync(folder)
    .filter(
      (name) =>
        name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "define.ts" && !name.startsWith("surface"),
    )
    .filter((name) => REGISTERS.test(readFileSync(folder + name, "utf8")) && !index.includes(`import "./${name}";`));
  assert.deepEqual(missing, []);
});
