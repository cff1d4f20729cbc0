import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const count = '<set-variable name="n" value="@(context.Variables.GetValueOrDefault<int>("n", 0) + 1)" />';
const n = (ran: Awaited<ReturnType<typeof run>>) => (ran.exchange.variables.get("n") as { value: number }).value;

test("runs once, then again while the condition holds, at most count times", async () => {
  assert.equal(n(await run(`<retry condition="false" count="5" interval="0">${count}</retry>`)), 1);
  assert.equal(n(await run(`<retry condition="true" count="3" interval="0">${count}</retry>`)), 4);
  assert.equal(
    n(await run(`<retry condition="@((int)context.Variables["n"] &lt; 3)" count="50" interval="0">${count}</retry>`)),
    3,
  );
});

test("an ending inside ends it", async () => {
  const ran = await run(`<retry condition="true" count="3" interval="0">${count}<return-response /></retry>`);
  assert.deepEqual([n(ran), ran.status], [1, 200]);
});

test("a condition that throws is a fault of retry", async () => {
  const { lastError } = await run(
    `<retry condition="@((bool)context.Variables["missing"])" count="1" interval="0">${count}</retry>`,
  );
  assert.equal(lastError?.source, "retry");
});

test("the first repetition may follow at once", async () => {
  assert.equal(
    n(
      await run(
        `<retry condition="@((int)context.Variables["n"] &lt; 2)" count="2" interval="60" first-fast-retry="true">${count}</retry>`,
      ),
    ),
    2,
  );
});

test("count is 1 to 50", () => {
  assert.deepEqual(
    check('<retry condition="true" count="51" interval="1" />').map((d) => d.code),
    ["SP2004"],
  );
  assert.deepEqual(
    check("<retry />").map((d) => d.code),
    ["SP2003", "SP2003", "SP2003"],
  );
});
