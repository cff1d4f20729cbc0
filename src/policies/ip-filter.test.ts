import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const from = (ipAddress: string) => ({ context: { request: { ipAddress } } });
const allow =
  '<ip-filter action="allow"><address>203.0.113.7</address><address-range from="10.0.0.1" to="10.0.0.9" /><address>2001:db8::/32</address></ip-filter>';

test("allow lets only listed callers pass", async () => {
  for (const ip of ["203.0.113.7", "10.0.0.1", "10.0.0.9", "::ffff:10.0.0.5", "2001:db8::1"])
    assert.equal((await run(allow, from(ip))).status, 200, ip);
  for (const ip of ["203.0.113.8", "10.0.0.10", "2001:db9::1"]) {
    const { status, body, lastError } = await run(allow, from(ip));
    assert.deepEqual([status, body], [403, '{ "statusCode": 403, "message": "Forbidden" }']);
    assert.deepEqual(
      [lastError?.reason, lastError?.message],
      ["CallerIpNotAllowed", `Caller IP address ${ip} is not allowed. Access denied.`],
    );
  }
});

test("forbid keeps listed callers out", async () => {
  const forbid = '<ip-filter action="forbid"><address>203.0.113.7</address></ip-filter>';
  assert.equal((await run(forbid, from("203.0.113.7"))).lastError?.reason, "CallerIpBlocked");
  assert.equal((await run(forbid, from("203.0.113.8"))).status, 200);
});

test("a caller without a readable address is refused", async () => {
  assert.equal(
    (await run('<ip-filter action="forbid"><address>10.0.0.1</address></ip-filter>', from("unknown"))).lastError
      ?.reason,
    "FailedToParseCallerIP",
  );
});

test("addresses may be expressions", async () => {
  const policy =
    '<ip-filter action="@("allow")"><address>@(context.Request.Headers.GetValueOrDefault("X-From", "10.0.0.0/8"))</address></ip-filter>';
  assert.equal((await run(policy, from("10.1.2.3"))).status, 200);
  assert.equal((await run(policy, from("11.1.2.3"))).status, 403);
});

test("wrong addresses are mistakes", () => {
  const message = (inner: string) => check(`<ip-filter action="allow">${inner}</ip-filter>`)[0]?.message;
  assert.match(message("<address>010.0.0.1</address>"), /is not an IP address/);
  assert.match(message('<address-range from="10.0.0.9" to="10.0.0.1" />'), /runs backwards/);
  assert.match(message("<address>10.0.0.0/33</address>"), /not a prefix length/);
  assert.match(message(""), /needs an <address>/);
});
