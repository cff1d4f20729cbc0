import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const body = (xml: string, text: string) =>
  run(xml, { context: { request: { body: text } } }).then(({ exchange }) =>
    Buffer.from(exchange.request.body.buffered ?? []).toString("utf8"),
  );

test("replaces every occurrence, literally", async () => {
  assert.equal(await body('<find-and-replace from="a.c" to="$&amp;" />', "a.c abc a.c"), "$& abc $&");
  assert.equal(await body('<find-and-replace from="é" to="@("e" + 1)" />', "été"), "e1te1");
  assert.equal(await body('<find-and-replace from="x" to="" />', "axbx"), "ab");
});

test("bytes that are no text come through", async () => {
  const world = bench();
  const raw = Buffer.from([0xff, 0xfe, 0x41, 0x00, 0x80]);
  const { exchange } = await run(
    '<set-body>@(new byte[] { 255, 254, 65, 0, 128 })</set-body><find-and-replace from="A" to="BC" />',
    { bench: world },
  );
  assert.deepEqual([...(exchange.request.body.buffered ?? [])], [raw[0], raw[1], 0x42, 0x43, 0, 0x80]);
  await world.close();
});

test("outbound changes the response", async () => {
  const { body: text } = await run('<find-and-replace from="backend" to="gateway" />', {
    section: "outbound",
    context: { response: { body: "from backend" } },
  });
  assert.equal(text, "from gateway");
});

test("from and to are needed", () => {
  assert.deepEqual(
    check("<find-and-replace />").map((d) => d.code),
    ["SP2003", "SP2003"],
  );
});

test("an encoded body is left alone: its bytes are no text", async () => {
  const context = { request: { body: "abc", headers: { "Content-Encoding": "gzip" } } };
  const { exchange } = await run('<find-and-replace from="b" to="x" />', { context });
  assert.equal(String(exchange.request.body.buffered), "abc");
  assert.equal(exchange.request.headers.first("Content-Encoding"), "gzip");
});
