import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

test("sets code and reason", async () => {
  const { exchange } = await run('<set-status code="418" reason="I am a teapot" />', { section: "outbound" });
  assert.equal(exchange.response?.status, 418);
  assert.equal(exchange.response?.reason, "I am a teapot");
});

test("codes outside 200 to 599 are mistakes, or faults when computed", async () => {
  assert.deepEqual(
    check('<set-status code="99" reason="" />').map((d) => d.code),
    ["SP2004"],
  );
  assert.deepEqual(
    check('<set-status code="abc" reason="" />').map((d) => d.code),
    ["SP2004"],
  );
  assert.equal(
    (await run('<set-status code="@(100 + 1)" reason="" />', { section: "outbound" })).lastError?.reason,
    "InvalidStatus",
  );
});

test("a reason cannot end the status line", async () => {
  const { lastError } = await run('<set-status code="200" reason="@("OK\\r\\nX-Evil: 1")" />', { section: "outbound" });
  assert.equal(lastError?.reason, "InvalidStatus");
});

test("an answer made empty by its status tells no length of the content it had", async () => {
  const context = { response: { headers: { "Content-Length": "7", "X-A": "1" }, body: "content" } };
  const { exchange } = await run('<set-status code="204" reason="" />', { section: "outbound", context });
  assert.deepEqual(exchange.response?.headers.raw, ["X-A", "1"]);
});
