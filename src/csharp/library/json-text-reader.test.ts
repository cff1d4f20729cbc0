/** Json.NET's lenient reader: what it takes, what it makes of it, and its errors with path, line and position. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CsException } from "../runtime/values.ts";
import { JArray } from "./jarray.ts";
import { JObject } from "./jobject.ts";
import { parseJson, parseJsonArray, parseJsonObject } from "./json-loading.ts";
import { JTokenType } from "./json-token-type.ts";

function failure(text: string, parse: (text: string) => unknown = parseJson): string {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof CsException, String(error));
    assert.equal(error.typeName, "Newtonsoft.Json.JsonReaderException");
    return error.message;
  }
  return assert.fail(`${text} was read`);
}

test("what is read comes out again in its canonical form", () => {
  const cases: [text: string, json: string][] = [
    ['{"a":1,"b":[1,{"c":[]}],"d":{}}', '{"a":1,"b":[1,{"c":[]}],"d":{}}'],
    ["{a:1,/*c*/ b:0x1F, c:010,}", '{"a":1,"b":31,"c":8}'],
    ["{'a':'it\\'s'}", '{"a":"it\'s"}'],
    ["[1,,2]", "[1,undefined,2]"],
    ["[1,]", "[1]"],
    ['{"a":1,"a":2,"b":3}', '{"a":2,"b":3}'],
    ["[1.0,1e3,0.1,-0.0,-0,1E-7]", "[1.0,1000.0,0.1,-0.0,0,1E-07]"],
    ["[1e400,NaN,-Infinity]", '["Infinity","NaN","-Infinity"]'],
    ["[9007199254740993,12345678901234567890]", "[9007199254740993,12345678901234567890]"],
    ["new Date(1,2)", "new Date(1,2)"],
    ['"x\\u00e9\\n\\/<&>"', '"xé\\n/<&>"'],
    ['"\\u2028\\u007f\\u0001\'"', '"\\u2028\u007f\\u0001\'"'],
    ['"\\uD83D\\uDE00\\ud800x"', '"😀\ufffdx"'],
    ['"2024-01-02T03:04:05.120Z"', '"2024-01-02T03:04:05.12Z"'],
    ['"2024-01-02T03:04:05+02:00"', '"2024-01-02T01:04:05+00:00"'],
    ['"2024-01-02T03:04:05"', '"2024-01-02T03:04:05"'],
    ['"2024-01-02T24:00:00Z"', '"2024-01-03T00:00:00Z"'],
    ['"2024-01-02T03:04:05.123456789Z"', '"2024-01-02T03:04:05.123456789Z"'],
    ['"/Date(1700000000000)/"', '"2023-11-14T22:13:20Z"'],
    ['{"a":1} // end', '{"a":1}'],
    [" \r\n\t[ ] ", "[]"],
  ];
  for (const [text, json] of cases) assert.equal(parseJson(text).toJson(), json, text);
});

test("token types", () => {
  const cases: [text: string, tokenType: number][] = [
    ["1", JTokenType.Integer],
    ["1.5", JTokenType.Float],
    ["true", JTokenType.Boolean],
    ["null", JTokenType.Null],
    ["undefined", JTokenType.Undefined],
    ['"2024-01-02T00:00:00Z"', JTokenType.Date],
    ['"2024-01-02"', JTokenType.String],
    ['"2024-13-02T00:00:00Z"', JTokenType.String],
    ['"12:34:56"', JTokenType.String],
    ["// c\n1", JTokenType.Comment],
  ];
  for (const [text, tokenType] of cases) assert.equal(parseJson(text).tokenType, tokenType, text);
  assert.ok(parseJsonObject("/* c */ {}") instanceof JObject);
  assert.ok(parseJsonArray("[1]") instanceof JArray);
});

test("errors name the path, the line and the position", () => {
  const cases: [text: string, message: string][] = [
    ["", "Error reading JToken from JsonReader. Path '', line 0, position 0."],
    ['{"a":}', "Unexpected character encountered while parsing value: }. Path 'a', line 1, position 5."],
    ['{"a":1} x', "Additional text encountered after finished reading JSON content: x. Path '', line 1, position 8."],
    ["[1", "Unexpected end of content while loading JArray. Path '[0]', line 1, position 2."],
    ['{"a":"x', "Unterminated string. Expected delimiter: \". Path 'a', line 1, position 7."],
    ["[1 2]", "After parsing a value an unexpected character was encountered: 2. Path '[0]', line 1, position 3."],
    ['{"a" 1}', "Invalid character after parsing property name. Expected ':' but got: 1. Path '', line 1, position 5."],
    ["{,}", "Invalid property identifier character: ,. Path '', line 1, position 1."],
    ['{"a":1]', "JsonToken EndArray is not valid for closing JsonType Object. Path '', line 1, position 7."],
    ['"\\q"', "Bad JSON escape sequence: \\q. Path '', line 1, position 3."],
    ['"\\u12zz"', "Invalid Unicode escape sequence: \\u12zz. Path '', line 1, position 3."],
    ['{"a":1.2.3}', "Input string '1.2.3' is not a valid number. Path 'a', line 1, position 10."],
    ["[09]", "Input string '09' is not a valid number. Path '[0]', line 1, position 3."],
    ["tru", "Unexpected end when reading JSON. Path '', line 1, position 3."],
    ["trux", "Error parsing boolean value. Path '', line 1, position 3."],
    ["[nx]", "Unexpected character encountered while parsing value: n. Path '', line 1, position 1."],
    ["/* x", "Unexpected end while parsing comment. Path '', line 1, position 4."],
    [
      '{"a": [1,\r\n 2,\n x]}',
      "Unexpected character encountered while parsing value: x. Path 'a[1]', line 3, position 1.",
    ],
    [
      '{"a b":{"c.d":x}}',
      "Unexpected character encountered while parsing value: x. Path '['a b']['c.d']', line 1, position 14.",
    ],
  ];
  for (const [text, message] of cases) assert.equal(failure(text), message, text);
});

test("an object or array that is neither", () => {
  const notObject =
    "Error reading JObject from JsonReader. Current JsonReader item is not an object: StartArray. Path '', line 1, position 1.";
  assert.equal(failure("[1]", parseJsonObject), notObject);
  const notArray =
    "Error reading JArray from JsonReader. Current JsonReader item is not an array: StartObject. Path '', line 1, position 1.";
  assert.equal(failure("{}", parseJsonArray), notArray);
});

test("64 levels are read, 65 are not, and a million do not exhaust the stack", () => {
  assert.equal(parseJson("[".repeat(64) + "]".repeat(64)).toJson().length, 128);
  const path = "[0]".repeat(64);
  assert.equal(
    failure("[".repeat(65)),
    `The reader's MaxDepth of 64 has been exceeded. Path '${path}', line 1, position 65.`,
  );
  assert.match(failure("[".repeat(1_000_000)), /MaxDepth/);
});

test("an integer of hundreds of digits is refused", () => {
  assert.match(failure("1".repeat(381)), /^JSON integer 1+ is too large to parse\./);
  assert.equal(parseJson("1".repeat(380)).toJson(), "1".repeat(380));
});

test("names of JavaScript's own objects are names like any other", () => {
  const object = parseJsonObject('{"__proto__":1,"constructor":2,"toString":3}');
  assert.equal(object.toJson(), '{"__proto__":1,"constructor":2,"toString":3}');
  assert.equal(object.get("hasOwnProperty"), null);
});

test("everything that JSON.stringify writes is read back", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value);
      const again = JSON.parse(parseJson(text).toJson());
      // JSON.parse keeps the sign of zero, which an integer has not.
      assert.deepEqual(JSON.stringify(again), JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 300 },
  );
});

// Hours, where each digit is a new place to begin from.
test("a number of a million digits that is none is read once", () => {
  const message = failure(`[${"1".repeat(1_000_000)}x]`);
  assert.ok(message.startsWith("Input string '1111"));
  assert.ok(message.includes("1x' is not a valid number. Path '"));
});
