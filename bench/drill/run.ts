/**
 * Breaks what a gateway depends on while it serves, and holds what callers notice against the bars. Prints a table; the exit code says
 * whether all bars were met.
 *
 * A short run of all takes about two minutes: what measures neither processor nor latency runs side by side.
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
/** Most of a short drill is waiting: so many run side by side. In a long run each has the machine for itself. */
const LANES = values.long ? 1 : 3;
let isMet = true;

const chosen = DRILLS.filter(({ id }) => wanted?.includes(id) ?? true);
const runnable = chosen.filter((drill) => {
  const why =
    drill.missing ||
    (drill.isLong === true && !values.long && wanted === undefined
      ? "it belongs to the long run (--long, or by its name with --only)"
      : undefined);
  if (why !== undefined) console.log(`${drill.id} ${drill.title}\n  not run: ${why}`);
  return why === undefined;
});
const startedAt = performance.now();
const beside = runnable.filter(({ isAlone }) => isAlone !== true);
await Promise.all(Array.from({ length: LANES }, () => runAll(beside)));
await runAll(runnable.filter(({ isAlone }) => isAlone === true));
console.log(`${runnable.length} drills in ${seconds(startedAt)} s: ${isMet ? "all bars met" : "bars MISSED"}`);
process.exit(isMet ? 0 : 1);

/** One after the other; who else takes from the same list runs at the same time. */
async function runAll(drills: Drill[]): Promise<void> {
  for (let drill = drills.shift(); drill !== undefined; drill = drills.shift()) console.log(await report(drill));
}

/** Its lines of the table, all at once: other drills print theirs. */
async function report(drill: Drill): Promise<string> {
  const lines = [`${drill.id} ${drill.title}`];
  const beganAt = performance.now();
  try {
    for (const finding of await drill.run({ isLong: values.long })) {
      isMet &&= finding.isMet;
      lines.push(`  ${finding.isMet ? "ok    " : "MISSED"}  ${finding.bar.padEnd(52)} ${finding.figure}`);
    }
  } catch (error) {
    isMet = false;
    lines.push(`  MISSED  it could not be run to its end: ${(error as Error).message}`);
  }
  return [...lines, `          (${seconds(beganAt)} s)`].join("\n");
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1_000);
}
