import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";
import { SourceText } from "../base/source-text.ts";

test("stands for the same section of the next broader scope", async () => {
  const global = {
    source: new SourceText(
      '<policies><inbound><set-variable name="global" value="ran" /></inbound></policies>',
      "policy.xml",
    ),
  };
  const { exchange } = await run(
    '<set-variable name="before" value="@(context.Variables.ContainsKey("global"))" /><base /><set-variable name="after" value="@(context.Variables.ContainsKey("global").ToString())" />',
    { snapshot: { policy: global } },
  );
  assert.equal(exchange.variables.get("global"), "ran");
  assert.equal(exchange.variables.get("after"), "True");
});

test("without it nothing broader runs", async () => {
  const global = {
    source: new SourceText(
      '<policies><inbound><set-variable name="global" value="ran" /></inbound></policies>',
      "policy.xml",
    ),
  };
  const { exchange } = await run('<set-variable name="own" value="1" />', { snapshot: { policy: global } });
  assert.equal(exchange.variables.has("global"), false);
});

test("it stands directly in a section", () => {
  const nested = '<choose><when condition="true"><base /></when></choose>';
  assert.deepEqual(
    check(nested).map((d) => d.code),
    ["SP2014"],
  );
});
