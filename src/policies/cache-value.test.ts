import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const make = (value: string) => `<value><set-variable name="v" value="@(${value})" /></value>`;
const policy = (inner: string, more = 'refresh-after="10"') =>
  `<cache-value key="k" variable-name="v" expires-after="60" ${more}>${inner}</cache-value>`;
/** In a world of its own. */
const alone = async (xml: string) => {
  const world = bench();
  const ran = await run(xml, { bench: world });
  await world.close();
  return ran;
};
const text = (ran: Awaited<ReturnType<typeof run>>) => ran.exchange.variables.get("v");

test("a value is made once, made anew when it is due, and gone when it has expired", async () => {
  const world = bench();
  assert.equal(text(await run(policy(make('"a"')), { bench: world })), "a");
  world.clock.advance(9_000);
  assert.equal(text(await run(policy(make('"b"')), { bench: world })), "a");
  world.clock.advance(2_000);
  assert.equal(text(await run(policy(make('"c"')), { bench: world })), "c");
  world.clock.advance(61_000);
  assert.equal(text(await run(policy(make('"d"')), { bench: world })), "d");
  await world.close();
});

test("policies that fail or set nothing: the default, or an error", async () => {
  const fails = '<value><set-variable name="v" value="@(int.Parse("x"))" /></value>';
  assert.equal(text(await alone(policy(fails, 'default-value="d"'))), "d");
  assert.equal(text(await alone(policy("<value></value>", 'default-value="d"'))), "d");
  assert.equal((await alone(policy(fails))).status, 500);
  assert.match((await alone(policy("<value></value>"))).lastError?.message ?? "", /did not set the variable "v"/);
});

test("a response that the policies return is the answer", async () => {
  const ran = await alone(
    policy('<value><return-response><set-status code="418" reason="x" /></return-response></value>'),
  );
  assert.equal(ran.status, 418);
});

test("refresh-after is less than expires-after", () => {
  assert.equal(check(policy(make("1"), 'refresh-after="60"')).length, 1);
});
