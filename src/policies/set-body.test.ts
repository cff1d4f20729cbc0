import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const requestBody = async (xml: string, context = {}) => {
  const { exchange } = await run(xml, { context });
  return Buffer.from(exchange.request.body.buffered ?? []).toString("utf8");
};

test("text, expression and bytes", async () => {
  assert.equal(await requestBody("<set-body>hello</set-body>"), "hello");
  assert.equal(await requestBody('<set-body>@("a" + 1)</set-body>'), "a1");
  assert.equal(await requestBody("<set-body>@(new byte[] { 104, 105 })</set-body>"), "hi");
  assert.equal(
    await requestBody(
      '<set-body>@{ var b = context.Request.Body.As<JObject>(); b["n"] = 1; return b.ToString(Newtonsoft.Json.Formatting.None); }</set-body>',
    ),
    '{"a":1,"b":[1,2,3],"s":"x","n":1}',
  );
});

test("markup is taken as it stands", async () => {
  assert.equal(await requestBody("<set-body><a>1</a><b/></set-body>"), "<a>1</a><b/>");
});

test("Liquid sees body and context", async () => {
  const template =
    '<set-body template="liquid">{ "sum": {{ body.a }}, "s": "{{ body.s | Upcase }}", "m": "{{ context.Request.Method }}" }</set-body>';
  assert.equal(await requestBody(template), '{ "sum": 1, "s": "X", "m": "POST" }');
  const list =
    '<set-body template="liquid">[{% JSONArrayFor i in body.b %}{ "i": {{ i }} }{% endJSONArrayFor %}]</set-body>';
  assert.equal(await requestBody(list), '[{ "i": 1 },{ "i": 2 },{ "i": 3 }]');
});

test("Liquid sees XML by element name", async () => {
  const context = {
    request: {
      headers: { "Content-Type": "text/xml" },
      body: "<order><item>a</item><item>b</item><note>n</note></order>",
    },
  };
  assert.equal(
    await requestBody('<set-body template="liquid">{{ body.order.item[1] }}-{{ body.order.note }}</set-body>', context),
    "b-n",
  );
});

test("a wrong template is a mistake at load", () => {
  const [mistake] = check('<set-body template="liquid">{% if %}</set-body>');
  assert.equal(mistake.code, "SP2017");
});

test("outbound replaces the response's body", async () => {
  const { body } = await run("<set-body>bye</set-body>", { section: "outbound" });
  assert.equal(body, "bye");
});
