import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../base/clock.ts";
import { MemoryVectors } from "./memory-vectors.ts";

const of = (...values: number[]) => new Float32Array(values);
const text = (value: string) => Buffer.from(value);

function store({ maxBytes = 1e9, maxEntries = 1_000 } = {}) {
  const clock = new ManualClock();
  const vectors = new MemoryVectors({ clock, maxBytes, maxEntries });
  const find = (partition: string, vector: Float32Array, distance = 0.1) => {
    const found = vectors.nearest(partition, vector, distance);
    return found && Buffer.from(found.value).toString();
  };
  return { clock, vectors, find };
}

test("the nearest entry within the distance, of the same partition and number of dimensions", () => {
  const { vectors, find } = store();
  vectors.put("a", of(1, 0, 0), text("east"), 1_000);
  vectors.put("a", of(0, 2, 0), text("north"), 1_000);
  assert.equal(find("a", of(5, 0.1, 0)), "east");
  assert.equal(find("a", of(0.1, 9, 0)), "north");
  assert.equal(find("a", of(1, 1, 0)), undefined);
  assert.equal(find("a", of(1, 1.01, 0), 0.3), "north");
  assert.equal(find("b", of(1, 0, 0)), undefined);
  assert.equal(find("a", of(1, 0)), undefined);
  assert.ok((vectors.nearest("a", of(3, 0, 0), 0)?.distance ?? 1) < 1e-6);
  assert.equal(find("a", of(0, 0, 0), 2), undefined);
});

test("the search finds what comparing with every entry finds", () => {
  const number = fc.float({ min: -1, max: 1, noNaN: true });
  const cases = fc.integer({ min: 1, max: 400 }).chain((dimensions) => {
    const vector = fc.array(number, { minLength: dimensions, maxLength: dimensions });
    return fc.tuple(fc.array(vector, { maxLength: 20 }), vector, fc.double({ min: 0, max: 2, noNaN: true }));
  });
  const cosine = (a: readonly number[], b: readonly number[]) => {
    const dot = (p: readonly number[], q: readonly number[]) => p.reduce((sum, value, i) => sum + value * q[i], 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  fc.assert(
    fc.property(cases, ([rows, wanted, distance]) => {
      // What says nearly the same is replaced, and is told apart no more.
      const alike = rows.flatMap((row, i) => rows.slice(i + 1).map((other) => 1 - cosine(row, other)));
      fc.pre(!alike.some((between) => between > 1e-8 && between < 1e-3));
      const { vectors } = store();
      for (const [i, row] of rows.entries()) vectors.put("p", of(...row), text(String(i)), 1_000);
      const best = Math.min(...rows.map((row) => 1 - cosine(row, wanted)).filter(Number.isFinite));
      const found = vectors.nearest("p", of(...wanted), distance);
      if (best < distance - 1e-3) assert.ok(Math.abs((found?.distance ?? 9) - best) < 1e-3);
      if (best > distance + 1e-3) assert.equal(found, undefined);
    }),
    { numRuns: 300 },
  );
});

test("entries end at their time, and what says the same is replaced", () => {
  const { clock, vectors, find } = store();
  vectors.put("a", of(1, 0), text("first"), 1_000);
  vectors.put("a", of(2, 0), text("second"), 3_000);
  assert.equal(vectors.entries, 1);
  clock.advance(2_999);
  assert.equal(find("a", of(1, 0)), "second");
  clock.advance(1);
  assert.equal(find("a", of(1, 0)), undefined);
  assert.deepEqual([vectors.entries, vectors.bytes], [0, 0]);
});

test("bounded in entries and bytes: what was not found for longest goes first", () => {
  const few = store({ maxEntries: 2 });
  few.vectors.put("a", of(1, 0, 0), text("x"), 1_000);
  few.vectors.put("b", of(0, 1, 0), text("y"), 1_000);
  few.find("a", of(1, 0, 0));
  few.vectors.put("c", of(0, 0, 1), text("z"), 1_000);
  assert.equal(few.find("b", of(0, 1, 0)), undefined);
  assert.equal(few.find("a", of(1, 0, 0)), "x");
  const small = store({ maxBytes: 10_000 });
  for (let i = 0; i < 50; i++) small.vectors.put("a", of(i, 50 - i), Buffer.alloc(1_000), 1_000);
  assert.ok(small.vectors.bytes <= 10_000 && small.vectors.entries >= 5);
  small.vectors.put("a", of(1, 1), Buffer.alloc(20_000), 1_000);
  assert.equal(small.vectors.nearest("a", of(1, 1), 0)?.value.length === 20_000, false);
});
