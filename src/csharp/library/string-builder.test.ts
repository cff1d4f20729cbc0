import assert from "node:assert/strict";
import { test } from "node:test";
import { Box, CsArray, strings } from "../runtime/values.ts";
import { type } from "../types.ts";
import { findImplementation } from "./define.ts";
import "./integers.ts";
import "./floats.ts";
import "./boolean.ts";
import "./char.ts";
import type { StringBuilder } from "./string-builder.ts";
import "./string-reader.ts";
import "./string-writer.ts";

function member(typeName: string) {
  return (key: string, ...args: unknown[]): unknown => {
    const found = findImplementation(typeName, key);
    assert.equal(typeof found, "function", key);
    return (found as (...a: unknown[]) => unknown)(...args);
  };
}

const call = member("System.Text.StringBuilder");
const make = (text: string) => call("new(string)", text) as StringBuilder;

test("Append turns every type into text", () => {
  const builder = make("a");
  call("Append(int)", builder, 1);
  call("Append(char)", builder, 99);
  call("Append(bool)", builder, true);
  call("Append(double)", builder, 1.5);
  call("Append(long)", builder, 7n);
  call("Append(object)", builder, null);
  call("Append(string)", builder, null);
  call("Append(char,int)", builder, 120, 3);
  call("Append(string,int,int)", builder, "abc", 1, 1);
  call("AppendLine(string)", builder, "!");
  call("AppendFormat(string,object)", builder, "{0:D3}", new Box(type("System.Int32"), 7));
  call("AppendJoin(string,string[])", builder, "-", strings(["p", "q"]));
  assert.equal(builder.toText(), "a1cTrue1.57xxxb!\n007p-q");
});

test("Insert, Remove, Replace, Clear", () => {
  const builder = make("abcabc");
  call("Insert(int,int)", builder, 1, 42);
  assert.equal(builder.toText(), "a42bcabc");
  call("Remove(int,int)", builder, 1, 2);
  call("Replace(string,string)", builder, "b", "$&");
  assert.equal(builder.toText(), "a$&ca$&c");
  call("Replace(string,string,int,int)", builder, "$", "", 0, 4);
  call("Replace(char,char)", builder, 99, 67);
  assert.equal(builder.toText(), "a&Ca$&C");
  call("this[int]=", builder, 0, 65);
  assert.equal(call("this[int]", builder, 0), 65);
  call("Length=", builder, 2);
  call("Length=", builder, 3);
  assert.equal(builder.toText(), "A&\0");
  assert.equal(call("Clear()", builder), builder);
  assert.equal(call("Length", builder), 0);
});

test("capacity grows as in .NET", () => {
  const builder = make("");
  assert.equal(call("Capacity", builder), 16);
  call("Append(string)", builder, "x".repeat(17));
  assert.equal(call("Capacity", builder), 32);
  call("Append(string)", builder, "x".repeat(100));
  assert.equal(call("Capacity", builder), 117);
  assert.equal(call("EnsureCapacity(int)", builder, 200), 200);
});

test("places outside the text", () => {
  const builder = make("abc");
  assert.throws(() => call("this[int]", builder, 3), { typeName: "System.IndexOutOfRangeException" });
  assert.throws(() => call("Insert(int,string)", builder, 4, "x"), {
    message:
      "Index was out of range. Must be non-negative and less than or equal to the size of the collection. " +
      "(Parameter 'index')",
  });
  assert.throws(() => call("ToString(int,int)", builder, 1, 5), {
    message: "Index and length must refer to a location within the string. (Parameter 'length')",
  });
});

test("StringReader reads lines with any ending", () => {
  const read = member("System.IO.StringReader");
  const reader = read("new(string)", "a\r\nb\rc\n\nd");
  const lines: unknown[] = [];
  for (let line = read("ReadLine()", reader); line !== null; line = read("ReadLine()", reader)) lines.push(line);
  assert.deepEqual(lines, ["a", "b", "c", "", "d"]);
  assert.equal(read("Read()", reader), -1);
  const other = read("new(string)", "xyz");
  assert.equal(read("Peek()", other), 120);
  const buffer = new CsArray(type("System.Char"), [0, 0, 0]);
  assert.equal(read("Read(char[],int,int)", other, buffer, 1, 2), 2);
  assert.deepEqual(buffer.items, [0, 120, 121]);
  assert.equal(read("ReadToEnd()", other), "z");
});

test("StringWriter", () => {
  const write = member("System.IO.StringWriter");
  const writer = write("new()");
  write("Write(double)", writer, 1.5);
  write("WriteLine(string)", writer, " a");
  write("Write(string,object)", writer, "{0}!", "b");
  write("WriteLine()", writer);
  assert.equal(write("ToString()", writer), "1.5 a\nb!\n");
});
