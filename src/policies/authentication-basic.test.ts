import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

test("gives the backend user name and password", async () => {
  const { exchange } = await run('<authentication-basic username="us&#233;r" password="@("p:" + 1)" />');
  assert.equal(exchange.request.headers.first("Authorization"), `Basic ${Buffer.from("usér:p:1").toString("base64")}`);
});

test("replaces what the caller sent", async () => {
  const { exchange } = await run('<authentication-basic username="u" password="p" />', {
    context: { request: { headers: { Authorization: "Bearer caller" } } },
  });
  assert.deepEqual(exchange.request.headers.all("Authorization"), ["Basic dTpw"]);
});

test("user name and password are needed", () => {
  assert.deepEqual(
    check("<authentication-basic />").map((d) => d.code),
    ["SP2003", "SP2003"],
  );
});
