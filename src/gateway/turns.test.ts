import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns.ts";

test("spread as soon as the loop is late, until nothing was for a while", () => {
  const turns = new Turns();
  const look = (count: number, lateMs: number) => {
    for (let i = 0; i < count; i++) turns.looked(lateMs);
    return turns.isSpread;
  };
  assert.equal(look(10, 5), false);
  assert.equal(look(1, 30), true);
  assert.equal(look(19, 0), true);
  assert.equal(look(1, 30), true, "late again");
  assert.equal(look(19, 0), true);
  assert.equal(look(1, 0), false);
});

/** Resolves with the number of the turn in which each piece of work began, in the order in which they did. */
async function begin(works: readonly (() => void)[]): Promise<[number, number][]> {
  const turns = new Turns();
  const begun: [number, number][] = [];
  works.forEach((work, number) => {
    turns.begin(() => {
      begun.push([number, turn]);
      work();
    });
  });
  let turn = 0;
  for (; begun.length < works.length; turn++) await new Promise((resolve) => setImmediate(resolve));
  return begun;
}

test("dear calls begin one in a turn, in order", async () => {
  const dear = () => {
    for (const end = performance.now() + 10; performance.now() < end; );
  };
  const begun = await begin([dear, dear, dear]);
  assert.deepEqual(
    begun.map(([number]) => number),
    [0, 1, 2],
  );
  assert.equal(new Set(begun.map(([, turn]) => turn)).size, 3);
});

test("what is begun from within work is not lost", async () => {
  const turns = new Turns();
  const done = await new Promise((resolve) => {
    turns.begin(() => turns.begin(() => resolve("done")));
  });
  assert.equal(done, "done");
});
