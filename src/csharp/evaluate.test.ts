/** Answers in the form of recorded results. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateCase } from "./evaluate.ts";
import { type } from "./types.ts";

const answer = (expr: string, setup?: string) => evaluateCase({ id: "a", expr, setup }, {});

test("values of all kinds", () => {
  for (const [expr, description] of [
    ["1", { static: "int", type: "System.Int32", value: 1, str: "1" }],
    ["1L", { static: "long", type: "System.Int64", value: "1", str: "1" }],
    ["1.5", { static: "double", type: "System.Double", value: "1.5", str: "1.5" }],
    ["'c'", { static: "char", type: "System.Char", value: "c", str: "c" }],
    ["true", { static: "bool", type: "System.Boolean", value: true, str: "True" }],
    ["(string)null", { static: "string", type: null, value: null, str: null }],
    ["DayOfWeek.Friday", { static: "System.DayOfWeek", type: "System.DayOfWeek", value: "Friday", str: "Friday" }],
    ["new byte[] { 1, 2 }", { static: "byte[]", type: "System.Byte[]", value: "base64:AQI=", str: "System.Byte[]" }],
    [
      "new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc)",
      {
        static: "System.DateTime",
        type: "System.DateTime",
        value: "2024-01-02T03:04:05.0000000Z|Utc",
        str: "01/02/2024 03:04:05",
      },
    ],
    [
      "new List<int> { 1 }",
      {
        static: "System.Collections.Generic.List<int>",
        type: "System.Collections.Generic.List<System.Int32>",
        value: [1],
        str: "System.Collections.Generic.List`1[System.Int32]",
      },
    ],
    [
      'new Dictionary<string, object> { { "__proto__", null }, { "a", 1L } }',
      {
        static: "System.Collections.Generic.Dictionary<string, object>",
        type: "System.Collections.Generic.Dictionary<System.String,System.Object>",
        value: JSON.parse('{"__proto__":null,"a":"1"}'),
        str: "System.Collections.Generic.Dictionary`2[System.String,System.Object]",
      },
    ],
    [
      'JObject.Parse("{\\"a\\":1}")',
      {
        static: "Newtonsoft.Json.Linq.JObject",
        type: "Newtonsoft.Json.Linq.JObject",
        value: '{"a":1}',
        str: '{\n  "a": 1\n}',
      },
    ],
    [
      "new[] { 1, 2 }.Where(x => x > 1)",
      { static: "System.Collections.Generic.IEnumerable<int>", value: [2], opaque: true },
    ],
  ] as const) {
    assert.deepEqual(answer(expr), { id: "a", ...description }, expr);
  }
});

test("forms of the expression", () => {
  assert.equal(answer("@(1 + 1)").value, 2);
  assert.equal(answer(" @{ return 1 + 1; } ").value, 2);
  assert.equal("static" in answer("@{ return 1; }"), false);
  assert.equal(answer("x + 1", "int x = 1;").value, 2);
});

test("exceptions and errors", () => {
  assert.deepEqual(answer('int.Parse("x")'), {
    id: "a",
    static: "int",
    exception: { type: "System.FormatException", message: "The input string 'x' was not in a correct format." },
  });
  assert.deepEqual(answer('@{ throw new Exception("o", new Exception("i")); }').exception, {
    type: "System.Exception",
    message: "o",
    inner: { type: "System.Exception", message: "i" },
  });
  assert.deepEqual(answer("1 +\nx").compileError, [
    { code: "CS0103", message: "The name 'x' does not exist in the current context", line: 2, col: 1 },
  ]);
  assert.deepEqual(
    answer("1", 'int y = "a";').compileError?.map(({ line, col }) => [line, col]),
    [[-1, 9]],
  );
  assert.deepEqual(
    answer("(1").compileError?.map(({ code, line, col }) => [code, line, col]),
    [["CS1026", 2, 2]],
  );
  assert.equal(answer("@{ while (true) { } }").timeout, true);
});

test("globals", () => {
  const globals = { who: { type: type("System.String"), value: "me" } };
  assert.equal(evaluateCase({ id: "a", expr: "who.ToUpper()" }, globals).value, "ME");
});
