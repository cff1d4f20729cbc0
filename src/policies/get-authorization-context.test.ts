import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const ATTRIBUTES = 'provider-id="github" authorization-id="@("ma" + "in")" context-variable-name="auth"';

async function ran(more: string, answer: (name: string) => Promise<string>) {
  const world = bench();
  const authorizations = {
    token: async (providerId: string, authorizationId: string) => ({
      accessToken: await answer(`${providerId}/${authorizationId}`),
      claims: new Map<string, unknown>([["scope", "repo"]]),
    }),
  };
  try {
    return await run(
      `<get-authorization-context ${ATTRIBUTES} ${more} />
       <set-variable name="shown" value="@{
         var auth = (Authorization)context.Variables.GetValueOrDefault("auth");
         return auth == null ? "none" : auth.AccessToken + " " + auth.Claims["scope"];
       }" />`,
      { bench: { ...world, services: { ...world.services, authorizations } } },
    );
  } finally {
    await world.close();
  }
}

test("the variable holds token and claims", async () => {
  const { exchange } = await ran('identity-type="managed"', async (name) => `token of ${name}`);
  assert.equal(exchange.variables.get("shown"), "token of github/main repo");
});

test("a failure is a fault that says what is missing, or null when it is ignored", async () => {
  const failing = () => Promise.reject(new Error("github/main is not connected yet"));
  const { status, lastError } = await ran("", failing);
  assert.deepEqual(
    [status, lastError?.reason, lastError?.message],
    [500, "AuthorizationUnavailable", "github/main is not connected yet"],
  );
  const { exchange, lastError: ignored } = await ran('ignore-error="@(true)"', failing);
  assert.deepEqual([exchange.variables.get("shown"), ignored], ["none", null]);
});

test("what is not supported or missing is a mistake at load", () => {
  const said = (attributes: string) =>
    check(`<get-authorization-context ${attributes} />`).map((d) => d.message.split(":")[0]);
  assert.deepEqual(said(`${ATTRIBUTES} identity-type="jwt"`), ['identity-type="jwt" is not supported']);
  assert.equal(said("").length, 3);
});
