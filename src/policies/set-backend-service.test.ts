import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";
import type { Backend } from "../kit/exchange.ts";

const backend = (over: Partial<Backend>): Backend => ({
  id: "b1",
  title: "",
  url: "https://b1.example/base",
  protocol: "http",
  type: "Single",
  credentials: undefined,
  validateCertificateChain: true,
  validateCertificateName: true,
  properties: {},
  ...over,
});
const snapshot = {
  backends: new Map([
    ["b1", backend({})],
    [
      "pool",
      backend({
        id: "pool",
        type: "Pool",
        pool: { members: [{ id: "gone", weight: 1, priority: 0 }], affinityCookie: undefined },
      }),
    ],
  ]),
};

test("a base URL replaces the API's, the path below stays", async () => {
  const { exchange } = await run('<set-backend-service base-url="http://other.example:8080/v2/" />');
  assert.equal(exchange.request.url.toString(), "http://other.example:8080/v2/items/42?x=1&y=2&y=3");
});

test("a backend entity by id; context.Backend tells which", async () => {
  const { exchange } = await run(
    '<set-backend-service backend-id="b1" /><set-variable name="id" value="@(context.Backend.Id)" />',
    { snapshot },
  );
  assert.equal(exchange.request.url.toString(), "https://b1.example/base/items/42?x=1&y=2&y=3");
  assert.equal(exchange.variables.get("id"), "b1");
});

test("a base URL that is an entity's picks the entity up", async () => {
  const { exchange } = await run('<set-backend-service base-url="https://b1.example/base" />', { snapshot });
  assert.equal(exchange.backend?.id, "b1");
});

test("an entity gives way to another entity only", async () => {
  const { exchange } = await run(
    '<set-backend-service backend-id="b1" /><set-backend-service base-url="http://x.example" />',
    { snapshot },
  );
  assert.equal(exchange.request.url.host, "b1.example");
});

test("unknown entities, pools and wrong attributes are mistakes", () => {
  const codes = (xml: string) => check(xml, { snapshot }).map((d) => d.message);
  assert.match(codes('<set-backend-service backend-id="nope" />')[0], /There is no backend "nope"/);
  assert.match(codes('<set-backend-service backend-id="pool" />')[0], /has the member "gone", which does not exist/);
  assert.match(codes('<set-backend-service base-url="a" backend-id="b1" />')[0], /either base-url or backend-id/);
  assert.match(codes('<set-backend-service base-url="ftp://x" />')[0], /is not an http or https URL/);
});

test("an expression cannot choose what is no backend", async () => {
  for (const url of ["javascript:1", "http://user:pass@x/", "", "/relative"]) {
    assert.equal(
      (
        await run(
          `<set-backend-service base-url="@("${url}" + context.Variables.GetValueOrDefault<string>("x", ""))" />`,
        )
      ).lastError?.reason,
      "InvalidBackend",
      url,
    );
  }
  assert.equal(
    (
      await run(
        '<set-backend-service backend-id="@("no" + context.Variables.GetValueOrDefault<string>("x", "pe"))" />',
        { snapshot },
      )
    ).lastError?.reason,
    "InvalidBackend",
  );
});
