import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Redaction, ruleProblem, TOO_HARD } from "./redaction.ts";

const hide = (text: string) => text.replaceAll("hunter2", "***");

/** The whole text, given in pieces of some lengths. */
function inPieces(redaction: Redaction, text: string, lengths: readonly number[]): string {
  let [all, rest, at, i] = ["", "", 0, 0];
  while (at < text.length) {
    const length = lengths[i++ % lengths.length];
    const cleaned = redaction.clean(rest + text.slice(at, at + length), false);
    all += cleaned.clean;
    rest = cleaned.rest;
    at += length;
  }
  return all + redaction.clean(rest, true).clean;
}

test("what a rule finds is masked, wherever a piece ends", () => {
  const redaction = new Redaction(["[0-9]{4}-[0-9]{4}", "(?i)bearer [a-z0-9]+"], hide);
  const secret = fc.constantFrom("1234-5678", "Bearer abc123", "bearer XYZ ", "hunter2");
  const text = fc.array(fc.oneof(secret, fc.string({ maxLength: 900 }))).map((parts) => parts.join(" "));
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1 }), (whole, lengths) => {
      const cleaned = inPieces(redaction, whole, lengths);
      assert.equal(cleaned, redaction.clean(whole, true).clean);
      assert.doesNotMatch(cleaned, /1234-5678|abc123|hunter2/);
    }),
  );
});

test("rules that find parts of each other mask all of it once", () => {
  const redaction = new Redaction(["ab+", "b+c", "x*"], (text) => text);
  assert.equal(redaction.clean("-abbbc-abb-xx-", true).clean, "-***-***-***-");
});

test("a character of two halves is never cut", () => {
  const redaction = new Redaction(["zzz"], (text) => text);
  const text = "😀".repeat(4_000);
  for (const length of [1_025, 1_026, 2_047]) {
    const { clean, rest } = redaction.clean(text.slice(0, length * 2), false);
    assert.ok(clean.isWellFormed() && rest.isWellFormed());
  }
});

test("a rule that takes too long hides the part it was asked about, and ends", () => {
  const redaction = new Redaction(["(a+)+$"], (text) => text);
  assert.equal(redaction.clean(`${"a".repeat(5_000)}!`, true).clean, TOO_HARD);
});

test("a pattern that is none says why", () => {
  assert.equal(ruleProblem("\\d{4}"), undefined);
  assert.match(ruleProblem("(") ?? "", /Not enough \)/);
});
