import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

test("a literal is a String, an expression keeps its type", async () => {
  const text = await run('<set-variable name="n" value="42" />');
  assert.equal(text.exchange.variables.get("n"), "42");
  const { exchange } = await run(`
    <set-variable name="n" value="@(40 + 2)" />
    <set-variable name="type" value="@(context.Variables["n"].GetType().Name)" />`);
  assert.equal(exchange.variables.get("type"), "Int32");
});

test("a block may read the body and keeps it", async () => {
  const { exchange } = await run(`
    <set-variable name="a" value="@{ var body = context.Request.Body.As<JObject>(preserveContent: true); return (int)body["a"] + 1; }" />
    <set-variable name="text" value="@(context.Request.Body.As<string>() + context.Variables["a"])" />`);
  assert.equal(exchange.variables.get("text"), '{"a":1,"b":[1,2,3],"s":"x"}2');
});

test("reading without preserveContent consumes the body", async () => {
  const { exchange } = await run(`
    <set-variable name="first" value="@(context.Request.Body.As<string>())" />
    <set-variable name="second" value="@(context.Request.Body.As<string>())" />`);
  assert.equal(exchange.variables.get("second"), "");
});

test("an expression that throws names the policy and the reason", async () => {
  const { status, lastError, body } = await run('<set-variable id="v1" name="n" value="@(int.Parse("x"))" />');
  assert.equal(status, 500);
  assert.equal(lastError?.policyId, "v1");
  assert.match(
    lastError?.message ?? "",
    /^Expression evaluation failed\. The input string 'x' was not in a correct format\.$/,
  );
  assert.doesNotMatch(body, /input string/);
});

test("name and value are needed; mistakes in C# have their place", () => {
  assert.deepEqual(
    check('<set-variable name="n" />').map((d) => d.code),
    ["SP2003"],
  );
  const [mistake] = check('<set-variable name="n" value="@(contxt.Request)" />');
  assert.equal(mistake.code, "CS0103");
  assert.equal(mistake.column, '<policies><inbound><set-variable name="n" value="@('.length + 1);
});
