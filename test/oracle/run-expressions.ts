/**
 * Evaluates recorded cases and compares with what .NET answered: counts by category, and the ids that differ.
 *   node test/oracle/run-expressions.ts expressions.jsonl [--verbose] [--only=id-prefix]
 */
import { readFileSync } from "node:fs";
import { answer, differences, type Recorded } from "./compare.ts";

const [path, ...flags] = process.argv.slice(2);
const only = flags.find((f) => f.startsWith("--only="))?.slice(7);
const verbose = flags.includes("--verbose") || only !== undefined;
const counts = new Map<string, { total: number; right: number; wrong: string[] }>();

for (const line of readFileSync(path, "utf8").split("\n")) {
  if (line === "") continue;
  const recorded = JSON.parse(line) as Recorded;
  if (only !== undefined && !recorded.id.startsWith(only)) continue;
  const wrong = differences(recorded, answer(recorded));
  const count = counts.get(recorded.cat) ?? { total: 0, right: 0, wrong: [] };
  counts.set(recorded.cat, count);
  count.total++;
  if (wrong.length === 0) count.right++;
  else count.wrong.push(recorded.id);
  if (verbose && wrong.length > 0) {
    console.log(
      `${recorded.id}  ${recorded.setup ? `${recorded.setup} ` : ""}${recorded.expr}\n    ${wrong.join("\n    ")}`,
    );
  }
}

let total = 0;
let right = 0;
for (const [category, count] of counts) {
  total += count.total;
  right += count.right;
  console.log(`${category.padEnd(18)} ${count.right}/${count.total}  ${count.wrong.join(" ")}`);
}
console.log(`${"all".padEnd(18)} ${right}/${total}`);
