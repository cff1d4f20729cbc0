/** JsonConvert, FromObject and ToObject through C# expressions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateCase } from "../evaluate.ts";

function run(expr: string): string {
  const answer = evaluateCase({ id: expr, expr }, {});
  if (answer.compileError) return `${answer.compileError[0].code}: ${answer.compileError[0].message}`;
  if (answer.exception) return `${answer.exception.type.replace(/^.*\./, "")}: ${answer.exception.message}`;
  return typeof answer.value === "string" ? answer.value : JSON.stringify(answer.value);
}

const write = (expr: string) => run(`JsonConvert.SerializeObject(${expr})`);
const read = (type: string, json: string) => run(`JsonConvert.DeserializeObject<${type}>(${JSON.stringify(json)})`);

test("values as JSON", () => {
  const cases: [expr: string, json: string][] = [
    ["null", "null"],
    ["1.0", "1.0"],
    ["1.10m", "1.10"],
    ["0.1f", "0.1"],
    ["double.NaN", '"NaN"'],
    ["'c'", '"c"'],
    ["DayOfWeek.Friday", "5"],
    ["new byte[]{1,2}", '"AQI="'],
    ['"a\\"b\\n<>&é/"', '"a\\"b\\n<>&é/"'],
    ["new DateTime(2024,1,2,3,4,5,60)", '"2024-01-02T03:04:05.06"'],
    ['DateTimeOffset.Parse("2024-01-02T03:04:05+02:00")', '"2024-01-02T03:04:05+02:00"'],
    ["TimeSpan.FromMinutes(75)", '"01:15:00"'],
    ['new Uri("https://x/a b")', '"https://x/a b"'],
    ['(1,"a")', '{"Item1":1,"Item2":"a"}'],
    ["(1,2,3,4,5,6,7,8)", '{"Item1":1,"Item2":2,"Item3":3,"Item4":4,"Item5":5,"Item6":6,"Item7":7,"Rest":{"Item1":8}}'],
    ["new { a = 1, b = new { c = (string)null } }", '{"a":1,"b":{"c":null}}'],
    ['new List<object>{1,"a",null,true}', '[1,"a",null,true]'],
    ['new Dictionary<int,string>{{1,"a"}}', '{"1":"a"}'],
    ['new Dictionary<string,int>{{"a",1}}.First()', '{"Key":"a","Value":1}'],
    ["new[]{1,2}.Select(x => x * 2)", "[2,4]"],
    ['JObject.Parse("{a:[1]}")', '{"a":[1]}'],
    ["XElement.Parse(\"<a x='1'><b>2</b><b>3</b></a>\")", '{"a":{"@x":"1","b":["2","3"]}}'],
    ["new { a = 1 }, Formatting.Indented", '{\n  "a": 1\n}'],
    [
      "new { a = (string)null, b = 1 }, new JsonSerializerSettings { NullValueHandling = NullValueHandling.Ignore }",
      '{"b":1}',
    ],
  ];
  for (const [expr, json] of cases) assert.equal(write(expr), json, expr);
});

test("an object that contains itself", () => {
  const message =
    "JsonSerializationException: Self referencing loop detected with type 'System.Collections.Generic.List`1[System.Object]'. Path ''.";
  assert.equal(run("@{ var l = new List<object>(); l.Add(l); return JsonConvert.SerializeObject(l); }"), message);
});

test("JSON as a type", () => {
  const cases: [type: string, json: string, value: string][] = [
    ["int", "5", "5"],
    ["int", '"5"', "5"],
    ["int?", "null", "null"],
    ["int?", '""', "null"],
    ["string", "1.50", "1.50"],
    ["string", "true", "true"],
    ["bool", '"TRUE"', "true"],
    ["decimal", "1.10", "1.10"],
    ["decimal", "1e2", "100"],
    ["DayOfWeek", '"friday"', "Friday"],
    ["DateTime", '"2024-01-02T03:04:05Z"', "2024-01-02T03:04:05.0000000Z|Utc"],
    ["Guid", '"0f8fad5b-d9cb-469f-a165-70867728950e"', "0f8fad5b-d9cb-469f-a165-70867728950e"],
    ["byte[]", '"AQID"', "base64:AQID"],
    ["int[]", '[1,"2",3]', "[1,2,3]"],
    ["List<int?>", "[1,null]", "[1,null]"],
    ["HashSet<string>", '["a","b","a"]', '["a","b"]'],
    [
      "Dictionary<string,string>",
      '{"a":1,"b":null,"c":"2024-01-02T03:04:05Z"}',
      '{"a":"1","b":null,"c":"2024-01-02T03:04:05Z"}',
    ],
    ["Dictionary<string,Dictionary<string,int[]>>", '{"a":{"b":[1]}}', '{"a":{"b":[1]}}'],
    ["JObject", "null", "null"],
  ];
  for (const [type, json, value] of cases) assert.equal(read(type, json), value, `${type} ${json}`);
  assert.equal(run('JsonConvert.DeserializeObject("{a:1}").GetType().Name'), "JObject");
  assert.equal(run('JsonConvert.DeserializeObject("\\"2024-01-02T00:00:00Z\\"").GetType().Name'), "DateTime");
  assert.equal(run('JsonConvert.DeserializeObject<Dictionary<string,object>>("{a:1}")["a"].GetType().Name'), "Int64");
  assert.equal(run('JsonConvert.DeserializeAnonymousType("{a:1,B:\\"x\\"}", new { a = 0, b = "" }).b'), "x");
  assert.equal(run('JsonConvert.DeserializeObject("")'), "null");
});

test("JSON that does not fit", () => {
  const cases: [type: string, json: string, error: string][] = [
    ["int", '"x"', "JsonReaderException: Could not convert string to integer: x. Path '', line 1, position 3."],
    ["int", "1.5", "JsonReaderException: Input string '1.5' is not a valid integer. Path '', line 1, position 3."],
    [
      "int",
      "99999999999",
      "JsonReaderException: JSON integer 99999999999 is too large or small for an Int32. Path '', line 1, position 11.",
    ],
    [
      "int",
      "{}",
      "JsonReaderException: Unexpected character encountered while parsing value: {. Path '', line 1, position 1.",
    ],
    [
      "int",
      "null",
      "JsonSerializationException: Error converting value {null} to type 'System.Int32'. Path '', line 1, position 4.",
    ],
    [
      "byte",
      "300",
      "JsonSerializationException: Error converting value 300 to type 'System.Byte'. Path '', line 1, position 3.",
    ],
    [
      "Guid",
      '"x"',
      "JsonSerializationException: Error converting value \"x\" to type 'System.Guid'. Path '', line 1, position 3.",
    ],
    [
      "List<int>",
      '[1,"x"]',
      "JsonReaderException: Could not convert string to integer: x. Path '[1]', line 1, position 6.",
    ],
    [
      "JArray",
      "{}",
      "JsonSerializationException: Deserialized JSON type 'Newtonsoft.Json.Linq.JObject' is not compatible with expected type 'Newtonsoft.Json.Linq.JArray'. Path '', line 1, position 2.",
    ],
    ["object", "{", "JsonSerializationException: Unexpected end when reading JSON. Path '', line 1, position 1."],
    [
      "int[]",
      "[1",
      "JsonSerializationException: Unexpected end when deserializing array. Path '[0]', line 1, position 2.",
    ],
    [
      "object",
      "1 2",
      "JsonReaderException: Additional text encountered after finished reading JSON content: 2. Path '', line 1, position 2.",
    ],
  ];
  for (const [type, json, error] of cases) assert.equal(read(type, json), error, `${type} ${json}`);
  assert.match(
    read("List<int>", '{"a":1}'),
    /^JsonSerializationException: Cannot deserialize the current JSON object .*\nTo fix.*\nPath 'a', line 1, position 5\.$/,
  );
  assert.match(
    read("Dictionary<string,int>", "[1]"),
    /^JsonSerializationException: Cannot deserialize the current JSON array /,
  );
});

test("objects to trees and trees to objects", () => {
  const cases: [expr: string, value: string][] = [
    [
      "JObject.FromObject(new { a = 1, d = new DateTime(2024,1,2,0,0,0,DateTimeKind.Utc) }).ToString(Formatting.None)",
      '{"a":1,"d":"2024-01-02T00:00:00Z"}',
    ],
    ["JArray.FromObject(new { a = 1 })", "ArgumentException: Object serialized to Object. JArray instance expected."],
    ["JToken.FromObject(null)", "ArgumentNullException: Value cannot be null. (Parameter 'o')"],
    ['JToken.Parse("[1,2]").ToObject<List<int>>()', "[1,2]"],
    ['JToken.Parse("{a:{b:1}}").ToObject<Dictionary<string,object>>()["a"].GetType().Name', "JObject"],
    ['JToken.Parse("\\"5\\"").ToObject<int>()', "5"],
    ['JToken.Parse("true").ToObject<string>()', "True"],
    ['JToken.Parse("\\"x\\"").ToObject<int>()', "FormatException: The input string 'x' was not in a correct format."],
    [
      'JToken.Parse("{a:\\"x\\"}").ToObject<Dictionary<string,int>>()',
      "JsonReaderException: Could not convert string to integer: x. Path 'a', line 1, position 6.",
    ],
    ['JToken.Parse("[1,2]").ToObject(typeof(int[]))', "[1,2]"],
  ];
  for (const [expr, value] of cases) assert.equal(run(expr), value, expr);
});

test("metadata of Json.NET", () => {
  assert.equal(run('JsonConvert.DeserializeObject("{\\"$id\\":\\"1\\",\\"a\\":2}").ToString()'), '{\n  "a": 2\n}');
  assert.equal(read("Dictionary<string,object>", '{"$type":"x","a":1,"$id":2}'), '{"a":"1","$id":"2"}');
  assert.equal(read("Dictionary<string,object>", '{"$ref":"1"}'), "null");
  assert.equal(read("JObject", '{"$id":"1"}'), '{"$id":"1"}');
});

test("literals", () => {
  assert.equal(
    run('JsonConvert.ToString(1.0) + JsonConvert.ToString(true) + JsonConvert.ToString("a\'b")'),
    '1.0true"a\'b"',
  );
  assert.equal(
    run("JsonConvert.ToString(new List<int>())"),
    "ArgumentException: Unsupported type: System.Collections.Generic.List`1[System.Int32]. Use the JsonSerializer class to get the object's JSON representation.",
  );
});
