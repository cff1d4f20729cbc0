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

test("every spelling of a caller's address meets the rule; what is no plain address meets none", async () => {
  const forbid = '<ip-filter action="forbid"><address>10.0.0.0/8</address></ip-filter>';
  for (const ip of ["10.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "2002:0a00:1::", "::FFFF:A00:1"])
    assert.equal((await run(forbid, from(ip))).lastError?.reason, "CallerIpBlocked", ip);
  for (const ip of [
    "010.0.0.1",
    "0x0a.1",
    "167772161",
    "10.1",
    "10.0.0.1%eth0",
    "fe80::1%1",
    "１０.0.0.1",
    "10.0.0.1\0",
    "",
  ])
    assert.equal((await run(forbid, from(ip))).lastError?.reason, "FailedToParseCallerIP", ip);
});

test("ten thousand ranges", async () => {
  const ranges = Array.from({ length: 10_000 }, (_, i) => `<address>10.${i >> 8}.${i & 255}.0/25</address>`).join("");
  const allow = `<ip-filter action="allow">${ranges}</ip-filter>`;
  assert.equal((await run(allow, from("10.39.15.127"))).status, 200);
  assert.equal((await run(allow, from("10.39.15.128"))).status, 403);
});

test("operators learn who called and by which peer", async () => {
  const { lastError } = await run(
    '<ip-filter action="allow"><address>10.0.0.1</address></ip-filter>',
    from("192.0.2.1"),
  );
  assert.deepEqual(lastError?.detail, { action: "allow", caller: "192.0.2.1", peer: "192.0.2.1" });
});
