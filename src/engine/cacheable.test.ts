import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, run } from "../../test/support/run-policy.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { ResponseMessage } from "../kit/message.ts";
import { decodeValue, encodeValue } from "./cacheable.ts";

/** C# expressions, and what they say after their value has been to bytes and back. */
const CASES: readonly (readonly [expression: string, probe: string, expected: unknown])[] = [
  ['"text é \\ud800"', '((string)v) == "text é \\ud800"', true],
  ["41", "(int)v + 1 == 42", true],
  ["4000000000000000001L", "(long)v == 4000000000000000001L", true],
  ["-0.0", "1 / (double)v < 0", true],
  ["double.NaN", "double.IsNaN((double)v)", true],
  ["'x'", "(char)v == 'x'", true],
  ["true", "(bool)v", true],
  ["1.50m", '((decimal)v).ToString() == "1.50"', true],
  ["new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc)", "((DateTime)v).Kind == DateTimeKind.Utc", true],
  [
    "new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromHours(2))",
    "((DateTimeOffset)v).Offset == TimeSpan.FromHours(2)",
    true,
  ],
  ["TimeSpan.FromSeconds(90)", "((TimeSpan)v).TotalSeconds == 90", true],
  ['new Guid("11111111-2222-3333-4444-555555555555")', '((Guid)v).ToString().StartsWith("1111")', true],
  ["new byte[] { 1, 2, 255 }", "((byte[])v)[2] == 255", true],
  ['new[] { "a", null }', '((string[])v)[0] == "a" && ((string[])v)[1] == null', true],
  ['JObject.Parse("{\\"a\\":[1,2.0,null,true,\\"t\\"]}")', '(int)((JObject)v)["a"][1] == 2', true],
  [
    'JObject.Parse("{\\"d\\":\\"2024-01-02T03:04:05Z\\"}")',
    '((JObject)v)["d"].Type == JTokenType.Date && ((DateTime)((JObject)v)["d"]).Kind == DateTimeKind.Utc',
    true,
  ],
];

test("values come back as they were", async () => {
  const world = bench();
  for (const [expression, probe] of CASES) {
    const stored = await run(`<set-variable name="v" value="@{ object o = ${inXml(expression)}; return o; }" />`, {
      bench: world,
    });
    const bytes = encodeValue(stored.exchange.variables.get("v"));
    assert.ok(bytes, `${expression} has no form`);
    const { exchange } = await run(
      `<set-variable name="is" value="@{ var v = context.Variables["v"]; return ${inXml(probe)}; }" />`,
      { bench: world, variables: { v: decodeValue(bytes) } },
    );
    assert.equal((exchange.variables.get("is") as { value: unknown }).value, true, expression);
  }
  await world.close();
});

function inXml(code: string): string {
  return code.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

test("what JSON text would change, and objects without a form, are not made bytes", async () => {
  const world = bench();
  for (const expression of [
    'new JObject(new JProperty("s", "2024-01-02T03:04:05Z"))',
    'new JObject(new JProperty("g", Guid.NewGuid()))',
    "new System.Collections.Generic.List<int>()",
  ]) {
    const { exchange } = await run(`<set-variable name="v" value="@(${inXml(expression)})" />`, { bench: world });
    assert.equal(encodeValue(exchange.variables.get("v")), undefined, expression);
  }
  await world.close();
});

test("responses in memory come back, streams do not", () => {
  const response = new ResponseMessage(203, "Fine", new Headers(["X-A", "1"]), Body.text("abc"));
  const back = decodeValue(encodeValue(response) ?? new Uint8Array()) as ResponseMessage;
  assert.deepEqual([back.status, back.reason, back.headers.raw], [203, "Fine", ["X-A", "1"]]);
  assert.equal(Buffer.from(back.body.buffered ?? []).toString(), "abc");
  const streamed = new ResponseMessage(200, "", new Headers(), Body.stream({ start() {}, resume() {}, cancel() {} }));
  assert.equal(encodeValue(streamed), undefined);
});

test("bytes that are something else are nothing", () => {
  for (const junk of ["", "x", "b", 'b["System.Int32"]x', "b[1]", "j{", "r", "r\x05\0\0\0{}"])
    assert.equal(decodeValue(Buffer.from(junk, "latin1")), undefined, JSON.stringify(junk));
});
