import assert from "node:assert/strict";
import { test } from "node:test";
import { refill } from "../runtime/budget.ts";
import { type CsArray, CsException, FuelExhausted } from "../runtime/values.ts";
import { findImplementation } from "./define.ts";
import type { Capture, Group, Match, NoMatch } from "./match.ts";
import { Regex } from "./regex.ts";
import { RegexOptions } from "./regex-options.ts";
import { TimeSpan } from "./time-span.ts";

const ns = "System.Text.RegularExpressions";

/** Calls a member by its key. */
function call<T = unknown>(owner: string, key: string, ...args: unknown[]): T {
  const member = findImplementation(`${ns}.${owner}`, key);
  assert.ok(typeof member === "function", `${owner}.${key}`);
  return (member as (...args: unknown[]) => T)(...args);
}

const isMatch = (input: string, pattern: string, options = 0) =>
  call<boolean>("Regex", "IsMatch(string,string,RegexOptions)", input, pattern, options);
const match = (input: string, pattern: string, options = 0) =>
  call<Match | NoMatch>("Regex", "Match(string,string,RegexOptions)", input, pattern, options);
const replace = (input: string, pattern: string, replacement: string, options = 0) =>
  call<string>("Regex", "Replace(string,string,string,RegexOptions)", input, pattern, replacement, options);
const split = (input: string, pattern: string, options = 0) =>
  call<CsArray>("Regex", "Split(string,string,RegexOptions)", input, pattern, options).items;
const group = (m: Match | NoMatch, key: number | string) =>
  call<Group>("GroupCollection", typeof key === "number" ? "this[int]" : "this[string]", m.groups, key);
const value = (m: Match | NoMatch, key: number | string = 0) => group(m, key).value;

/** Type and message of the exception that the action throws. */
function problem(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CsException) return `${error.typeName.split(".").at(-1)}: ${error.message}`;
    throw error;
  }
  return "";
}

test("literals, sets and anchors", () => {
  assert.equal(value(match("abc123", "\\d+")), "123");
  assert.equal(match("abc", "\\d+").success, false);
  assert.equal(isMatch("a\rb", "a.b"), true);
  assert.equal(isMatch("a\u2028b", "a.b"), true);
  assert.equal(isMatch("a\nb", "a.b"), false);
  assert.equal(isMatch("a\r\nb", "a.b", RegexOptions.singleline), false);
  assert.equal(isMatch("abc\n", "abc$"), true);
  assert.equal(isMatch("abc\n", "abc\\z"), false);
  assert.equal(isMatch("abc\n", "abc\\Z"), true);
  assert.equal(isMatch("a\nb", "^b$", RegexOptions.multiline), true);
  assert.equal(isMatch("a\nb", "^b$"), false);
  assert.equal(isMatch("\u0663", "^\\d$"), true);
  assert.equal(isMatch("\u0663", "^\\d$", RegexOptions.ecmaScript), false);
  assert.equal(isMatch("é", "^\\w$", RegexOptions.ecmaScript), false);
  assert.equal(isMatch("é", "^\\p{L}$"), true);
  assert.equal(isMatch("α", "^\\p{IsGreek}\\P{IsCyrillic}?$"), true);
  assert.equal(isMatch("e", "^[a-z-[aeiou]]$"), false);
  assert.equal(isMatch("b", "^[a-z-[aeiou]]$"), true);
  assert.equal(isMatch("-", "^[a-]$"), true);
  assert.equal(isMatch("]", "^[]a]$"), true);
  assert.equal(isMatch("😀", "^..$"), true);
  assert.equal(isMatch("a{1", "a{1"), true);
  assert.equal(isMatch("a{,2}", "a{,2}"), true);
  assert.equal(isMatch("\x07\x1bAAA\x03", "^\\a\\e\\x41\\u0041\\101\\cC$"), true);
  assert.equal(isMatch("foo bar", "\\bbar\\b"), true);
  assert.equal(isMatch("foobar", "\\bbar"), false);
});

test("case is ignored as in the invariant culture", () => {
  assert.equal(isMatch("ABC", "abc", RegexOptions.ignoreCase), true);
  assert.equal(isMatch("aBC", "a(?i)bc"), true);
  assert.equal(isMatch("aBC", "a(?i:b)c"), false);
  assert.equal(isMatch("\u212a", "k", RegexOptions.ignoreCase), true);
  assert.equal(isMatch("k", "[\u212a]", RegexOptions.ignoreCase), true);
  assert.equal(isMatch("ſ", "s", RegexOptions.ignoreCase), false);
  assert.equal(isMatch("É", "[à-ö]", RegexOptions.ignoreCase), true);
  assert.equal(isMatch("B", "[^a-c]", RegexOptions.ignoreCase), false);
  assert.equal(isMatch("abAB", "^(ab)\\1$", RegexOptions.ignoreCase), true);
  assert.equal(isMatch("a", "\\p{Lu}", RegexOptions.ignoreCase), true);
});

test("options in the pattern", () => {
  assert.equal(isMatch("ab", "a b #c", RegexOptions.ignorePatternWhitespace), true);
  assert.equal(isMatch("a b", "a b", RegexOptions.ignorePatternWhitespace), false);
  assert.equal(isMatch("aab", "(?x) a + # many\n b"), true);
  assert.equal(match("ab", "(?n)(a)(?<x>b)").groups.itemCount, 2);
  assert.equal(isMatch("ab", "a(?#comment)b"), true);
  assert.equal(isMatch("AB", "(?i)a(?-i)B"), true);
  assert.equal(isMatch("Ab", "(?i)a(?-i)B"), false);
});

test("groups: unnamed ones are numbered first", () => {
  const m = match("a1b2", "(?<x>\\w)(\\d)");
  assert.deepEqual([value(m, 1), value(m, 2), value(m, "x"), value(m, "1")], ["1", "a", "a", "1"]);
  assert.equal(group(m, "nope").success, false);
  assert.equal(value(m, "nope"), "");
  assert.equal(value(m, 7), "");
  const names = call<CsArray>("Regex", "GetGroupNames()", new Regex("(?<b>x)(a)(?<c>y)"));
  assert.deepEqual(names.items, ["0", "1", "b", "c"]);
  assert.deepEqual(call<CsArray>("Regex", "GetGroupNumbers()", new Regex("(?<7>x)(a)")).items, [0, 1, 7]);
  assert.equal(value(match("xa", "(?<7>x)(a)"), 7), "x");
  assert.equal(call("Regex", "GroupNumberFromName(string)", new Regex("(?<b>x)"), "b"), 1);
  assert.equal(call("Regex", "GroupNumberFromName(string)", new Regex("(?<b>x)"), "c"), -1);
  assert.equal(group(match("abc", "(a)(b)?(z)?"), 3).success, false);
  assert.deepEqual(
    [...group(match("a1b2", "(\\w\\d)+"), 1).captures].map((c) => (c as Capture).value),
    ["a1", "b2"],
  );
});

test("quantifiers", () => {
  assert.equal(value(match("aaa", "a{2}")), "aa");
  assert.equal(value(match("aaa", "a+?")), "a");
  assert.equal(value(match("aaab", "a*?b")), "aaab");
  assert.equal(value(match("ababab", "(?:ab){2,}")), "ababab");
  assert.equal(value(match("ababab", "(?:ab){1,2}?")), "ab");
  assert.equal(isMatch("aaa", "(?>a+)a"), false);
  assert.equal(isMatch("", "^(a*)*$"), true);
  assert.equal(isMatch("b", "^(a*)*$"), false);
  assert.equal(isMatch("aab", "^(a|ab)*?b$"), true);
  assert.equal(value(match("xay", "(?:a|)+y")), "ay");
  assert.equal(isMatch("abcabc", "^(?:a|b|c){6}$"), true);
});

test("references, lookaround, conditions, balancing", () => {
  assert.equal(isMatch("abab", "^(ab)\\1$"), true);
  assert.equal(isMatch("abab", "^(?<x>ab)\\k<x>$"), true);
  assert.equal(isMatch("b", "^(a)?\\1b$"), false);
  assert.equal(isMatch("b", "^(a)?\\1b$", RegexOptions.ecmaScript), true);
  assert.equal(isMatch("foobar", "foo(?!bar)"), false);
  assert.equal(value(match("price: 42 EUR", "\\d+(?= EUR)")), "42");
  assert.equal(value(match("price: 42", "(?<=: )\\d+")), "42");
  assert.equal(value(match("a1 b2", "(?<!a)\\d")), "2");
  assert.equal(value(match("xaby", "(?<=(a)(b))y"), 1), "a");
  assert.equal(isMatch("ab", "(?(a)ab|cd)"), true);
  assert.equal(isMatch("cd", "^(?(a)ab|cd)$"), true);
  assert.equal(isMatch("aa", "^(a)?(?(1)a|b)$"), true);
  assert.equal(isMatch("b", "^(?<q>a)?(?(q)a|b)$"), true);
  const balanced = "^\\((?>[^()]+|\\((?<d>)|\\)(?<-d>))*(?(d)(?!))\\)$";
  assert.equal(isMatch("(a(b)c)", balanced), true);
  assert.equal(isMatch("(a(b)c", balanced), false);
  assert.equal(value(match("<a<b>>", "(?<open><)a(?<open><)b(?<inner-open>>)"), "inner"), "b");
});

test("from right to left", () => {
  const regex = new Regex("a", RegexOptions.rightToLeft);
  assert.equal(call<Match>("Regex", "Match(string)", regex, "aba").index, 2);
  assert.equal(value(match("abc123", "\\d+", RegexOptions.rightToLeft)), "123");
  assert.equal(value(match("12 34", "(\\d)(\\d)", RegexOptions.rightToLeft), 1), "3");
  assert.equal(replace("aaa", "a", "$&b", RegexOptions.rightToLeft), "ababab");
  assert.deepEqual(split("a,b,c", ",", RegexOptions.rightToLeft), ["a", "b", "c"]);
});

test("next matches, also empty ones", () => {
  const all = (input: string, pattern: string) =>
    [...call<Iterable<Match>>("Regex", "Matches(string,string)", input, pattern)].map((m) => [m.index, m.length]);
  assert.deepEqual(all("a1b22", "\\d+"), [
    [1, 1],
    [3, 2],
  ]);
  assert.deepEqual(all("baaac", "a*"), [
    [0, 0],
    [1, 3],
    [4, 0],
    [5, 0],
  ]);
  assert.deepEqual(all("aab", "\\Ga"), [
    [0, 1],
    [1, 1],
  ]);
  assert.equal(call<Match>("Match", "NextMatch()", match("aXbX", "X")).index, 3);
  const matches = call<{ itemCount: number }>("Regex", "Matches(string,string)", "a1b22", "\\d+");
  assert.equal(call("MatchCollection", "Count", matches), 2);
  assert.match(
    problem(() => call("MatchCollection", "this[int]", matches, 2)),
    /ArgumentOutOfRange.*Parameter 'i'/,
  );
  assert.equal(call("Regex", "Count(string,string)", "abab", "b"), 2);
});

test("replacement patterns", () => {
  const cases: [string, string, string, string][] = [
    ["a1b2", "\\d", "#", "a#b#"],
    ["a1b2", "(\\w)(\\d)", "$2$1", "1a2b"],
    ["abc", "b", "[$&]", "a[b]c"],
    ["abc", "b", "[$_]", "a[abc]c"],
    ["abc", "b", "[$`|$']", "a[a|c]c"],
    ["abc", "(b)", "$10", "a$10c"],
    ["abc", "(b)", "${1}0", "ab0c"],
    ["abc", "b", "$1", "a$1c"],
    ["abc", "(a)(b)", "$+", "bc"],
    ["abc", "(?<x>b)", "<${x}>${y}$$", "a<b>${y}$c"],
    ["abc", "x*", "-", "-a-b-c-"],
    ["/api/v1/users/42/orders/7", "/\\d+", "/{id}", "/api/v1/users/{id}/orders/{id}"],
  ];
  for (const [input, pattern, replacement, expected] of cases)
    assert.equal(replace(input, pattern, replacement), expected);
  const upper = (m: Match) => m.value.toUpperCase();
  assert.equal(call("Regex", "Replace(string,string,MatchEvaluator)", "a1b", "[a-z]", upper), "A1B");
  assert.equal(call("Regex", "Replace(string,string,int,int)", new Regex("b"), "bbbb", "x", 2, 1), "bxxb");
  assert.equal(call("Match", "Result(string)", match("abc", "b"), "<$&>"), "<b>");
});

test("split, escape, unescape", () => {
  assert.deepEqual(split("a1b22c", "\\d+"), ["a", "b", "c"]);
  assert.deepEqual(split("a1b22c", "(\\d+)"), ["a", "1", "b", "22", "c"]);
  assert.deepEqual(split("abc", ""), ["", "a", "b", "c", ""]);
  assert.deepEqual(call<CsArray>("Regex", "Split(string,int)", new Regex(","), "a,b,c", 2).items, ["a", "b,c"]);
  assert.equal(call("Regex", "Escape(string)", "a.b*c[d] e#\n"), "a\\.b\\*c\\[d]\\ e\\#\\n");
  assert.equal(call("Regex", "Unescape(string)", "a\\.b\\n\\x41"), "a.b\nA");
});

test("a part of the input counts as the whole", () => {
  const regex = new Regex("^b$");
  const m = call<Match>("Regex", "Match(string,int,int)", regex, "abc", 1, 1);
  assert.deepEqual([m.success, m.index, m.value], [true, 1, "b"]);
  assert.equal(call("Regex", "IsMatch(string,int)", regex, "ab", 1), false);
  assert.equal(call("Regex", "IsMatch(string,int)", new Regex("(?<=a)b"), "ab", 1), true);
});

test("mistakes in patterns have .NET's texts and offsets", () => {
  const cases: [string, number, string][] = [
    ["^\\_$", 3, "Unrecognized escape sequence \\_."],
    ["[", 1, "Unterminated [] set."],
    ["a**", 3, "Nested quantifier '*'."],
    ["*a", 1, "Quantifier '*' following nothing."],
    ["a|+", 3, "Quantifier '+' following nothing."],
    ["\\p{Nope}", 8, "Unknown property 'Nope'."],
    ["(a", 2, "Not enough )'s."],
    ["a)", 2, "Too many )'s."],
    ["a\\", 2, "Illegal \\ at end of pattern."],
    ["a{2,1}", 6, "Illegal {x,y} with x > y."],
    ["[z-a]", 4, "[x-y] range in reverse order."],
    ["[a-\\d]", 5, "Cannot include class \\d in character range."],
    ["\\1", 2, "Reference to undefined group number 1."],
    ["\\k<x>", 5, "Reference to undefined group name 'x'."],
    ["\\k", 1, "Malformed \\k<...> named back reference."],
    ["(?<1a>b)", 4, "Invalid group name: Group names must begin with a word character."],
    ["(?<0>b)", 4, "Capture number cannot be zero."],
    ["(?z)", 3, "Unrecognized grouping construct."],
    ["(?#x", 4, "Unterminated (?#...) comment."],
    ["\\xg1", 3, "Insufficient or invalid hexadecimal digits."],
    ["\\c", 2, "Missing control character."],
    ["\\pL", 2, "Incomplete \\p{X} character escape."],
    ["[a-z-[b]c]", 8, "A subtraction must be the last element in a character class."],
    ["(?(1)a|b)", 5, "Conditional alternation refers to an undefined group number 1."],
    ["(?(a)b|c|d)", 11, "Too many | in (?()|)."],
  ];
  for (const [pattern, offset, text] of cases) {
    const expected = `RegexParseException: Invalid pattern '${pattern}' at offset ${offset}. ${text}`;
    assert.equal(
      problem(() => new Regex(pattern)),
      expected,
    );
  }
});

test("wrong arguments", () => {
  assert.match(
    problem(() => new Regex(null)),
    /ArgumentNullException.*'pattern'/,
  );
  assert.match(
    problem(() => new Regex("a", 0x8000)),
    /ArgumentOutOfRangeException.*'options'/,
  );
  assert.match(
    problem(() => new Regex("a", RegexOptions.ecmaScript | RegexOptions.singleline)),
    /'options'/,
  );
  assert.match(
    problem(() => new Regex("a", 0, new TimeSpan(0n))),
    /'matchTimeout'/,
  );
  assert.match(
    problem(() => call("Regex", "IsMatch(string,string)", null, "a")),
    /ArgumentNullException.*'input'/,
  );
  assert.match(
    problem(() => call("Regex", "IsMatch(string,int)", new Regex("a"), "a", 2)),
    /'startat'/,
  );
});

test("runaway patterns end: by their time limit, or by the budget", () => {
  const slow = new Regex("^(a+)+$", 0, new TimeSpan(500_000n));
  assert.match(
    problem(() => call("Regex", "IsMatch(string)", slow, `${"a".repeat(40)}!`)),
    /^RegexMatchTimeoutException: The Regex engine has timed out/,
  );
  for (const pattern of ["^(a+)+$", "^(a|aa)+$", "^(a{1,20}){1,20}$", "(?=(a+)+!!)"]) {
    refill(2_000_000);
    assert.throws(() => isMatch(`${"a".repeat(60)}!`, pattern), FuelExhausted, pattern);
  }
  refill();
  assert.throws(() => new Regex("(".repeat(20_000) + ")".repeat(20_000)), FuelExhausted);
});

test("long loops need no stack", () => {
  refill();
  assert.equal(isMatch("ab".repeat(50_000), "^(?:a|b)*$"), true);
  refill();
  assert.equal(match("ab".repeat(20_000), "^((a)|(b))+$").groups.itemCount, 4);
  refill();
});
