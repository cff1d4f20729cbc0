import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { api, operation, snapshot } from "../../test/support/snapshot.ts";
import { Headers } from "../http/headers.ts";
import { RequestUrl } from "../kit/url.ts";
import type { Api, Operation, VersionSet } from "../resources/snapshot.ts";
import { Router } from "./router.ts";

function ask(router: Router, method: string, target: string, headers = new Headers()) {
  const [path, query = ""] = target.split("?");
  const url = new RequestUrl("http", "api.example", 80, path, query);
  const match = router.api(url, headers);
  if (match === undefined) return undefined;
  const route = router.operation(match, method, url);
  return { ...match, api: `${match.api.id};${match.api.revision}`, route };
}

/** Id of the operation that answers, or undefined. */
function pick(operations: readonly Operation[], method: string, target: string): string | undefined {
  const router = new Router(snapshot({ apis: [api("x", { operations })] }));
  return ask(router, method, `/x${target}`)?.route?.operation.id;
}

function parameters(template: string, target: string): Record<string, string> | undefined {
  const router = new Router(snapshot({ apis: [api("x", { operations: [operation("GET", template)] })] }));
  const found = ask(router, "GET", `/x${target}`)?.route?.matchedParameters;
  return found && Object.fromEntries(found);
}

describe("operations", () => {
  test("a literal goes before a mixed segment, that before a parameter, a wildcard comes last", () => {
    const operations = ["/*", "/items/{id}", "/items/v{id}", "/items/special", "/items/*", "/items/{id}/parts"].map(
      (t) => operation("GET", t),
    );
    assert.equal(pick(operations, "GET", "/items/special"), "GET /items/special");
    assert.equal(pick(operations, "GET", "/items/v7"), "GET /items/v{id}");
    assert.equal(pick(operations, "GET", "/items/7"), "GET /items/{id}");
    assert.equal(pick(operations, "GET", "/items/7/parts"), "GET /items/{id}/parts");
    assert.equal(pick(operations, "GET", "/items/special/parts"), "GET /items/{id}/parts");
    assert.equal(pick(operations, "GET", "/items/7/other"), "GET /items/*");
    assert.equal(pick(operations, "GET", "/other/7"), "GET /*");
    assert.equal(pick(operations, "GET", ""), "GET /*");
  });

  test("a literal for another method does not hide a parameter", () => {
    const operations = [operation("POST", "/items/special"), operation("GET", "/items/{id}")];
    assert.equal(pick(operations, "GET", "/items/special"), "GET /items/{id}");
    assert.equal(pick(operations, "POST", "/items/special"), "POST /items/special");
    assert.equal(pick(operations, "DELETE", "/items/special"), undefined);
    assert.equal(pick(operations, "HEAD", "/items/1"), undefined);
    assert.equal(pick(operations, "get", "/items/1"), undefined);
  });

  test("the root of an API, with and without slash", () => {
    const operations = [operation("GET", "/"), operation("POST", "")];
    assert.equal(pick(operations, "GET", ""), "GET /");
    assert.equal(pick(operations, "GET", "/"), "GET /");
    assert.equal(pick(operations, "POST", "/"), "POST ");
    assert.equal(pick(operations, "GET", "/x"), undefined);
  });

  test("literals compare without case, slashes at the end are meant", () => {
    const operations = [operation("GET", "/Items/Caf\u00e9 au lait"), operation("GET", "/list/")];
    assert.equal(pick(operations, "GET", "/items/caf%C3%A9%20AU%20lait"), "GET /Items/Caf\u00e9 au lait");
    assert.equal(pick([operation("GET", "/a b/C")], "GET", "/A%20B/c"), "GET /a b/C");
    assert.equal(pick(operations, "GET", "/list"), undefined);
    assert.equal(pick(operations, "GET", "/LIST/"), "GET /list/");
  });

  test("parameters are decoded and never empty", () => {
    assert.deepEqual(parameters("/a/{one}/b/{two}", "/a/x%20y/b/%C3%A4"), { one: "x y", two: "\u00e4" });
    assert.equal(parameters("/a/{one}", "/a/"), undefined);
    assert.deepEqual(parameters("/a/{one}", "/a/%25"), { one: "%" });
    assert.deepEqual(parameters("/Products({key})", "/Products(42)"), { key: "42" });
    assert.deepEqual(parameters("/{a}-{b}.json", "/x-y-z.json"), { a: "x", b: "y-z" });
    assert.deepEqual(parameters("/{a}:cancel", "/7:CANCEL"), { a: "7" });
    assert.equal(parameters("/{a}:cancel", "/:cancel"), undefined);
  });

  test("wildcards take the rest", () => {
    assert.deepEqual(parameters("/files/{*rest}", "/files/a/b%20c"), { rest: "a/b c" });
    assert.deepEqual(parameters("/files/{*rest}", "/files"), { rest: "" });
    assert.deepEqual(parameters("/files/*", "/files/a/b"), {});
    assert.equal(parameters("/files/*", "/filesystem"), undefined);
    assert.deepEqual(parameters("/files*", "/filesystem/x"), {});
    assert.deepEqual(parameters("/{kind}/*", "/a/b/c"), { kind: "a" });
  });

  test("query parameters of a template are required, in any order, names without case", () => {
    const operations = [
      operation("GET", "/s"),
      operation("GET", "/s?q={q}"),
      operation("GET", "/s?q={q}&page={p}"),
      operation("GET", "/s?kind=new"),
    ];
    assert.equal(pick(operations, "GET", "/s"), "GET /s");
    assert.equal(pick(operations, "GET", "/s?Q=1&other=2"), "GET /s?q={q}");
    assert.equal(pick(operations, "GET", "/s?page=2&x=y&q=1"), "GET /s?q={q}&page={p}");
    assert.equal(pick(operations, "GET", "/s?kind=new"), "GET /s?kind=new");
    assert.equal(pick(operations, "GET", "/s?kind=old"), "GET /s");
    assert.equal(pick([operation("GET", "/s?q={q}")], "GET", "/s"), undefined);
    assert.deepEqual(parameters("/u/{uid}?include={include}", "/u/1?include=pass%20word&hash=true"), {
      uid: "1",
      include: "pass word",
    });
  });

  test("SOAP and GraphQL pass through on their URL, a WebSocket API has its handshake", () => {
    const soap = api("soap", { type: "soap", operations: [operation("POST", "/?soapAction=urn:a", { id: "a" })] });
    const graphql = api("graphql", { type: "graphql" });
    const socket = api("socket", { type: "websocket" });
    const declared = operation("GET", "/", { id: "onHandshake" });
    const withPolicy = api("declared", { type: "websocket", operations: [declared] });
    const router = new Router(snapshot({ apis: [soap, graphql, socket, withPolicy] }));
    assert.equal(ask(router, "POST", "/soap?soapAction=urn:a")?.route?.operation.id, "a");
    assert.equal(ask(router, "POST", "/soap")?.route?.operation.id, "soap");
    assert.equal(ask(router, "GET", "/soap")?.route, undefined);
    assert.equal(ask(router, "GET", "/graphql")?.route?.operation.id, "graphql");
    assert.equal(ask(router, "POST", "/graphql/")?.route?.operation.id, "graphql");
    assert.equal(ask(router, "GET", "/socket/room/1")?.route?.operation.id, "onHandshake");
    assert.equal(ask(router, "GET", "/declared")?.route?.operation, declared);
  });
});

describe("APIs", () => {
  const get = [operation("GET", "/op"), operation("GET", "/*")];
  const one = (path: string, more: Partial<Api> = {}) =>
    api(more.id ?? (path || "root"), { path, operations: get, ...more });

  test("the longest path wins, whole segments only, without case", () => {
    const router = new Router(snapshot({ apis: [one(""), one("a"), one("a/b"), one("Ab/c")] }));
    assert.equal(ask(router, "GET", "/op")?.api, "root;1");
    assert.equal(ask(router, "GET", "/a/op")?.api, "a;1");
    assert.equal(ask(router, "GET", "/a/b/op")?.api, "a/b;1");
    assert.equal(ask(router, "GET", "/A/B/op")?.api, "a/b;1");
    assert.equal(ask(router, "GET", "/ab/op")?.api, "root;1");
    assert.equal(ask(router, "GET", "/aB/C/op")?.api, "Ab/c;1");
    const found = ask(router, "GET", "/a/b/op");
    assert.deepEqual([found?.apiPath, found?.operationPath], ["/a/b", "/op"]);
    const root = ask(router, "GET", "/op");
    assert.deepEqual([root?.apiPath, root?.operationPath], ["", "/op"]);
    assert.deepEqual(ask(router, "GET", "/a")?.operationPath, "/");
    assert.deepEqual(ask(router, "GET", "/a/")?.operationPath, "/");
  });

  test("no API, no answer", () => {
    const router = new Router(snapshot({ apis: [one("a")] }));
    assert.equal(ask(router, "GET", "/b/op"), undefined);
    assert.equal(ask(router, "GET", "/"), undefined);
    assert.equal(ask(router, "GET", "/aa"), undefined);
  });

  test("revisions: the current one unless another is named; those offline are not reachable", () => {
    const revisions = [
      one("a", { id: "a", revision: "1", isCurrent: false }),
      one("a", { id: "a", revision: "2", isCurrent: true }),
      one("a", { id: "a", revision: "3", isCurrent: false, isOnline: false }),
      one("a/b", { id: "ab" }),
      one("", { id: "root", revision: "1", isCurrent: false }),
      one("", { id: "root", revision: "2" }),
    ];
    const router = new Router(snapshot({ apis: revisions }));
    assert.equal(ask(router, "GET", "/a/op")?.api, "a;2");
    assert.equal(ask(router, "GET", "/a;rev=1/op")?.api, "a;1");
    assert.equal(ask(router, "GET", "/A;REV=2/op")?.api, "a;2");
    assert.equal(ask(router, "GET", "/a;rev=3/op"), undefined);
    assert.equal(ask(router, "GET", "/a;rev=9/op"), undefined);
    assert.equal(ask(router, "GET", "/a;rev=1/b/op")?.api, "a;1");
    assert.equal(ask(router, "GET", "/a;rev=1")?.operationPath, "/");
    const found = ask(router, "GET", "/a;rev=1/op");
    assert.deepEqual(
      [found?.apiPath, found?.operationPath, found?.route?.operation.id],
      ["/a;rev=1", "/op", "GET /op"],
    );
    assert.equal(ask(router, "GET", "/;rev=1/op")?.api, "root;1");
    assert.equal(ask(router, "GET", "/x;rev=1/op"), undefined);
    assert.equal(ask(router, "GET", "/x;y=1/op")?.api, "root;2");
  });

  const set = (scheme: VersionSet["scheme"], parameter?: string) =>
    new Map([["s", { id: "s", name: "s", scheme, parameter }]]);
  const versioned = (version: string | undefined, path = "a") =>
    one(path, { id: `a-${version}`, version, versionSetId: "s" });

  test("versions in the path, once or doubled", () => {
    const apis = [versioned(undefined), versioned("v1"), one("c/v2", { id: "c-v2", version: "v2", versionSetId: "s" })];
    const router = new Router(snapshot({ apis, versionSets: set("Segment") }));
    assert.equal(ask(router, "GET", "/a/op")?.api, "a-undefined;1");
    assert.equal(ask(router, "GET", "/a/v1/op")?.api, "a-v1;1");
    assert.equal(ask(router, "GET", "/a/v1;rev=1/op")?.api, "a-v1;1");
    assert.equal(ask(router, "GET", "/c/v2/op")?.operationPath, "/op");
    assert.equal(ask(router, "GET", "/c/v2/v2/op")?.operationPath, "/op");
    assert.equal(ask(router, "GET", "/c/op"), undefined);
  });

  test("versions in a header", () => {
    const router = new Router(
      snapshot({
        apis: [versioned(undefined), versioned("v1"), versioned("v2")],
        versionSets: set("Header", "Api-Version"),
      }),
    );
    assert.equal(ask(router, "GET", "/a/op")?.api, "a-undefined;1");
    assert.equal(ask(router, "GET", "/a/op", new Headers(["api-version", "V2"]))?.api, "a-v2;1");
    assert.equal(ask(router, "GET", "/a/op", new Headers(["api-version", "v3"])), undefined);
  });

  test("versions in the query, and none without one", () => {
    const router = new Router(
      snapshot({ apis: [versioned("v1"), versioned("v2")], versionSets: set("Query", "api-version") }),
    );
    assert.equal(ask(router, "GET", "/a/op?x=y&Api-Version=v2")?.api, "a-v2;1");
    assert.equal(ask(router, "GET", "/a/op"), undefined);
  });

  test("only host names that a listener serves are answered", () => {
    const listener = { host: "127.0.0.1", port: 0, tls: undefined };
    const listeners = [
      { ...listener, name: "any", hostnames: [] },
      { ...listener, name: "named", hostnames: ["API.example"] },
    ];
    const router = new Router(snapshot({ settings: { listeners } }));
    assert.equal(router.servesHost("any", "whatever.example"), true);
    assert.equal(router.servesHost("named", "api.example"), true);
    for (const host of ["evilapi.example", "api.example.evil", "example", ""])
      assert.equal(router.servesHost("named", host), false, host);
  });
});

test("a hundred thousand routes are built and told apart", () => {
  const apis = Array.from({ length: 1_000 }, (_, a) =>
    api(`api-${a}`, { operations: Array.from({ length: 100 }, (_, o) => operation("GET", `/r${o}/{id}/x${o}`)) }),
  );
  const router = new Router(snapshot({ apis }));
  for (let a = 0; a < 1_000; a++) {
    assert.equal(ask(router, "GET", `/api-${a}/r7/42/x7`)?.route?.operation, apis[a].operations[7]);
    assert.equal(ask(router, "GET", `/api-${a}/r7/42/x8`)?.route, undefined);
  }
});
