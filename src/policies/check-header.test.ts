import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const policy = (values: string, ignoreCase = true) =>
  `<check-header name="X-Multi" failed-check-httpcode="403" failed-check-error-message="No." ignore-case="${ignoreCase}">${values}</check-header>`;
const withHeader = (...values: string[]) => ({ context: { request: { headers: { "x-multi": values } } } });

test("without values the header must only be there", async () => {
  assert.equal((await run(policy(""))).status, 200);
  const { status, body, lastError } = await run(policy(""), { context: { request: { headers: {} } } });
  assert.deepEqual([status, body], [403, '{ "statusCode": 403, "message": "No." }']);
  assert.deepEqual(
    [lastError?.source, lastError?.reason, lastError?.message],
    ["check-header", "HeaderNotFound", "Header X-Multi was not found in the request. Access denied."],
  );
});

test("one of the values must match, with or without case", async () => {
  assert.equal((await run(policy("<value>one</value><value>TWO</value>"), withHeader("two"))).status, 200);
  const { status, lastError } = await run(policy("<value>TWO</value>", false), withHeader("two"));
  assert.deepEqual(
    [status, lastError?.reason, lastError?.message],
    [403, "HeaderValueNotAllowed", "Header X-Multi value of two is not allowed. Access denied."],
  );
});

test("what a header of credentials held is not told", async () => {
  const xml = policy("<value>right</value>").replace("X-Multi", "X-Partner-Key");
  const { lastError } = await run(xml, { context: { request: { headers: { "x-partner-key": ["almost"] } } } });
  assert.equal(lastError?.message, "Header X-Partner-Key value of *** is not allowed. Access denied.");
});

test("a second line cannot smuggle in what is not allowed", async () => {
  assert.equal((await run(policy("<value>a</value>"), withHeader("a", "admin"))).status, 403);
});

test("an expression in double braces stands for an expression", async () => {
  const policyText = `<set-variable name="allowedKey" value="k1" />${policy('<value>{{context.Variables["allowedKey"]}}</value>')}`;
  assert.equal((await run(policyText, withHeader("k1"))).status, 200);
  assert.equal((await run(policyText, withHeader("k2"))).status, 403);
});

test("all attributes are needed", () => {
  assert.deepEqual(
    check("<check-header />").map((d) => d.code),
    ["SP2003", "SP2003", "SP2003", "SP2003"],
  );
});

test("values compare as a whole: lists, blanks and lookalikes are other values", async () => {
  const one = policy("<value>a</value>", false);
  for (const value of ["a,admin", "a, a", "admin", "a;", "", "A", "а"])
    assert.equal((await run(one, withHeader(value))).status, 403, JSON.stringify(value));
  assert.equal((await run(one, withHeader("a", "a"))).status, 200, "the same twice");
});

test("operators learn how many lines there were, never which values are allowed", async () => {
  const { lastError, body } = await run(policy("<value>a secret</value><value>b</value>"), withHeader("x", "y"));
  assert.deepEqual(lastError?.detail, { header: "X-Multi", expected: "2 values", linesFound: 2 });
  assert.doesNotMatch(JSON.stringify(lastError) + body, /a secret/);
});
