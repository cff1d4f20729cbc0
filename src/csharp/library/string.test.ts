import assert from "node:assert/strict";
import { test } from "node:test";
import { Box, bytes, CsArray, strings } from "../runtime/values.ts";
import { type } from "../types.ts";
import { Decimal } from "./decimal.ts";
import { findImplementation } from "./define.ts";
import "./integers.ts";
import "./floats.ts";
import "./boolean.ts";
import "./char.ts";
import { hashString } from "./string.ts";

type Row = [key: string, args: unknown[], result: unknown];

function call(key: string, args: unknown[]): unknown {
  const found = findImplementation("System.String", key);
  assert.equal(typeof found, "function", key);
  const result = (found as (...a: unknown[]) => unknown)(...args);
  return result instanceof CsArray ? [...result.items] : result;
}

function check(rows: Row[]): void {
  for (const [key, args, result] of rows) {
    assert.deepEqual(call(key, args), result, `${key} ${JSON.stringify(args)}`);
  }
}

/** Key, arguments, type and message of the exception. */
function checkErrors(rows: [key: string, args: unknown[], typeName: string, message: string][]): void {
  for (const [key, args, typeName, message] of rows) {
    assert.throws(() => call(key, args), { typeName: `System.${typeName}`, message }, key);
  }
}

const TOO_LARGE = "startIndex cannot be larger than length of string. (Parameter 'startIndex')";

const int = (value: number) => new Box(type("System.Int32"), value);
const double = (value: number) => new Box(type("System.Double"), value);
const unit = (ch: string) => ch.charCodeAt(0);
const chars = (text: string) => new CsArray(type("System.Char"), [...text].map(unit));
const objects = (...items: unknown[]) => new CsArray(type("System.Object"), items);

test("case is mapped one to one", () => {
  check([
    ["ToUpper()", ["straße"], "STRAßE"],
    ["ToLower()", ["İΑΣ"], "İασ"],
    ["ToLowerInvariant()", ["I"], "i"],
    ["ToUpperInvariant()", ["ıſé"], "ıSÉ"],
  ]);
});

test("Substring, Insert, Remove", () => {
  check([
    ["Substring(int)", ["abc", 3], ""],
    ["Substring(int,int)", ["abc", 1, 2], "bc"],
    ["Insert(int,string)", ["abc", 1, "ZZ"], "aZZbc"],
    ["Remove(int)", ["abc", 1], "a"],
    ["Remove(int,int)", ["abc", 1, 1], "ac"],
  ]);
  const range = "ArgumentOutOfRangeException";
  checkErrors([
    ["Substring(int)", ["abc", 4], range, TOO_LARGE],
    [
      "Substring(int)",
      ["abc", -1],
      range,
      "startIndex ('-1') must be a non-negative value. (Parameter 'startIndex')\nActual value was -1.",
    ],
    [
      "Substring(int,int)",
      ["abc", 1, 5],
      range,
      "Index and length must refer to a location within the string. (Parameter 'length')",
    ],
    ["Remove(int)", ["abc", 5], range, TOO_LARGE],
    [
      "Insert(int,string)",
      ["abc", 5, "x"],
      range,
      "startIndex ('5') must be less than or equal to '3'. (Parameter 'startIndex')\nActual value was 5.",
    ],
    ["Insert(int,string)", ["abc", 0, null], "ArgumentNullException", "Value cannot be null. (Parameter 'value')"],
    [
      "new(char,int)",
      [120, -1],
      range,
      "count ('-1') must be a non-negative value. (Parameter 'count')\nActual value was -1.",
    ],
    ["this[int]", ["abc", 3], "IndexOutOfRangeException", "Index was outside the bounds of the array."],
  ]);
});

test("searching: linguistic unless told otherwise", () => {
  check([
    ["IndexOf(string)", ["abc", ""], 0],
    ["LastIndexOf(string)", ["abcabc", "b"], 4],
    ["LastIndexOf(string)", ["abc", ""], 3],
    ["LastIndexOf(string)", ["abc", "a"], 0],
    ["LastIndexOf(string)", ["abc", "abc"], 0],
    ["LastIndexOf(string,int)", ["abc", "c", 3], 2],
    ["LastIndexOf(string,int)", ["abc", "", 0], 1],
    ["IndexOf(string,int)", ["abcabc", "b", 2], 4],
    ["IndexOf(char,int)", ["abcabc", unit("b"), 2], 4],
    ["LastIndexOf(char,int)", ["abcabc", unit("b"), 3], 1],
    ["LastIndexOf(string,int)", ["abcabc", "bc", 4], 1],
    ["IndexOfAny(char[])", ["abc", chars("xb")], 1],
    ["Contains(string,StringComparison)", ["abc", "B", 5], true],
    ["StartsWith(string)", ["abc", "AB"], false],
    ["StartsWith(string,StringComparison)", ["abc", "AB", 5], true],
    ["StartsWith(string)", ["abc", ""], true],
    ["EndsWith(char)", ["abc", unit("c")], true],
    ["EndsWith(char)", ["", unit("c")], false],
    ["IndexOf(string)", ["a\u00adb", "ab"], 0],
    ["EndsWith(string)", ["a\u00adb", "b"], true],
    ["Contains(string)", ["a\u00adb", "ab"], false],
    ["IndexOf(string,StringComparison)", ["a\u00adb", "ab", 4], -1],
    ["StartsWith(string)", ["abc", "\0"], true],
    ["StartsWith(string)", ["résumé", "re"], false],
    ["IndexOf(string)", ["résumé", "e"], -1],
    ["IndexOf(string)", ["ani\u00admal", "\u00adm"], 4],
    ["IndexOf(string)", ["encyclopædia", "æ"], 8],
    ["IndexOf(string)", ["re\u0301sume\u0301", "é"], 1],
    ["IndexOf(string,StringComparison)", ["ABÉ", "bé", 1], 1],
  ]);
  checkErrors([
    ["Contains(string)", ["abc", null], "ArgumentNullException", "Value cannot be null. (Parameter 'value')"],
    [
      "IndexOf(string,StringComparison)",
      ["abc", "b", 9],
      "ArgumentException",
      "The string comparison type passed in is currently not supported. (Parameter 'comparisonType')",
    ],
  ]);
});

test("Replace and Trim", () => {
  check([
    ["Replace(string,string)", ["abc", "b", "XX"], "aXXc"],
    ["Replace(string,string)", ["abc", "b", null], "ac"],
    ["Replace(string,string)", ["aaa", "aa", "b"], "ba"],
    ["Replace(string,string)", ["a.b.c", ".", "$&"], "a$&b$&c"],
    ["Replace(char,char)", ["a$c", unit("$"), unit("X")], "aXc"],
    ["Replace(string,string,StringComparison)", ["aBCbc", "bc", "-", 5], "a--"],
    ["Replace(string,string,StringComparison)", ["a\u00adb", "ab", "x", 0], "x"],
    ["ReplaceLineEndings()", ["a\r\nb\rc\u2028d"], "a\nb\nc\nd"],
    ["Trim(char[])", ["xyabcyx", chars("xy")], "abc"],
    ["Trim(char[])", [" abc ", null], "abc"],
    ["Trim()", ["\u00a0abc\u2003"], "abc"],
    ["Trim()", ["\ufeffabc\u200b"], "\ufeffabc\u200b"],
    ["TrimEnd(char)", ["a//", unit("/")], "a"],
    ["TrimStart(char[])", ["//a", chars("/")], "a"],
    ["PadLeft(int)", ["abc", 5], "  abc"],
    ["PadRight(int,char)", ["abc", 5, unit("-")], "abc--"],
    ["PadLeft(int)", ["abc", 2], "abc"],
  ]);
  checkErrors([
    [
      "Replace(string,string)",
      ["abc", "", "x"],
      "ArgumentException",
      "The value cannot be an empty string. (Parameter 'oldValue')",
    ],
    [
      "PadLeft(int)",
      ["abc", -1],
      "ArgumentOutOfRangeException",
      "totalWidth ('-1') must be a non-negative value. (Parameter 'totalWidth')\nActual value was -1.",
    ],
  ]);
});

test("Split", () => {
  const comma = unit(",");
  check([
    ["Split(char,StringSplitOptions)", ["a,b,,c", comma, 0], ["a", "b", "", "c"]],
    ["Split(char[],StringSplitOptions)", ["a,b,,c", chars(","), 1], ["a", "b", "c"]],
    ["Split(string[],StringSplitOptions)", ["a--b--c", strings(["--"]), 0], ["a", "b", "c"]],
    ["Split(string,StringSplitOptions)", ["a--b--c", "--", 0], ["a", "b", "c"]],
    ["Split(char[])", ["a b\tc", chars("")], ["a", "b", "c"]],
    ["Split(char[])", ["a b  c", null], ["a", "b", "", "c"]],
    ["Split(char[],int)", ["a,b,c", chars(","), 2], ["a", "b,c"]],
    ["Split(char[],int,StringSplitOptions)", [",a,,b,c,", chars(","), 2, 1], ["a", "b,c,"]],
    ["Split(char,int,StringSplitOptions)", ["a,b", comma, 1, 0], ["a,b"]],
    ["Split(char,int,StringSplitOptions)", ["a,b", comma, 0, 0], []],
    ["Split(char,StringSplitOptions)", ["", comma, 0], [""]],
    ["Split(char,StringSplitOptions)", ["", comma, 1], []],
    ["Split(char,StringSplitOptions)", [" a , , b ", comma, 3], ["a", "b"]],
    ["Split(char,StringSplitOptions)", [" a , , b ", comma, 2], ["a", "", "b"]],
    ["Split(char[])", ["a;b,c", chars(",;")], ["a", "b", "c"]],
    ["Split(string,StringSplitOptions)", ["abc", "", 0], ["abc"]],
    ["Split(string[],int,StringSplitOptions)", ["a<>b[]c", strings(["[]", "<>"]), 9, 0], ["a", "b", "c"]],
  ]);
});

test("Join and Concat", () => {
  const numbers = new CsArray(type("System.Int32"), [1, 2, 3]);
  check([
    ["Join(string,IEnumerable<!!0>)", [type("System.Int32"), "-", numbers], "1-2-3"],
    ["Join(string,IEnumerable<!!0>)", [type("System.Char"), "-", "ab"], "a-b"],
    ["Join(string,string[])", [null, strings(["a", "b"])], "ab"],
    ["Join(string,object[])", [", ", objects(int(1), null, double(2.5))], "1, , 2.5"],
    ["Join(char,string[])", [unit(","), strings(["a", null as unknown as string, "c"])], "a,,c"],
    ["Concat(string,string,string)", ["a", null, "b"], "ab"],
    ["Concat(object,object,object)", [int(1), new Box(type("System.Char"), unit("c")), double(2.5)], "1c2.5"],
    ["Concat(IEnumerable<!!0>)", [type("System.Char"), "cba"], "cba"],
  ]);
});

test("comparison", () => {
  const sign = (key: string, ...args: unknown[]) => Math.sign(call(key, args) as number);
  check([
    ["Compare(string,string)", ["a", "b"], -1],
    ["Compare(string,string)", ["a", "B"], -1],
    ["Compare(string,string,bool)", ["a", "A", true], 0],
    ["CompareOrdinal(string,string)", ["a", "B"], 31],
    ["CompareTo(string)", ["B", "a"], 1],
    ["Compare(string,string)", ["coop", "co-op"], 1],
    ["Compare(string,string)", ["a\u00adb", "ab"], 0],
    ["Compare(string,string)", ["é", "e\u0301"], 0],
    ["Compare(string,string)", [null, ""], -1],
    ["Compare(string,int,string,int,int)", ["xab", 1, "yab", 1, 2], 0],
    ["Equals(string,string,StringComparison)", ["K", "\u212a", 5], false],
    ["Equals(string,StringComparison)", ["a", "A", 3], true],
    ["op_Equality(string,string)", ["é", "e\u0301"], false],
  ]);
  assert.equal(sign("Compare(string,string,StringComparison)", "a", "B", 5), -1);
  const sorted = ["a-b", "ab", "a b", "a_b", "a.b"].sort((a, b) => call("Compare(string,string)", [a, b]) as number);
  assert.deepEqual(sorted, ["a b", "a_b", "a-b", "a.b", "ab"]);
});

test("Format", () => {
  const format = (text: string | null, ...args: unknown[]) => call("Format(string,object[])", [text, objects(...args)]);
  assert.equal(format("{0}-{1}", int(1), "b"), "1-b");
  assert.equal(format("{0,5}|{0,-5}|", int(42)), "   42|42   |");
  assert.equal(format("{{{0}}}", int(1)), "{1}");
  assert.equal(format("{0:N2} {0 , 9 :F1}", double(1234.5)), "1,234.50    1234.5");
  assert.equal(format("{0:#,##0.##}", double(12345.678)), "12,345.68");
  assert.equal(format("{0}{1}", Decimal.parse("1.10"), null), "1.10");
  assert.equal(format("{0}", bytes(new Uint8Array(1))), "System.Byte[]");
  const prefix = "Input string was not in a correct format. Failure to parse near offset";
  const errors: [string, string][] = [
    ["{1}", "Index (zero based) must be greater than or equal to zero and less than the size of the argument list."],
    ["{0", `${prefix} 2. Format item ends prematurely.`],
    ["{a}", `${prefix} 1. Expected an ASCII digit.`],
    ["a}", `${prefix} 2. Format item ends prematurely.`],
    ["a}b", `${prefix} 2. Unexpected closing brace without a corresponding opening brace.`],
    ["{0:{}", `${prefix} 3. Format item ends prematurely.`],
  ];
  for (const [text, message] of errors) {
    assert.throws(() => format(text, int(1)), { typeName: "System.FormatException", message }, text);
  }
  assert.throws(() => call("Format(string,object[])", ["{0}", null]), {
    message: "Value cannot be null. (Parameter 'args')",
  });
  assert.throws(() => format(null), { message: "Value cannot be null. (Parameter 'format')" });
});

test("the hash is fixed, and the same for equal strings of a comparison", () => {
  assert.equal(hashString(""), (352654597 + Math.imul(352654597, 1566083941)) | 0);
  assert.notEqual(hashString("ab"), hashString("ba"));
  const hash = (text: string, comparison: number) => call("GetHashCode(StringComparison)", [text, comparison]);
  assert.equal(hash("aé", 5), hash("AÉ", 5));
  assert.equal(hash("e\u0301\u00ad", 0), hash("é", 0));
  assert.notEqual(hash("a", 4), hash("A", 4));
});

test("characters", () => {
  check([
    ["new(char[])", [chars("ab")], "ab"],
    ["new(char[],int,int)", [chars("abc"), 1, 2], "bc"],
    ["new(char[])", [null], ""],
    ["ToCharArray()", ["ab"], [97, 98]],
    ["IsNullOrWhiteSpace(string)", [" \u2003"], true],
    ["IsNullOrEmpty(string)", [null], true],
    ["Normalize()", ["e\u0301"], "é"],
    ["IsNormalized()", ["abc"], true],
  ]);
});
