import assert from "node:assert/strict";
import { test } from "node:test";
import { itemsOfCut } from "./cut-list.ts";

test("cut at any character, the items that are whole are there", () => {
  const items = [{ a: '}],"\\' }, { b: [1, { c: {} }] }, { d: "ü" }];
  const text = ` [${items.map((item) => JSON.stringify(item)).join("\n,\n")}]`;
  let count = 0;
  for (let at = 0; at <= text.length; at++) {
    const found = itemsOfCut(text.slice(0, at));
    if (found === undefined) continue;
    assert.deepEqual(found, items.slice(0, found.length));
    assert.ok(found.length >= count);
    count = found.length;
  }
  assert.equal(count, 3);
});

test("what is no list of objects", () => {
  for (const text of ["", "{", '{"a":[{', "[1,2", "[[", "oops"]) assert.equal(itemsOfCut(text), undefined, text);
  assert.deepEqual(itemsOfCut('[{"a":1},{oops}'), [{ a: 1 }]);
  assert.deepEqual(itemsOfCut('[{"a":1}]]]]{}}'), [{ a: 1 }]);
});
