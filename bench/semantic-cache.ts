/**
 * What a lookup in the semantic cache's own memory costs: 10,000 entries of 1,536 dimensions in one partition, prompts that have a near
 * entry and prompts that have none. Run: node bench/semantic-cache.ts
 */
import { systemClock } from "../src/base/clock.ts";
import { MemoryVectors } from "../src/state/vectors/memory-vectors.ts";

const ENTRIES = 10_000;
const DIMENSIONS = 1_536;
const LOOKUPS = 200;
const THRESHOLD = 0.05;
/** Embeddings of texts share much of their direction: unrelated ones lie about so near (cosine). */
const SHARED = Math.sqrt(0.3);

/** The same numbers every time (mulberry32). */
let state = 1;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const direction = () => Float32Array.from({ length: DIMENSIONS }, normal);
const common = direction();
const text = () => direction().map((value, i) => value * Math.sqrt(1 - SHARED ** 2) + common[i] * SHARED);

const vectors = new MemoryVectors({ clock: systemClock, maxBytes: 2 ** 30, maxEntries: ENTRIES });
const kept: Float32Array[] = [];
const filling = performance.now();
for (let i = 0; i < ENTRIES; i++) {
  const vector = text();
  kept.push(vector);
  vectors.put("p", vector, Buffer.alloc(2_000), 3_600_000);
}
console.log(`${ENTRIES} entries of ${DIMENSIONS} dimensions: ${Math.round(vectors.bytes / 2 ** 20)} MiB,`);
console.log(`kept in ${((performance.now() - filling) / ENTRIES).toFixed(2)} ms each, made and searched for before`);

function measure(name: string, prompts: readonly Float32Array[], hits: number): void {
  const times: number[] = [];
  let found = 0;
  const before = process.cpuUsage();
  for (const prompt of prompts) {
    const start = performance.now();
    if (vectors.nearest("p", prompt, THRESHOLD) !== undefined) found++;
    times.push(performance.now() - start);
  }
  if (found !== hits) throw new Error(`${name}: ${found} found, ${hits} expected`);
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)].toFixed(2);
  const cpuMs = (user + system) / 1_000 / prompts.length;
  console.log(`${name}: ${cpuMs.toFixed(2)} ms of CPU; wall time median ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}

const near = Array.from({ length: LOOKUPS }, (_, i) => kept[(i * 47) % ENTRIES].map((value) => value + normal() * 0.1));
const far = Array.from({ length: LOOKUPS }, text);
measure("warm-up", far, 0);
measure("hit", near, LOOKUPS);
measure("miss", far, 0);
