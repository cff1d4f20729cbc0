import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../base/clock.ts";
import { JsonLog } from "./json-log.ts";
import { hideFromLogs, hideOwnFromLogs } from "./redact.ts";
import { SecretMask } from "./secret-mask.ts";

test("whole secrets disappear, longer ones before those within them; short ones and parts stay", () => {
  const mask = new SecretMask(["orders-key", "orders-key-2", "ab", "é€𝄞x"]);
  assert.equal(mask.mask("a orders-key-2, orders-key, orders-ke ab"), "a ***, ***, orders-ke ab");
  assert.equal(mask.mask("orders-keyorders-key"), "******");
  assert.equal(mask.mask("é€𝄞xé€𝄞"), "***é€𝄞");
  assert.equal(new SecretMask([]).mask("text"), "text");
});

test("no text shows a secret, wherever it stands", () => {
  const word = fc.string({ minLength: 3, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.string(), fc.string(), fc.nat(), (secrets, before, after, i) => {
      const secret = secrets[i % secrets.length];
      const masked = new SecretMask([secret]).mask(before + secret + after);
      // What is left around masks may put a secret together anew only out of the mask's own signs.
      for (const part of masked.split("***")) assert.ok(!part.includes(secret));
    }),
  );
});

test("no line of the log shows what the configuration holds, even when an error quotes it", (t) => {
  const lines: string[] = [];
  const writer = { write: (line: string) => void lines.push(line), flush: async () => {}, dropped: 0 };
  const log = new JsonLog(writer, new ManualClock());
  const nobody = new SecretMask([]);
  t.after(() => {
    hideFromLogs(nobody);
    hideFromLogs(nobody);
    hideOwnFromLogs([]);
  });
  hideFromLogs(new SecretMask(["old key of orders"]));
  hideFromLogs(new SecretMask(["plain-named-value"]));
  hideOwnFromLogs(["hvs.what-opens-the-vault"]);
  log.warn("refused: plain-named-value", {
    error: "cannot use hvs.what-opens-the-vault nor old key of orders",
    proxy: "connect to http://user:pass-word@proxy:3128 failed",
    redis: "redis://:red-is@127.0.0.1:6379 is away",
    header: "Authorization: Bearer abc.def-ghi",
    key: "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----",
    status: 500,
  });
  assert.doesNotMatch(lines[0], /plain-named|what-opens|old key|pass-word|red-is|def-ghi|MIIabc/);
  assert.deepEqual(JSON.parse(lines[0]), {
    time: "2024-05-06T07:08:09.123Z",
    level: "warn",
    message: "refused: ***",
    error: "cannot use *** nor ***",
    proxy: "connect to http://***@proxy:3128 failed",
    redis: "redis://***@127.0.0.1:6379 is away",
    header: "Authorization: Bearer ***",
    key: "***",
    status: 500,
  });
});
