import assert from "node:assert/strict";
import { test } from "node:test";
import { Compiler } from "../index.ts";

/** Codes with the text they point at. */
function warnings(code: string): string[] {
  const compiled = new Compiler({ globals: {} }).compile(code, code.includes(";") ? "block" : "expr", { warn: true });
  assert.deepEqual(compiled.errors, [], code);
  return compiled.warnings.map((w) => `${w.code} ${code.slice(w.start).split(/[\s;]/)[0]}`);
}

function expect(cases: Readonly<Record<string, readonly string[]>>): void {
  for (const [code, expected] of Object.entries(cases)) assert.deepEqual(warnings(code), expected, code);
}

test("SW3001: comparison by reference", () => {
  expect({
    'JObject.Parse("{}")["a"] == JObject.Parse("{}")["b"]': ['SW3001 JObject.Parse("{}")["a"]'],
    'var o = new JObject(); return o["a"] != (JValue)o["b"];': ['SW3001 o["a"]'],
    'object o = "a"; return o == "a";': ["SW3001 o"],
    "object a = 1, b = 1; return a == b;": ["SW3001 a"],
    'object o = "a"; JToken t = "a"; return t == o;': ["SW3001 t"],
    'var o = new JObject(); return o["a"] == null || null != o["b"];': [],
    'var o = new JObject(); return o["a"] == (JToken)null || o["a"] == default(JToken);': [],
    'var o = new JObject(); return (string)o["a"] == "x" && o["a"].Equals(o["b"]);': [],
    'object o = "a"; return o == (object)"a";': [],
    'dynamic o = "a"; return o == "a";': [],
    "var a = new List<int>(); var b = a; return a == b;": [],
    "typeof(int) == typeof(string)": [],
  });
});

test("SW3002: unreachable statements", () => {
  expect({
    "return 1; return 2;": ["SW3002 return"],
    'throw new Exception("x"); int b = 1; return b;': ["SW3002 b"],
    "int a = 0; while (true) { a++; } return a;": ["SW3002 return"],
    "int a = 2; switch (a) { case 1: return 1; break; default: return 2; }": [],
    "int a = 2; switch (a) { case 1: return 1; a = 3; break; default: return 2; }": ["SW3002 a"],
    "foreach (var c in new int[2]) { return c; } return 0;": [],
    "return F(); int F() { return 1; }": [],
    "goto end; end: return 1;": [],
    "while (true) { break; } return 1;": [],
    "Func<int> f = () => { return 1; return 2; }; return f();": ["SW3002 return"],
  });
});

test("SW3003: constant conditions", () => {
  expect({
    '"a" == "b"': ['SW3003 "a"'],
    "1 < 2 ? DateTime.Now : DateTime.UtcNow": ["SW3003 1"],
    "if (true) { return 1; } return 2;": ["SW3003 true)"],
    "int a = 1; return a > 0 || true;": ["SW3003 true"],
    "int a = 1; return 1 > 2 && a > 0;": ["SW3003 1"],
    "int a = 1; return a == null;": ["SW3003 a"],
    "DateTime.Now != null": ["SW3003 DateTime.Now"],
    "int? a = 1; return a == null;": [],
    'string a = ""; return a == null;': [],
    true: [],
    "(false)": [],
    "while (true) { if (DateTime.Now.Year > 1) return 1; }": [],
    "const bool isOn = false; if (isOn) return 1; return 2;": [],
    "int a = 1; return a > 0 && true;": [],
  });
});

test("SW3004: an assignment in a condition", () => {
  expect({
    "bool a = false; if (a = true) return 1; return 2;": ["SW3004 a"],
    "bool a = false; return (a = true) ? 1 : 2;": ["SW3004 a"],
    "bool a = false; return (a = DateTime.Now.Year > 1) && a;": [],
    "bool a; a = true; return a;": [],
  });
});

test("SW3005: a result that is not used", () => {
  expect({
    'string s = "a"; s.Replace("a", "b"); return s;': ['SW3005 Replace("a",'],
    "var t = DateTime.Now; t.AddDays(1); return t;": ["SW3005 AddDays(1)"],
    "var l = new List<int>(); l.Where(x => x > 1); return l;": ["SW3005 Where(x"],
    "var l = new List<int>(); l.Add(1); l.ToList().ForEach(x => l.Remove(x)); return l;": [],
    'int.Parse("1"); var b = new StringBuilder(); b.Append("a"); return b;': [],
    'var q = "a"; q = q.Trim(); return q;': [],
  });
});

test("warnings are looked for only when asked, and never with errors", () => {
  const compiler = new Compiler({ globals: {} });
  assert.deepEqual(compiler.compile("1 == 2", "expr").warnings, []);
  assert.deepEqual(compiler.compile("1 == 2 || x", "expr", { warn: true }).warnings, []);
  const withSetup = compiler.compile("a == 2 || 1 == 1", "expr", { warn: true, setup: "int a = 1;" });
  assert.deepEqual(
    withSetup.warnings.map((w) => [w.code, w.start]),
    [["SW3003", 10]],
  );
});
