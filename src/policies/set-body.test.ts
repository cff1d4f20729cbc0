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

test("Liquid and hostile bodies: no prototypes, no endless loops, and a body that is no JSON is a fault of the template", async () => {
  const json = (body: unknown) => ({ request: { headers: { "Content-Type": "application/json" }, body } });
  const liquid = (template: string) => `<set-body template="liquid">${template}</set-body>`;
  const reach =
    "{{ body.__proto__ }}{{ body.constructor }}{{ body.a.constructor.name }}{{ context.constructor }}{{ body.toString }}";
  assert.equal(await requestBody(liquid(reach), json({ a: "x" })), "");
  assert.equal(
    await requestBody(liquid("{{ body.a }}"), json({ a: "{{ context.Request.Method }}" })),
    "{{ context.Request.Method }}",
  );
  const nested = "{% for i in body %}{% for j in body %}x{% endfor %}{% endfor %}";
  const list = Array.from({ length: 30_000 }, (_, i) => i);
  for (const [template, body] of [
    [nested, list],
    ["{% for i in (1..100000000) %}x{% endfor %}", {}],
    ['{{ body.a | Replace: "a", body.a }}', { a: "a".repeat(50_000) }],
    ["{{ body.a }}", { a: { toString: 1, valueOf: 2 } }],
    ["{{ body.a }}", "{no json"],
  ] as const) {
    const { lastError } = await run(liquid(template), { context: json(body) });
    assert.equal(lastError?.reason, "ExpressionValueEvaluationFailure", template);
  }
});
