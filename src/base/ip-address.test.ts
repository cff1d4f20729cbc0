import assert from "node:assert/strict";
import { test } from "node:test";
import { type IpAddress, IpRangeSet, ipText, parseIp, parseRange, rangeBetween } from "./ip-address.ts";

const set = (...texts: string[]) =>
  new IpRangeSet(
    texts.map((t) => {
      const range = parseRange(t);
      assert.ok(!("problem" in range), t);
      return range;
    }),
  );
const has = (ranges: IpRangeSet, text: string) => {
  const address = parseIp(text);
  return address !== undefined && ranges.has(address);
};

test("every spelling of an IPv4 address inside IPv6 meets the IPv4 rule", () => {
  const ranges = set("10.0.0.0/8");
  for (const text of ["10.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1", "::10.0.0.1", "64:ff9b::a00:1", "2002:0a00:1::"]) {
    assert.ok(has(ranges, text), text);
  }
  for (const text of [
    "::FFFF:10.0.0.1",
    "0:0:0:0:0:ffff:a00:1",
    "64:ff9b::10.0.0.1",
    "2002:a00:1:5::9",
    "::ffff:0:10.0.0.1",
  ])
    assert.ok(has(ranges, text), text);
  for (const text of ["11.0.0.1", "::ffff:11.0.0.1", "fe80::a00:1", "::1"]) assert.ok(!has(ranges, text), text);
});

test("spellings that systems read differently are no addresses", () => {
  for (const text of [
    "010.0.0.1",
    "0x0a.0.0.1",
    "167772161",
    "10.1",
    "fe80::1%eth0",
    "１０.0.0.1",
    "10.0.0.1\0",
    "",
    "a",
  ]) {
    assert.equal(parseIp(text), undefined, text);
  }
});

test("CIDR edges", () => {
  const ranges = set("203.0.113.0/24", "198.51.100.23", "2001:db8::/32");
  for (const text of ["203.0.113.0", "203.0.113.255", "198.51.100.23", "2001:db8:ffff::1"])
    assert.ok(has(ranges, text), text);
  for (const text of ["203.0.112.255", "203.0.114.0", "198.51.100.24", "2001:db9::"])
    assert.ok(!has(ranges, text), text);
  assert.ok(has(set("0.0.0.0/0"), "255.255.255.255"));
});

test("ranges in IPv6 forms of IPv4 are IPv4 ranges", () => {
  for (const range of ["::ffff:10.0.0.0/104", "64:ff9b::10.0.0.0/104", "::10.0.0.0/104", "2002:a00::/24"]) {
    const ranges = set(range);
    for (const text of ["10.255.0.1", "::ffff:10.0.0.1", "2002:a01::1"])
      assert.ok(has(ranges, text), `${range} ${text}`);
    for (const text of ["11.0.0.0", "9.255.255.255", "2002:b00::"]) assert.ok(!has(ranges, text), `${range} ${text}`);
  }
  for (const text of ["::ffff:10.0.0.0/95", "2002:a00::/15", "2002:a00::/49"])
    assert.ok("problem" in parseRange(text), text);
});

test("overlapping ranges join", () => {
  const ranges = set("10.0.0.0/9", "10.128.0.0/9", "10.0.0.5", "9.255.255.255");
  for (const text of ["9.255.255.255", "10.0.0.0", "10.255.255.255"]) assert.ok(has(ranges, text), text);
  assert.ok(!has(ranges, "11.0.0.0"));
});

test("wrong ranges are told apart", () => {
  for (const text of ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8", "2001:db8::/129"]) {
    assert.ok("problem" in parseRange(text), text);
  }
  assert.ok("problem" in rangeBetween("10.0.0.9", "10.0.0.1"));
  assert.ok("problem" in rangeBetween("10.0.0.1", "2001:db8::1"));
});

test("a lookup in 10,000 ranges finds its way", () => {
  const ranges = set(...Array.from({ length: 10_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/25`));
  assert.ok(has(ranges, "10.39.15.127"));
  assert.ok(!has(ranges, "10.39.15.128"));
});

test("one text for each address", () => {
  const cases = [
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:0DB8:0:0:0:0:0:7", "2001:db8::7"],
    ["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
    ["::", "::"],
    ["::1", "::1"],
    ["fe80::", "fe80::"],
  ];
  for (const [written, text] of cases) assert.equal(ipText(parseIp(written) as IpAddress), text, written);
});
