import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const policy = (condition: string) => `
  <choose>
    <when condition="${condition}"><set-variable name="branch" value="first" /></when>
    <when condition="@(context.Request.Method == "POST")"><set-variable name="branch" value="second" /></when>
    <otherwise><set-variable name="branch" value="other" /></otherwise>
  </choose>`;

test("the first true branch runs, and no other", async () => {
  assert.equal((await run(policy("true"))).exchange.variables.get("branch"), "first");
  assert.equal((await run(policy("false"))).exchange.variables.get("branch"), "second");
});

test("otherwise runs when no condition holds", async () => {
  const { exchange } = await run(policy("false"), { context: { request: { method: "GET" } } });
  assert.equal(exchange.variables.get("branch"), "other");
});

test("a condition that throws is a fault of choose", async () => {
  const { status, lastError } = await run(policy('@((bool)context.Variables["missing"])'));
  assert.equal(status, 500);
  assert.equal(lastError?.source, "choose");
  assert.equal(lastError?.reason, "ExpressionValueEvaluationFailure");
});

test("choose needs a when, and when needs a condition", () => {
  assert.deepEqual(
    check("<choose><otherwise /></choose>").map((d) => d.code),
    ["SP2008"],
  );
  assert.deepEqual(
    check("<choose><when /></choose>").map((d) => d.code),
    ["SP2003"],
  );
});
