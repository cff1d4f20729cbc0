/** Expressions: order of evaluation, lifting, assignment, conversions, members, positions of exceptions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateCase } from "../evaluate.ts";
import { Compiler, CsException } from "../index.ts";

function run(expr: string, setup?: string): unknown {
  const answer = evaluateCase({ id: "x", expr, setup }, {});
  if (answer.exception) return `${answer.exception.type}: ${answer.exception.message}`;
  return "value" in answer ? answer.value : answer;
}

const NULL_REFERENCE = "System.NullReferenceException: Object reference not set to an instance of an object.";

test("operands are evaluated from left to right, once", () => {
  const log = 'var s = ""; int F(int x) { s += x; return x; } ';
  assert.equal(run("s", `${log} var r = F(1) + F(2) * F(3);`), "123");
  assert.equal(run("s", `${log} var a = new int[9]; a[F(1)] = F(2);`), "12");
  assert.equal(run("s + a[1]", `${log} var a = new int[9]; a[F(1)] += F(2);`), "122");
  assert.equal(run("s + a[1]", `${log} var a = new int[9]; a[F(1)]++;`), "11");
  assert.equal(
    run("s + l[0]", `${log} var l = new List<int> { 5 }; List<int> L() { s += "L"; return l; } L()[F(0)] += F(2);`),
    "L027",
  );
  assert.equal(run("s", `${log} int G(int a, int b, int c) => 0; G(c: F(1), a: F(2), b: F(3));`), "123");
  assert.equal(run("s", `${log} bool b = F(1) > 5 && F(2) > 0 || F(3) > 0;`), "13");
  assert.equal(run("s", `${log} int? n = F(1) > 0 ? (int?)null : 3; var r = n ?? F(2);`), "12");
  assert.equal(run('x + " " + a[0] + a[1]', "int x = 0; var a = new int[2]; a[x++] = x; a[x] = x++;"), "2 11");
  assert.equal(run("x", "int x = 5; x += x++ + ++x;"), 5 + 5 + 7);
  assert.equal(run("x", "int x = 1; int F() { x = 10; return 1; } x += F();"), 2);
  assert.equal(run("x", "int x = 1; int F() { x = 10; return 1; } x = x + F() + x;"), 12);
  assert.equal(run("t.a * 10 + t.b", "var t = (a: 1, b: 2); (t.a, t.b) = (t.b, t.a);"), 21);
  assert.equal(run("a[0] * 10 + a[1]", "var a = new[] { 1, 2 }; (a[0], a[1]) = (a[1], a[0]);"), 21);
});

test("a null receiver is found out after the arguments", () => {
  assert.match(String(run('s.Substring(int.Parse("x"))', "string s = null;")), /FormatException/);
  assert.equal(run("s.Substring(1)", "string s = null;"), NULL_REFERENCE);
  assert.equal(run("s.Length", "string s = null;"), NULL_REFERENCE);
  assert.equal(run("s[0]", "string s = null;"), NULL_REFERENCE);
  assert.equal(run("a[0]", "int[] a = null;"), NULL_REFERENCE);
  assert.equal(run("a.Length", "int[] a = null;"), NULL_REFERENCE);
  assert.equal(run("f()", "Func<int> f = null;"), NULL_REFERENCE);
  assert.equal(run("o.ToString()", "object o = null;"), NULL_REFERENCE);
  assert.equal(run("l[0]", "List<int> l = null;"), NULL_REFERENCE);
  assert.equal(run("x.a", "var x = new { a = 1 }; x = null;"), NULL_REFERENCE);
  assert.equal(run("n.HasValue", "int? n = null;"), false);
  assert.equal(run("n.GetValueOrDefault() + n.GetValueOrDefault(5)", "int? n = null;"), 5);
  assert.equal(run("n.ToString() + n.GetHashCode() + n.Equals(null)", "int? n = null;"), "0True");
});

test("lifted operators", () => {
  const n = "int? a = 3; int? b = null; bool? t = true; bool? f = false; bool? u = null; ";
  for (const [expr, value] of [
    ["a + 1", 4],
    ["a + b", null],
    ["-a", -3],
    ["-b", null],
    ["a * a - 2", 7],
    ["a << 1", 6],
    ["a > 2", true],
    ["b > 2", false],
    ["b < 2", false],
    ["b <= null", false],
    ["a == 3", true],
    ["b == null", true],
    ["a != null", true],
    ["a == b", false],
    ["b != 1", true],
    ["t & u", null],
    ["f & u", false],
    ["t | u", true],
    ["f | u", null],
    ["t ^ u", null],
    ["!u", null],
    ["!t", false],
    ["t == u", false],
    ["a ?? 7", 3],
    ["b ?? 7", 7],
    ["b ?? a ?? 9", 3],
    ["a?.ToString()", "3"],
    ["b?.ToString()", null],
    ["a++ + a", 7],
  ] as const) {
    assert.equal(run(expr, n), value, expr);
  }
  assert.equal(run("d + e", "decimal? d = 1.5m; decimal? e = null;"), null);
  assert.equal(run("d + 1", "decimal? d = 1.5m;"), "2.5");
  assert.equal(run("d == e", "decimal? d = 1.0m; decimal? e = 1.00m;"), true);
  assert.equal(run("x - y", "DateTime? x = new DateTime(2024, 1, 2); DateTime? y = null;"), null);
  assert.equal(run("x == y", "DateTime? x = null; DateTime? y = null;"), true);
  assert.equal(run("(long?)a", "int? a = 5;"), "5");
  assert.equal(run("(int)a", "int? a = null;"), "System.InvalidOperationException: Nullable object must have a value.");
  assert.equal(run("b", "int? a = null; byte? b = (byte?)a;"), null);
});

test("assignments yield their values", () => {
  assert.equal(run("a + b", "int a; int b = a = 3;"), 6);
  assert.equal(run("(l[0] = 5) + l[0]", "var l = new List<int> { 1 };"), 10);
  assert.equal(run("(b.Length = 2) + b.ToString()", 'var b = new StringBuilder("abc");'), "2ab");
  assert.equal(run("(l[0] += 5) * 100 + l[0]++ * 10 + l[0]", "var l = new List<int> { 1 };"), 600 + 60 + 7);
  assert.equal(run('d["a"]++ + ++d["a"]', 'var d = new Dictionary<string, int> { { "a", 1 } };'), 4);
  assert.equal(run("t.Item1 = 5", "var t = (1, 2);"), 5);
  assert.equal(run("t.Item1 + u.Item1", "var t = (1, 2); var u = t; t.Item1 = 5;"), 6);
  assert.equal(run("x ^ y", "int x = 6, y = 3; x <<= 2; y |= 8; x &= ~8; y %= 7; x >>= 1; y ^= 1;"), 8 ^ 5);
  assert.equal(run("s += 1 + \"a\" + 'c'", 'string s = "x";'), "x1ac");
  assert.equal(run('s += "a"', "string s = null;"), "a");
  assert.equal(run("c += (char)1", "char c = 'a';"), "b");
});

test("delegates", () => {
  assert.equal(
    run(
      "s",
      'var s = ""; Action a = () => s += 1; Action b = () => s += 2; var c = a + b + a; c(); c -= a; c(); (a - a)?.Invoke();',
    ),
    "12112",
  );
  assert.equal(run("f == g", "Func<int> f = () => 1; Func<int> g = f;"), true);
  assert.equal(run("a + b == a + b", "Action a = () => { }; Action b = () => { };"), true);
  assert.equal(run("f == null", "Func<int> f = null;"), true);
  assert.equal(run("((Func<int, int>)o)(4)", "Func<int, int> f = x => x * 2; object o = f;"), 8);
  assert.match(
    String(run("((Func<string, int>)o)(null)", "Func<int, int> f = x => x * 2; object o = f;")),
    /InvalidCastException/,
  );
  assert.equal(run("o is Action", "object o = (Action)(() => { });"), true);
  assert.equal(run('new[] { "1", "2" }.Select(int.Parse).Sum()'), 3);
  assert.equal(run("f(2)(3)", "Func<int, Func<int, int>> f = x => y => x * y;"), 6);
});

test("structural values", () => {
  assert.equal(run('new { a = 1, b = (1, "x") }.ToString()'), "{ a = 1, b = (1, x) }");
  assert.equal(run("new { a = 1 }.GetHashCode() == new { a = 1 }.GetHashCode()"), true);
  assert.equal(run("new[] { (1, 2), (1, 2), (2, 1) }.Distinct().Count()"), 2);
  assert.equal(run("((object)(1, 2)).Equals((1, 2))"), true);
  assert.equal(run("((int, int))o", "object o = (x: 1, y: 2);"), "(1, 2)");
  assert.equal(run('Tuple.Create(1, "a").Item2 + Tuple.Create(1, "a")'), "a(1, a)");
  assert.equal(run("(1, (string)null, 2.5).ToString()"), "(1, , 2.5)");
  assert.equal(run("default((int, string)).ToString()"), "(0, )");
  assert.equal(run("((long, double))(1, 2)"), "(1, 2)");
  assert.equal(run("new[] { (1, 3), (1, 2) }.OrderBy(x => x).First().ToString()"), "(1, 2)");
});

test("is, as and casts", () => {
  for (const [expr, value] of [
    ["o is int", true],
    ["o is long", false],
    ["o is object", true],
    ["o is IComparable", true],
    ["o is int i && i == 5", true],
    ["o as string", null],
    ["(o as int?) == 5", true],
    ["o as long?", null],
    ["s is string", true],
    ["n is null", true],
    ["n is object", false],
    ["(IEnumerable<object>)a != null", true],
    ["a is object[]", true],
    ["((object)1 as IFormattable) != null", true],
    ["o is 5", true],
    ["o is 5L", false],
    ["(object)DayOfWeek.Friday is Enum", true],
    ["(int)(object)DayOfWeek.Friday", 5],
    ["(DayOfWeek)(object)5", "Friday"],
  ] as const) {
    assert.equal(
      run(expr, 'object o = 5; object s = "a"; object n = null; object a = new string[] { "x" };'),
      value,
      expr,
    );
  }
  assert.match(
    String(run("(int[])o", "object o = new long[1];")),
    /from type|Unable to cast object of type 'System.Int64\[\]' to type 'System.Int32\[\]'/,
  );
  assert.match(
    String(run("(string)o", "object o = 1;")),
    /Unable to cast object of type 'System.Int32' to type 'System.String'/,
  );
});

test("numbers of all widths", () => {
  for (const [expr, value] of [
    ["(sbyte)i", "44"],
    ["(byte)-i", "212"],
    ["(short)d", "4464"],
    ["(uint)-e", "4294967295"],
    ["(ulong)(l + 6)", "18446744073709551615"],
    ["(long)(d * 1e15)", "-9223372036854775808"],
    ["(char)(e * 65.7)", "b"],
    ["(float)0.1", "0.1"],
    ["(double)(float)0.1", "0.10000000149011612"],
    ["(int)(m * 3e9m)", "System.OverflowException: Value was either too large or too small for an Int32."],
    ["(byte)(m * 300)", "System.OverflowException: Value was either too large or too small for an unsigned byte."],
    ["u - 2", "4294967295"],
    ["-u", "-1"],
    ["u << 31", "2147483648"],
    ["~u", "4294967294"],
    ["u * 4000000000", "4000000000"],
    ["l >> 65", "-4"],
    ["l / 3", "-2"],
    ["l % 3", "-1"],
    ["7 % -3", 1],
    ["-7 / 2", -3],
    ["5 % 3 - 5", -3],
    ["-4 % 2 == 0", true],
    ["1.0f / 3", "0.33333334"],
    ["5.5 % 2", "1.5"],
    ["'a' + 1", 98],
    ["i / 7", 42],
    ["i * i * i * i * i", Math.imul(Math.imul(Math.imul(300 * 300, 300), 300), 300)],
  ] as const) {
    assert.equal(
      run(expr, "int i = 300; uint u = 1; long l = -7; double d = 70000.9; double e = 1.5; decimal m = 1;"),
      value,
      expr,
    );
  }
  for (const expr of [
    "checked(i * i)",
    "checked(-m)",
    "checked(u - 2)",
    "checked((byte)i)",
    "checked((uint)l)",
    "checked((int)(l * 1.0))",
    "checked(l * l * l)",
    "checked((ulong)l)",
    "checked((char)-i)",
  ]) {
    assert.equal(
      run(expr, "int i = 100000; int m = int.MinValue; uint u = 1; long l = -70000000000;"),
      "System.OverflowException: Arithmetic operation resulted in an overflow.",
      expr,
    );
  }
});

test("dynamic", () => {
  const setup = 'dynamic d = JObject.Parse("{\\"a\\":{\\"b\\":[1,2,{\\"c\\":\\"x\\"}]},\\"n\\":5,\\"s\\":\\"t\\"}"); ';
  for (const [expr, value] of [
    ["(int)d.a.b[1]", 2],
    ["(string)d.a.b[2].c", "x"],
    ["d.n + 1 == 6", true],
    ["d.missing == null", true],
    ['(string)(d.s + "!")', "t!"],
    ["(int)d.n * 2", 10],
  ] as const) {
    assert.equal(String(run(expr, setup)), String(value), expr);
  }
  assert.equal(run("s", `${setup} string s = d.s;`), "t");
  assert.equal(run("n", `${setup} int n = d.n;`), 5);
  assert.equal(run("n", `${setup} d.n = 7; d["m"] = 1; int n = d.n + d.m;`), 8);
  assert.equal(
    run("n", "int n = 0; dynamic l = new List<int> { 1, 2 }; l.Add(3); foreach (var x in l) n += x; n *= l.Count;"),
    18,
  );
  assert.equal(run("d.Length + d.Substring(1)", 'dynamic d = "abc";'), "3bc");
  assert.equal(run('d.ToUpper().Replace("A", "b")', 'dynamic d = "abc";'), "bBC");
  assert.equal(run("a + b", "dynamic a = 1; dynamic b = 2.5;"), "3.5");
  assert.equal(run("a > b ? a : b", "dynamic a = 1L; dynamic b = 2;"), 2);
  assert.match(String(run("d.Foo", 'dynamic d = "abc";')), /'string' does not contain a definition for 'Foo'/);
  assert.match(String(run("d.x", "dynamic d = null;")), /Cannot perform runtime binding on a null reference/);
  assert.equal(run("d(4)", "dynamic d = (Func<int, long>)(x => x * 2L);"), "8");
  assert.equal(run("d.b.ToString()", "dynamic d = new { a = 1, b = 2m };"), "2");
});

/** The code from the place where the exception was noted. */
function placeOf(code: string, kind: "expr" | "block"): string {
  const compiler = new Compiler({ globals: {} });
  const compiled = compiler.compile(code, kind);
  assert.deepEqual(compiled.errors, []);
  compiler.link();
  try {
    compiled.run();
  } catch (error) {
    if (error instanceof CsException) return code.slice(error.position, error.position + 12);
    throw error;
  }
  return "no exception";
}

test("exceptions know their place", () => {
  assert.equal(placeOf('"abc".Substring(1).Substring(9) + "x".Trim()', "expr"), "Substring(9)");
  assert.equal(placeOf("var a = 1;\nvar b = 0;\nreturn a / b;", "block"), "return a / b");
  assert.equal(placeOf('string s = null; var t = "a"; return t + s.Trim();', "block"), "Trim();");
  assert.equal(placeOf('int F(string x) { return int.Parse(x); } F("1"); return F("q");', "block"), "Parse(x); } ");
  assert.equal(
    placeOf('var q = new[] { "1", "z" }.Select(x => int.Parse(x)); return q.Sum();', "block"),
    "Parse(x)); r",
  );
  assert.equal(
    placeOf('try { int.Parse("u"); } catch (Exception e) { var z = 1; throw; } return 0;', "block"),
    'Parse("u"); ',
  );
});
