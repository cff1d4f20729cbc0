import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LinearPattern } from "./linear-pattern.ts";

function found(source: string, text: string): boolean | undefined {
  return LinearPattern.of(source)?.test(text, () => {});
}

const PATTERNS = [
  ...["", "a", "^a$", "a|b", "^(a|bc)*$", "^(?:ab)+c?$", "^[a-c]{2,3}$", "^a{2}$", "^a{2,}$", "^a{0}$", "x*", "^$"],
  ...[
    "^\\d{3}-\\d{4}$",
    "^[^a-b\\]]+$",
    "\\.",
    "^.$",
    "^\\w+@\\w+\\.[a-z]{2,}$",
    "^(?<year>\\d{4})-(?:0[1-9]|1[0-2])$",
  ],
  ...[
    "^\\p{L}+$",
    "^\\u0061\\x62$",
    "(^a|b$)",
    "^(a*)*b$",
    "^(a|a?)+$",
    "^[\\w-.]+$",
    "^a{,2}$",
    "^\\/x$",
    "()|a",
    "^\\u{1F600}$",
  ],
  ...["a{1,2}{2}", "[]", "[^]", "\\cA", "\\0", "^\\s*\\S+\\s*$", "(?:)", "a??", "a+?b", "}", "]"],
];

test("finds what the language's own engine finds", () => {
  const texts = fc.oneof(
    fc.string({
      unit: fc.constantFrom("a", "b", "c", "1", "0", "-", ".", "@", "]", "x", "/", " ", "\n", "😀", "é", "{"),
    }),
    fc.constantFrom("", "ab", "2024-07", "555-1234", "a@b.de", "aaab", "\u0001", "\u0000", "a{,2}", "😀"),
  );
  for (const source of PATTERNS) {
    let expected: RegExp | undefined;
    for (const flags of ["", "u"])
      try {
        expected = new RegExp(source, flags);
      } catch {}
    fc.assert(
      fc.property(texts, (text) => {
        const is = found(source, text);
        if (expected === undefined) assert.equal(is, undefined);
        else assert.equal(is, expected.test(text), `/${source}/ on ${JSON.stringify(text)}`);
      }),
      { numRuns: 200 },
    );
  }
});

test("what needs more than one way at a time is not matched at all", () => {
  for (const source of [
    "(?=a)",
    "(?!a)b",
    "(?<=a)b",
    "(?<!a)b",
    "(a)\\1",
    "(?<n>a)\\k<n>",
    "\\bword\\b",
    "(",
    "(?i:a)",
  ])
    assert.equal(LinearPattern.of(source), undefined, source);
  for (const source of ["a{2000}", "(?:a{100}){100}", "(?:(?:(?:){900}){900}){900}", `(?:${"a|".repeat(2_000)}b)`])
    assert.equal(LinearPattern.of(source), undefined, source.slice(0, 20));
});

test("work grows with the text, not beyond", () => {
  for (const source of ["^(a+)+$", "^(a|a)*$", "^(\\w+\\s?)*$", "(x+x+)+y", "^(.*,){11}P"]) {
    const pattern = LinearPattern.of(source);
    const work = (length: number) => {
      let steps = 0;
      pattern?.test(`${"a".repeat(length)}!`, (n) => {
        steps += n;
      });
      return steps;
    };
    assert.ok(work(2_000) < 2.1 * work(1_000), source);
  }
});
