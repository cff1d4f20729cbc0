import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedTable, type TableShape } from "./table.ts";

const shape: TableShape = { sets: 1, recordBytes: 16 };

test("a set whose holder died with it does not hold up the thread that is to free it", () => {
  const memory = SharedTable.allocate(shape);
  const [dead, living] = [new SharedTable(memory, shape, 3), new SharedTable(memory, shape, 0)];
  for (const table of [dead, living]) table.hash.digest("k", 0, 0);
  dead.enter();
  const set = living.enter();
  assert.equal(living.find(set, 0), -1);
  living.leave(set);
});

test("who lets go too late frees nothing that another holds", () => {
  const memory = SharedTable.allocate(shape);
  const [slow, next] = [new SharedTable(memory, shape, 3), new SharedTable(memory, shape, 0)];
  const set = slow.enter();
  slow.releaseSetsOf(3);
  assert.equal(next.enter(), set);
  slow.leave(set);
  assert.equal(new Int32Array(memory)[set >> 2], 1, "still the second one's");
});
