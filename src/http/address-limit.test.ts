import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { AddressLimit } from "./address-limit.ts";

const socket = () => new EventEmitter() as unknown as Socket;

test("a caller holds so many; another is another's business; what is closed is free again", () => {
  const told: string[] = [];
  const limit = new AddressLimit(2, (address) => told.push(address));
  const first = socket();
  assert.equal(limit.admits("192.0.2.1", first), true);
  assert.equal(limit.admits("192.0.2.1", socket()), true);
  assert.equal(limit.admits("192.0.2.1", socket()), false);
  assert.equal(limit.admits("192.0.2.1", socket()), false);
  assert.equal(limit.admits("192.0.2.2", socket()), true);
  first.emit("close");
  assert.equal(limit.admits("192.0.2.1", socket()), true);
  assert.deepEqual(told, ["192.0.2.1"], "once in a second");
});

test("a network of 64 bits is one caller", () => {
  const limit = new AddressLimit(1, () => {});
  assert.equal(limit.admits("2001:db8:1:2::1", socket()), true);
  assert.equal(limit.admits("2001:db8:1:2:ffff::9", socket()), false);
  assert.equal(limit.admits("2001:db8:1:3::1", socket()), true);
});

test("0 is no bound", () => {
  const limit = new AddressLimit(0, assert.fail);
  for (let i = 0; i < 100; i++) assert.equal(limit.admits("192.0.2.1", socket()), true);
});
