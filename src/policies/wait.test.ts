import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

test("all: goes on when every branch is done", async () => {
  const { exchange } = await run(`
    <wait for="all">
      <choose><when condition="true"><set-variable name="a" value="1" /></when></choose>
      <choose><when condition="true"><set-variable name="b" value="2" /></when></choose>
    </wait>`);
  assert.deepEqual([exchange.variables.get("a"), exchange.variables.get("b")], ["1", "2"]);
});

test("any: the first ending counts", async () => {
  const { status } = await run(
    '<wait for="any"><choose><when condition="true"><return-response><set-status code="204" reason="" /></return-response></when></choose></wait>',
  );
  assert.equal(status, 204);
});

test("a failing branch fails the whole", async () => {
  const { lastError } = await run(
    '<wait><choose><when condition="true"><set-variable name="a" value="@(int.Parse("x"))" /></when></choose></wait>',
  );
  assert.equal(lastError?.reason, "ExpressionValueEvaluationFailure");
});

test("takes send-request, cache-lookup-value and choose", () => {
  assert.match(check('<wait><set-variable name="a" value="1" /></wait>')[0].message, /not <set-variable>/);
});
