/**
 * Breaks what a gateway depends on while it serves, and holds what callers notice against the bars. Prints a table; the exit code says
 * whether all bars were met.
 *
 *   npm run drill -- [--long] [--only D1,D5]
 */
import { parseArgs } from "node:util";
import { backendCut, memberFails } from "./backend-failure.ts";
import { certificateRotation } from "./certificates.ts";
import { clockJumps } from "./clock-jump.ts";
import { exactness, quotaKilled } from "./exactness.ts";
import { names } from "./names.ts";
import { sourceGone } from "./source-gone.ts";
import { drain, reload, workerDies } from "./change-and-restart.ts";
import type { Drill } from "./drill.ts";
import { logDiskFull } from "./log-failure.ts";
import { memory } from "./memory.ts";
import { overload } from "./overload.ts";
import { redisHung, redisKilled, redisSlow } from "./redis-outage.ts";

import { connectionFlood, idleStreams } from "./streams.ts";
import { streamsOfReplicas, streamsOfWorkers } from "./token-limit.ts";

const DRILLS: readonly Drill[] = [
  exactness,
  quotaKilled,
  redisKilled,
  redisHung,
  redisSlow,
  backendCut,
  memberFails,
  reload,
  drain,
  workerDies,
  memory,
  idleStreams,
  clockJumps,
  logDiskFull,
  certificateRotation,
  overload,
  sourceGone,
  names,
  connectionFlood,
  streamsOfWorkers,
  streamsOfReplicas,
];

const { values } = parseArgs({ options: { long: { type: "boolean", default: false }, only: { type: "string" } } });
const wanted = values.only?.split(",");
let isMet = true;
for (const drill of DRILLS.filter(({ id }) => wanted?.includes(id) ?? true)) {
  console.log(`${drill.id} ${drill.title}`);
  if (typeof drill.missing === "string") {
    console.log(`  not run: ${drill.missing}`);
    continue;
  }
  if (drill.isLong === true && !values.long && wanted === undefined) {
    console.log("  not run: it belongs to the long run (--long, or by its name with --only)");
    continue;
  }
  const startedAt = performance.now();
  try {
    for (const finding of await drill.run({ isLong: values.long })) {
      isMet &&= finding.isMet;
      console.log(`  ${finding.isMet ? "ok    " : "MISSED"}  ${finding.bar.padEnd(52)} ${finding.figure}`);
    }
  } catch (error) {
    isMet = false;
    console.log(`  MISSED  it could not be run to its end: ${(error as Error).message}`);
  }
  console.log(`          (${Math.round((performance.now() - startedAt) / 1_000)} s)`);
}
process.exit(isMet ? 0 : 1);
