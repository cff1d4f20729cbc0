import assert from "node:assert/strict";
import { test } from "node:test";
import { type IpRange, IpRangeSet, parseRange } from "../base/ip-address.ts";
import { Body } from "../http/body.ts";
import type { IncomingRequest } from "../http/front.ts";
import { Headers } from "../http/headers.ts";
import { forwardedCaller } from "./client-address.ts";

const TRUSTED = new IpRangeSet(["10.0.0.0/8", "fd00::/8"].map((text) => parseRange(text) as IpRange));

function caller(raw: string[], remoteAddress = "10.0.0.1", from: "X-Forwarded-For" | "Forwarded" = "X-Forwarded-For") {
  const request: IncomingRequest = {
    method: "GET",
    target: "/",
    httpVersion: "1.1",
    headers: new Headers(raw),
    body: Body.none,
    remoteAddress,
    remotePort: 1,
    tls: undefined,
    listener: "public",
    onAbort: () => {},
  };
  return forwardedCaller(request, TRUSTED, from);
}

const addressOf = (value: string) => caller(["X-Forwarded-For", value])?.address;

test("L1 the right-most address that no trusted proxy has", () => {
  const cases: [value: string, address: string][] = [
    ["203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["junk, 198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["203.0.113.7, 10.0.0.9", "203.0.113.7"],
    ["203.0.113.7,10.0.0.9,10.0.0.8", "203.0.113.7"],
    ["  203.0.113.7\t,  10.0.0.9 ", "203.0.113.7"],
    ["203.0.113.7:4711", "203.0.113.7"],
    ["2001:DB8::7", "2001:db8::7"],
    ["[2001:db8::7]", "2001:db8::7"],
    ["[2001:db8::7]:4711", "2001:db8::7"],
    ["203.0.113.7, [fd00::1]:99", "203.0.113.7"],
    ["10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["64:ff9b::cb00:7107", "203.0.113.7"],
    ["2002:cb00:7107::", "203.0.113.7"],
  ];
  for (const [value, address] of cases) assert.equal(addressOf(value), address, value);
});

test("L1, L3 what is no list of addresses says nothing: the peer is the caller", () => {
  const values = [
    ...["", "unknown", "_hidden", "203.0.113.7, unknown", "203.0.113.7,", ",203.0.113.7,", "203.0.113.7:", "a:b"],
    ...["010.0.0.1", "0x0a.1", "167772161", "10.1", "203.0.113.256", "203.0.113.7:123456", "[203.0.113.7", "[]"],
    ...["fe80::1%eth0", "２０３.0.113.7", "203.0.113.7\u0000", "203.0.113.7 10.0.0.2", "203.0.113.0/24", "localhost"],
  ];
  for (const value of values) assert.equal(addressOf(value), "10.0.0.1", JSON.stringify(value));
  assert.equal(caller([])?.address, "10.0.0.1");
});

test("L1 two headers are one list; only the last fifty hops are looked at", () => {
  const found = caller(["X-Forwarded-For", "203.0.113.7", "x-forwarded-for", "203.0.113.8, 10.0.0.2"]);
  assert.equal(found?.address, "203.0.113.8");
  const long = ["203.0.113.7", ...Array.from({ length: 60 }, () => "10.0.0.2")].join(",");
  assert.equal(addressOf(long), "10.0.0.2");
});

test("L2 nobody else is believed", () => {
  for (const peer of ["203.0.113.9", "", "11.0.0.1"])
    assert.equal(caller(["X-Forwarded-For", "192.0.2.1"], peer), undefined);
});

test("Forwarded (RFC 7239), when it is what proxies write", () => {
  const cases: [value: string, address: string][] = [
    ["for=203.0.113.7", "203.0.113.7"],
    ["for=198.51.100.1, FOR=203.0.113.7;proto=https;by=10.0.0.2", "203.0.113.7"],
    ['by=10.0.0.2;for="[2001:db8::7]:4711"', "2001:db8::7"],
    ['for="203.0.113.7:80", for=10.0.0.2', "203.0.113.7"],
    ["for=unknown", "10.0.0.1"],
    ["for=_secret", "10.0.0.1"],
    ["proto=https", "10.0.0.1"],
    ["for=203.0.113.7;for=203.0.113.8", "10.0.0.1"],
    ['for="203.0.113.7', "10.0.0.1"],
    ['for="1.2.3.4, for=203.0.113.7"', "10.0.0.1"],
  ];
  for (const [value, address] of cases)
    assert.equal(caller(["Forwarded", value], "10.0.0.1", "Forwarded")?.address, address, value);
  assert.equal(caller(["Forwarded", "for=203.0.113.7"])?.address, "10.0.0.1", "not beside the one that is configured");
});

test("the backend gets the chain as far as it is believed, and how the proxy was called", () => {
  const found = caller([
    ...["X-Forwarded-For", "1.1.1.1, 203.0.113.7, 10.0.0.2"],
    ...["X-Forwarded-Proto", "HTTPS", "X-Forwarded-Host", "api.example"],
  ]);
  assert.deepEqual(found, {
    address: "203.0.113.7",
    chain: "203.0.113.7, 10.0.0.2, 10.0.0.1",
    scheme: "https",
    host: "api.example",
  });
  for (const [proto, host] of [
    ["ftp", "a b"],
    ["https, http", "a, b"],
    ["", "user@host"],
  ]) {
    const other = caller(["X-Forwarded-Proto", proto, "X-Forwarded-Host", host]);
    assert.deepEqual([other?.scheme, other?.host, other?.chain], [undefined, undefined, "10.0.0.1"]);
  }
});
