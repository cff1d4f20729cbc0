import assert from "node:assert/strict";
import { test } from "node:test";
import { bindBlock, blockErrors, boundBlock, expressionErrors, typeOf } from "../../../test/support/bind-samples.ts";

function check(lines: readonly (readonly [code: string, errors: string])[]): void {
  for (const [code, expected] of lines) assert.equal(blockErrors(code), expected, code);
}

test("scopes of names", () => {
  check([
    ["int a = 1; int a = 2; return a;", "CS0128@15"],
    ["int a = 1; { int a = 2; } return a;", "CS0136@17"],
    ["{ int a = 2; } int a = 1; return a;", "CS0136@6"],
    ["{ int a = 2; } { int a = 1; } return 1;", ""],
    ["foreach (var a in new[] { 1 }) { } foreach (var a in new[] { 1 }) { } return 1;", ""],
    ["int a = 1; Func<int, int> f = a => a; return f(a);", "CS0136@30"],
    ["int sample = 1; return sample;", "CS0136@4"],
    ["return a; int a = 1;", "CS0841@7"],
    ["var a = a + 1; return a;", "CS0841@8"],
    ["if (true) { int q = 1; } return q;", "CS0103@32"],
    ['if (!int.TryParse("1", out var n)) return 0; return n;', ""],
    ['while (int.TryParse("1", out var n)) { } return n;', "CS0103@48"],
    ["for (int i = 0; i < 1; i++) { } return i;", "CS0103@39"],
  ]);
});

test("definite assignment", () => {
  check([
    ["int x; return x;", "CS0165@14"],
    ["int x; if (sample.Count > 1) x = 1; return x;", "CS0165@43"],
    ["int x; if (sample.Count > 1) x = 1; else x = 2; return x;", ""],
    ["int x; if (sample.Count > 1) x = 1; else throw new Exception(); return x;", ""],
    ["int x; while (true) { x = 1; break; } return x;", ""],
    ["int x; while (sample.Count > 1) { x = 1; } return x;", "CS0165@50"],
    ["int x; do { x = 1; } while (x < 0); return x;", ""],
    ["int x; for (;;) { x = 2; if (x > 1) break; } return x;", ""],
    ["int x; try { x = 1; } catch { } return x;", "CS0165@39"],
    ["int x; try { x = 1; } catch { x = 2; } return x;", ""],
    ["int x; try { } finally { x = 1; } return x;", ""],
    ["int x; switch (sample.Count) { case 1: x = 1; break; default: x = 2; break; } return x;", ""],
    ["int x; switch (sample.Count) { case 1: x = 1; break; } return x;", "CS0165@62"],
    ['if (sample.Count > 0 && int.TryParse("1", out var n)) return n; return 0;', ""],
    ['if (sample.Count > 0 || int.TryParse("1", out var n)) return n; return 0;', "CS0165@61"],
    ['if (!(sample.Items["a"] is string s)) return 0; return s.Length;', ""],
    ['if (sample.Items["a"] is string s) return 0; return s.Length;', "CS0165@52"],
    ["int x; Func<int> f = () => x; x = 1; return f();", "CS0165@27"],
    ["int x; int F() { return x; } x = 1; return F();", ""],
    ["int x; int F() { return x; } return F();", "CS0165@36"],
    ["int x; void F() { x = 1; } F(); return x;", ""],
    ["int x; x++; return x;", "CS0165@7"],
    ["int x = x; return x;", "CS0165@8"],
    ["Func<int, int> f = n => f(n - 1); return f(1);", "CS0165@24"],
    ["int F() => x; int y = F(); int x = 1; return y;", "CS0841@11"],
    ["int x; return sample.Count > 1 ? (x = 1) : 2;", ""],
    ["void F(out int x) { } F(out var y); return y;", "CS0177@5"],
  ]);
});

test("every path returns", () => {
  check([
    ["var x = 1;", "CS0161@0"],
    ["if (sample.Count > 1) return 1;", "CS0161@0"],
    ["if (sample.Count > 1) return 1; else return 2;", ""],
    ["while (true) { }", ""],
    ["while (true) { if (sample.Count > 1) break; }", "CS0161@0"],
    ["throw new Exception();", ""],
    ["try { return 1; } catch { return 2; }", ""],
    ["try { return 1; } catch { }", "CS0161@0"],
    ["switch (sample.Count) { case 1: return 1; default: return 2; }", ""],
    ["switch (sample.Count) { case 1: return 1; break; default: return 2; }", ""],
    ["switch (sample.Count) { case 1: break; default: return 2; }", "CS0161@0"],
    ["while (true) { return 1; break; }", ""],
    ['using (var r = new StringReader("")) { return 1; }', ""],
    ["int F() { } return F();", "CS0161@4"],
    ["Func<int> f = () => { if (sample.Count > 1) return 1; }; return f();", "CS1643@17"],
    ["return;", "CS0126@0"],
  ]);
});

test("declarations", () => {
  check([
    ["var x = null; return x;", "CS0815@4"],
    ["var f = x => x; return f;", "CS8370@8"],
    ["var f = sample.ToString; return f;", "CS8370@8"],
    ["var t = (1, null); return t;", "CS0815@4"],
    ["var x; return x;", "CS0818@4"],
    ["var x = { 1 }; return x;", "CS0820@4"],
    ["int[] x = { 1, 2 }; return x;", ""],
    ["const int k = 1; return new int[k] { 1 };", ""],
    ["const int k = sample.Count; return k;", "CS0133@14"],
    ["const int k = 1; k = 2; return k;", "CS0131@17"],
    ['int x = "a"; return x;', "CS0029@8"],
    ["byte x = 256; return x;", "CS0031@9"],
    ["byte x = 255; return x;", ""],
    ["decimal x = 1.5; return x;", "CS0664@12"],
    ["int[,] a = null; return a;", ""],
    ['var (a, b) = (1, "x"); return b + a;', ""],
    ['int a; string b; (a, b) = (1, "x"); return b + a;', ""],
    ["var (a, b) = 5; return a;", "CS1061@13 CS8129@13 CS8130@5 CS8130@8"],
    ['var (k, v) = new KeyValuePair<string, int>("a", 1); return k + v;', ""],
  ]);
});

test("assignment", () => {
  check([
    ["1 = 2; return 1;", "CS0131@0"],
    ["sample.Count = 2; return 1;", "CS0200@0"],
    ["\"a\"[0] = 'b'; return 1;", "CS0200@0"],
    ["foreach (var x in new[] { 1 }) x = 2; return 1;", "CS1656@31"],
    ["byte b = 1; b += 1; b++; b = b + 1; return b;", "CS0266@29"],
    ["int i = 1; i += 1.5; return i;", "CS0266@11"],
    ["string s = null; s += 1; return s;", ""],
    ['var j = new JObject(); j["a"] = 1; j["b"] += "x"; return j;', ""],
    ["bool b = true; b++; return b;", "CS0023@15"],
    ["var t = (1, 2); t.Item1 = 5; return t;", ""],
    ["var a = new { x = 1 }; a.x = 2; return a;", "CS0200@23"],
    ["sample = null; return 1;", "CS0131@0"],
    ["_ = sample.Name; return 1;", ""],
    ["1 + 1; return 1;", "CS0201@0"],
    ["sample.Name; return 1;", "CS0201@0"],
  ]);
});

test("compound assignment computes in the promoted type and comes back", () => {
  const block = boundBlock("byte b = 1; b += 1; return b;");
  const [, statement] = block.statements;
  assert.ok(statement.kind === "expressionStatement" && statement.expression.kind === "compoundAssignment");
  const { value } = statement.expression;
  assert.ok(value.kind === "conversion" && value.conversion === "numeric" && `${value.type}` === "byte");
  assert.ok(value.operand.kind === "binary" && `${value.operand.operandType}` === "int");
});

test("jumps", () => {
  check([
    ["break; return 1;", "CS0139@0"],
    ["continue; return 1;", "CS0139@0"],
    ["goto x; return 1;", "CS0159@5"],
    ["x: if (sample.Count > 1) goto x; return 1;", ""],
    ["throw; return 1;", "CS0156@0"],
    ["throw 1; return 1;", "CS0155@6"],
    ["while (true) { Action a = () => { break; }; } return 1;", "CS0139@34"],
    ["try { return 1; } catch (Exception) { throw; } catch (FormatException) { return 2; }", "CS0160@54"],
    [
      'try { return 1; } catch (Exception e) when (e.Message == "a") { return 2; } catch (FormatException) { return 3; }',
      "",
    ],
    ["try { return 1; } catch (string) { return 2; }", "CS0155@25"],
    ["yield return 1;", "CS1624@0"],
  ]);
});

test("switch", () => {
  check([
    ["switch (1) { case 1: var z = 2; } return 1;", "CS8070@13"],
    ["switch (1) { case 1: var z = 2; case 2: break; } return 1;", "CS0163@13"],
    ["switch (1) { case 1: case 1: break; } return 1;", "CS0152@21"],
    ['switch (sample.Name) { case "a": goto case "b"; case "b": return 1; default: return 2; }', ""],
    ["switch (1) { case 1: goto case 3; } return 1;", "CS0159@21"],
    ["goto case 1; return 1;", "CS0153@0"],
    ['switch (sample.Count) { case "a": return 1; } return 2;', "CS0029@29"],
    [
      'switch (sample.Items["a"]) { case string s: return s; case int n when n > 3: return n; case null: return 0; default: return 1; }',
      "",
    ],
    ["switch (1) { case 1: int q = 1; break; case 2: q = 2; return q; } return 1;", ""],
    ["object o = 1; switch (o) { case int s: return s; case string s: return s; } return 1;", ""],
  ]);
  const block = boundBlock("switch (sample.Count) { case 1: goto case 2; case 2: return 1; default: return 2; }");
  const [s] = block.statements;
  assert.ok(s.kind === "switch" && s.constant && s.hasGotoCase);
  const [jump] = s.sections[0].statements;
  assert.ok(jump.kind === "gotoCase" && jump.section === 1 && jump.switch === s.id);
});

test("foreach takes elements as their type, and casts when told", () => {
  const element = (code: string) => {
    const [loop] = boundBlock(`foreach (${code}) { } return 1;`).statements;
    assert.ok(loop.kind === "forEach", code);
    const [first] = loop.assignments;
    assert.ok(first.kind === "assignment", code);
    return `${loop.current.type} ${loop.boxed} ${first.target.type}`;
  };
  assert.equal(element('var c in "abc"'), "char false char");
  assert.equal(element("long x in new[] { 1 }"), "int false long");
  assert.equal(
    element("var p in new Dictionary<string, int>()"),
    "System.Collections.Generic.KeyValuePair<string, int> false System.Collections.Generic.KeyValuePair<string, int>",
  );
  assert.equal(element('Match m in Regex.Matches("a", "a")'), "object true System.Text.RegularExpressions.Match");
  assert.equal(
    element("var p in new JObject()"),
    "System.Collections.Generic.KeyValuePair<string, Newtonsoft.Json.Linq.JToken> false System.Collections.Generic.KeyValuePair<string, Newtonsoft.Json.Linq.JToken>",
  );
  assert.equal(element('var t in JToken.Parse("[]")'), "Newtonsoft.Json.Linq.JToken false Newtonsoft.Json.Linq.JToken");
  assert.equal(blockErrors('foreach (var x in sample.Items["a"]) { } return 1;'), "CS1579@18");
  assert.equal(blockErrors("foreach (var (k, v) in sample.Items) { return k + v; } return 1;"), "");
});

test("using needs something to dispose", () => {
  check([
    ["using (var h = SHA256.Create()) { return h.ComputeHash(new byte[0]); }", ""],
    ["using (SHA256.Create()) { return 1; }", ""],
    ["using (var x = 5) { return x; }", "CS1674@7"],
    ['using (var r = new StringReader("a")) { r = null; return 1; }', "CS1656@40"],
  ]);
});

test("delegates, local functions, lambdas", () => {
  check([
    ["Func<int, int> f = x => x + 1; return f(1);", ""],
    ['Func<int, int> f = x => "a"; return f(1);', "CS0029@24 CS1662@24"],
    ["Func<int, int> f = () => 1; return f(1);", "CS1593@22"],
    ["Func<int, int> f = (string x) => 1; return f(1);", "CS1661@30 CS1678@27"],
    ['Func<string, int> f = int.Parse; return f("1");', ""],
    ['Func<string, string> f = int.Parse; return f("1");', "CS0407@25"],
    ["Func<int, int> f = int.Parse; return f(1);", "CS0123@19"],
    ["Action a = () => { return 1; }; return 1;", "CS8030@26"],
    ["Action a = () => 1; return 1;", "CS0201@17"],
    ["Action a = () => sample.ToString(); a(); return 1;", ""],
    ["Action<int> a = delegate { }; a(1); return 1;", ""],
    ["int F(int n) => n < 2 ? 1 : n * F(n - 1); return F(5);", ""],
    ["return F(1); int F(int n, int m = 2) { return n + m; }", ""],
    ["int F(params int[] a) => a.Length; return F(1, 2, 3);", ""],
    ["int F(int n) => n; return F();", "CS7036@26"],
    ["int F(int n) => n; Func<int, int> f = F; return f(1);", ""],
    ["int F(in int x) { x++; return x; } return F(1);", "CS8331@18"],
    ["try { } finally { goto L; } L: return 1;", "CS0157@18"],
    ["L: try { } finally { goto L; }", "CS0157@21"],
    ["try { } finally { switch (1) { case 1: goto case 2; case 2: break; } } return 1;", ""],
    ["switch (1) { case 1: try { } finally { goto default; } break; default: break; } return 1;", "CS0157@39"],
    ["int F(ref int x) { Func<int> f = () => x; return f(); } return 1;", "CS1628@39"],
    ["int x = 1; long y = 2; ref int r = ref x; r = ref y; return r;", "CS8173@50"],
    ["int x = 1, y = 2; x = ref y; return x;", "CS8373@18"],
    ["int x = 1; ref int r = ref x; r = ref x; return r;", ""],
    ["ref int F(int[] a) { return a[0]; } return 1;", "CS8150@21"],
    ["ref int F(int a) { return ref a; } return 1;", "CS8166@30"],
    ["ref int F() { int x = 1; ref int r = ref x; return ref r; } return 1;", "CS8157@55"],
    ["int F() => 1; F() = 2; return 1;", "CS0131@14"],
    ["int[] a = { 1 }; ref readonly int r = ref a[0]; r = 2; return 1;", "CS8331@48"],
    ["T F<T>(T x) => x; return F(1);", ""],
    ["T F<T, T>(T x) => x; return 1;", "CS0692@7"],
    ["int F(int x) where T : class => x; return F(1);", "CS0080@13"],
    ["int F<T>(int T) => 1; return F<int>(1);", "CS0412@13"],
    ["T F<T>(T x) where U : class => x; return F(1);", "CS0699@18"],
    ["T F<T>(T x) where T : string => x; return F(1);", "CS0701@22"],
    ["T F<T>(T x) where T : IComparable<T>, class => x; return F('a'.ToString());", "CS0449@38"],
    ["T F<T>(T x) where T : new(), IComparable<T> => x; return F(1);", "CS0401@22"],
    ["T F<T>(T x) => x; return F<int, int>(1);", "CS0305@25"],
    ["T F<T>(T x) => x + x; return F(1);", "CS0019@15"],
    ["U F<T, U>(T x) where T : U => x; return F<int, string>(1);", "CS0315@40"],
    ["T F<T>() where T : class => null; int G<U>() => F<U>() == null ? 1 : 2; return G<int>();", "CS0452@48"],
    ["object o = x => x; return o;", "CS1660@13"],
  ]);
});

test("an expression's own type, and what a statement gives back", () => {
  assert.equal(typeOf("null"), "object");
  assert.equal(typeOf("sample.Read<int>()"), "int");
  assert.equal(expressionErrors("x => x"), "CS1660@2");
  assert.equal(`${bindBlock("return 1;").type}`, "object");
  const [statement] = boundBlock("return 1;").statements;
  assert.ok(
    statement.kind === "return" && statement.value?.kind === "conversion" && statement.value.conversion === "boxing",
  );
});

test("dynamic is bound late", () => {
  check([
    ['dynamic d = JObject.Parse("{}"); return d.a.b[0].c(1) + 1;', ""],
    ['dynamic d = JObject.Parse("{}"); string s = d.a; foreach (var x in d) { s += x.y; } d.a = 1; return s;', ""],
    ["dynamic d = 1; if (d > 0 && d.ok) return (int)d; return -d;", ""],
    ['dynamic d = 1; return int.Parse(d) + Convert.ToString(d) + string.Format("{0}", d);', ""],
    ["dynamic d = 1; return Math.Max(d, 2);", ""],
    ["dynamic d = 1; return new[] { 1 }.Contains(d);", "CS1973@22"],
    ["dynamic d = 1; return d.Where(x => x > 1);", "CS1977@30"],
    ["dynamic d = 1; return d.Select(int.Parse);", "CS1976@31"],
  ]);
});

test("errors come in order and once", () => {
  assert.equal(blockErrors("var x = foo.Bar(); var y = x.Baz(); return y + z;"), "CS0103@8 CS0103@47");
});
