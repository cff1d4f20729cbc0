import assert from "node:assert/strict";
import { test } from "node:test";
import { findImplementation } from "./define.ts";
import { type IpAddress, parseIpAddress, readIpAddress } from "./ip-address.ts";

function call(key: string, ...args: unknown[]): unknown {
  return (findImplementation("System.Net.IPAddress", key) as (...a: unknown[]) => unknown)(...args);
}

test("canonical text", () => {
  const rows: [string, string][] = [
    ["10.0.0.1", "10.0.0.1"],
    ["10.1", "10.0.0.1"],
    ["0x7f.1", "127.0.0.1"],
    ["010.0.0.1", "8.0.0.1"],
    ["4294967295", "255.255.255.255"],
    ["::1", "::1"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["::ffff:1.2.3.4", "::ffff:1.2.3.4"],
    ["[::1]:80", "::1"],
    ["fe80::1%3", "fe80::1%3"],
    ["::", "::"],
  ];
  for (const [text, canonical] of rows) assert.equal(parseIpAddress(text).toText(), canonical, text);
});

test("what is no address", () => {
  const bad = ["", "1.2.3.4.5", "256.1.1.1", "1.2.3.", "a", ":::", "1::2::3", "1:2:3:4:5:6:7", "::g", "1.2.3.4 "];
  for (const text of bad) {
    assert.equal(readIpAddress(text), undefined, text);
  }
  assert.throws(() => parseIpAddress("x"), {
    typeName: "System.FormatException",
    message: "An invalid IP address was specified.",
  });
});

test("members", () => {
  const mapped = call("MapToIPv6()", parseIpAddress("1.2.3.4")) as IpAddress;
  assert.equal(mapped.toText(), "::ffff:1.2.3.4");
  assert.equal(call("IsIPv4MappedToIPv6", mapped), true);
  assert.equal((call("MapToIPv4()", mapped) as IpAddress).toText(), "1.2.3.4");
  assert.equal((call("new(long)", 0x0100007fn) as IpAddress).toText(), "127.0.0.1");
  assert.equal(call("Address", parseIpAddress("127.0.0.1")), 0x0100007fn);
  assert.equal(call("IsLoopback(IPAddress)", parseIpAddress("::1")), true);
  assert.equal(call("AddressFamily", parseIpAddress("::1")), 23);
  assert.equal(call("HostToNetworkOrder(int)", 1), 16777216);
  assert.equal(call("HostToNetworkOrder(short)", 1), 256);
  assert.equal(call("IsIPv6UniqueLocal", parseIpAddress("fd00::1")), true);
  assert.ok(parseIpAddress("2001:db8::1").equals(parseIpAddress("2001:DB8::0:1")));
});
