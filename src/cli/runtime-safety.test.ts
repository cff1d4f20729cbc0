import assert from "node:assert/strict";
import { test } from "node:test";
import { unsafeSwitches } from "./runtime-safety.ts";

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
