import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, CsArray } from "../runtime/values.ts";
import { type } from "../types.ts";
import { findImplementation } from "./define.ts";
import { type Encoding, encodingByName } from "./encoding.ts";

function call(key: string, ...args: unknown[]): unknown {
  const found = findImplementation("System.Text.Encoding", key);
  assert.equal(typeof found, "function", key);
  return (found as (...a: unknown[]) => unknown)(...args);
}

const of = (name: string) => call(name) as Encoding;
const hex = (value: unknown) => Buffer.from((value as CsArray).items as Uint8Array).toString("hex");
const raw = (text: string) => bytes(new Uint8Array(Buffer.from(text, "hex")));

test("encoding: what does not fit is replaced", () => {
  const rows: [encoding: string, text: string, result: string][] = [
    ["UTF8", "é€😀", "c3a9e282acf09f9880"],
    ["UTF8", "\ud800", "efbfbd"],
    ["ASCII", "aé😀", "613f3f3f"],
    ["Latin1", "é\u0100’€", "e941273f"],
    ["Unicode", "ab", "61006200"],
    ["Unicode", "\udc00", "fdff"],
    ["BigEndianUnicode", "a", "0061"],
    ["UTF32", "a😀", "6100000000f60100"],
  ];
  for (const [name, text, result] of rows) assert.equal(hex(call("GetBytes(string)", of(name), text)), result, name);
  assert.equal(call("GetByteCount(string)", of("UTF8"), "é€😀"), 9);
  assert.equal(hex(call("GetBytes(string,int,int)", of("UTF8"), "xaby", 1, 2)), "6162");
});

test("decoding: bad sequences are replaced, a byte order mark stays", () => {
  const rows: [encoding: string, input: string, text: string][] = [
    ["UTF8", "ff61", "\ufffda"],
    ["UTF8", "efbbbf61", "\ufeffa"],
    ["UTF8", "e282", "\ufffd"],
    ["UTF8", "eda080", "\ufffd\ufffd\ufffd"],
    ["ASCII", "61e9", "a?"],
    ["Latin1", "61e9", "aé"],
    ["Unicode", "6100ff", "a\ufffd"],
    ["Unicode", "00d8", "\ufffd"],
    ["BigEndianUnicode", "0061", "a"],
    ["UTF32", "6100000000f60100ff", "a😀\ufffd"],
    ["UTF32", "00000011", "\ufffd"],
  ];
  for (const [name, input, text] of rows) assert.equal(call("GetString(byte[])", of(name), raw(input)), text, input);
  assert.equal(call("GetString(byte[],int,int)", of("UTF8"), raw("616263"), 1, 1), "b");
  assert.equal(hex(call("Convert(Encoding,Encoding,byte[])", of("Unicode"), of("UTF8"), raw("e900"))), "c3a9");
});

test("encodings by name and code page", () => {
  assert.equal(call("WebName", encodingByName(" UTF-8 ")), "utf-8");
  assert.equal(hex(call("GetBytes(string)", encodingByName("iso-8859-1"), "é")), "e9");
  assert.equal(call("WebName", call("GetEncoding(int)", 1200)), "utf-16");
  assert.ok(encodingByName("utf-8").equals(of("Default")));
  assert.equal(hex(call("GetPreamble()", of("UTF8"))), "efbbbf");
  assert.equal(hex(call("GetPreamble()", of("Default"))), "");
  const advice =
    "For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method.";
  assert.throws(() => encodingByName("nope"), {
    typeName: "System.ArgumentException",
    message: `'nope' is not a supported encoding name. ${advice} (Parameter 'name')`,
  });
  assert.throws(() => call("GetEncoding(int)", 1252), {
    typeName: "System.NotSupportedException",
    message: `No data is available for encoding 1252. ${advice}`,
  });
});

test("arguments are checked", () => {
  const utf8 = of("UTF8");
  assert.throws(() => call("GetBytes(string)", utf8, null), { message: "Value cannot be null. (Parameter 's')" });
  assert.throws(() => call("GetString(byte[])", utf8, null), { message: "Value cannot be null. (Parameter 'bytes')" });
  assert.throws(() => call("GetString(byte[],int,int)", utf8, raw("61"), 0, 2), {
    message: "Index and count must refer to a location within the buffer. (Parameter 'bytes')",
  });
  const target = new CsArray(type("System.Byte"), new Uint8Array(3));
  assert.equal(call("GetBytes(string,int,int,byte[],int)", utf8, "ab", 0, 2, target, 1), 2);
  assert.equal(hex(target), "006162");
});
