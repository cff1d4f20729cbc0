import assert from "node:assert/strict";
import { test } from "node:test";
import type { LookupAddress } from "node:dns";
import { DnsCache } from "./dns-cache.ts";

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

function setUp() {
  const asked: { name: string; answer: Answer }[] = [];
  const clock = { now: 0 };
  const cache = new DnsCache(
    (name, _options, answer) => asked.push({ name, answer }),
    () => clock.now,
  );
  const look = (name: string) =>
    new Promise<string>((resolve) => {
      cache.lookup(name, { all: true }, (error, found) => resolve(error?.code ?? found.map((f) => f.address).join()));
    });
  const tell = (...addresses: string[]) =>
    asked.shift()?.answer(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  const fail = () => asked.shift()?.answer(Object.assign(new Error("gone"), { code: "EAI_AGAIN" }), []);
  return { asked, clock, look, tell, fail };
}

test("one question for all who ask meanwhile, and for a while after", async () => {
  const { asked, clock, look, tell } = setUp();
  const first = [look("a"), look("a"), look("b")];
  assert.deepEqual(
    asked.map((one) => one.name),
    ["a", "b"],
  );
  tell("192.0.2.1", "192.0.2.2");
  tell("192.0.2.3");
  assert.deepEqual(await Promise.all(first), ["192.0.2.1,192.0.2.2", "192.0.2.1,192.0.2.2", "192.0.2.3"]);
  clock.now = 9_000;
  assert.equal(await look("a"), "192.0.2.1,192.0.2.2");
  assert.equal(asked.length, 0);
});

test("an older answer is used once more while a new one is asked for", async () => {
  const { asked, clock, look, tell } = setUp();
  const first = look("a");
  tell("192.0.2.1");
  await first;
  clock.now = 11_000;
  assert.equal(await look("a"), "192.0.2.1");
  assert.equal(await look("a"), "192.0.2.1");
  assert.equal(asked.length, 1);
  tell("192.0.2.9");
  assert.equal(await look("a"), "192.0.2.9");
});

test("an answer that is too old is waited for, and serves only when there is no other", async () => {
  const { clock, look, tell, fail } = setUp();
  const first = look("a");
  tell("192.0.2.1");
  await first;
  clock.now = 61_000;
  const second = look("a");
  tell("192.0.2.2");
  assert.equal(await second, "192.0.2.2");
  clock.now = 200_000;
  const third = look("a");
  fail();
  assert.equal(await third, "192.0.2.2", "the resolver is out of order, the last answer is not");
});

test("what was never known is not remembered", async () => {
  const { look, tell, fail } = setUp();
  const first = look("a");
  fail();
  assert.equal(await first, "EAI_AGAIN");
  const second = look("a");
  tell("192.0.2.1");
  assert.equal(await second, "192.0.2.1");
});

test("names that callers make up do not fill the memory", async () => {
  const { asked, look, tell } = setUp();
  for (let i = 0; i < 1_001; i++) {
    const found = look(`n${i}`);
    tell("192.0.2.1");
    await found;
  }
  void look("n0");
  assert.equal(asked.length, 1, "the oldest was forgotten");
});
