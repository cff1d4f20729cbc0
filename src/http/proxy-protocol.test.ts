import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseProxyHeader } from "./proxy-protocol.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";
const of = (text: string | Buffer) => parseProxyHeader(typeof text === "string" ? Buffer.from(text, "latin1") : text);
const hex = (text: string) => of(Buffer.from(text.replaceAll(" ", ""), "hex"));

test("version 1", () => {
  const line = "PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\n";
  const caller = { address: "203.0.113.7", port: 4711 };
  assert.deepEqual(of(`${line}GET /`), { kind: "header", length: line.length, caller });
  assert.deepEqual(of("PROXY TCP6 2001:db8::7 ::1 1 2\r\n"), {
    kind: "header",
    length: 32,
    caller: { address: "2001:db8::7", port: 1 },
  });
  for (const text of ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN a b c d\r\n"])
    assert.deepEqual(of(text), { kind: "header", length: text.length, caller: undefined });
  for (let i = 0; i < line.length; i++) assert.equal(of(line.slice(0, i)).kind, "incomplete", line.slice(0, i));
});

test("version 1: what is not exactly it", () => {
  const cases = [
    ...["GET / HTTP/1.1\r\n", "proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "PROXYTCP4", "PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n"],
    ...[
      "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n",
      "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
      "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n",
    ],
    ...["PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n", "PROXY TCP4 ::1 ::2 1 2\r\n", "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n"],
    ...["PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n", "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n", "PROXY UNKNOWNX\r\n"],
    `PROXY UNKNOWN ${"x".repeat(200)}\r\n`,
    `PROXY TCP4 ${"1".repeat(200)}`,
  ];
  for (const text of cases) assert.equal(of(text).kind, "invalid", text);
});

test("version 2", () => {
  const v4 = `${SIGNATURE} 21 11 000c cb007107 0a000001 1267 01bb`;
  assert.deepEqual(hex(v4), { kind: "header", length: 28, caller: { address: "203.0.113.7", port: 4711 } });
  // Extensions (TLV) are skipped.
  assert.deepEqual(hex(`${SIGNATURE} 21 11 0010 cb007107 0a000001 1267 01bb 04000141 474554`), {
    kind: "header",
    length: 32,
    caller: { address: "203.0.113.7", port: 4711 },
  });
  const v6 = `${SIGNATURE} 21 21 0024 20010db8000000000000000000000007 00000000000000000000000000000001 1267 01bb`;
  assert.deepEqual(hex(v6), { kind: "header", length: 52, caller: { address: "2001:db8::7", port: 4711 } });
  for (const own of ["20 00 0000", "20 11 000c cb007107 0a000001 1267 01bb", "21 00 0000"])
    assert.equal((hex(`${SIGNATURE} ${own}`) as { caller?: unknown }).caller, undefined, own);
  const bytes = Buffer.from(v4.replaceAll(" ", ""), "hex");
  for (let i = 0; i < bytes.length; i++) assert.equal(of(bytes.subarray(0, i)).kind, "incomplete", String(i));
});

test("version 2: what is not exactly it", () => {
  const cases = [
    "31 11 000c",
    "22 11 000c",
    "21 12 000c cb007107 0a000001 1267 01bb",
    "21 11 0004 cb007107",
    "21 11 ffff",
  ];
  for (const rest of cases) assert.equal(hex(`${SIGNATURE} ${rest}`).kind, "invalid", rest);
});

test("no bytes make the reader throw, or take more than there are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom("", "PROXY ", SIGNATURE), (bytes, start) => {
      const prefix = start === SIGNATURE ? Buffer.from(start, "hex") : Buffer.from(start);
      const all = Buffer.concat([prefix, bytes]);
      const header = parseProxyHeader(all);
      if (header.kind === "header") assert.ok(header.length <= all.length);
    }),
  );
});
