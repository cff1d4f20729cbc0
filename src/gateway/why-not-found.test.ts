import assert from "node:assert/strict";
import { test } from "node:test";
import { api, operation, snapshot } from "../../test/support/snapshot.ts";
import { Headers } from "../http/headers.ts";
import { RequestUrl } from "../kit/url.ts";
import { Router } from "./router.ts";
import { whyNotFound } from "./why-not-found.ts";

const operations = [operation("GET", "/items/{id}"), operation("DELETE", "/items/{id}"), operation("POST", "/items")];
const versioned = (id: string, version: string) => api(id, { path: "orders", version, versionSetId: "o", operations });
const configuration = snapshot({
  apis: [api("shop", { path: "a/shop", operations }), versioned("orders-v1", "v1"), versioned("orders-v2", "v2")],
  versionSets: new Map([["o", { id: "o", name: "o", scheme: "Header", parameter: "Api-Version" }]]),
});

function why(method: string, path: string, headers = new Headers(), of = configuration): string {
  const router = new Router(of);
  const url = RequestUrl.parse(`https://api.example${path}`);
  return whyNotFound({ url }, method, router.api(url, headers), { router, snapshot: of });
}

test("no API at the path: those that are", () => {
  assert.equal(why("GET", "/shop/items/1"), "No API is at this path; there are /a/shop, /orders.");
  assert.equal(why("GET", "/x", new Headers(), snapshot({})), "There is no API.");
  const many = snapshot({ apis: Array.from({ length: 9 }, (_, i) => api(`api${i}`)) });
  assert.match(why("GET", "/x", new Headers(), many), /\/api4 and 4 more\.$/);
});

test("a version that is missing, or not there", () => {
  const expected = "The API at /orders wants its version in header Api-Version: v1, v2.";
  assert.equal(why("GET", "/orders/items/1"), expected);
  assert.equal(why("GET", "/Orders/items/1", new Headers(["Api-Version", "v3"])), expected);
});

test("a path of another method, and none of the API", () => {
  assert.equal(why("PUT", "/a/shop/items/1"), 'The API "shop" takes GET, DELETE at /items/1, not PUT.');
  assert.equal(
    why("GET", "/a/shop/orders"),
    'The API "shop" has no operation for GET /orders; it has GET /items/{id}, DELETE /items/{id}, POST /items.',
  );
  assert.match(why("GET", "/a/shop;rev=7/items/1"), /"shop" is not served by this listener, or not in the revision/);
});
