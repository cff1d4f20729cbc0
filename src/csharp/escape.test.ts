/**
 * Attempts to reach JavaScript from C# code. Generated code is a closed world: names of C# never become names of JavaScript, members
 * come from the signature table alone, strings are data.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { type Answer, evaluateCase } from "./evaluate.ts";
import { Compiler } from "./index.ts";
import { implement } from "./library/define.ts";
import { decodeType } from "./library/surface.ts";
import { declareTypes } from "./types.ts";

function answer(expr: string, setup?: string): Answer {
  return evaluateCase({ id: "x", expr, setup }, {});
}

const HOST_NAMES = [
  "constructor",
  "prototype",
  "__proto__",
  "hasOwnProperty",
  "toString",
  "valueOf",
  "__defineGetter__",
  "call",
  "apply",
  "bind",
  "caller",
  "callee",
  "arguments",
  "then",
  "toJSON",
  "isPrototypeOf",
];

test("host members of any value do not exist", () => {
  const receivers = [
    '"x"',
    "1",
    "1L",
    "1.5",
    "true",
    "'c'",
    "1m",
    "new object()",
    "new int[1]",
    "new List<int>()",
    "new { a = 1 }",
    "(1, 2)",
    "DateTime.UtcNow",
    'JObject.Parse("{}")',
    "new Func<int>(() => 1)",
    "typeof(int)",
    "new Exception()",
  ];
  for (const receiver of receivers) {
    for (const name of HOST_NAMES) {
      for (const code of [`(${receiver}).${name}`, `(${receiver}).${name}()`]) {
        const { compileError } = answer(code);
        assert.ok(compileError, code);
      }
    }
  }
});

test("host names as names of C#", () => {
  for (const name of [
    ...HOST_NAMES,
    "A",
    "R",
    "C",
    "c0",
    "g0",
    "v0",
    "t0",
    "process",
    "require",
    "globalThis",
    "eval",
    "Function",
    "undefined",
  ]) {
    assert.equal(answer(name).compileError?.[0].code, "CS0103", name);
    assert.equal(answer(`@{ var ${name} = 1; ${name}++; return ${name}; }`).value, 2, name);
    assert.equal(answer(`@{ int ${name}(int x) => x + 1; return ${name}(1); }`).value, 2, name);
    assert.equal(answer(`@{ Func<int, int> f = ${name} => ${name} + 1; return f(1); }`).value, 2, name);
    assert.equal(answer(`new { ${name} = 1 }.${name}`).value, 1, name);
    assert.equal(answer(`@{ var t = (${name}: 1, other: 2); return t.${name} + t.other; }`).value, 3, name);
    assert.equal(answer(`@{ goto ${name}; ${name}: return 1; }`).value, 1, name);
    assert.equal(answer(`(from ${name} in new[] { 1 } select ${name} + 1).First()`).value, 2, name);
  }
});

test("names that are words of JavaScript or need an escape", () => {
  for (const name of [
    "let",
    "function",
    "delete",
    "yield",
    "await",
    "of",
    "@class",
    "@this",
    "ünïcode",
    "\\u0061b",
    "_",
  ]) {
    assert.equal(answer(`@{ var ${name} = 1; return ${name}; }`).value, 1, name);
  }
});

test("keys of user data", () => {
  for (const key of HOST_NAMES) {
    const k = JSON.stringify(key);
    const json = JSON.stringify(JSON.stringify({ a: 1 }).replace("a", key));
    assert.equal(answer(`new Dictionary<string, int> { { ${k}, 1 } }[${k}]`).value, 1, key);
    assert.equal(answer(`new Dictionary<string, int>().ContainsKey(${k})`).value, false, key);
    assert.equal(answer(`new HashSet<string>().Contains(${k})`).value, false, key);
    assert.equal(answer(`new JObject()[${k}] == null`).value, true, key);
    assert.equal(answer(`(int)JObject.Parse(${json})[${k}]`).value, 1, key);
    assert.equal(
      answer(`@{ var o = new JObject(); o[${k}] = 1; return o.ToString(Formatting.None); }`).value,
      `{"${key}":1}`,
      key,
    );
    assert.equal(answer(`@{ dynamic d = new JObject(); return d.${key} == null; }`).value, true, key);
    assert.equal(answer(`@{ dynamic d = JObject.Parse(${json}); return (int)d.${key}; }`).value, 1, key);
    assert.equal(answer(`new[] { ${k} }.GroupBy(x => x).First().Key`).value, key, key);
    assert.equal(answer(`new[] { ${k} }.ToLookup(x => x)["other"].Count()`).value, 0, key);
    assert.equal(answer(`XElement.Parse("<${key}>1</${key}>").Name.LocalName`).value, key, key);
  }
  assert.equal(({} as Record<string, unknown>).a, undefined);
});

test("members of dynamic values are those of .NET", () => {
  for (const name of ["constructor", "prototype", "__proto__", "hasOwnProperty", "call", "raw", "items", "type"]) {
    for (const value of [
      '"x"',
      "1",
      "new List<int>()",
      "new Func<int>(() => 1)",
      "new JValue(1)",
      "new int[1]",
      "(1, 2)",
    ]) {
      const result = answer(`@{ dynamic d = ${value}; return d.${name}; }`);
      assert.equal(result.exception?.type, "Microsoft.CSharp.RuntimeBinder.RuntimeBinderException", `${value}.${name}`);
      const called = answer(`@{ dynamic d = ${value}; return d.${name}("x"); }`);
      assert.equal(
        called.exception?.type,
        "Microsoft.CSharp.RuntimeBinder.RuntimeBinderException",
        `${value}.${name}()`,
      );
    }
  }
});

test("strings stay data in every place where they are emitted", () => {
  const nasty = [
    '"',
    "'",
    "`",
    "\\",
    "${1}",
    "*/",
    "//",
    "</script>",
    "\u2028",
    "\u2029",
    "\0",
    "\r\n",
    "\ud800",
    "\u{1F600}",
    "\uFEFF",
  ];
  for (const text of nasty) {
    const literal = `"${[...text]
      .flatMap((c) => c.split(""))
      .map((u) => `\\u${u.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("")}"`;
    assert.equal(answer(literal).value, text);
    assert.equal(answer(`"a" + x + ${literal}`, 'var x = "b";').value, `ab${text}`);
    assert.equal(answer(`$"{x}{${literal}}"`, 'var x = "b";').value, `b${text}`);
    assert.equal(answer(`x == ${literal}`, `var x = ${literal};`).value, true);
    assert.equal(
      answer(`@{ switch (x()) { case ${literal}: return 1; default: return 2; } string x() => ${literal}; }`).value,
      1,
    );
    assert.equal(answer(`new Dictionary<string, int> { [${literal}] = 3 }[${literal}]`).value, 3);
  }
});

test("formats of interpolation are data", () => {
  assert.equal(answer('$"{x:\');process.exit(1)//}"', "var x = 1.5;").value, ");process.exit(1)//");
});

test("nothing of the host shows in exceptions", () => {
  const code =
    "@{ try { string s = null; return s.Length; } catch (Exception e) { return e.ToString() + e.StackTrace + e.Source; } }";
  const text = answer(code).value as string;
  assert.match(text, /^System\.NullReferenceException: /);
  assert.doesNotMatch(text, /\.ts|node:|file:|TypeError/);
});

test("a defect of the host is no exception of C#", () => {
  declareTypes([decodeType("Test.Broken", ["class System.Object", "static Fail(): System.Int32"])]);
  implement("Test.Broken", {
    "Fail()": () => {
      throw new TypeError("defect");
    },
  });
  const compiler = new Compiler({ globals: {} });
  const compiled = compiler.compile("try { return Test.Broken.Fail(); } catch { return 0; }", "block");
  compiler.link();
  assert.throws(() => compiled.run(), TypeError);
});

test("types outside of the allow-list do not exist", () => {
  const names = [
    'System.IO.File.ReadAllText("/etc/passwd")',
    'System.Diagnostics.Process.Start("sh")',
    "Environment.Exit(1)",
    "new System.Net.WebClient()",
    "System.Reflection.Assembly.GetExecutingAssembly()",
    "Activator.CreateInstance(typeof(int))",
    "AppDomain.CurrentDomain",
    "new System.Threading.Thread(() => { })",
    "System.Threading.Thread.Sleep(1)",
    "GC.Collect()",
    "typeof(int).Assembly.Location",
    "typeof(int).GetMethods()",
    '"".GetType().Module',
    "Console.WriteLine(1)",
  ];
  for (const code of names) assert.ok(answer(code).compileError, code);
});

test("runs where code generation from strings and __proto__ are switched off", () => {
  const script = `
    const { evaluateCase } = await import(${JSON.stringify(new URL("./evaluate.ts", import.meta.url).href)});
    const code = '@{ var d = new Dictionary<string,int> { { "__proto__", 1 } }; return d["__proto__"] + new[] { 1, 2 }.Sum(x => x * 2); }';
    const { value } = evaluateCase({ id: "x", expr: code }, {});
    let evaluated = false;
    try { evaluated = Function("return true")(); } catch {}
    console.log(JSON.stringify({ value, evaluated, proto: "__proto__" in {} }));`;
  const flags = [
    "--disallow-code-generation-from-strings",
    "--disable-proto=delete",
    "--input-type=module",
    "-e",
    script,
  ];
  const output = execFileSync(process.execPath, flags, { encoding: "utf8" });
  assert.deepEqual(JSON.parse(output), { value: 7, evaluated: false, proto: false });
});
