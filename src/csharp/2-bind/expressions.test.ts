import assert from "node:assert/strict";
import { test } from "node:test";
import { bindExpression, boundExpression, expressionErrors, typeOf } from "../../../test/support/bind-samples.ts";

/** Each line: code, then its static type. */
function check(lines: readonly (readonly [code: string, type: string, setup?: string])[]): void {
  for (const [code, expected, setup] of lines) assert.equal(typeOf(code, setup), expected, code);
}

test("numeric promotion", () => {
  check([
    ["1 + 2", "int"],
    ["b + b", "int", "byte b = 1;"],
    ["'a' + 1", "int"],
    ["u + 1", "uint", "uint u = 1;"],
    ["u + i", "long", "uint u = 1; int i = 1;"],
    ["l + 1", "long", "long l = 1;"],
    ["ul + 1", "ulong", "ulong ul = 1;"],
    ["1 + 2.0f", "float"],
    ["1 + 2.0", "double"],
    ["1 + 2m", "decimal"],
    ["-u", "long", "uint u = 1;"],
    ["1 << 2L", "CS0019 Operator '<<' cannot be applied to operands of type 'int' and 'long'"],
    ["b << 1", "int", "byte b = 1;"],
    ["2147483648", "uint"],
    ["-2147483648", "int"],
    ["-9223372036854775808", "long"],
  ]);
  assert.equal(expressionErrors("ul + i", "ulong ul = 1; int i = 1;"), "CS0034@0");
  assert.equal(expressionErrors("1.0 + 2m"), "CS0019@0");
  assert.equal(expressionErrors("-ul", "ulong ul = 1;"), "CS0023@0");
});

test("lifted operators", () => {
  check([
    ["a + 1", "int?", "int? a = 1;"],
    ["a < 1", "bool", "int? a = 1;"],
    ["a == null", "bool", "int? a = 1;"],
    ["-a", "int?", "int? a = 1;"],
    ["a & true", "bool?", "bool? a = true;"],
    ["!a", "bool?", "bool? a = true;"],
    ["a - a", "System.TimeSpan?", "DateTime? a = null;"],
    ["a == null", "bool", "DateTime? a = null;"],
    ["a > DateTime.UtcNow", "bool", "DateTime? a = null;"],
    ["a + null", "int?", "int? a = 1;"],
  ]);
});

test("strings, enums, references", () => {
  check([
    ['"a" + 1 + null', "string"],
    ['1 + 2 + "a"', "string"],
    ['"a" == null', "bool"],
    ["(object)1 == (object)2", "bool"],
    ["DayOfWeek.Friday - DayOfWeek.Monday", "int"],
    ["DayOfWeek.Friday + 1", "System.DayOfWeek"],
    ["1 + DayOfWeek.Friday", "System.DayOfWeek"],
    ["DayOfWeek.Friday == 0", "bool"],
    ["RegexOptions.None | RegexOptions.Multiline", "System.Text.RegularExpressions.RegexOptions"],
    ['XNamespace.Get("u") + "a"', "System.Xml.Linq.XName"],
    ["DateTime.UtcNow - TimeSpan.Zero", "System.DateTime"],
    ['new Uri("http://a") == null', "bool"],
    ["sample == null", "bool"],
  ]);
  assert.equal(expressionErrors("DayOfWeek.Friday == 1"), "CS0019@0");
  assert.equal(expressionErrors("sample.Count == null"), "");
  assert.equal(expressionErrors("DateTime.UtcNow == 1"), "CS0019@0");
  assert.equal(expressionErrors('"a" == new JObject()'), "CS0019@0");
  assert.equal(expressionErrors("true && 1"), "CS0019@0");
});

test("string concatenation is one flat node, constants are joined", () => {
  const e = boundExpression('"a" + "b" + sample.Name + 1 + null');
  assert.equal(e.kind, "concatenation");
  assert.ok(e.kind === "concatenation");
  assert.deepEqual(
    e.parts.map((p) => (p.kind === "literal" ? p.value : p.kind)),
    ["ab", "property", 1, null],
  );
});

test("constants fold", () => {
  for (const [code, value] of [
    ["1 + 2 * 3", 7],
    ["int.MaxValue - 1", 2147483646],
    ["unchecked(int.MaxValue + 1)", -2147483648],
    ['"a" + "b"', "ab"],
    ["(byte)65", 65],
    ["(char)65 == 'A'", true],
    ["true ? 1 : 2", 1],
    ["nameof(sample.Name)", "Name"],
    ["default(int)", 0],
    ["sizeof(long)", 8],
    ["(int)DayOfWeek.Friday", 5],
    ["1L << 40", 1099511627776n],
    ["!false && true", true],
  ] as const) {
    const e = boundExpression(code);
    assert.equal(e.kind, "literal", code);
    assert.ok(e.kind === "literal");
    assert.equal(e.value, value, code);
  }
  assert.equal(expressionErrors("int.MaxValue + 1"), "CS0220@0");
  assert.equal(expressionErrors("1 + 1/0"), "CS0020@4");
  assert.equal(expressionErrors("checked((byte)300)"), "CS0221@8");
  assert.equal(expressionErrors("unchecked((byte)300)"), "");
  assert.equal(expressionErrors("x / 0", "int x = 1;"), "CS0020@0");
  assert.equal(expressionErrors("x / 0.0", "double x = 1;"), "");
});

test("conditional and coalescing operators find a common type", () => {
  check([
    ["true ? 1 : 2L", "long"],
    ["b ? x : 1", "int", "bool b = true; byte x = 1;"],
    ["b ? null : sample.Name", "string", "bool b = true;"],
    ['b ? throw new Exception() : "a"', "string", "bool b = true;"],
    ["b ? (JToken)null : new JObject()", "Newtonsoft.Json.Linq.JToken", "bool b = true;"],
    ["a ?? 1", "int", "int? a = 1;"],
    ["a ?? 1L", "long", "int? a = 1;"],
    ["a ?? c", "int?", "int? a = 1; int? c = 2;"],
    ["sample.Name ?? (object)1", "object"],
    ['sample.Name ?? throw new Exception("x")', "string"],
    ['null ?? "a"', "string"],
  ]);
  assert.equal(expressionErrors("b ? 1 : null", "bool b = true;"), "CS8957@0");
  assert.equal(expressionErrors("sample.Count ?? 1"), "CS0019@0");
});

test("conditional access lifts value types and covers the chain", () => {
  check([
    ["sample?.Count", "int?"],
    ["sample?.Name.Length", "int?"],
    ["sample?.Name?.Trim()", "string"],
    ["a?.Hour", "int?", "DateTime? a = null;"],
    ['sample?.Items["a"]', "object"],
  ]);
  const e = boundExpression("sample?.Name.Length");
  assert.ok(e.kind === "conditionalAccess");
  assert.ok(e.access.kind === "conversion" && e.access.conversion === "nullableWrap");
  assert.ok(e.access.operand.kind === "property" && e.access.operand.receiver?.kind === "property");
  assert.equal(expressionErrors("sample.Count?.ToString()"), "CS0023@12");
});

test("tuples", () => {
  check([
    ['(1, "a")', "(int, string)"],
    ["(a: 1, b: 2).b", "int"],
    ["t.Item2", "string", '(int, string) t = (1, "a");'],
    ["t.n", "long", "(long n, object o) t = (1, null);"],
    ["(1, 2) == (1, 2L)", "bool"],
  ]);
  assert.equal(expressionErrors("(1, 2) == (1, 2, 3)"), "CS8384@0");
});

test("types and patterns", () => {
  check([
    ["(object)1 is int", "bool"],
    ["sample.Name is null", "bool"],
    ['sample.Items["a"] is string s && s.Length > 1', "bool"],
    ['sample.Items["a"] as string', "string"],
    ['sample.Items["a"] as int?', "int?"],
    ["typeof(List<int>).Name", "string"],
  ]);
  assert.equal(expressionErrors("sample.Count is string s"), "CS8121@16");
  assert.equal(expressionErrors("sample.Count as string"), "CS0039@0");
  assert.equal(expressionErrors('sample.Count is "a"'), "CS0029@16");
});

test("what does not exist, with a way out", () => {
  check([
    [
      "sample.Nam",
      "CS1061 'ISample' does not contain a definition for 'Nam' and no accessible extension method 'Nam' accepting a first argument of type 'ISample' could be found (are you missing a using directive or an assembly reference?)",
    ],
    ["Math.Foo(1)", "CS0117 'Math' does not contain a definition for 'Foo'"],
    ["foo", "CS0103 The name 'foo' does not exist in the current context"],
    [
      "new Foo()",
      "CS0246 The type or namespace name 'Foo' could not be found (are you missing a using directive or an assembly reference?)",
    ],
    [
      "System.Foo.Bar()",
      "CS0234 The type or namespace name 'Foo' does not exist in the namespace 'System' (are you missing an assembly reference?)",
    ],
    ["(byte)300m", "CS0031 Constant value '300M' cannot be converted to a 'byte'"],
    ["new List()", "CS0305 Using the generic type 'List<T>' requires 1 type arguments"],
  ]);
});

test("names of other languages and of .NET outside of the allow-list get a hint", () => {
  const hint = (code: string) => bindExpression(code).errors[0]?.hint;
  assert.equal(hint('File.ReadAllText("a")'), "File is not available in policy expressions");
  assert.equal(hint("new HttpClient()"), "HttpClient is not available in policy expressions");
  assert.equal(
    hint("CultureInfo.InvariantCulture"),
    "write System.Globalization.CultureInfo: its namespace is not imported",
  );
  assert.equal(hint("XmlNodeType.Text"), "write System.Xml.XmlNodeType: its namespace is not imported");
  assert.equal(hint("sampel.Name"), "did you mean sample?");
  assert.equal(hint('"a".length'), "did you mean Length?");
  assert.equal(hint('"a".Trin()'), "did you mean Trim?");
  assert.equal(hint("DateTime.UtcNow()"), "write UtcNow without ()");
});
