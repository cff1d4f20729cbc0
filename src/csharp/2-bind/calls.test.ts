import assert from "node:assert/strict";
import { test } from "node:test";
import { boundExpression, bindExpression, expressionErrors, typeOf } from "../../../test/support/bind-samples.ts";
import type { Expression } from "./bound.ts";

/** Key of the member that the outermost call picks, inside conversions and sequences too. */
function picked(code: string, setup?: string): string {
  const { bound, errors } = bindExpression(code, setup);
  if (!bound) return errors.map((e) => e.code).join(" ");
  const last = bound.body.kind === "block" ? bound.body.statements.at(-1) : undefined;
  let e = (last?.kind === "return" ? last.value : bound.body) as Expression;
  while (e.kind === "conversion" || e.kind === "sequence") e = e.kind === "sequence" ? e.result : e.operand;
  return "member" in e ? e.member.key : e.kind;
}

test("the better overload", () => {
  for (const [code, key, setup] of [
    ["Math.Max(1, 2)", "Max(int,int)"],
    ["Math.Max(1, 2L)", "Max(long,long)"],
    ["Math.Max(1, 2.5)", "Max(double,double)"],
    ["Math.Abs(x)", "Abs(short)", "byte x = 1;"],
    ["\"a\".Split(',')", "Split(char,StringSplitOptions)"],
    ["\"a\".Split(',', ';')", "Split(char[])"],
    ['"a".Split(null)', "Split(char[])"],
    ['"a".Split(new[] { ",", ";" }, StringSplitOptions.None)', "Split(string[],StringSplitOptions)"],
    ["\"a\".Trim('x')", "Trim(char)"],
    ['string.Join(",", 1, 2)', "Join(string,object[])"],
    ['string.Join(",", "a", "b")', "Join(string,string[])"],
    ['string.Join(",", new List<string>())', "Join(string,IEnumerable<string>)"],
    ['string.Join(",", new List<int>())', "Join(string,IEnumerable<!!0>)"],
    ['string.Format("{0}", 1)', "Format(string,object)"],
    ['string.Format("{0}", 1, 2, 3, 4)', "Format(string,object[])"],
    ["new StringBuilder().Append('c')", "Append(char)"],
    ["new StringBuilder().Append((object)null)", "Append(object)"],
    ['int.TryParse("1", out var n)', "TryParse(string,int&)"],
    ["Convert.ToString(1)", "ToString(int)"],
    ['Convert.ToInt32(sample.Items["a"])', "ToInt32(object)"],
    ['new JObject(new JProperty("a", 1))', "new(object)"],
    ["new JArray(1, 2)", "new(object[])"],
    ['new JValue("a")', "new(string)"],
    ["1.Equals(1)", "Equals(int)"],
    ["1L.Equals(1)", "Equals(long)"],
    ["1.Equals(1L)", "Equals(object)"],
    ["sample.ToString()", "ToString()"],
    ['Encoding.UTF8.GetBytes("a")', "GetBytes(string)"],
  ] as const) {
    assert.equal(picked(code, setup), key, code);
  }
});

test("generic inference with lambdas and method groups", () => {
  for (const [code, type] of [
    ["new[] { 1, 2 }.Select(x => x + 0.5)", "System.Collections.Generic.IEnumerable<double>"],
    ['new[] { "1" }.Select(int.Parse)', "System.Collections.Generic.IEnumerable<int>"],
    ["new[] { 1 }.Aggregate(0L, (a, b) => a + b)", "long"],
    ["new[] { 1 }.ToDictionary(x => x, x => x.ToString())", "System.Collections.Generic.Dictionary<int, string>"],
    ["new[] { 1 }.Sum(x => (byte)x)", "int"],
    ["new[] { 1 }.Max(x => (decimal)x)", "decimal"],
    ["new[] { 1 }.GroupBy(x => x % 2).Select(g => g.Key)", "System.Collections.Generic.IEnumerable<int>"],
    ["new[] { 1 }.Select((x, i) => i)", "System.Collections.Generic.IEnumerable<int>"],
    ['"abc".Select(c => (int)c).Sum()', "int"],
    ['new[] { 1 }.Select(x => new { x, y = "a" }).First().y', "string"],
    ["new[] { 1 }.Select(x => { if (x > 1) return 1L; return 2; })", "System.Collections.Generic.IEnumerable<long>"],
    ['sample.Items.Find("a", 1)', "int"],
    ["sample.Items.Select(p => p.Key + p.Value)", "System.Collections.Generic.IEnumerable<string>"],
    ["sample.Read<string>()", "string"],
    ['Tuple.Create(1, "a").Item2', "string"],
    ['new List<string> { "a" }.Count()', "int"],
    ['new List<JToken>().OfType<JObject>().FirstOrDefault()?["a"]', "Newtonsoft.Json.Linq.JToken"],
    ['new[] { 1 }.Zip(new[] { "a" }, (x, y) => x + y)', "System.Collections.Generic.IEnumerable<string>"],
    ["new[] { 1 }.SelectMany(x => new[] { x, x })", "System.Collections.Generic.IEnumerable<int>"],
    ["Enumerable.Empty<int>().DefaultIfEmpty()", "System.Collections.Generic.IEnumerable<int>"],
  ] as const) {
    assert.equal(typeOf(code), type, code);
  }
  assert.equal(expressionErrors("new[] { 1 }.Cast()"), "CS0411@12");
});

test("query expressions become calls", () => {
  for (const [code, type] of [
    ["from x in new[] { 1 } where x > 0 select x", "System.Collections.Generic.IEnumerable<int>"],
    [
      "from x in new[] { 1 } from y in new[] { 2L } let z = x + y orderby z descending, x select new { x, z }",
      "System.Collections.Generic.IEnumerable<<anonymous type: int x, long z>>",
    ],
    [
      "from x in new[] { 1 } group x.ToString() by x % 2 into g where g.Count() > 1 select g.Key",
      "System.Collections.Generic.IEnumerable<int>",
    ],
    [
      "from x in new[] { 1 } join y in new[] { 2L } on x equals y select y",
      "System.Collections.Generic.IEnumerable<long>",
    ],
    [
      "from x in new[] { 1 } join y in new[] { 2 } on x equals y into ys from z in ys select z + x",
      "System.Collections.Generic.IEnumerable<int>",
    ],
    ["from JProperty p in new JObject().Properties() select p.Name", "System.Collections.Generic.IEnumerable<string>"],
  ] as const) {
    assert.equal(typeOf(code), type, code);
  }
  assert.equal(expressionErrors("from x in 5 select x"), "CS1936@12");
  assert.equal(expressionErrors("from x in new[] { 1 } select x.Foo"), "CS1061@31");
});

test("named, optional and params arguments arrive in parameter order", () => {
  const plain = boundExpression("sample.Read<string>()");
  assert.ok(plain.kind === "call" && plain.args[0].kind === "literal" && plain.args[0].value === false);
  const named = boundExpression('string.Compare(strB: sample.Name, strA: "x")');
  assert.ok(named.kind === "sequence" && named.result.kind === "call");
  assert.equal(named.result.args[0].kind, "literal");
  assert.equal(named.result.args[1].kind, "local");
  const packed = boundExpression('string.Format("{0}{1}{2}{3}", 1, 2, 3, sample.Name)');
  assert.ok(packed.kind === "call" && packed.args[1].kind === "arrayCreation");
  assert.deepEqual(
    packed.args[1].items?.map((i) => (i.kind === "conversion" ? i.conversion : i.kind)),
    ["boxing", "boxing", "boxing", "reference"],
  );
  const empty = boundExpression('string.Format("a")');
  assert.ok(empty.kind === "call" && empty.args[1].kind === "arrayCreation" && empty.args[1].items?.length === 0);
});

test("user-defined conversions", () => {
  for (const [code, type, setup] of [
    ["(int)t", "int", "JToken t = 5;"],
    ["(string)t", "string", 'JToken t = "a";'],
    ["(int?)t", "int?", "JToken t = 5;"],
    ["(long)t + 1", "long", "JToken t = 5;"],
    ["o", "System.DateTimeOffset", "DateTimeOffset o = DateTime.UtcNow;"],
    ["(DateTimeOffset?)d", "System.DateTimeOffset?", "DateTime? d = null;"],
    ['new XElement("a")', "System.Xml.Linq.XElement"],
    ['(bool)(JToken)sample.Items["a"]', "bool"],
  ] as const) {
    assert.equal(typeOf(code, setup), type, code);
  }
  const e = boundExpression("(JToken)5");
  assert.ok(e.kind === "conversion" && e.conversion === "userDefined");
  assert.equal(e.method?.key, "op_Implicit(int):JToken");
  assert.equal(expressionErrors("x", "int x = (JToken)5;"), "CS0266@8");
});

test("a value-type receiver of an object's member is boxed", () => {
  const e = boundExpression("DayOfWeek.Friday.ToString()");
  assert.ok(e.kind === "call" && e.receiver?.kind === "conversion" && e.receiver.conversion === "boxing");
  assert.equal(`${e.receiver.type}`, "System.Enum");
});

test("wrong calls are blamed on the right place", () => {
  for (const [code, expected] of [
    ['"abc".Substring()', "CS1501@6"],
    ['"abc".Substring("a")', "CS1503@16"],
    ["Math.Max(1, null)", "CS1503@12"],
    ["sample.Read()", "CS0411@7"],
    ["sample.Read<string>(preserve: true)", "CS1739@20"],
    ["sample.Name()", "CS1955@7"],
    ['int.TryParse("1", n)', "CS0103@18"],
    ['int.Parse("1").Foo', "CS1061@15"],
    ['new[] { "a" }.Sum()', "CS1929@0"],
    ['"a".Value<string>()', "CS1929@0"],
    ["5.Sum(x => x)", "CS1061@2"],
    ["5.Cast()", "CS1061@2"],
    ['"abc".Substring("a", "b")', "CS1503@16 CS1503@21"],
    ["!null", "CS8310@0"],
    ["default ?? 1", "CS8310@0"],
    ["decimal.MaxValue + 1", "CS0463@0"],
    ["(1, null)", "CS8135@0"],
    ["new[] { 1 }.Select(x => x.Foo)", "CS1061@26"],
    ["new[] { 1 }.Where(x => x)", "CS0029@23 CS1662@23"],
    ["new DateTime(1)", ""],
    ["new Random(1, 2)", "CS1729@4"],
    ["new DateTime(1, 2)", "CS1503@16"],
    ["new Random().Next", "CS0428@0"],
    ["string.Length", "CS0120@0"],
    ['"a".Empty', "CS0176@0"],
    ['"a".IsNullOrEmpty("b")', "CS0176@0"],
    ["new IDisposable()", "CS0144@0"],
    ["new Math()", "CS0712@0"],
    ["1[0]", "CS0021@0"],
    ['sample.Items["a"]["b"]', "CS0021@0"],
    ["sample.Items[1]", "CS1503@13"],
    ["(() => 1)()", "CS0149@0"],
    ['JObject.Parse("{}").Any()', "CS1061@20"],
    ["new List<int>().Clear()", "CS0030@0"],
    ["throw new Exception()", "CS8115@0"],
    ["null + null", "CS0034@0"],
    ["new[] { 1 }.Select(x => y => z)", "CS0411@12"],
  ] as const) {
    assert.equal(expressionErrors(code), expected, code);
  }
});

test("nested lambdas cannot exhaust the compiler", () => {
  let code = "1";
  for (let depth = 0; depth < 24; depth++) code = `new[] { 1 }.Max(x${depth} => new[] { 1 }.Sum(y${depth} => ${code}))`;
  const { errors } = bindExpression(code);
  assert.ok(
    errors.every((e) => e.code === "CS8078"),
    errors[0]?.message,
  );
});

test("members in use are named for the host", () => {
  const { uses } = bindExpression("sample?.Items.Find(sample.Name, 1)");
  assert.deepEqual([...uses].sort(), [
    "ISample.Items",
    "ISample.Name",
    "SampleExtensions.Find(IReadOnlyDictionary<string,object>,string,!!0)",
  ]);
});
