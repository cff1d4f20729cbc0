import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

test("changes the method", async () => {
  assert.equal((await run("<set-method>PATCH</set-method>")).exchange.request.method, "PATCH");
  assert.equal((await run('<set-method>@("DE" + "LETE")</set-method>')).exchange.request.method, "DELETE");
});

test("what is no method, or must not be sent, is a fault", async () => {
  for (const method of ['@("GET / HTTP/1.1")', '@("CONNECT")', '@("TRACE")']) {
    assert.equal((await run(`<set-method>${method}</set-method>`)).lastError?.reason, "InvalidMethod");
  }
});

test("needs a text", () => {
  assert.deepEqual(
    check("<set-method />").map((d) => d.code),
    ["SP2003"],
  );
});
