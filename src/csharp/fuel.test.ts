/** Runaway expressions: each must end as FuelExhausted, quickly and without harm to the next evaluation. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, evaluateCase } from "./evaluate.ts";

function answer(expr: string): Answer {
  return evaluateCase({ id: "x", expr }, {});
}

const endless: readonly (readonly [what: string, code: string])[] = [
  ["while", "@{ while (true) { } }"],
  ["do", "@{ do { } while (true); }"],
  ["for", "@{ for (;;) { } }"],
  ["goto", "@{ again: goto again; }"],
  ["goto case", "@{ switch (1) { case 1: goto case 1; default: return 1; } }"],
  ["nested loops", "@{ for (int i = 0; i < 1000000; i++) for (int j = 0; j < 1000000; j++) { } return 1; }"],
  ["a bound beyond all steps", "@{ int n = 0; for (int i = 0; i < int.MaxValue; i++) { n += i; } return n; }"],
  ["a bound that runs ahead", "@{ int end = 1; for (int i = 0; i < end; i++) { end++; } return end; }"],
  ["a counted loop in a loop", "@{ int n = 0; while (true) { for (int i = 0; i < 1000; i++) { n += i; } } }"],
  ["continue", "@{ int i = 0; while (true) { if (i == 0) continue; i++; } }"],
  ["loop that catches everything", '@{ while (true) { try { throw new Exception("x"); } catch { } } }'],
  [
    "loop of arithmetic that catches what ends it",
    "@{ var a = new int[1000]; while (true) { try { for (int i = 0; ; i++) { a[i] = 1; } } catch { } } }",
  ],
  [
    "loop of arithmetic in a function",
    "@{ int F() { int n = 0; for (int i = 0; i < 1000; i++) { n += i; } return n; } while (true) F(); }",
  ],
  ["tuples of tuples", "@{ object o = 1; for (;;) o = (o, o); }"],
  ["lambdas around lambdas", "@{ Func<int> f = () => 1; for (;;) { var g = f; f = () => g(); } }"],
  ["objects around objects", "@{ var e = new Exception(); for (;;) e = new Exception(null, e); }"],
  ["endless sequence", "Enumerable.Range(0, int.MaxValue).Count(x => x < 0)"],
  ["endless sequence into a list", "Enumerable.Range(0, int.MaxValue).ToList().Count"],
  ["repeat", "Enumerable.Repeat(1, int.MaxValue).Sum(x => (long)x)"],
  ["nested sequences", "Enumerable.Range(0, 100000).SelectMany(x => Enumerable.Range(0, 100000)).Count()"],
  ["cross joins", "(from a in Enumerable.Range(0, 5000) from b in Enumerable.Range(0, 5000) select a * b).Max()"],
  ["Fibonacci", "@{ long F(int n) => n < 2 ? n : F(n - 1) + F(n - 2); return F(60); }"],
  ["sorting in a loop", "@{ var a = Enumerable.Range(0, 1000).ToArray(); while (true) Array.Sort(a); }"],
  ["recursion", "@{ int F(int n) => F(n + 1) + 1; return F(0); }"],
  ["mutual recursion", "@{ int F(int n) => G(n) + 1; int G(int n) => F(n) + 1; return F(0); }"],
  ["recursion of a lambda", "@{ Func<int, int> f = null; f = n => f(n + 1) + 1; return f(0); }"],
  ["recursion through LINQ", "@{ Func<int, int> f = null; f = n => new[] { n }.Select(f).First(); return f(0); }"],
  [
    "recursion through object",
    "@{ object o = null; Func<int, int> f = n => ((Func<int, int>)o)(n) + 1; o = f; return f(0); }",
  ],
  ["recursion through dynamic", "@{ dynamic d = null; Func<int, int> f = n => (int)d(n) + 1; d = f; return f(0); }"],
  ["recursion in finally", "@{ void F() { try { F(); } finally { F(); } } F(); return 1; }"],
  ["recursion that catches", "@{ int F(int n) { try { return F(n + 1); } catch { return F(n + 1); } } return F(0); }"],
];

for (const [what, code] of endless) {
  test(`is stopped: ${what}`, () => {
    assert.deepEqual(answer(code), {
      id: "x",
      ...(code.startsWith("@{") ? {} : { static: answer(code).static }),
      timeout: true,
    });
    assert.equal(answer("1 + 1").value, 2);
  });
}

const large: readonly (readonly [what: string, code: string])[] = [
  ["doubling of a string", '@{ var s = "x"; while (true) s += s; }'],
  ["doubling by interpolation", '@{ var s = "x"; while (true) s = $"{s}{s}"; }'],
  ["doubling by Concat", '@{ var s = "x"; while (true) s = string.Concat(s, s); }'],
  ["doubling by Replace", '@{ var s = "x"; while (true) s = s.Replace("x", "xx"); }'],
  ["padding", '"x".PadLeft(int.MaxValue)'],
  ["alignment", '$"{1,2000000000}"'],
  ["alignment of Format", '@{ var s = ""; while (true) s += string.Format("{0,900000}", 1); }'],
  ["new string", "new string('x', int.MaxValue)"],
  ["array", "new int[int.MaxValue]"],
  ["byte array", "new byte[2000000000].Length"],
  [
    "jagged arrays",
    "@{ var a = new byte[100000][]; for (int i = 0; i < a.Length; i++) a[i] = new byte[10000000]; return 1; }",
  ],
  ["list", "@{ var l = new List<int>(); while (true) l.Add(1); }"],
  ["list that doubles", "@{ var l = new List<int> { 1 }; while (true) l.AddRange(l.ToArray()); }"],
  ["dictionary", "@{ var d = new Dictionary<int, int>(); for (int i = 0; ; i++) d[i] = i; }"],
  ["StringBuilder", '@{ var b = new StringBuilder("x"); while (true) b.Append(b.ToString()); }'],
  ["Join", "string.Join(new string('x', 1000000), Enumerable.Range(0, 100000))"],
  ["JSON array", "@{ var a = new JArray(); while (true) a.Add(1); }"],
];

for (const [what, code] of large) {
  test(`is too large: ${what}`, () => {
    assert.equal(answer(code).timeout, true, JSON.stringify(answer(code)).slice(0, 300));
  });
}

test("C# code cannot catch the end of its budget", () => {
  assert.equal(answer("@{ try { while (true) { } } catch { return 1; } finally { } }").timeout, true);
  assert.equal(answer("@{ try { while (true) { } } finally { while (true) { } } }").timeout, true);
  assert.equal(
    answer("@{ try { while (true) { } } catch (Exception e) when (e != null) { return 1; } return 2; }").timeout,
    true,
  );
});

test("each evaluation has a budget of its own", () => {
  const code = "@{ int n = 0; for (int i = 0; i < 3000000; i++) n += i % 3; return n; }";
  for (let i = 0; i < 5; i++) assert.equal(answer(code).value, 3_000_000 - 0);
});

test("recursion as deep as real code needs is fine", () => {
  assert.equal(answer("@{ int F(int n) => n == 0 ? 0 : 1 + F(n - 1); return F(1500); }").value, 1500);
  assert.equal(answer("@{ Func<int, int> f = null; f = n => n == 0 ? 0 : 1 + f(n - 1); return f(1500); }").value, 1500);
});

test("depth counts calls inside each other, not calls", () => {
  assert.equal(
    answer(
      "@{ int F(int n) => n == 0 ? 0 : F(n - 1); int s = 0; for (int i = 0; i < 10000; i++) s += F(2); return s; }",
    ).value,
    0,
  );
  const thrower = '@{ int F(int n) { if (n == 0) throw new Exception("x"); return F(n - 1); } int c = 0; ';
  assert.equal(
    answer(`${thrower}for (int i = 0; i < 5000; i++) { try { F(2); } catch { c++; } } return c; }`).value,
    5000,
  );
});

/** Each pays for all that it looks at: a loop around it ends as soon as one around nothing does. */
const heavy: readonly string[] = [
  "s.IndexOf('b')",
  's.IndexOf("b")',
  "s.LastIndexOfAny(new[] { 'b' })",
  "s.GetHashCode()",
  "s.ToUpper().Length",
  "s.TrimEnd('a').Length",
  "s.ToCharArray().Length",
  "s.Normalize().Length",
  "s.Split('b').Length",
  "s.Equals(t, StringComparison.OrdinalIgnoreCase)",
  "string.Compare(s, t)",
  "string.IsNullOrWhiteSpace(blanks)",
  "int.TryParse(digits, out var i)",
  "double.TryParse(digits, out var d)",
  "decimal.TryParse(digits, out var m)",
  "bool.TryParse(blanks, out var b)",
  "DateTime.TryParse(digits, out var t1)",
  "TimeSpan.TryParse(digits, out var t2)",
  "new Uri(address).AbsolutePath",
  "SHA256.Create().ComputeHash(bytes)",
  "BitConverter.ToString(bytes)",
  "Encoding.UTF8.GetBytes(s)",
  "Convert.ToBase64String(bytes)",
  "bytes.SequenceEqual(bytes)",
  "Array.IndexOf(bytes, (byte)1)",
  "list.Contains(-1)",
  "list.GetRange(0, 50000)",
  "dictionary.ContainsValue(-1)",
  'element.Element("c")',
  "array.ToString().Length",
  "rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)",
];

const SETUP = `
  var s = new string('a', 500000); var t = new string('A', 500000); var blanks = new string(' ', 500000);
  var digits = new string('1', 500000); var address = "http://h/" + new string('a', 60000); var bytes = new byte[500000];
  var list = Enumerable.Range(0, 50000).ToList(); var dictionary = list.ToDictionary(n => n);
  var element = new XElement("a", list.Take(5000).Select(n => new XElement("b"))); var array = new JArray(list.Take(5000));
  RSA rsa = null;`;

for (const code of heavy) {
  test(`is stopped: a loop of ${code}`, () => {
    const key = code.startsWith("rsa") ? "rsa = RSA.Create(2048);" : "";
    assert.equal(answer(`@{ ${SETUP} ${key} for (;;) { object o = ${code}; } }`).timeout, true);
  });
}
