import assert from "node:assert/strict";
import { test } from "node:test";
import { stubContext } from "./context/stub.ts";
import { createExchange, type ExchangeState } from "./exchange.ts";
import { RequestUrl } from "../kit/url.ts";

/** An exchange of a request for a path below an API at `/orders`, with a backend's base URL. */
function exchange(path: string, serviceUrl: string): ExchangeState {
  const stub = stubContext();
  const url = RequestUrl.parse(`https://api.contoso.com${path}?a=1`);
  const operationPath = path.slice("/orders".length) || "/";
  return createExchange({
    id: stub.id,
    snapshot: stub.snapshot,
    services: stub.services,
    receivedAt: 0,
    startedAt: 0,
    incoming: stub.incoming,
    clientAddress: "",
    url,
    method: "GET",
    headers: stub.request.headers,
    route: { ...stub.route, api: { ...stub.route.api, serviceUrl }, operationPath },
    trace: null,
  });
}

test("the request's URL is the backend's base, the path below the API, the caller's query", () => {
  assert.equal(
    exchange("/orders/items/1", "https://b.example/base").request.url.toString(),
    "https://b.example/base/items/1?a=1",
  );
  assert.equal(exchange("/orders", "https://b.example/base").request.url.toString(), "https://b.example/base?a=1");
  assert.equal(exchange("/orders/", "https://b.example/base").request.url.toString(), "https://b.example/base/?a=1");
  assert.equal(exchange("/orders", "https://b.example").request.url.toString(), "https://b.example/?a=1");
});

test("a new base keeps the path below; a rewrite replaces it", () => {
  const x = exchange("/orders/items/1", "https://b.example/base");
  x.setBackend("http://c.example:8080/v2", null);
  assert.equal(x.request.url.toString(), "http://c.example:8080/v2/items/1?a=1");
  x.rewrite("/other", "b=2");
  assert.equal(x.request.url.toString(), "http://c.example:8080/v2/other?b=2");
  x.setBackend("https://d.example", null);
  assert.equal(x.request.url.toString(), "https://d.example/other?b=2");
  assert.equal(x.originalUrl.toString(), "https://api.contoso.com/orders/items/1?a=1");
});

test("work after the response runs in order, and one that fails does not keep the next from running", async () => {
  const x = exchange("/orders", "https://b.example");
  const ran: string[] = [];
  x.atEnd(() => void ran.push("a"));
  x.atEnd(() => {
    throw new Error("b");
  });
  x.atEnd(async () => void ran.push("c"));
  await x.finish();
  assert.deepEqual(ran, ["a", "c"]);
});
