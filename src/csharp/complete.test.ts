import assert from "node:assert/strict";
import { test } from "node:test";
import { complete } from "./complete.ts";
import { type } from "./types.ts";

const globals = { token: type("Newtonsoft.Json.Linq.JObject"), text: type("System.String") };

function has(code: string, names: readonly string[], absent: readonly string[] = [], setup?: string): void {
  const found = complete(code, globals, setup).names;
  for (const name of names) assert.ok(found.includes(name), `${code} has ${name}: ${found.slice(0, 20)}`);
  for (const name of absent) assert.ok(!found.includes(name), `${code} has no ${name}`);
}

test("members by static type, own, inherited and extensions", () => {
  has("text.", ["Length", "Substring", "Select"], ["Parse", "op_Equality"]);
  has("token.", ["Properties", "SelectToken", "ToString", "Count"], ["Parse"]);
  has("text.Split(',')[0].Trim(\"a)\".ToCharArray()).Le", ["Length"], ["Substring"]);
  has("new StringBuilder().App", ["Append", "AppendLine"]);
  has("1 + token?.", ["SelectToken"]);
  has("new List<int>().Where(x => x > 1).", ["ToList", "First"]);
  has('"a".ToU', ["ToUpper"]);
  has("new int[1].", ["Length", "Select"]);
});

test("static members and enum values", () => {
  has("DateTime.", ["UtcNow", "Parse"], ["AddDays"]);
  has("string.Is", ["IsNullOrEmpty"]);
  has("Math.", ["Max"]);
  has("StringComparison.Ord", ["Ordinal", "OrdinalIgnoreCase"]);
  has("Newtonsoft.Json.Linq.JObject.Pa", ["Parse"]);
});

test("names, whatever their case; nothing where nothing is known", () => {
  has("to", ["token"]);
  has("datet", ["DateTime", "DateTimeOffset"]);
  has("1 + Conv", ["Convert"]);
  assert.deepEqual(complete("unknown.", globals).names, []);
  assert.deepEqual(complete("", globals).names, []);
  assert.deepEqual(complete("text.Le", globals).prefix, "Le");
});

test("locals of the statements before", () => {
  has("return b.Ad", ["AddDays"], [], "var b = DateTime.Now;");
});
