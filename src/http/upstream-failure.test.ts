import assert from "node:assert/strict";
import { test } from "node:test";
import { upstreamError } from "./upstream-failure.ts";

const ORIGIN = "https://stock.internal";

for (const [code, message] of [
  ["ECONNREFUSED", "could not be reached: nothing accepts connections at its port."],
  ["ENOTFOUND", "could not be reached: its name is not known."],
  ["ETIMEDOUT", "could not be reached: no connection came about in time."],
  ["CERT_HAS_EXPIRED", "could not be trusted: its certificate has expired."],
  ["ECONNRESET", "closed the connection before the response was complete."],
]) {
  test(`${code}: what to look at, without addresses`, () => {
    const error = Object.assign(new Error("connect 10.0.0.7:8443"), { code });
    assert.equal(upstreamError(ORIGIN, error).message, `The backend ${ORIGIN} ${message}`);
  });
}

test("of several addresses the first speaks", () => {
  const refused = Object.assign(new Error(), { code: "ECONNREFUSED" });
  const error = upstreamError(ORIGIN, new AggregateError([refused, new Error()]));
  assert.equal(error.failure, "connect");
  assert.match(error.message, /nothing accepts connections/);
});
