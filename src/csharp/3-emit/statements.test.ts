/** Statements, as C# runs them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateCase } from "../evaluate.ts";
import { implement } from "../library/define.ts";
import { decodeType } from "../library/surface.ts";
import { CsObject } from "../runtime/values.ts";
import { declareTypes, type } from "../types.ts";

/** The value of a block, or the exception it throws. */
function run(code: string): unknown {
  const answer = evaluateCase({ id: "x", expr: `@{ ${code} }` }, {});
  if (answer.exception) return `${answer.exception.type}: ${answer.exception.message}`;
  return "value" in answer ? answer.value : answer;
}

/** Each case gathers what happens in the string `s`. */
function trace(code: string): unknown {
  return run(`var s = ""; ${code} return s;`);
}

test("loops with break and continue inside each other", () => {
  assert.equal(trace("for (int i = 0; i < 4; i++) { if (i == 1) continue; if (i == 3) break; s += i; }"), "02");
  assert.equal(trace("int i = 0; while (true) { i++; if (i % 2 == 0) continue; if (i > 5) break; s += i; }"), "135");
  assert.equal(trace("int i = 0; do { i++; if (i == 2) continue; s += i; } while (i < 3);"), "13");
  assert.equal(
    trace('for (int i = 0; i < 3; i++) for (int j = 0; j < 3; j++) { if (j == 1) break; s += i + "" + j + " "; }'),
    "00 10 20 ",
  );
  assert.equal(
    trace("foreach (var x in new[] { 1, 2, 3 }) { switch (x) { case 2: continue; default: break; } s += x; }"),
    "13",
  );
  assert.equal(trace("foreach (var c in \"abc\") { if (c == 'b') continue; s += c; }"), "ac");
  assert.equal(trace('for (int i = 0, j = 10; i < j; i += 3, j--) s += j - i + ",";'), "10,6,2,");
});

test("variables of a loop body are new in each turn, that of a for is not", () => {
  const sum = 'return string.Join(",", fs.Select(f => f()));';
  const list = "var fs = new List<Func<int>>();";
  assert.equal(run(`${list} for (int i = 0; i < 3; i++) { fs.Add(() => i); } ${sum}`), "3,3,3");
  assert.equal(run(`${list} for (int i = 0; i < 3; i++) { int k = i; fs.Add(() => k); } ${sum}`), "0,1,2");
  assert.equal(run(`${list} foreach (var x in new[] { 1, 2 }) fs.Add(() => x); ${sum}`), "1,2");
  assert.equal(
    run(`${list} int n = 0; while (n < 2) { int k; k = n; fs.Add(() => k++); n++; } fs[0](); ${sum}`),
    "1,1",
  );
  assert.equal(
    run(`${list} foreach (var t in new[] { (1, 2), (3, 4) }) { var (a, b) = t; fs.Add(() => a * b); } ${sum}`),
    "2,12",
  );
  assert.equal(
    run(`${list} int i = 0; while (int.TryParse(i < 2 ? "" + i : "", out var p)) { fs.Add(() => p); i++; } ${sum}`),
    "0,1",
  );
});

test("generic local functions are made for each list of type arguments", () => {
  assert.equal(run("object Box<T>(T x) => x; return Box(5).GetType() == typeof(int);"), true);
  assert.equal(
    run("long Sum<T>(T x) where T : IConvertible => Convert.ToInt64(x); return (int)(Sum(3) + Sum(4L));"),
    7,
  );
  assert.equal(
    run(
      'string A<T>(T x, int n) => n == 0 ? typeof(T).Name : B(x, n - 1); string B<T>(T x, int n) => A("s", n); return A(1, 1);',
    ),
    "String",
  );
  assert.equal(run("int n = 0; void Add<T>(T x) { n++; } Add(1); Add(true); { Add('c'); } return n;"), 3);
  assert.equal(run("goto L; L: return F(2); T F<T>(T x) { return x; }"), 2);
  assert.equal(run("Func<T> Later<T>(T x) => () => x; return Later(3)() + Later(4)();"), 7);
});

test("local functions see later variables and each other", () => {
  assert.equal(run("F(); int x = 1; void F() { x = 5; } return x;"), 1);
  assert.equal(run("int x = 1; int F() => x++; F(); F(); return x;"), 3);
  assert.equal(
    run("bool Even(int n) => n == 0 || Odd(n - 1); bool Odd(int n) => n != 0 && Even(n - 1); return Even(10);"),
    true,
  );
  assert.equal(run("return F(3); int F(int n) { return n <= 1 ? 1 : n * F(n - 1); }"), 6);
  assert.equal(run("void Add(ref int a, int b) { a += b; } int x = 1; Add(ref x, 4); Add(ref x, x); return x;"), 10);
  assert.equal(
    run('void Two(out int a, out string b) { a = 1; b = "q"; } Two(out var x, out var y); return x + y;'),
    "1q",
  );
  assert.equal(
    run("int[] a = { 1, 2 }; void Inc(ref int x) { x++; a = null; x++; } Inc(ref a[1]); return a == null;"),
    true,
  );
  assert.equal(run("int x = 1; void F(ref int y) { y = 5; x += 1; y += x; } F(ref x); return x;"), 12);
  assert.equal(run("int F(int a, int b = 7) => a * 10 + b; return F(1) + F(b: 2, a: 3);"), 49);
});

test("switch over constants, patterns, goto case", () => {
  const f =
    'string F(object o) { switch (o) { case 1: return "one"; case int n when n > 10: return "big" + n; case int n: return "int" + n; case string s when s == "": return "empty"; case string s: return s + "!"; case null: return "null"; default: return o.GetType().Name; } } ';
  assert.equal(
    run(`${f} return string.Join(" ", new object[] { 1, 11, 2, "", "a", null, 2L }.Select(F));`),
    "one big11 int2 empty a! null Int64",
  );
  assert.equal(
    trace(
      'foreach (var x in new[] { "a", "b", "c", null }) switch (x) { case "a": s += 1; break; case "b": case "c": s += 2; break; case null: s += "n"; break; }',
    ),
    "122n",
  );
  assert.equal(
    trace('switch (3) { default: s += "d"; goto case 1; case 1: s += 1; goto case 2; case 2: s += 2; break; }'),
    "d12",
  );
  assert.equal(
    trace(
      'for (int i = 0; i < 3; i++) { switch (i) { case 0: s += "z"; continue; case 1: s += "o"; goto default; default: s += "d"; break; } s += "."; }',
    ),
    "zod.d.",
  );
  assert.equal(
    trace(
      'object o = 5; switch (o) { case string t: s += t; break; case int n when n > 3: default: s += "x"; break; case 5: s += "never"; break; }',
    ),
    "x",
  );
  assert.equal(trace('switch (5.0) { case 5.0: s += "five"; break; }'), "five");
  assert.equal(trace('switch (1.50m) { case 1.5m: s += "m"; break; }'), "m");
  assert.equal(trace('switch (double.NaN) { case double.NaN: s += "nan"; break; default: s += "d"; break; }'), "nan");
  assert.equal(trace('int? n = null; switch (n) { case 1: s += 1; break; case null: s += "null"; break; }'), "null");
  assert.equal(
    trace("switch (DayOfWeek.Friday) { case DayOfWeek.Monday: s += 1; break; case DayOfWeek.Friday: s += 5; break; }"),
    "5",
  );
  assert.equal(trace('switch (2L) { case 2: s += "two"; break; }'), "two");
  assert.equal(trace("switch ('x') { case 'x': { s += \"x\"; break; } }"), "x");
  assert.equal(trace("switch (true) { case true: s += 't'; break; }"), "t");
});

test("goto", () => {
  assert.equal(trace('int i = 0; again: s += i; i++; if (i < 3) goto again; s += "e";'), "012e");
  assert.equal(
    trace(
      'for (int i = 0; ; i++) for (int j = 0; ; j++) { if (i * j == 4) { s += i + "*" + j; goto done; } if (j > i) break; } done: s += "!";',
    ),
    "2*2!",
  );
  assert.equal(trace('goto b; a: s += "a"; goto c; b: s += "b"; goto a; c: s += "c";'), "bac");
  assert.equal(trace("int n = 0; top: n++; try { if (n < 3) goto top; } finally { s += n; } "), "123");
});

test("try, catch, filters, finally", () => {
  const thrower = "void T(string m) { throw new InvalidOperationException(m); } ";
  assert.equal(
    trace(
      `${thrower} try { T("a"); } catch (ArgumentException) { s += 1; } catch (InvalidOperationException e) when (e.Message == "b") { s += 2; } catch (Exception e) { s += e.Message; } finally { s += "f"; }`,
    ),
    "af",
  );
  assert.equal(trace(`${thrower} try { try { T("x"); } finally { s += 1; } } catch { s += 2; }`), "12");
  assert.equal(
    trace(
      `${thrower} try { try { T("x"); } catch (Exception e) { s += e.Message; throw; } } catch (Exception e) { s += e.Message + 2; }`,
    ),
    "xx2",
  );
  assert.equal(
    trace(
      `${thrower} try { try { T("x"); } catch (Exception e) when (e.InnerException.Message == "") { s += 1; } } catch { s += 2; }`,
    ),
    "2",
  );
  assert.equal(
    trace(
      `${thrower} try { try { T("x"); } catch (Exception e) { throw new Exception("o", e); } } catch (Exception e) { s += e.Message + e.InnerException.Message; }`,
    ),
    "ox",
  );
  assert.equal(
    run(`${thrower} string F() { try { T("q"); return "no"; } catch (Exception) { return "caught"; } } return F();`),
    "caught",
  );
  assert.equal(run("int F() { try { return 1; } finally { } } return F();"), 1);
  assert.equal(run("int x = 1; int F() { try { return x; } finally { x = 9; } } return F() * 10 + x;"), 19);
  assert.equal(trace("for (int i = 0; i < 2; i++) { try { if (i == 0) continue; break; } finally { s += i; } }"), "01");
  assert.equal(
    run("throw null;"),
    "System.NullReferenceException: Object reference not set to an instance of an object.",
  );
  assert.equal(run('string t = null; return t ?? throw new ArgumentException("m");'), "System.ArgumentException: m");
  assert.equal(
    run('try { return 1 / int.Parse("0"); } catch (DivideByZeroException e) { return e.Message; }'),
    "Attempted to divide by zero.",
  );
  assert.equal(
    run('try { checked { int i = int.MaxValue; i++; return i; } } catch (OverflowException) { return "over"; }'),
    "over",
  );
  assert.equal(
    run('try { object o = "a"; return (int)o; } catch (SystemException e) { return e.GetType().Name; }'),
    "InvalidCastException",
  );
});

test("using disposes in reverse, also after exceptions", () => {
  declareTypes([
    decodeType("Test.Resource", [
      "class System.Object System.IDisposable",
      "new(System.String name)",
      "static Log: System.String get",
    ]),
  ]);
  let log = "";
  class Resource extends CsObject {
    readonly name: string;
    constructor(name: string) {
      super();
      this.name = name;
    }
    override get type() {
      return type("Test.Resource");
    }
    dispose(): void {
      log += this.name;
    }
  }
  implement("Test.Resource", { "new(string)": (name: string) => new Resource(name), Log: () => log });
  const logged = (code: string) => {
    log = "";
    return run(code);
  };
  assert.equal(logged('using (var a = new Test.Resource("a")) { } return Test.Resource.Log;'), "a");
  assert.equal(
    logged(
      'using (Test.Resource a = new Test.Resource("a"), b = new Test.Resource("b")) { } return Test.Resource.Log;',
    ),
    "ba",
  );
  assert.equal(
    logged('using (new Test.Resource("a")) using (var b = new Test.Resource("b")) { } return Test.Resource.Log;'),
    "ba",
  );
  assert.equal(
    logged('try { using (new Test.Resource("a")) throw new Exception(); } catch { } return Test.Resource.Log;'),
    "a",
  );
  assert.equal(
    logged(
      'string F() { using (new Test.Resource("a")) return "r" + Test.Resource.Log; } return F() + Test.Resource.Log;',
    ),
    "ra",
  );
  assert.equal(logged("using (Test.Resource n = null) { } return Test.Resource.Log;"), "");
  assert.equal(logged('IDisposable d = new Test.Resource("i"); d.Dispose(); return Test.Resource.Log;'), "i");
});

test("checked and unchecked are lexical", () => {
  assert.equal(run("int F(int x) { return x + 1; } checked { return F(int.MaxValue); }"), -2147483648);
  assert.equal(run("int i = int.MaxValue; return unchecked(i + 1);"), -2147483648);
  assert.match(String(run("byte b = 255; checked { b++; } return b;")), /OverflowException/);
  assert.equal(run("byte b = 255; b++; return b + 0;"), 0);
});

test("foreach converts its elements and tells changes", () => {
  assert.match(String(run('foreach (int x in new object[] { 1, "a" }) { } return 0;')), /InvalidCastException/);
  assert.equal(run("long n = 0; foreach (long x in new[] { 1, 2 }) n += x; return n;"), "3");
  assert.equal(
    run('int n = 0; foreach (var (k, v) in new Dictionary<string, int> { { "a", 1 }, { "b", 2 } }) n += v; return n;'),
    3,
  );
  assert.match(
    String(run("var l = new List<int> { 1, 2 }; foreach (var x in l) l.Remove(x); return 0;")),
    /Collection was modified/,
  );
  assert.match(String(run("IEnumerable<int> e = null; foreach (var x in e) { } return 0;")), /NullReferenceException/);
  assert.equal(trace("System.Collections.IEnumerable e = new[] { 1, 2 }; foreach (object o in e) s += o;"), "12");
  assert.equal(trace('foreach (var p in JObject.Parse("{\\"a\\":1}")) s += p.Key + p.Value;'), "a1");
});

test("filters are asked before the finally blocks on the way to them", () => {
  const body = (code: string) => run(`var s = ""; bool Log(string x, bool r) { s += x; return r; } ${code} return s;`);
  assert.equal(
    body('try { try { throw new Exception(); } finally { s += "f"; } } catch when (Log("w", true)) { s += "c"; }'),
    "wfc",
  );
  assert.equal(
    body(
      'try { try { try { throw new Exception(); } catch (Exception) when (Log("1", false)) { } finally { s += "f"; } } ' +
        'catch (FormatException) { } catch (Exception) when (Log("2", true)) { s += "c"; } } finally { s += "g"; }',
    ),
    "12fcg",
  );
  assert.equal(
    body(
      'try { try { throw new Exception(); } catch when (Log("1", true)) { throw; } finally { s += "f"; } } catch when (Log("2", true)) { s += "c"; }',
    ),
    "12fc",
  );
  assert.equal(
    body(
      'int F() { try { return int.Parse("x"); } finally { s += "f"; } } try { F(); } catch (FormatException) when (Log("w", true)) { s += "c"; }',
    ),
    "wfc",
  );
  assert.equal(
    body(
      'try { try { throw new Exception(); } catch { s += "i"; } finally { s += "f"; } } catch when (Log("w", true)) { s += "c"; }',
    ),
    "if",
  );
});

test("loops by index see what the collection becomes", () => {
  assert.equal(run("var a = new int[2]; int i = 0; a[i] = i = 1; return a[0] * 10 + a[1];"), 10);
  assert.equal(
    run("byte[] b = new byte[3]; for (byte i = 0; i < b.Length; i++) b[i] = (byte)(i * 100); return b[2] + b[1];"),
    300,
  );
  assert.equal(run('var s = ""; foreach (var c in "abc") { s = c + s; } return s;'), "cba");
  assert.match(String(run("foreach (char c in (string)null) { } return 1;")), /NullReferenceException/);
  assert.match(
    String(run("var a = new int[3]; for (int i = 0; i <= 3; i++) { a[i] = i; } return 1;")),
    /IndexOutOfRange/,
  );
  assert.match(
    String(run("var l = new List<int> { 1, 2 }; foreach (var x in l) { if (x == 2) l.Add(3); } return 1;")),
    /modified/,
  );
  assert.equal(
    run("int F(int[] a) { foreach (var x in a) { if (x > 2) return x; } return -1; } return F(new[] { 1, 3, 5 });"),
    3,
  );
  assert.equal(
    run(
      "int n = 0; for (int i = 0; i < 10; i++) { for (int j = 0; j < 10; j++) { if (j == 5) continue; if (i == 7) break; n += i * j; } } return n;",
    ),
    1520,
  );
});

test("loops that count to a bound mean what they say when something moves", () => {
  const a = "var a = new[] { 5, 6, 7, 8 };";
  assert.equal(run(`${a} int n = 0; for (int i = 0; i < a.Length; i++) n = n * 10 + a[i]; return n;`), 5678);
  assert.equal(run("int n = 0; for (int i = 3; i < 3; i++) n++; for (int i = 9; i < 3; i++) n++; return n;"), 0);
  assert.equal(run(`${a} int n = 0; for (int i = 0; i < a.Length; i++) { n += a[i]; i++; } return n;`), 12);
  assert.equal(run("int n = 0, end = 9; for (int i = 0; i < end; i++) { n++; end--; } return n;"), 5);
  assert.equal(
    run(`${a} int n = 0; for (int i = 0; i < a.Length; i++) { n++; if (i == 1) a = new int[6]; } return n;`),
    6,
  );
  assert.equal(
    run(`${a} var b = a; for (int i = 0; i < a.Length; i++) { b[i] = a[a.Length - 1 - i]; } return a[3];`),
    8,
  );
  assert.equal(run(`${a} int n = 0; for (int i = 0; i < int.MaxValue; i++) { n++; if (n == 7) break; } return n;`), 7);
  assert.equal(
    run(`${a} int i = 0; for (; i < a.Length; i++) { if (i == 2) continue; a[i] = 0; } return a[2] * i;`),
    28,
  );
  assert.equal(
    run("int n = 0; foreach (var x in new List<int> { 1, 2, 3 }) { if (x == 2) continue; n += x; } return n;"),
    4,
  );
});

test("loops over arrays that are null or too short throw where the access is, with what was done before", () => {
  const missing = "System.NullReferenceException: Object reference not set to an instance of an object.";
  const outside = "System.IndexOutOfRangeException: Index was outside the bounds of the array.";
  assert.equal(run("int[] a = null; int n = 0; for (int i = 0; i < a.Length; i++) n++; return n;"), missing);
  assert.equal(run("int[] a = null; int n = 0; for (int i = 0; i < 2; i++) n += a[i]; return n;"), missing);
  assert.equal(run("int[] a = null; for (int i = 0; i < 2; i++) a[i] = i; return 1;"), missing);
  assert.equal(run("int[] a = null; int n = 0; for (int i = 0; i < 0; i++) n += a[i]; return n;"), 0);
  const short = "var a = new[] { 1, 2 }; int n = 0; int i = 0;";
  assert.equal(run(`${short} for (; i < 3; i++) n += a[i]; return n;`), outside);
  assert.equal(run(`${short} for (; i < 3; i++) a[i] = 1; return n;`), outside);
  assert.equal(run(`${short} try { for (; i < 3; i++) n += a[i]; } catch { } return n * 10 + i;`), 32);
  assert.equal(run("int[] a = null; int i = 5; try { for (i = 1; i < a.Length; i++) { } } catch { } return i;"), 1);
});
