/** Json.NET's tree through C# expressions: reading, changing, converting, enumerating. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateCase } from "../evaluate.ts";

/** The value as text, or the exception as `Type: message`. */
function run(expr: string): string {
  const answer = evaluateCase({ id: expr, expr }, {});
  if (answer.compileError) return `${answer.compileError[0].code}: ${answer.compileError[0].message}`;
  if (answer.exception) return `${answer.exception.type.replace(/^.*\./, "")}: ${answer.exception.message}`;
  return answer.value === null
    ? "null"
    : typeof answer.value === "string"
      ? answer.value
      : JSON.stringify(answer.value);
}

function table(cases: readonly (readonly [expr: string, result: string])[]): void {
  for (const [expr, result] of cases) assert.equal(run(expr), result, expr);
}

/** An expression about `j`, which is the text as a tree. */
const on = (json: string, expr: string) => `@{ JToken j = JToken.Parse(${JSON.stringify(json)}); return ${expr}; }`;
/** Statements about `j`, an object, of which the JSON is returned. */
const after = (json: string, statements: string) =>
  `@{ var j = JObject.Parse(${JSON.stringify(json)}); ${statements} return j.ToString(Formatting.None); }`;

test("missing, null and what they become", () => {
  table([
    [on('{"a":1}', 'j["b"]'), "null"],
    [on('{"a":null}', 'j["a"] == null'), "false"],
    [on('{"a":null}', 'j["a"].Type'), "Null"],
    [on('{"a":null}', 'j["a"].ToString()'), ""],
    [on('{"a":null}', '(string)j["a"]'), "null"],
    [on('{"a":null}', '(int?)j["a"]'), "null"],
    [on('{"a":null}', '(int)j["a"]'), "ArgumentException: Can not convert Null to Int32."],
    [on('{"a":1}', '(int)j["b"]'), "ArgumentNullException: Value cannot be null. (Parameter 'value')"],
    [
      on('{"a":null}', 'j["a"]?["b"]'),
      "InvalidOperationException: Cannot access child value on Newtonsoft.Json.Linq.JValue.",
    ],
    [on('{"a":null}', 'j["a"]?.ToString() ?? "none"'), ""],
    [on('{"a":null}', 'j["a"]?.Value<string>() ?? "none"'), "none"],
    [on('{"a":1}', 'j.Value<int>("b")'), "0"],
    [on('{"a":null}', 'j.Value<int>("a")'), "InvalidCastException: Null object cannot be converted to a value type."],
  ]);
});

test("explicit conversions", () => {
  table([
    [on("true", "(string)j"), "True"],
    [on("1.0", "(string)j"), "1"],
    [on("{}", "(string)j"), "ArgumentException: Can not convert Object to String."],
    [on('"12"', "(int)j"), "12"],
    [on("1.6", "(int)j"), "2"],
    [on("2.5", "(int)j"), "2"],
    [on("3000000000", "(int)j"), "OverflowException: Value was either too large or too small for an Int32."],
    [on("3000000000", "(long)j"), "3000000000"],
    [on("12345678901234567890", "(int)j"), "OverflowException: Value was either too large or too small for an Int32."],
    [on("12345678901234567890", "(ulong)j"), "12345678901234567890"],
    [on("300", "(byte)j"), "OverflowException: Value was either too large or too small for an unsigned byte."],
    [on("1.10", "(decimal)j"), "1.1"],
    [on("1", "(bool)j"), "true"],
    [on('"x"', "(bool)j"), "FormatException: String 'x' was not recognized as a valid Boolean."],
    [on('"2024-01-02T03:04:05Z"', "((DateTime)j).Kind"), "Utc"],
    [on('"2024-01-02T03:04:05Z"', "(string)j"), "01/02/2024 03:04:05"],
    [on('"01:02:03"', "(TimeSpan)j"), "01:02:03"],
    [on('"AQID"', "Convert.ToBase64String((byte[])j)"), "AQID"],
    [on('"0f8fad5b-d9cb-469f-a165-70867728950e"', "(Guid)j"), "0f8fad5b-d9cb-469f-a165-70867728950e"],
    [on('{"a":1}', '(int)((JObject)j).Property("a")'), "1"],
  ]);
});

test("implicit conversions and what JValue holds", () => {
  table([
    ["((JToken)(string)null).Type", "String"],
    ["((JToken)(int?)null).Type", "Null"],
    ["((JValue)(JToken)5).Value.GetType().Name", "Int64"],
    ["new JValue((object)5).Value.GetType().Name", "Int32"],
    ["new JValue(1m).ToString(Formatting.None)", "1.0"],
    ['new JValue(1234.5).ToString("N1")', "1,234.5"],
    [
      "new JValue(new List<int>())",
      "ArgumentException: Could not determine JSON object type for type System.Collections.Generic.List`1[System.Int32].",
    ],
    ['@{ var v = new JValue("x"); v.Value = 1.5; return v.Type; }', "Float"],
    ["new JValue(1).Equals(new JValue(1))", "true"],
    ["new JValue(1).Equals(1)", "false"],
    ["new JValue(1) == new JValue(1)", "false"],
    ['JToken.DeepEquals(JToken.Parse("1"), JToken.Parse("1.0"))', "false"],
    ['JToken.DeepEquals(JObject.Parse("{a:1,b:[2]}"), JObject.Parse("{b:[2],a:1}"))', "true"],
    ['new JValue("a").CompareTo(new JValue("c"))', "-2"],
  ]);
});

test("making objects and arrays", () => {
  table([
    ['new JObject(new JProperty("a", 1), new JProperty("b", null)).ToString(Formatting.None)', '{"a":1,"b":null}'],
    ['new JObject{{"a",1},{"b",new JArray(1,"x",null)}}.ToString(Formatting.None)', '{"a":1,"b":[1,"x",null]}'],
    [
      'new JObject(new JProperty("a", 1), new JProperty("a", 2))',
      "ArgumentException: Can not add property a to Newtonsoft.Json.Linq.JObject. Property with the same name already exists on object.",
    ],
    ["new JObject(1)", "ArgumentException: Can not add Newtonsoft.Json.Linq.JValue to Newtonsoft.Json.Linq.JObject."],
    [
      'new JArray(new JProperty("a", 1))',
      "ArgumentException: Can not add Newtonsoft.Json.Linq.JProperty to Newtonsoft.Json.Linq.JArray.",
    ],
    ["new JArray(new JArray(1), new JArray(2)).ToString(Formatting.None)", "[[1],[2]]"],
    ["new JArray(new JArray(1)).ToString(Formatting.None)", "[1]"],
    ["new JArray((object)new JArray(1)).ToString(Formatting.None)", "[[1]]"],
    ['new JProperty("a", new[]{1,2}).ToString(Formatting.None)', '"a":[1,2]'],
    ['new JProperty("a", new byte[]{1,2,3}).ToString()', '"a": "AQID"'],
    [
      'new JArray(new[]{1,2}.Select(x => new JObject(new JProperty("v", x)))).ToString(Formatting.None)',
      '[{"v":1},{"v":2}]',
    ],
  ]);
});

test("changing a tree", () => {
  table([
    [after('{"a":1}', 'j["b"] = 2; j.Remove("a"); j.AddFirst(new JProperty("z", 0));'), '{"z":0,"b":2}'],
    [
      after('{"a":{"x":1}}', 'var k = new JObject(); k["z"] = j["a"]; j["a"]["x"] = 9; j["k"] = k;'),
      '{"a":{"x":9},"k":{"z":{"x":1}}}',
    ],
    [after("{}", 'j["self"] = j;'), '{"self":{}}'],
    [after('{"a":1}', 'j["a"].Replace("zz");'), '{"a":"zz"}'],
    [after('{"a":1}', 'j["a"].Parent.Remove();'), "{}"],
    [
      after('{"a":1}', 'j["a"].Remove();'),
      "JsonException: Cannot add or remove items from Newtonsoft.Json.Linq.JProperty.",
    ],
    [after('{"a":1,"c":3}', 'j.Property("a").AddAfterSelf(new JProperty("b", 2));'), '{"a":1,"b":2,"c":3}'],
    [after('{"a":[1,2,3]}', 'foreach (var x in j["a"].ToList()) if ((int)x == 2) x.Remove();'), '{"a":[1,3]}'],
    [
      after('{"a":[1,2]}', 'foreach (var x in j["a"]) j["a"][0].Remove();'),
      "InvalidOperationException: Collection was modified; enumeration operation may not execute.",
    ],
    [
      after('{"a":[1]}', '((JArray)j["a"])[5] = 1;'),
      "ArgumentOutOfRangeException: Index is equal to or greater than Count. (Parameter 'index')",
    ],
    [
      after('{"a":1,"b":{"c":1}}', 'j.Merge(JObject.Parse("{b:{d:2},a:3,e:null}"));'),
      '{"a":3,"b":{"c":1,"d":2},"e":null}',
    ],
    [after('{"a":[1,2]}', 'j.Merge(JObject.Parse("{a:[2,3]}"));'), '{"a":[1,2,2,3]}'],
    [
      after(
        '{"a":[1,2]}',
        'j.Merge(JObject.Parse("{a:[2,3]}"), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Union });',
      ),
      '{"a":[1,2,3]}',
    ],
    [on("1", 'j["b"] = 5'), "InvalidOperationException: Cannot set child value on Newtonsoft.Json.Linq.JValue."],
  ]);
});

test("moving about", () => {
  const json = '{"a":{"b":[1,{"c d":2}]},"e":3}';
  table([
    [on(json, 'j["a"]["b"][1]["c d"].Path'), "a.b[1]['c d']"],
    [on(json, "j.First.GetType().Name + j.Last.Path"), "JPropertye"],
    [on(json, "j.First.Next.Previous.Path"), "a"],
    [on(json, 'j["a"]["b"].Parent.Parent.Parent.Path + j["a"]["b"].Root.Type'), "aObject"],
    [on(json, 'j["a"]["b"][0].Ancestors().Count()'), "5"],
    [on(json, "((JContainer)j).Descendants().OfType<JProperty>().Select(p => p.Name)"), '["a","b","c d","e"]'],
    [on(json, 'j["a"]["b"][0].AfterSelf().Count() + j["a"]["b"][1].BeforeSelf().Count()'), "2"],
    [
      on("[1,2]", 'j["a"]'),
      'ArgumentException: Accessed JArray values with invalid key value: "a". Int32 array index expected.',
    ],
    [
      on("{}", "j[1]"),
      "ArgumentException: Accessed JObject values with invalid key value: 1. Object property name expected.",
    ],
    [
      on("[1,2]", "j[5]"),
      "ArgumentOutOfRangeException: Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
    ],
    [on('{"A":5}', '((JObject)j).GetValue("a", StringComparison.OrdinalIgnoreCase)'), "5"],
  ]);
});

test("enumerating: an object gives pairs, a token its children", () => {
  const object = '{"a":1,"b":2}';
  table([
    [
      `@{ var r = ""; foreach (var p in JObject.Parse(${JSON.stringify(object)})) r += p.Key + p.Value; return r; }`,
      "a1b2",
    ],
    [
      `@{ var r = ""; JToken t = JObject.Parse(${JSON.stringify(object)}); foreach (var p in t) r += p.GetType().Name; return r; }`,
      "JPropertyJProperty",
    ],
    [on(object, "((IDictionary<string,JToken>)j).Keys"), '["a","b"]'],
    [on(object, "((IEnumerable<KeyValuePair<string,JToken>>)j).Select(p => p.Key)"), '["a","b"]'],
    [on(object, "((JObject)j).Properties().ToDictionary(p => p.Name, p => (int)p.Value)"), '{"a":1,"b":2}'],
    [on('[{"a":1},{"a":2}]', 'j.Children()["a"].Select(x => (int)x).Sum()'), "3"],
    [on('[{"a":1},{"a":2}]', 'j.Values<int>("a").Sum()'), "3"],
    [on('[{"a":1},2]', "j.Children<JObject>().Count()"), "1"],
    [on('["x","y"]', 'j.Contains("x")'), "false"],
    [on("[[1],[2,3]]", "j.SelectMany(x => x).Select(x => (int)x).Sum()"), "6"],
    [
      on('[{"n":"b"},{"n":"a"}]', 'new JArray(j.OrderBy(x => x["n"])).ToString(Formatting.None)'),
      '[{"n":"a"},{"n":"b"}]',
    ],
    ['string.Join(",", JArray.Parse("[1,\\"a\\",null,true,2.50]"))', "1,a,,True,2.5"],
  ]);
});

test("cloning again and again runs out of fuel, not of memory", () => {
  const doubling = 'for (int i = 0; i < 60; i++) j = new JObject(new JProperty("a", j), new JProperty("b", j));';
  assert.equal(evaluateCase({ id: "", expr: after("{}", doubling) }, {}).timeout, true);
});

test("a tree that is too deep to write is refused", () => {
  const deep = 'for (int i = 0; i < 100000; i++) j = new JObject(new JProperty("a", j));';
  assert.equal(evaluateCase({ id: "", expr: after("{}", deep) }, {}).timeout, true);
});
