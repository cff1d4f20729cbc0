/** Arrays of more than one dimension. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateCase } from "./evaluate.ts";

/** Value, exception, or codes and columns of the errors. */
function run(expr: string): unknown {
  const answer = evaluateCase({ id: "x", expr }, {});
  if (answer.compileError) return answer.compileError.map((e) => `${e.code}@${e.col}`).join(" ");
  if (answer.exception) return `${answer.exception.type}: ${answer.exception.message}`;
  return answer.value;
}

function check(lines: readonly (readonly [expr: string, expected: unknown])[]): void {
  for (const [expr, expected] of lines) assert.deepEqual(run(expr), expected, expr);
}

const OUT_OF_RANGE = "System.IndexOutOfRangeException: Index was outside the bounds of the array.";
const MATRIX = "int[,] a = { { 1, 2, 3 }, { 4, 5, 6 } };";

test("creation, with lengths or braces", () => {
  check([
    ["new int[2, 3].Length", 6],
    ["new int[,] { { 1, 2 }, { 3, 4 } }", [1, 2, 3, 4]],
    ["new string[1, 2]", [null, null]],
    ["new int[,,] { { { 1 }, { 2 } } }[0, 1, 0]", 2],
    ["new[,] { { 1, 2.5 }, { 3, 4 } }", ["1", "2.5", "3", "4"]],
    ["new int[0, 5].Length", 0],
    ["new int[,] { }.GetLength(1)", 0],
    ["new (int, string)[1, 2].Length", 2],
    [
      "@{ int n = -1; return new int[2, n]; }",
      "System.OverflowException: Arithmetic operation resulted in an overflow.",
    ],
  ]);
  assert.equal(evaluateCase({ id: "x", expr: "new int[100000, 100000].Length" }, {}).timeout, true);
});

test("elements are read and written in place", () => {
  check([
    [`@{ ${MATRIX} a[1, 2] += 10; a[0, 0]++; return a[1, 2] + a[0, 0]; }`, 18],
    [`@{ ${MATRIX} long i = 1; return a[i, i]; }`, 5],
    [`@{ ${MATRIX} void Set(ref int x) { x = 9; } Set(ref a[1, 1]); return a[1, 1]; }`, 9],
    [`@{ ${MATRIX} int.TryParse("7", out a[0, 1]); return a[0, 1]; }`, 7],
    ["@{ var a = new (int, int)[1, 1]; a[0, 0].Item2 = 4; return a[0, 0].Item2; }", 4],
    [`@{ ${MATRIX} int i = 0; a[i++, i] = i; return a[0, 1] * 10 + i; }`, 11],
    [`@{ ${MATRIX} return a[2, 0]; }`, OUT_OF_RANGE],
    [`@{ ${MATRIX} return a[0, -1]; }`, OUT_OF_RANGE],
    [`@{ ${MATRIX} a[0, 3] = 1; return 0; }`, OUT_OF_RANGE],
    [
      "@{ int[,] a = null; return a[0, 0]; }",
      "System.NullReferenceException: Object reference not set to an instance of an object.",
    ],
    [
      "@{ object[,] a = new string[1, 1]; a[0, 0] = 5; return 0; }",
      "System.ArrayTypeMismatchException: Attempted to access an element as a type incompatible with the array.",
    ],
    [`@{ ${MATRIX} dynamic d = a; d[0, 1] = 8; return d[0, 1] + d[1, 0]; }`, 12],
  ]);
});

test("foreach takes the elements row by row", () => {
  check([
    [`@{ ${MATRIX} var s = ""; foreach (var x in a) s += x; return s; }`, "123456"],
    [`@{ ${MATRIX} return a.Cast<int>().Sum(); }`, 21],
  ]);
});

test("members of System.Array", () => {
  check([
    [
      `@{ ${MATRIX} return $"{a.Rank} {a.GetLength(0)} {a.GetLength(1)} {a.GetLowerBound(1)} {a.GetUpperBound(1)}"; }`,
      "2 2 3 0 2",
    ],
    [
      `@{ ${MATRIX} return a.GetLength(2); }`,
      "System.IndexOutOfRangeException: Array does not have that many dimensions.",
    ],
    [`@{ ${MATRIX} var c = (int[,])a.Clone(); c[0, 0] = 9; return a[0, 0] * 10 + c[0, 0]; }`, 19],
    [`@{ ${MATRIX} a.SetValue(8, 1, 0); return a.GetValue(1, 0); }`, 8],
    [`@{ ${MATRIX} return a.GetValue(1); }`, "System.ArgumentException: Array was not a one-dimensional array."],
    ["Array.CreateInstance(typeof(int), 2, 3).GetType().Name", "Int32[,]"],
    [
      `@{ ${MATRIX} return Array.IndexOf(a, 1); }`,
      "System.RankException: Only single dimension arrays are supported here.",
    ],
    [
      `@{ ${MATRIX} Array.Copy(a, new int[6], 6); return 0; }`,
      "System.RankException: The specified arrays must have the same number of dimensions.",
    ],
  ]);
});

test("their types, also inside jagged arrays", () => {
  check([
    ["typeof(int[,]).Name", "Int32[,]"],
    ["new int[1, 1, 1].ToString()", "System.Int32[,,]"],
    ["typeof(int[][,]).ToString()", "System.Int32[,][]"],
    ["@{ var a = new int[2][,]; a[0] = new int[1, 1]; a[0][0, 0] = 3; return a[0][0, 0]; }", 3],
    ["@{ var a = new int[1, 1][]; a[0, 0] = new[] { 1, 2 }; return a[0, 0][1]; }", 2],
    ["(object)new int[1, 1] is int[]", false],
    ["(object)new int[1, 1] is int[,]", true],
    ["(object)new string[1, 1] is object[,]", true],
    ["@{ int[,] a = new int[1]; return 0; }", "CS0029@13"],
    ["@{ IEnumerable<int> e = new int[1, 1]; return 0; }", "CS0029@23"],
  ]);
});

test("mistakes", () => {
  check([
    ["new int[2, 2] { { 1, 2 }, { 3 } }", "CS0847@27"],
    ["new int[,] { { 1, 2 }, { 3 } }", "CS0847@24"],
    ["new int[,] { 1 }", "CS0846@14"],
    ["new int[,] { { { 1 } } }", "CS0623@16"],
    ["@{ int n = 1; return new int[n, 1] { { 1 } }; }", "CS0150@28"],
    ["new int[1, -1]", "CS0248@12"],
    ["(new int[2, 2])[0]", "CS0022@1"],
    ["(new int[2])[0, 0]", "CS0022@1"],
    ["new int[2, 2][0]", "CS0178@15"],
    ["new[,] { { null } }", "CS0826@1"],
  ]);
});

test("JSON has them as arrays of arrays", () => {
  check([
    ["JsonConvert.SerializeObject(new int[,] { { 1, 2 }, { 3, 4 } })", "[[1,2],[3,4]]"],
    ['JsonConvert.DeserializeObject<int[,,]>("[[[1, 2]], [[3, 5]]]")[1, 0, 1]', 5],
    [
      'JsonConvert.DeserializeObject<int[,]>("[[1, 2], [3]]")',
      "Newtonsoft.Json.JsonSerializationException: Cannot deserialize non-cubical array as multidimensional array.",
    ],
  ]);
});
