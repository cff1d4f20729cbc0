import assert from "node:assert/strict";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { describe, test } from "node:test";
import { api, product, snapshot, subscription } from "../../test/support/snapshot.ts";
import { Headers } from "../http/headers.ts";
import { RequestUrl } from "../kit/url.ts";
import type { Product, Subscription } from "../resources/snapshot.ts";
import { digestOf, keyRefusal, SubscriptionKeys, takeKey } from "./subscription.ts";

const NOW = 1_000_000;
const ECHO = api("echo", { subscriptionRequired: true });
const OTHER = api("other", { subscriptionRequired: true });
const FREE = api("free", { subscriptionRequired: false });

function keys(subscriptions: Subscription[], products: Product[] = []): SubscriptionKeys {
  return new SubscriptionKeys(
    snapshot({ apis: [ECHO, OTHER, FREE], subscriptions, products: new Map(products.map((p) => [p.id, p])) }),
  );
}

/** "product/subscription", or the problem. */
function admit(from: SubscriptionKeys, to = ECHO, key?: string): string {
  const result = from.admit(to, { key }, NOW);
  return typeof result === "string" ? result : `${result.product?.id ?? "-"}/${result.subscription?.id ?? "-"}`;
}

describe("scopes", () => {
  const from = keys(
    [
      subscription("master", { kind: "service" }),
      subscription("all", { kind: "all-apis" }),
      subscription("one", { kind: "api", api: "echo" }),
      subscription("starter", { kind: "product", product: "starter" }),
      subscription("gone", { kind: "product", product: "nowhere" }),
    ],
    [product("starter", ["echo", "free"])],
  );
  const primary = (id: string) => `${id}-primary-key-0123456789`;

  test("keys of the service and of all APIs open everything, without product", () => {
    for (const id of ["master", "all"]) {
      assert.equal(admit(from, ECHO, primary(id)), `-/${id}`);
      assert.equal(admit(from, OTHER, primary(id)), `-/${id}`);
    }
  });

  test("a key of an API opens that API", () => {
    assert.equal(admit(from, ECHO, primary("one")), "-/one");
    assert.equal(admit(from, OTHER, primary("one")), "invalid");
  });

  test("a key of a product opens its APIs, in its context", () => {
    assert.equal(admit(from, ECHO, primary("starter")), "starter/starter");
    assert.equal(admit(from, ECHO, "starter-secondary-key-0123456789"), "starter/starter");
    assert.equal(admit(from, OTHER, primary("starter")), "invalid");
    assert.equal(admit(from, ECHO, primary("gone")), "invalid");
  });

  test("an API that needs no key takes a valid one, and refuses another", () => {
    assert.equal(admit(from, FREE, primary("starter")), "starter/starter");
    assert.equal(admit(from, FREE, "nonsense"), "invalid");
    assert.equal(admit(from, FREE), "-/-");
  });
});

test("without a key: an open product, an open API, else refused", () => {
  const open = product("open", ["echo"], { subscriptionRequired: false });
  assert.equal(admit(keys([], [open])), "open/-");
  assert.equal(admit(keys([], [{ ...open, isPublished: false }])), "missing");
  assert.equal(admit(keys([], [product("closed", ["echo"])])), "missing");
  assert.equal(admit(keys([], [{ ...open, apis: new Set(["free"]) }]), FREE), "open/-");
});

test("only active subscriptions pass, within their dates", () => {
  const scope = { kind: "all-apis" } as const;
  const key = "s-primary-key-0123456789";
  for (const state of ["submitted", "suspended", "rejected", "cancelled", "expired"] as const) {
    assert.equal(admit(keys([subscription("s", scope, { state })]), ECHO, key), "invalid", state);
  }
  assert.equal(admit(keys([subscription("s", scope, { startAt: NOW + 1 })]), ECHO, key), "invalid");
  assert.equal(admit(keys([subscription("s", scope, { startAt: NOW })]), ECHO, key), "-/s");
  assert.equal(admit(keys([subscription("s", scope, { endAt: NOW })]), ECHO, key), "invalid");
  assert.equal(admit(keys([subscription("s", scope, { endAt: NOW + 1 })]), ECHO, key), "-/s");
});

test("a key of an unpublished product works; one shared by two subscriptions opens what either does", () => {
  const shared = { primaryKey: "shared-key-0123456789", secondaryKey: undefined };
  const from = keys(
    [
      subscription("one", { kind: "api", api: "other" }, shared),
      subscription("two", { kind: "product", product: "p" }, shared),
    ],
    [product("p", ["echo"], { isPublished: false })],
  );
  assert.equal(admit(from, ECHO, "shared-key-0123456789"), "p/two");
  assert.equal(admit(from, OTHER, "shared-key-0123456789"), "-/one");
});

test("what is no key opens nothing", () => {
  const from = keys([
    subscription("s", { kind: "all-apis" }),
    subscription("keyless", { kind: "all-apis" }, { primaryKey: undefined, secondaryKey: "" }),
  ]);
  const nonsense = [
    "' OR 1=1--",
    "\0",
    ".*",
    "s-primary-key-012345678",
    "S-PRIMARY-KEY-0123456789",
    "__proto__",
    "undefined",
    "x".repeat(10_000),
    digestOf("s-primary-key-0123456789").toString("hex"),
    digestOf("s-primary-key-0123456789").toString("latin1"),
  ];
  for (const key of nonsense) assert.equal(admit(from, ECHO, key), "invalid", key.slice(0, 40));
});

test("J16: wrong keys, near ones and far ones, take one path: one digest, one comparison of all its bytes", (t) => {
  const right = "s-primary-key-0123456789";
  const from = keys([subscription("s", { kind: "all-apis" })]);
  const steps: string[] = [];
  const { hash, timingSafeEqual } = crypto;
  const recorded = <A extends unknown[], R>(name: string, work: (...args: A) => R) => {
    return (...args: A): R => {
      steps.push(`${name} ${args.map((a) => (a instanceof Uint8Array ? a.length : "")).join(" ")}`.trim());
      return work(...args);
    };
  };
  t.after(() => {
    Object.assign(crypto, { hash, timingSafeEqual });
    syncBuiltinESMExports();
  });
  Object.assign(crypto, { hash: recorded("hash", hash), timingSafeEqual: recorded("equal", timingSafeEqual) });
  syncBuiltinESMExports();
  const wrong = ["", "x", right.slice(0, -1), `${right.slice(0, -1)}8`, `x${right.slice(1)}`, `${right}0`];
  for (const key of wrong) {
    steps.length = 0;
    assert.equal(admit(from, ECHO, key), "invalid");
    assert.deepEqual(steps, ["hash", "equal 32 32"], key);
  }
  steps.length = 0;
  assert.equal(admit(from, ECHO, right), "-/s");
  assert.deepEqual(steps, ["hash", "equal 32 32"]);
});

describe("where keys are looked for", () => {
  function take(raw: string[], query: string) {
    const headers = new Headers(raw);
    const url = new RequestUrl("http", "a", 80, "/", query);
    return { taken: takeKey(ECHO, headers, url), raw: headers.raw, query: url.query };
  }

  test("header, else query; nothing is left behind", () => {
    assert.deepEqual(take(["A", "1", "ocp-apim-subscription-key", "k"], "b=2"), {
      taken: { key: "k" },
      raw: ["A", "1"],
      query: "b=2",
    });
    assert.deepEqual(take([], "b=2&Subscription-Key=k&c=%2f"), { taken: { key: "k" }, raw: [], query: "b=2&c=%2f" });
    assert.deepEqual(take([], "subscription%2Dkey=a%20b"), { taken: { key: "a b" }, raw: [], query: "" });
    assert.deepEqual(take(["Ocp-Apim-Subscription-Key", "k"], "subscription-key=k"), {
      taken: { key: "k" },
      raw: [],
      query: "",
    });
  });

  test("none, or an empty one", () => {
    assert.deepEqual(take([], "").taken, { key: undefined });
    assert.deepEqual(take(["Ocp-Apim-Subscription-Key", ""], "subscription-key=").taken, { key: undefined });
    assert.deepEqual(take(["Ocp-Apim-Subscription-Key", ""], "subscription-key=k").taken, { key: "k" });
  });

  test("keys that differ are refused, wherever they stand", () => {
    for (const [raw, query] of [
      [["Ocp-Apim-Subscription-Key", "k", "ocp-apim-subscription-key", "l"], ""],
      [["Ocp-Apim-Subscription-Key", "k"], "subscription-key=l"],
      [[], "subscription-key=k&subscription-key=l"],
    ] as const) {
      assert.equal(take([...raw], query).taken, "conflicting");
    }
    assert.equal(keys([]).admit(FREE, "conflicting", NOW), "invalid");
  });

  test("names are those of the API", () => {
    const own = api("own", { subscriptionKeyHeader: "X-Key", subscriptionKeyQuery: "key" });
    const headers = new Headers(["Ocp-Apim-Subscription-Key", "other", "x-key", "k"]);
    const url = new RequestUrl("http", "a", 80, "/", "subscription-key=x");
    assert.deepEqual(takeKey(own, headers, url), { key: "k" });
    assert.deepEqual(headers.raw, ["Ocp-Apim-Subscription-Key", "other"]);
    assert.equal(url.query, "subscription-key=x");
  });
});

test("refusals say what APIM says", () => {
  const refusal = keyRefusal("missing", ECHO, "https://api.example/echo");
  assert.deepEqual([refusal.status, refusal.source, refusal.reason], [401, "authorization", "SubscriptionKeyNotFound"]);
  assert.equal(
    refusal.headers?.first("WWW-Authenticate"),
    'AzureApiManagementKey realm="https://api.example/echo",name="Ocp-Apim-Subscription-Key",type="header"',
  );
  assert.equal(keyRefusal("invalid", ECHO, "x").reason, "SubscriptionKeyInvalid");
});

test("tracing is a right of a usable subscription", () => {
  const from = keys([
    subscription("t", { kind: "api", api: "echo" }, { allowTracing: true }),
    subscription("n", { kind: "all-apis" }),
  ]);
  assert.equal(from.allowsTracing("t-primary-key-0123456789", NOW), true);
  assert.equal(from.allowsTracing("n-primary-key-0123456789", NOW), false);
  assert.equal(from.allowsTracing("nonsense", NOW), false);
});
