import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../base/clock.ts";
import { ExpiryWatch } from "./expiry-watch.ts";

const DAY = 86_400_000;
const START = Date.UTC(2027, 0, 1);

function watch() {
  const clock = new ManualClock(START);
  const logged: string[] = [];
  const note = (message: string, fields: { name?: unknown; daysLeft?: unknown } = {}) =>
    logged.push(`${message}: ${fields.name} ${fields.daysLeft}`);
  return { clock, logged, expiries: new ExpiryWatch(clock, { info: note, warn: note }) };
}

const secret = (name: string, days: number) => ({ kind: "secret" as const, name, expiresAt: START + days * DAY });

test("what nears its end or has passed it is logged once a day", () => {
  const { clock, logged, expiries } = watch();
  expiries.report("vaults", [secret("far", 100), secret("near", 10), secret("gone", -3)]);
  expiries.check();
  expiries.check();
  assert.deepEqual(logged.splice(0), ["The secret has expired: gone -3", "The secret expires soon: near 10"]);
  clock.advance(DAY);
  expiries.check();
  assert.deepEqual(logged, ["The secret has expired: gone -4", "The secret expires soon: near 9"]);
});

test("states, the soonest first; a new report takes the place of the old", () => {
  const { expiries } = watch();
  expiries.report("certificates", [{ kind: "certificate", name: "listener", expiresAt: START + 30 * DAY }]);
  expiries.report("vaults", [secret("a", 31), secret("b", 0)]);
  assert.deepEqual(
    expiries.states().map(({ name, state, days }) => [name, state, days]),
    [
      ["b", "expired", 0],
      ["listener", "expiring", 30],
      ["a", "valid", 31],
    ],
  );
  expiries.warnBeforeMs = 31 * DAY;
  expiries.report("vaults", [secret("a", 31)]);
  assert.deepEqual(
    expiries.states().map(({ name, state }) => [name, state]),
    [
      ["listener", "expiring"],
      ["a", "expiring"],
    ],
  );
});

test("a failure tells of an end: with its day when it is known, until it works again", () => {
  const { logged, expiries } = watch();
  const app = "app registration";
  assert.equal(expiries.expired(app, "c1"), "The app registration's secret (c1) has expired");
  assert.deepEqual(logged, ["The app registration's secret has expired: c1 0"]);
  expiries.works(app, "c1");
  assert.deepEqual(expiries.states(), []);
  expiries.report("identity", [{ kind: app, name: "c1", expiresAt: Date.UTC(2026, 11, 24) }]);
  assert.equal(expiries.expired(app, "c1"), "The app registration's secret (c1) expired on 2026-12-24");
});

test("signing keys that are kept for want of newer ones, until newer ones come", () => {
  const { logged, expiries } = watch();
  const url = "https://issuer.example/.well-known/openid-configuration";
  expiries.keptKeys(url, START + DAY / 2);
  assert.deepEqual(
    expiries.states().map(({ kind, name, state }) => [kind, name, state]),
    [["signing key", url, "expiring"]],
  );
  assert.deepEqual(logged, [`The signing key expires soon: ${url} 0`]);
  expiries.keptKeys(url, undefined);
  assert.deepEqual(expiries.states(), []);
});
