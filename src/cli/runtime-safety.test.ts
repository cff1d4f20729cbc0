import assert from "node:assert/strict";
import { test } from "node:test";
import { switchesOf, unsafeSwitches } from "./runtime-safety.ts";

test("switched-off certificate checks and the lenient parser are named", () => {
  assert.equal(unsafeSwitches({ env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" }, execArgv: [] }).length, 1);
  assert.equal(unsafeSwitches({ env: {}, execArgv: ["--insecure-http-parser"] }).length, 1);
  assert.equal(
    unsafeSwitches({ env: { NODE_OPTIONS: "--max-old-space-size=100 --insecure-http-parser" }, execArgv: [] }).length,
    1,
  );
});

test("other switches are let be", () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "1", NODE_OPTIONS: "--enable-source-maps" };
  assert.deepEqual(unsafeSwitches({ env, execArgv: ["--disable-proto=delete"] }), []);
});

test("a start is with the space for young objects, unless somebody has set it", () => {
  assert.ok(switchesOf({ env: {}, execArgv: [] }).includes("--min-semi-space-size=16"));
  assert.equal(switchesOf({ env: {}, execArgv: ["--max-semi-space-size=4"] }).length, 2);
  assert.equal(switchesOf({ env: { NODE_OPTIONS: "--max-semi-space-size=4" }, execArgv: [] }).length, 2);
});
