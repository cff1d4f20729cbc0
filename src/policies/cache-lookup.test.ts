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
    services: {
      ...world.services,
      cache: { makers: cache.makers, put: () => {}, remove: () => {}, get: (key: string) => void keys.push(key) },
    },
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
  const stored = encodeResponse(new ResponseMessage(203, "Fine", headers), Buffer.from("abc"), 10_000, new Headers());
  const found = decodeResponse(stored, 5_500, new Headers());
  assert.ok(found);
  assert.deepEqual([found.response.status, found.response.reason, found.remainingSeconds], [203, "Fine", 4]);
  assert.deepEqual(found.response.headers.raw, ["Content-Type", "text/plain", "X-A", "1", "x-a", "2"]);
  assert.equal(Buffer.from(found.response.body.buffered ?? []).toString(), "abc");
  assert.equal(decodeResponse(stored, 10_000, new Headers()), undefined);
  for (const junk of [undefined, "text", new Uint8Array(2), Buffer.from([255, 255, 255, 255, 1])])
    assert.equal(decodeResponse(junk, 0, new Headers()), undefined);
});

test("a body in memory is collected at once, one that is too large not at all", () => {
  const got: string[] = [];
  collecting(Body.text("abc"), 3, (bytes) => void got.push(Buffer.from(bytes).toString()));
  collecting(Body.text("abcd"), 3, () => assert.fail("too large"));
  assert.deepEqual(got, ["abc"]);
});

test("one flies, others wait; a key that is not kept lets all through for a while", async () => {
  const flights = new SingleFlight(bench().services.cache);
  const land = await flights.board("k", 0);
  assert.ok(land);
  assert.equal(await flights.boardIfFree("k", 0), undefined);
  const waiting = flights.board("k", 0);
  land(true);
  assert.equal(await waiting, undefined);
  (await flights.board("k", 0))?.(false);
  assert.equal(await flights.boardIfFree("k", 9_999), undefined);
  assert.ok(await flights.board("k", 9_999));
  assert.ok(await flights.boardIfFree("k", 10_001));
});

test("threads that share a cache take turns: one makes the value, the others find it", async () => {
  const { cache } = bench().services;
  const [one, other] = [new SingleFlight(cache), new SingleFlight(cache)];
  const land = await one.board("k", 0);
  assert.ok(land);
  assert.equal(await other.boardIfFree("k", 0), undefined);
  const waiting = other.board("k", 0);
  cache.put("k", Buffer.from("made"), 60_000);
  assert.equal(await waiting, undefined);
  land(true);
  const failing = await one.board("k2", 0);
  const next = other.board("k2", 0);
  failing?.(false);
  assert.ok(await next, "who waited for one that failed tries himself");
});
