import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";
import { SourceText } from "../base/source-text.ts";

const fragment = (text: string) => ({
  fragments: new Map([["f1", { source: new SourceText(text, "fragments/f1.xml") }]]),
});

test("the fragment's policies run where it is included", async () => {
  const snapshot = fragment(
    '<fragment><set-variable name="a" value="1" /><set-variable name="b" value="@((string)context.Variables["a"] + "2")" /></fragment>',
  );
  const { exchange } = await run('<include-fragment fragment-id="f1" />', { snapshot });
  assert.equal(exchange.variables.get("b"), "12");
});

test("a fault inside names the fragment's file and line", async () => {
  const snapshot = fragment('<fragment>\n  <set-variable name="a" value="@(int.Parse("x"))" />\n</fragment>');
  const { exchange } = await run('<include-fragment fragment-id="f1" />', { snapshot });
  assert.deepEqual([exchange.place?.file, exchange.place?.line], ["fragments/f1.xml", 2]);
});

test("unknown fragments and nested ones are mistakes", () => {
  const unknown = check('<include-fragment fragment-id="f2" />', { snapshot: fragment("<fragment />") });
  assert.match(`${unknown[0].message} ${unknown[0].hint}`, /no policy fragment "f2".*Did you mean "f1"/);
  const nested = check('<include-fragment fragment-id="f1" />', {
    snapshot: fragment('<fragment><include-fragment fragment-id="f1" /></fragment>'),
  });
  assert.ok(nested.some((d) => d.message === "A fragment cannot include another fragment"));
});

test("a mistake in a fragment is named once, at its place", () => {
  const snapshot = fragment('<fragment>\n<set-variable name="a" /></fragment>');
  const mistakes = check('<include-fragment fragment-id="f1" /><include-fragment fragment-id="f1" />', { snapshot });
  assert.deepEqual(
    mistakes.map((d) => [d.code, d.file, d.line]),
    [["SP2003", "fragments/f1.xml", 2]],
  );
});
