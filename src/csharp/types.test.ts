import assert from "node:assert/strict";
import { test } from "node:test";
import { arrayOf, declareTypes, definitionKeys, nullableOf, parseType, substitute, tupleOf, type } from "./types.ts";

const int = type("System.Int32");
const string = type("System.String");

test("a type is one object however it is reached", () => {
  const list = type("System.Collections.Generic.List", int);
  assert.equal(parseType("System.Collections.Generic.List<System.Int32>"), list);
  assert.equal(substitute(parseType("System.Collections.Generic.List<!0>"), [int]), list);
  assert.equal(arrayOf(int), parseType("System.Int32[]"));
  assert.equal(tupleOf([int, string]), parseType("System.ValueTuple<System.Int32,System.String>"));
});

test("names as C# and as reflection show them", () => {
  const map = type("System.Collections.Generic.Dictionary", string, int);
  assert.equal(`${map}`, "System.Collections.Generic.Dictionary<string, int>");
  assert.equal(`${map.def.m.length > 0}`, "true");
  const keys = type("System.Collections.Generic.Dictionary+KeyCollection", string, int);
  assert.equal(`${keys}`, "System.Collections.Generic.Dictionary<string, int>.KeyCollection");
  assert.equal(keys.clrName, "System.Collections.Generic.Dictionary`2+KeyCollection[System.String,System.Int32]");
  assert.equal(`${nullableOf(int)}`, "int?");
  assert.equal(`${parseType("System.TimeZoneInfo+AdjustmentRule")}`, "System.TimeZoneInfo.AdjustmentRule");
});

test("a declaration reaches types that were used before it", () => {
  const before = type("Sample.Later");
  assert.equal(before.isValueType, false);
  declareTypes([
    { type: "Sample.Later", kind: "struct", base: "System.ValueType", ifaces: ["System.IDisposable"], m: [] },
  ]);
  assert.equal(before.isValueType, true);
  assert.deepEqual(before.interfaces, [type("System.IDisposable")]);
  assert.ok(definitionKeys().has("Sample.Later`0"));
});

test("base types and interfaces come from the signature table", () => {
  const array = type("Newtonsoft.Json.Linq.JArray");
  assert.equal(array.base, type("Newtonsoft.Json.Linq.JContainer"));
  const token = type("Newtonsoft.Json.Linq.JToken");
  assert.ok(array.interfaces.includes(type("System.Collections.Generic.IList", token)));
});
