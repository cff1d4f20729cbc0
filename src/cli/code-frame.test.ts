import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../base/diagnostic.ts";
import { frame } from "./code-frame.ts";

const plain = { paint: (_: string, text: string) => text };

function shown(diagnostic: Partial<Diagnostic>, text?: string): string {
  const full: Diagnostic = { code: "SP1", severity: "error", message: "Wrong", file: "a.xml", ...diagnostic };
  return `\n${frame(full, () => text, plain).join("\n")}`;
}

test("place, line, mark and hint", () => {
  const text = "<policies>\n  <inbund />\n</policies>";
  assert.equal(
    shown({ line: 2, column: 4, endColumn: 10, hint: "Did you mean inbound?" }, text),
    `
error SP1: Wrong
  --> a.xml:2:4
  |
2 |   <inbund />
  |    ^^^^^^
  = Did you mean inbound?`,
  );
});

test("a mark under tabs stands where the text does, and one behind the end of the line too", () => {
  assert.ok(shown({ line: 1, column: 3 }, "\t\t<a>").endsWith("\n1 | \t\t<a>\n  | \t\t^"));
  assert.ok(shown({ line: 1, column: 4 }, "<a>").endsWith("\n1 | <a>\n  |    ^"));
});

test("of a long line the part around the mark is shown", () => {
  const [, excerpt, mark] = shown({ line: 1, column: 500, endColumn: 503 }, `${"x".repeat(499)}BAD${"y".repeat(500)}`)
    .split("\n")
    .slice(-3);
  assert.ok(excerpt.length < 120);
  assert.equal(excerpt.indexOf("BAD"), mark.indexOf("^^^"));
  assert.ok(excerpt.startsWith("1 | ...") && excerpt.endsWith("..."));
});

test("without a line, or without the text, the place alone", () => {
  assert.equal(shown({}), "\nerror SP1: Wrong\n  --> a.xml");
  assert.equal(shown({ line: 7, column: 1 }, "one line"), "\nerror SP1: Wrong\n  --> a.xml:7:1");
  assert.equal(shown({ file: undefined, severity: "warning" }), "\nwarning SP1: Wrong");
});

test("text from files cannot steer the terminal", () => {
  const out = shown(
    { message: "\u001b[2Jgone", file: "a\u0007.xml", line: 1, column: 1, hint: "\u009b31m\u202e" },
    "\u001b]0;title\u0007",
  );
  assert.doesNotMatch(out, /(?!\n)[\p{Cc}\u202e]/u);
  assert.match(out, /␛\[2Jgone/);
});
