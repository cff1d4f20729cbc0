import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

/** A world whose identities answer with what they were asked for. */
async function ran(attributes: string, answer = (asked: string) => Promise.resolve(`token for ${asked}`)) {
  const world = bench();
  const services = {
    ...world.services,
    identities: { token: (resource: string, clientId: string | undefined) => answer(`${resource} ${clientId}`) },
  };
  try {
    return await run(`<authentication-managed-identity ${attributes} />`, {
      bench: { ...world, services },
      context: { request: { headers: { Authorization: "Bearer callers" } } },
    });
  } finally {
    await world.close();
  }
}

const failing = () => Promise.reject(new Error("The identity endpoint does not answer."));

test("the token takes the place of the caller's", async () => {
  const { exchange } = await ran('resource="@("https://" + "graph")" client-id="c1"');
  assert.deepEqual(exchange.request.headers.all("authorization"), ["Bearer token for https://graph c1"]);
  assert.equal(exchange.request.carriesCallersAuthorization, false);
});

test("or goes into a variable, and the header is left alone", async () => {
  const { exchange } = await ran('resource="https://graph" output-token-variable-name="t"');
  assert.equal(exchange.variables.get("t"), "token for https://graph undefined");
  assert.equal(exchange.request.headers.first("authorization"), "Bearer callers");
});

test("a failure is a fault that says what is missing", async () => {
  const { status, lastError } = await ran('resource="r"', failing);
  assert.equal(status, 500);
  assert.deepEqual(
    [lastError?.source, lastError?.reason, lastError?.message],
    ["authentication-managed-identity", "ManagedIdentityTokenUnavailable", "The identity endpoint does not answer."],
  );
});

test("ignored, the request goes on, but not with what the caller sent", async () => {
  const { exchange, lastError } = await ran('resource="r" ignore-error="true"', failing);
  assert.deepEqual([lastError, exchange.request.headers.has("authorization")], [null, false]);
  const toVariable = await ran('resource="r" ignore-error="true" output-token-variable-name="t"', failing);
  assert.equal(toVariable.exchange.variables.get("t"), null);
});

test("a resource is needed", () => {
  assert.deepEqual(
    check("<authentication-managed-identity />").map((d) => d.code),
    ["SP2003"],
  );
});
