import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const query = (xml: string) => run(xml).then(({ exchange }) => exchange.request.url.query);

test("override, skip, append, delete", async () => {
  const set = (name: string, action: string) =>
    `<set-query-parameter name="${name}" exists-action="${action}"><value>n w</value></set-query-parameter>`;
  assert.equal(await query(set("y", "override")), "x=1&y=n%20w");
  assert.equal(await query(set("y", "skip")), "x=1&y=2&y=3");
  assert.equal(await query(set("z", "skip")), "x=1&y=2&y=3&z=n%20w");
  assert.equal(await query(set("x", "append")), "y=2&y=3&x=1&x=n%20w");
  assert.equal(await query('<set-query-parameter name="Y" exists-action="delete" />'), "x=1");
});

test("a value cannot add parameters of its own", async () => {
  assert.equal(
    await query('<set-query-parameter name="x"><value>1&amp;admin=true#a</value></set-query-parameter>'),
    "y=2&y=3&x=1%26admin%3Dtrue%23a",
  );
});

test("outbound is no place for it", () => {
  assert.deepEqual(
    check('<set-query-parameter name="a"><value>1</value></set-query-parameter>', { section: "outbound" }).map(
      (d) => d.code,
    ),
    ["SP2005"],
  );
});
