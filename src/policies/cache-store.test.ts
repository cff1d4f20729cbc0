import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

test("duration is needed; the section is outbound", () => {
  assert.deepEqual(
    check("<cache-store />", { section: "outbound" }).map((d) => d.code),
    ["SP2003"],
  );
  assert.equal(check('<cache-store duration="5" />', { section: "inbound" }).length, 1);
});

test("without a cache-lookup before it, nothing is kept and nothing fails", async () => {
  const { exchange } = await run('<cache-store duration="5" />', { section: "outbound" });
  assert.equal(exchange.response?.headers.has("cache-control"), false);
});
