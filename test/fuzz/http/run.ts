/**
 * The comparison at length: npm run fuzz:http -- [cases of each, default 1,000,000] [first seed]. Ends with 1 at the first difference that
 * is not a refusal of ours, naming its seed.
 */
import { type Counts, tryRequests, tryResponse } from "./compare.ts";
import { REFUSED_REQUESTS, REFUSED_RESPONSES } from "./kinds.ts";

const cases = Number(process.argv[2] ?? 1_000_000);
const first = Number(process.argv[3] ?? 0);
if (!Number.isSafeInteger(cases) || !Number.isSafeInteger(first) || cases < 1)
  throw new Error("Usage: npm run fuzz:http -- [cases of each] [first seed]");

function run(
  name: string,
  attempt: (seed: number, counts: Counts) => void,
  clauses: Readonly<Record<string, string>>,
): void {
  const counts: Counts = new Map();
  const startedAt = performance.now();
  for (let seed = first; seed < first + cases; seed++) attempt(seed, counts);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`${cases.toLocaleString("en")} ${name} in ${seconds} s, no difference but refusals:`);
  for (const [kind, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    const clause = clauses[kind.replace("only ours refuses: ", "")] ?? "";
    console.log(`${count.toLocaleString("en").padStart(10)}  ${kind}${clause === "" ? "" : ` (${clause})`}`);
  }
}

run("requests", tryRequests, REFUSED_REQUESTS);
run("responses", tryResponse, REFUSED_RESPONSES);
