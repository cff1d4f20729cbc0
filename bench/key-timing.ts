/**
 * Does the time of a refusal tell how much of a guessed subscription key was right? Welch's t-test over the times of wrong keys that share
 * nothing with a right one, and of wrong keys that share all but their last character, asked in random order; beyond 4.5 the two would differ
 * (the bound of ISO/IEC 17825 for leakage assessment). For comparison the same with a look-up that compares characters.
 *
 *   node bench/key-timing.ts [samples]
 */
import { randomBytes, randomInt } from "node:crypto";
import { SubscriptionKeys } from "../src/gateway/subscription.ts";
import { api, snapshot, subscription } from "../test/support/snapshot.ts";

const SAMPLES = Number(process.argv[2] ?? 20_000);
/** Refusals timed together: one alone is below what the clock can tell apart. */
const BATCH = 20;
const KEYS = 1_000;
const LENGTH = 32;

const rightKeys = Array.from({ length: KEYS }, () => randomBytes(LENGTH / 2).toString("hex"));
const apiOfAll = api("echo", { subscriptionRequired: true });
const keys = new SubscriptionKeys(
  snapshot({
    apis: [apiOfAll],
    subscriptions: rightKeys.map((primaryKey, i) => subscription(`s${i}`, { kind: "all-apis" }, { primaryKey })),
  }),
);

/** A text of its own, as the parser of a request makes them: one put together from others would take longer to read. */
const fresh = (text: string) => Buffer.from(text).toString("latin1");
const far = () =>
  fresh(
    `${randomBytes(LENGTH / 2)
      .toString("hex")
      .slice(0, -1)}x`,
  );
const near = () => fresh(`${rightKeys[randomInt(KEYS)].slice(0, -1)}x`);

/** |t| of the times of both kinds of wrong keys. */
function leakage(refuse: (key: string) => unknown): number {
  const times: [number[], number[]] = [[], []];
  // All made before, one like the other: what was done just before would be measured, too.
  const batches = Array.from({ length: SAMPLES }, () => {
    const kind = randomInt(2);
    const both = Array.from({ length: BATCH }, () => [far(), near()] as const);
    return { kind, guesses: both.map((pair) => pair[kind]) };
  });
  for (const { kind, guesses } of batches) {
    const begun = process.hrtime.bigint();
    for (const guess of guesses) refuse(guess);
    times[kind].push(Number(process.hrtime.bigint() - begun));
  }
  const [a, b] = times.map(trimmed).map(momentsOf);
  return Math.abs(a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);
}

/** Without the slowest tenth: collections and other processes. */
function trimmed(times: number[]): number[] {
  return times.sort((a, b) => a - b).slice(0, Math.floor(times.length * 0.9));
}

function momentsOf(times: readonly number[]) {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1);
  return { mean, variance, count: times.length };
}

function byCharacters(key: string): boolean {
  return rightKeys.some((right) => {
    for (let i = 0; i < right.length; i++) if (right.charCodeAt(i) !== key.charCodeAt(i)) return false;
    return right.length === key.length;
  });
}

const gateway = (key: string) => keys.admit(apiOfAll, { key }, 0);
for (let i = 0; i < 50_000; i++) gateway(far());
console.log(`|t| of ${SAMPLES} batches of ${BATCH} wrong keys, ${KEYS} right ones:`);
console.log(`  the gateway's look-up      ${leakage(gateway).toFixed(2)}`);
console.log(`  character by character     ${leakage(byCharacters).toFixed(2)}  (what a leak looks like)`);
