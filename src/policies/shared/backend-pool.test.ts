import assert from "node:assert/strict";
import { test } from "node:test";
import { bench } from "../../../test/support/run-policy.ts";
import { stubContext } from "../../engine/context/stub.ts";
import type { ExchangeState } from "../../engine/exchange.ts";
import { ResponseMessage } from "../../kit/message.ts";
import type { Backend, CircuitBreakerRule } from "../../resources/snapshot.ts";
import { route } from "./backend-pool.ts";
import { report, retryAfterMs } from "./circuit-breaker.ts";

const RULE: CircuitBreakerRule = {
  name: "r",
  count: 1,
  percentage: undefined,
  intervalMs: 60_000,
  statusRanges: [{ min: 500, max: 599 }],
  errorReasons: [],
  tripMs: 10_000,
  acceptsRetryAfter: false,
};

function backend(id: string, more: Partial<Backend> = {}): Backend {
  return {
    id,
    title: id,
    url: `https://${id}.example`,
    protocol: "http",
    type: "Single",
    credentials: undefined,
    validateCertificateChain: true,
    validateCertificateName: true,
    properties: {},
    ...more,
  };
}

function pool(members: string, affinityCookie?: string): Backend {
  const parsed = members.split(" ").map((text) => {
    const [id, weight, priority] = text.split(":");
    return { id, weight: Number(weight ?? 1), priority: Number(priority ?? 0) };
  });
  return backend("pool", { type: "Pool", url: "", pool: { members: parsed, affinityCookie } });
}

/** A world with a pool of backends that trip on their first 5xx. */
function world(poolEntity: Backend, more: Partial<CircuitBreakerRule> = {}) {
  const { services, clock } = bench();
  const circuitBreakers = [{ ...RULE, ...more }];
  const singles = ["a", "b", "c"].map((id) => backend(id, { circuitBreakers }));
  const backends = new Map([poolEntity, ...singles].map((b) => [b.id, b]));
  const request = (headers: Record<string, string> = {}): ExchangeState => {
    const x = stubContext({ request: { headers } });
    Object.assign(x, { services, clock, snapshot: { ...x.snapshot, backends } });
    x.setBackend("https://a.example", poolEntity);
    return x;
  };
  const go = (x = request()) => {
    const refused = route(x);
    return refused === undefined ? x.backend?.id : refused;
  };
  const fail = (id: string) => {
    const x = request();
    report(x, backends.get(id) ?? null, new ResponseMessage(503));
    return new Promise(setImmediate);
  };
  return { request, go, fail, clock, backends };
}

test("members of a priority take turns by weight, not in a row", () => {
  const { go } = world(pool("a:3 b:1"));
  assert.equal(Array.from({ length: 8 }, () => go()).join(""), "aabaaaba");
});

test("weights of 0 are equal shares; the next priority is used only when no member of the first can be", async () => {
  const { go, fail } = world(pool("a:0:1 b:0:1 c:0:2"));
  assert.equal([go(), go(), go(), go()].join(""), "abab");
  await fail("a");
  assert.equal([go(), go()].join(""), "bb");
  await fail("b");
  assert.equal([go(), go()].join(""), "cc");
});

test("when every member is left alone the answer is 503 with the least wait", async () => {
  const { go, fail, clock } = world(pool("a b"));
  await fail("a");
  clock.advance(4_000);
  await fail("b");
  const refused = go() as ResponseMessage;
  assert.deepEqual([refused.status, refused.headers.first("Retry-After")], [503, "6"]);
  assert.match(refused.reason, /Backend pool is temporarily unavailable/);
});

test("after the pause one call at a time finds out; a success closes the breaker, a failure opens it again", async () => {
  const { go, fail, request, clock, backends } = world(pool("a"));
  await fail("a");
  clock.advance(10_000);
  const probe = request();
  assert.equal(go(probe), "a");
  assert.ok(go() instanceof ResponseMessage, "the second waits for the first");
  report(probe, backends.get("a") ?? null, new ResponseMessage(500));
  assert.ok(go() instanceof ResponseMessage);
  clock.advance(10_000);
  const second = request();
  assert.equal(go(second), "a");
  report(second, backends.get("a") ?? null, new ResponseMessage(200));
  assert.equal(go(), "a");
  assert.equal(go(), "a");
});

test("a retry goes to a member that has not been tried, and begins anew when all have", () => {
  const { go, request } = world(pool("a b"));
  const x = request();
  assert.deepEqual([go(x), go(x)], ["a", "b"]);
  assert.match(String(go(x)), /^[ab]$/);
});

test("a retry asks the same member again when the others may not be called", async () => {
  const { go, request, fail } = world(pool("a b"));
  await fail("b");
  const x = request();
  assert.deepEqual([go(x), go(x)], ["a", "a"]);
});

test("the affinity cookie keeps a caller with its member while that can be called", async () => {
  const { go, request, fail } = world(pool("a b c", "SessionId"));
  const first = request();
  assert.equal(go(first), "a");
  first.response = new ResponseMessage(200);
  for (const callback of first.takeBeforeResponse() ?? []) await callback(first);
  const cookie = first.response.headers.first("Set-Cookie")?.split(";")[0] ?? "";
  const again = () => request({ Cookie: `x=1; ${cookie}` });
  assert.deepEqual([go(again()), go(again()), go(again())], ["a", "a", "a"]);
  const stays = again();
  go(stays);
  assert.equal(stays.takeBeforeResponse(), undefined, "the cookie is set once");
  assert.notEqual(go(request({ Cookie: "SessionId=forged" })), undefined);
  await fail("a");
  assert.notEqual(go(again()), "a");
});

test("a share of failures trips it after ten calls, not before", async () => {
  const { go, request, backends } = world(pool("a"), { count: undefined, percentage: 50 });
  const statuses = [500, 500, 500, 500, 200, 200, 200, 200, 200, 500];
  for (const [i, status] of statuses.entries()) {
    assert.equal(go(), "a", `call ${i}`);
    report(request(), backends.get("a") ?? null, new ResponseMessage(status));
    await new Promise(setImmediate);
  }
  assert.ok(go() instanceof ResponseMessage);
});

test("Retry-After as seconds and as a date", () => {
  const now = Date.UTC(2024, 0, 1);
  assert.equal(retryAfterMs("30", now), 30_000);
  assert.equal(retryAfterMs("Mon, 01 Jan 2024 00:01:00 GMT", now), 60_000);
  assert.equal(retryAfterMs("soon", now), undefined);
  assert.equal(retryAfterMs(undefined, now), undefined);
});
