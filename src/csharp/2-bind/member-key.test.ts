import assert from "node:assert/strict";
import { test } from "node:test";
import { memberKey, shortTypeName } from "./member-key.ts";

test("a type is named by keyword or without its namespace", () => {
  assert.equal(shortTypeName("System.Int32[]"), "int[]");
  assert.equal(shortTypeName("System.Func<!!0,System.Boolean>"), "Func<!!0,bool>");
  assert.equal(shortTypeName("System.Collections.Generic.Dictionary+KeyCollection<!0,!1>"), "KeyCollection<!0,!1>");
  assert.equal(shortTypeName("System.Nullable<System.Int64>"), "Nullable<long>");
});

test("keys of every kind of member", () => {
  const string = { n: "s", t: "System.String" };
  assert.equal(memberKey({ k: "ctor", p: [string] }), "new(string)");
  assert.equal(memberKey({ k: "method", n: "Parse", s: 1, p: [string], r: "System.Int32" }), "Parse(string)");
  const out = { n: "result", t: "System.Int32&", out: 1 as const };
  assert.equal(
    memberKey({ k: "method", n: "TryParse", s: 1, p: [string, out], r: "System.Boolean" }),
    "TryParse(string,int&)",
  );
  const token = { n: "value", t: "Newtonsoft.Json.Linq.JToken" };
  assert.equal(
    memberKey({ k: "method", n: "op_Explicit", s: 1, p: [token], r: "System.Int32" }),
    "op_Explicit(JToken):int",
  );
  assert.equal(memberKey({ k: "prop", n: "Length", t: "System.Int32", get: 1 }), "Length");
  assert.equal(memberKey({ k: "prop", n: "Item", t: "!1", ix: ["!0"], get: 1, set: 1 }), "this[!0]");
  assert.equal(memberKey({ k: "field", n: "Empty", s: 1, t: "System.String" }), "Empty");
});
