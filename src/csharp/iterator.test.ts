/** Local functions with `yield`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blockErrors } from "../../test/support/bind-samples.ts";
import { evaluateCase } from "./evaluate.ts";

/** Value of a block, or its exception. */
function run(code: string): unknown {
  const answer = evaluateCase({ id: "x", expr: `@{ ${code} }` }, {});
  if (answer.exception) return `${answer.exception.type}: ${answer.exception.message}`;
  return answer.timeout ? "stopped" : answer.value;
}

function check(lines: readonly (readonly [code: string, expected: unknown])[]): void {
  for (const [code, expected] of lines) assert.deepEqual(run(code), expected, code);
}

test("the body runs while it is enumerated, from the start each time", () => {
  check([
    ["IEnumerable<int> F() { yield return 1; yield return 2; } return F();", [1, 2]],
    [
      'var s = ""; IEnumerable<int> F() { s += "a"; yield return 1; s += "b"; } var f = F(); s += "-"; foreach (var x in f) s += x; return s;',
      "-a1b",
    ],
    ["int n = 0; IEnumerable<int> F() { n++; yield return n; } var f = F(); f.ToList(); f.ToList(); return n;", 2],
    [
      "IEnumerable<int> Down(int n) { while (n > 0) yield return n--; } var f = Down(3); return f.Sum() * 10 + f.Sum();",
      66,
    ],
    ["IEnumerable<int> F() { yield break; } return F().Count();", 0],
    [
      "IEnumerable<int> F(bool stop) { yield return 1; if (stop) yield break; yield return 2; } return F(true).Count() * 10 + F(false).Count();",
      12,
    ],
    [
      "IEnumerable<int> Naturals() { for (int i = 0; ; i++) yield return i; } return Naturals().Where(i => i % 2 == 1).Take(3);",
      [1, 3, 5],
    ],
    [
      'IEnumerable<object> F() { yield return 1; yield return null; yield return "a"; } return F().Count(x => x is int);',
      1,
    ],
    [
      "System.Collections.IEnumerable F() { yield return 1; yield return 'c'; } var s = \"\"; foreach (var x in F()) s += x.GetType().Name; return s;",
      "Int32Char",
    ],
    [
      "IEnumerable<Func<int>> F() { for (int i = 0; i < 2; i++) { int k = i; yield return () => k; } } return F().ToList().Select(f => f());",
      [0, 1],
    ],
    ["IEnumerable<long> F() { yield return 1; int k = 2; yield return k; } return F().Sum().GetType().Name;", "Int64"],
    [
      "IEnumerable<int> Tree(int n) { if (n == 0) yield break; foreach (var x in Tree(n - 1)) yield return x; yield return n; } return Tree(3);",
      [1, 2, 3],
    ],
    [
      "var seen = new List<int>(); IEnumerable<int> F() { foreach (var x in new[] { 1, 2, 3 }) { seen.Add(x); yield return x; } } F().First(); return seen.Count;",
      1,
    ],
  ]);
});

test("finally runs when the enumeration ends, early or not", () => {
  const logged = 'var s = ""; IEnumerable<int> F() { try { yield return 1; yield return 2; } finally { s += "f"; } }';
  check([
    [`${logged} foreach (var x in F()) s += x; return s;`, "12f"],
    [`${logged} foreach (var x in F()) { s += x; break; } return s;`, "1f"],
    [`${logged} F().First(); return s;`, "f"],
    [`${logged} try { foreach (var x in F()) throw new Exception(); } catch { s += "c"; } return s;`, "fc"],
    [`${logged} var e = F().GetEnumerator(); e.Dispose(); return s;`, ""],
    [`${logged} var e = F().GetEnumerator(); e.MoveNext(); e.Dispose(); return s + e.MoveNext();`, "fFalse"],
    [
      'var s = ""; IEnumerable<int> F() { try { yield return 1; yield break; } finally { s += "f"; } } foreach (var x in F()) s += x; return s;',
      "1f",
    ],
    [
      'var s = ""; IEnumerable<int> F() { yield return 1; throw new Exception("x"); } var e = F().GetEnumerator(); e.MoveNext(); try { e.MoveNext(); } catch (Exception x) { s += x.Message; } return s + e.MoveNext();',
      "xFalse",
    ],
  ]);
});

test("enumerators", () => {
  check([
    [
      "IEnumerator<int> F(int n) { yield return n; yield return n + 1; } var e = F(4); int s = 0; while (e.MoveNext()) s = s * 10 + e.Current; return s;",
      45,
    ],
    ["System.Collections.IEnumerator F() { yield return 7; } var e = F(); e.MoveNext(); return e.Current;", 7],
    [
      "IEnumerator<int> F() { yield return 1; } F().Reset(); return 0;",
      "System.NotSupportedException: Specified method is not supported.",
    ],
  ]);
});

test("runaway iterators are stopped", () => {
  check([
    ["IEnumerable<int> F() { while (true) yield return 1; } return F().Count();", "stopped"],
    ["IEnumerable<int> F() { while (true) { } yield break; } return F().Count();", "stopped"],
    ["IEnumerable<int> F() { foreach (var x in F()) yield return x; } return F().Count();", "stopped"],
    [
      "IEnumerable<int> F() { try { foreach (var x in F()) yield return x; } finally { F().Count(); } } return F().Count();",
      "stopped",
    ],
  ]);
});

test("mistakes", () => {
  const lines: readonly (readonly [code: string, errors: string])[] = [
    ["int F() { yield return 1; } return 1;", "CS1624@4"],
    ["List<int> F() { yield break; } return 1;", "CS1624@10"],
    ["void F() { yield break; } return 1;", "CS1624@5"],
    ["yield return 1; return 1;", "CS1624@0"],
    ["Func<IEnumerable<int>> f = () => { yield return 1; }; return f;", "CS1621@35"],
    ["IEnumerable<int> F() { yield return 1; return null; } return 1;", "CS1622@39"],
    ["IEnumerable<int> F() { return; yield break; } return 1;", "CS1622@23"],
    ['IEnumerable<int> F() { yield return "a"; } return 1;', "CS0029@36"],
    ["IEnumerable<int> F(ref int n) { yield return n; } return 1;", "CS1623@27"],
    ["IEnumerable<int> F() { try { yield return 1; } catch { } } return 1;", "CS1626@29"],
    ["IEnumerable<int> F() { try { } catch { yield return 1; } } return 1;", "CS1631@39"],
    ["IEnumerable<int> F() { try { } finally { yield return 1; } } return 1;", "CS1625@41"],
    ["IEnumerable<int> F() { try { } finally { yield break; } } return 1;", "CS1625@41"],
    ["IEnumerable<int> F() { try { yield break; } catch { } } return 1;", ""],
    ["IEnumerable<int> F() { try { yield return 1; } finally { } } return F();", ""],
    ["IEnumerable<int> F() { Func<int> g = () => { return 1; }; yield return g(); } return F();", ""],
    ["IEnumerable<int> F() { if (sample.Count > 1) yield return 1; } return F();", ""],
    ["int x; IEnumerable<int> F() { x = 1; yield return 1; } F(); return x;", "CS0165@67"],
  ];
  for (const [code, expected] of lines) assert.equal(blockErrors(code), expected, code);
});
