import assert from "node:assert/strict";
import { test } from "node:test";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { ResponseMessage } from "../kit/message.ts";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { collecting, decodeResponse, encodeResponse } from "./shared/response-cache.ts";
import { SingleFlight } from "./shared/single-flight.ts";

test("both vary-by-developer attributes are needed, and values are checked", () => {
  const codes = (xml: string) => check(xml).map((d) => d.code);
  assert.deepEqual(codes("<cache-lookup />"), ["SP2003", "SP2003"]);
  assert.equal(
    codes('<cache-lookup vary-by-developer="false" vary-by-developer-groups="false" downstream-caching-type="all" />')
      .length,
    1,
  );
});

test("developers and groups have responses of their own when the policy says so", async () => {
  const world = bench();
  const keys: string[] = [];
  const { cache } = world.services;
  const watched = {
    ...world,
    services: { ...world.services, cache: { ...cache, get: (key: string) => void keys.push(key) } },
  };
  for (const attributes of ['"false" vary-by-developer-groups="false"', '"true" vary-by-developer-groups="true"'])
    await run(`<cache-lookup vary-by-developer=${attributes} />`, {
      bench: watched as never,
      context: { request: { method: "GET" } },
    });
  assert.equal(new Set(keys).size, 2);
  assert.match(keys.at(-1) ?? "", /developer.*groups/);
  await world.close();
});

test("a stored response comes back as it was, less what belongs to one caller", () => {
  const headers = new Headers([
    "Content-Type",
    "text/plain",
    "Set-Cookie",
    "s=1",
    "X-A",
    "1",
    "x-a",
    "2",
    "Content-Length",
    "3",
  ]);
  const stored = encodeResponse(new ResponseMessage(203, "Fine", headers), Buffer.from("abc"), 10_000);
  const found = decodeResponse(stored, 5_500);
  assert.ok(found);
  assert.deepEqual([found.response.status, found.response.reason, found.remainingSeconds], [203, "Fine", 4]);
  assert.deepEqual(found.response.headers.raw, ["Content-Type", "text/plain", "X-A", "1", "x-a", "2"]);
  assert.equal(Buffer.from(found.response.body.buffered ?? []).toString(), "abc");
  assert.equal(decodeResponse(stored, 10_000), undefined);
  for (const junk of [undefined, "text", new Uint8Array(2), Buffer.from([255, 255, 255, 255, 1])])
    assert.equal(decodeResponse(junk, 0), undefined);
});

test("a body in memory is collected at once, one that is too large not at all", () => {
  const got: string[] = [];
  collecting(Body.text("abc"), 3, (bytes) => void got.push(Buffer.from(bytes).toString()));
  collecting(Body.text("abcd"), 3, () => assert.fail("too large"));
  assert.deepEqual(got, ["abc"]);
});

test("one flies, others wait; a key that is not kept lets all through for a while", async () => {
  const flights = new SingleFlight();
  const land = flights.begin("k", 0);
  assert.ok(land);
  assert.equal(flights.begin("k", 0), undefined);
  const waiting = flights.underWay("k");
  assert.ok(waiting);
  land(true);
  await waiting;
  assert.equal(flights.underWay("k"), undefined);
  flights.begin("k", 0)?.(false);
  assert.equal(flights.begin("k", 9_999), undefined);
  assert.ok(flights.begin("k", 10_001));
});
