import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const policy = '<check-ip addresses="203.0.113.0/24, 198.51.100.23"><action>allow</action></check-ip>';
const from = (ipAddress: string) => ({ context: { request: { ipAddress } } });

test("allow lets only listed callers pass", async () => {
  for (const ip of ["203.0.113.200", "198.51.100.23"]) assert.equal((await run(policy, from(ip))).status, 200, ip);
  for (const ip of ["203.0.114.1", "198.51.100.24"])
    assert.equal((await run(policy, from(ip))).lastError?.reason, "CallerIpNotAllowed", ip);
});

test("forbid keeps listed callers out", async () => {
  const forbid = policy.replace("allow<", "forbid<");
  assert.equal((await run(forbid, from("198.51.100.23"))).status, 403);
  assert.equal((await run(forbid, from("192.0.2.1"))).status, 200);
});

test("wrong addresses and actions are mistakes", () => {
  assert.match(check(policy.replace("/24", "/40"))[0].message, /not a prefix length/);
  assert.match(check(policy.replace("allow<", "deny<"))[0].message, /not one of allow, forbid/);
  assert.deepEqual(
    check("<check-ip />").map((d) => d.code),
    ["SP2003", "SP2008"],
  );
});
