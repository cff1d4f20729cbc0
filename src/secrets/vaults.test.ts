import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../base/clock.ts";
import { DEFAULT_SECRET_SETTINGS } from "./settings.ts";
import { memberOf, retryAfterMs, splitMember, Throttled, type VaultClient } from "./vault-client.ts";
import { Vaults, vaultKindOf } from "./vaults.ts";

const HOUR = 3_600_000;

function vaults() {
  const clock = new ManualClock();
  const values = new Map([["a", "one"]]);
  const state = { asked: 0, failure: undefined as Error | undefined };
  const client: VaultClient = {
    read: async (reference) => {
      state.asked++;
      if (state.failure !== undefined) throw state.failure;
      const value = values.get(reference);
      if (value === undefined) throw new Error("no such secret");
      return { value };
    },
  };
  const notes = { info: () => undefined, warn: () => undefined };
  const it = new Vaults({ clock, notes, open: async () => client }, DEFAULT_SECRET_SETTINGS.vaults);
  const load = async () => {
    it.begin();
    const read = await it.read("vault:a");
    await it.commit();
    return "value" in read ? read.value : read.problem;
  };
  return { it, clock, values, state, load };
}

test("a value is asked for once, and again after the interval; a change is told", async () => {
  const { it, clock, values, state, load } = vaults();
  assert.equal(await load(), "one");
  assert.equal(await load(), "one");
  assert.equal(state.asked, 1);
  values.set("a", "two");
  assert.equal(await it.refresh(), false);
  clock.advance(4 * HOUR);
  assert.equal(await it.refresh(), true);
  assert.equal(await load(), "two");
});

test("while the vault is away the last good value stays, for a day and more, and it is asked ever more rarely", async () => {
  const { it, clock, state, load } = vaults();
  await load();
  state.failure = new Error("away");
  clock.advance(4 * HOUR);
  for (let minutes = 0; minutes < 26 * 60; minutes++) {
    await it.refresh();
    clock.advance(60_000);
  }
  assert.equal(await load(), "one");
  assert.ok(state.asked < 26 * 13, `${state.asked} times`);
});

test("a vault that asks to be left alone is left alone", async () => {
  const { it, clock, state, load } = vaults();
  await load();
  state.failure = new Throttled(600_000);
  clock.advance(4 * HOUR);
  await it.refresh();
  const { asked } = state;
  clock.advance(590_000);
  await it.refresh();
  assert.equal(state.asked, asked);
  clock.advance(20_000);
  await it.refresh();
  assert.equal(state.asked, asked + 1);
});

test("what no load uses any more is forgotten", async () => {
  const { it, clock, state, load } = vaults();
  await load();
  it.begin();
  await it.commit();
  clock.advance(5 * HOUR);
  await it.refresh();
  assert.equal(state.asked, 1);
});

test("members of JSON secrets, kinds of sources, times to wait", () => {
  assert.equal(memberOf('{"a":"x","b":[1]}', "a"), "x");
  assert.equal(memberOf('{"a":"x","b":[1]}', "b"), "[1]");
  assert.throws(() => memberOf('{"a":"x"}', "toString"), /no member "toString"/);
  assert.throws(
    () => memberOf("plain s3cret", "a"),
    (error: Error) => !error.message.includes("s3cret"),
  );
  assert.deepEqual(splitMember("p/q#k"), { path: "p/q", key: "k" });
  assert.deepEqual(["aws:x", "gcp:y", "awsx:y", "a", "vault:"].map(vaultKindOf), [
    "aws",
    "gcp",
    undefined,
    undefined,
    "vault",
  ]);
  assert.deepEqual(
    ["3", undefined, "0", "99999", "Thu, 01 Jan 1970 00:00:05 GMT", "x"].map((h) => retryAfterMs(h, 0)),
    [3_000, 1_000, 1_000, 3_600_000, 5_000, 1_000],
  );
});
