import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { Backend } from "../../test/support/backend.ts";
import { FORWARDING, planned, programOf, startGateway, type TestGateway } from "../../test/support/gateway.ts";
import { RawClient, send } from "../../test/support/raw-client.ts";
import { api, operation, product, snapshot, subscription } from "../../test/support/snapshot.ts";
import type { Program } from "../engine/program.ts";
import { Body } from "../http/body.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";

const KEY = "gold-primary-key-0123456789";
const get = (target: string, ...lines: string[]) =>
  `GET ${target} HTTP/1.1\r\nHost: api.example\r\n${lines.map((l) => `${l}\r\n`).join("")}\r\n`;

let backend: Backend;
before(async () => {
  backend = await Backend.start();
});
beforeEach(() => {
  backend.answer = undefined;
  backend.seen.length = 0;
});
after(() => backend.close());

function configuration(more: Parameters<typeof snapshot>[0] = {}) {
  const operations = [
    operation("GET", "/items/{id}", { id: "get-item" }),
    operation("POST", "/items", { id: "add-item" }),
    operation("GET", "/", { id: "root" }),
  ];
  return snapshot({
    apis: [
      api("shop", { serviceUrl: `${backend.url}/base`, operations, subscriptionRequired: true, revision: "2" }),
      api("open", { serviceUrl: backend.url, operations }),
    ],
    products: new Map([["gold", product("gold", ["shop"])]]),
    subscriptions: [
      subscription("gold", { kind: "product", product: "gold" }, { ownerId: "u1" }),
      subscription("tracer", { kind: "all-apis" }, { allowTracing: true }),
    ],
    users: new Map([
      [
        "u1",
        { id: "u1", email: "", firstName: "", lastName: "", note: "", registeredAt: 0, groups: [], identities: [] },
      ],
    ]),
    ...more,
  });
}

async function withGateway(program: Program | undefined, use: (gateway: TestGateway) => Promise<void>): Promise<void> {
  const gateway = await startGateway(program, program?.snapshot.settings ?? configuration().settings);
  try {
    await use(gateway);
  } finally {
    await gateway.close();
  }
}

async function logged(gateway: TestGateway, count: number): Promise<void> {
  while (gateway.records.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("a request reaches the backend once, clean, and its answer comes back", async () => {
  await withGateway(programOf(configuration()), async (gateway) => {
    backend.answer = (_request, response) => {
      response.writeHead(201, "Made", ["X-Backend", "1", "Content-Length", "4"]);
      response.end("made");
    };
    const text = `POST /shop/items?a=%2f&subscription-key=${KEY} HTTP/1.1\r\nHost: api.example:81\r\nContent-Length: 5\r\nX-Own: 1\r\n\r\nhello`;
    const response = await send(gateway.port, text);
    assert.deepEqual([response.status, response.body, response.headers.get("x-backend")], [201, "made", "1"]);
    assert.equal(backend.seen.length, 1);
    const [seen] = backend.seen;
    assert.deepEqual([seen.method, seen.url, seen.body], ["POST", "/base/items?a=%2f", "hello"]);
    assert.equal(backend.header("host"), backend.url.slice(7));
    assert.equal(backend.header("x-forwarded-for"), "127.0.0.1");
    assert.equal(backend.header("x-forwarded-host"), "api.example:81");
    assert.equal(backend.header("x-own"), "1");
    assert.match(backend.header("via") ?? "", /^1\.1 sallyport-[0-9a-f]{8}$/);
    await logged(gateway, 1);
    const [record] = gateway.records;
    assert.match(record.correlationId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(record.url, "http://api.example:81/shop/items");
    assert.deepEqual([record.apiId, record.apiRevision, record.operationId], ["shop", "2", "add-item"]);
    assert.deepEqual([record.productId, record.subscriptionId, record.userId], ["gold", "gold", "u1"]);
    assert.deepEqual([record.responseCode, record.responseBytes, record.lastError], [201, 4, undefined]);
    assert.equal(JSON.stringify(record).includes(KEY), false);
  });
});

describe("answers that APIM gives", () => {
  test("401 without a key, and with a wrong one", async () => {
    await withGateway(programOf(configuration()), async (gateway) => {
      const missing = await send(gateway.port, get("/shop/items/1"));
      assert.equal(missing.status, 401);
      assert.equal(missing.headers.get("content-type"), "application/json");
      assert.equal(
        missing.headers.get("www-authenticate"),
        'AzureApiManagementKey realm="http://api.example/shop",name="Ocp-Apim-Subscription-Key",type="header"',
      );
      assert.equal(
        missing.body,
        '{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API." }',
      );
      const wrong = await send(gateway.port, get("/shop/items/1", "Ocp-Apim-Subscription-Key: nonsense"));
      assert.equal(wrong.status, 401);
      assert.equal(
        wrong.body,
        '{ "statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription." }',
      );
      assert.equal(backend.seen.length, 0);
      await logged(gateway, 2);
      assert.deepEqual(
        gateway.records.map((r) => r.lastError?.reason),
        ["SubscriptionKeyNotFound", "SubscriptionKeyInvalid"],
      );
      assert.equal(gateway.records[0].lastError?.source, "authorization");
    });
  });

  test("404 for what matches no API, no operation, no method", async () => {
    await withGateway(programOf(configuration()), async (gateway) => {
      const requests = [
        get("/nowhere"),
        get("/shop/other"),
        get("/open/items"),
        get("/open/items/1").replace("GET", "DELETE"),
        get("/"),
      ];
      for (const text of requests) {
        const response = await send(gateway.port, text);
        assert.deepEqual(
          [response.status, response.body],
          [404, '{ "statusCode": 404, "message": "Resource not found" }'],
          text,
        );
      }
      assert.equal(backend.seen.length, 0);
      await logged(gateway, requests.length);
      assert.ok(
        gateway.records.every(
          (r) => r.lastError?.source === "configuration" && r.lastError.reason === "OperationNotFound",
        ),
      );
    });
  });

  test("on-error policies see the refusal and may answer it", async () => {
    const seen: string[] = [];
    const onError = planned("set-status", "on-error", (x: Exchange) => {
      seen.push(`${x.lastError?.source}/${x.lastError?.reason}`);
      x.response = new ResponseMessage(418, "Teapot", undefined, Body.text("changed"));
      return undefined;
    });
    await withGateway(programOf(configuration(), { ...FORWARDING, onError: [onError] }), async (gateway) => {
      for (const target of ["/shop/items/1", "/shop/other", "/nowhere"]) {
        const response = await send(gateway.port, get(target));
        assert.deepEqual([response.status, response.body], [418, "changed"]);
      }
      assert.deepEqual(seen, [
        "authorization/SubscriptionKeyNotFound",
        "configuration/OperationNotFound",
        "configuration/OperationNotFound",
      ]);
    });
  });
});

test("what is ambiguous is refused before anything is looked at", async () => {
  let steps = 0;
  const count = planned("count", "inbound", () => {
    steps++;
    return undefined;
  });
  await withGateway(
    programOf(configuration(), { ...FORWARDING, inbound: [count], onError: [count] }),
    async (gateway) => {
      for (const target of ["/open/../shop/items/1", "//open/items/1", "/open/items/%2f", "/open/items/1%00"]) {
        const response = await send(gateway.port, get(target));
        assert.equal(response.status, 400, target);
        assert.match(response.body, /^\{ "statusCode": 400, "message": ".*" \}$/);
      }
      assert.equal(steps, 0);
      await logged(gateway, 4);
      assert.ok(gateway.records.every((r) => r.lastError?.reason === "PathAmbiguous"));
    },
  );
});

test("a body read by a policy without keeping it is gone", async () => {
  const consume = planned("consume", "outbound", (x: Exchange) => {
    if (x.response !== null) x.response.isBodyConsumed = true;
    return undefined;
  });
  await withGateway(programOf(configuration(), { ...FORWARDING, outbound: [consume] }), async (gateway) => {
    const response = await send(gateway.port, get("/open"));
    assert.deepEqual([response.status, response.body], [200, ""]);
  });
});

test("work after the answer runs when it is out, and knows how much went over the wire", async () => {
  let transferred = 0;
  const promise = planned("count", "inbound", (x: Exchange) => {
    x.atEnd((ended) => {
      transferred = ended.transferredBytes;
    });
    return undefined;
  });
  await withGateway(programOf(configuration(), { ...FORWARDING, inbound: [promise] }), async (gateway) => {
    await send(gateway.port, "POST /open/items HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    while (transferred === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(transferred, 5 + "backend".length);
  });
});

test("a fault of the gateway is a plain 500, told in the log", async () => {
  const program: Program = {
    ...programOf(configuration()),
    plan: () => {
      throw new Error("secret detail");
    },
  };
  await withGateway(program, async (gateway) => {
    const response = await send(gateway.port, get("/open"));
    assert.deepEqual(
      [response.status, response.body],
      [500, '{ "statusCode": 500, "message": "Internal server error" }'],
    );
    assert.match(gateway.logged.join(), /secret detail/);
    assert.equal((await send(gateway.port, get("/nowhere"))).status, 404, "and life goes on");
  });
});

test("without a configuration: 503; then ready; draining: 503 for whoever asks", async () => {
  const status = get("/status-0123456789abcdef");
  await withGateway(undefined, async (gateway) => {
    assert.equal((await send(gateway.port, get("/open"))).status, 503);
    assert.equal((await send(gateway.port, status)).status, 503);
    gateway.gateway.activate(programOf(configuration()));
    assert.equal((await send(gateway.port, status)).status, 200);
    assert.equal((await send(gateway.port, get("/open"))).status, 200);
    assert.equal((await send(gateway.port, status.replace("GET", "POST"))).status, 405);
    gateway.gateway.isDraining = true;
    assert.equal((await send(gateway.port, status)).status, 503);
    assert.equal((await send(gateway.port, get("/open"))).status, 200, "requests are served to the end");
  });
});

test("a new configuration is taken up between requests; those under way keep theirs", async () => {
  let release: (() => void) | undefined;
  const hold = planned(
    "hold",
    "inbound",
    () =>
      new Promise<undefined>((resolve) => {
        release = () => resolve(undefined);
      }),
  );
  const label = (text: string) =>
    planned("label", "outbound", (x: Exchange) => {
      x.response?.headers.set("X-Config", text + x.snapshot.version);
      return undefined;
    });
  const first = programOf(configuration({ version: "1" }), {
    ...FORWARDING,
    inbound: [hold],
    outbound: [label("old")],
  });
  await withGateway(first, async (gateway) => {
    const slow = send(gateway.port, get("/open"));
    while (release === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    gateway.gateway.activate(
      programOf(configuration({ version: "2", apis: configuration().apis.slice(1) }), {
        ...FORWARDING,
        outbound: [label("new")],
      }),
    );
    assert.equal((await send(gateway.port, get("/open"))).headers.get("x-config"), "new2");
    assert.equal((await send(gateway.port, get("/shop"))).status, 404);
    release();
    assert.equal((await slow).headers.get("x-config"), "old1");
    assert.equal(gateway.gateway.version, "2");
  });
});

describe("CORS preflight", () => {
  const cors = planned(
    "cors",
    "inbound",
    () => undefined,
    (x: Exchange) => {
      x.response = new ResponseMessage(200);
      x.response.headers.set("Access-Control-Allow-Origin", "*");
      return "respond";
    },
  );
  const fails = planned("validate-jwt", "inbound", () => {
    throw new Error("must not run");
  });
  const ask = (target: string, method: string) =>
    get(target, "Origin: https://site.example", `Access-Control-Request-Method: ${method}`).replace("GET", "OPTIONS");

  test("is answered by cors alone, without a key", async () => {
    await withGateway(programOf(configuration(), { ...FORWARDING, inbound: [fails, cors] }), async (gateway) => {
      const response = await send(gateway.port, ask("/shop/items/1", "GET"));
      assert.deepEqual([response.status, response.headers.get("access-control-allow-origin")], [200, "*"]);
      assert.equal((await send(gateway.port, ask("/shop/items/1", "DELETE"))).status, 404);
      assert.equal((await send(gateway.port, get("/shop/items/1").replace("GET", "OPTIONS"))).status, 404);
      assert.equal(backend.seen.length, 0);
    });
  });

  test("without cors it is an unknown operation", async () => {
    await withGateway(programOf(configuration(), { ...FORWARDING, inbound: [fails] }), async (gateway) => {
      assert.equal((await send(gateway.port, ask("/shop/items/1", "GET"))).status, 404);
    });
  });

  test("an API's own OPTIONS operation is an operation like any other", async () => {
    const apis = [
      api("open", { serviceUrl: backend.url, operations: [operation("OPTIONS", "/*"), operation("GET", "/*")] }),
    ];
    await withGateway(programOf(configuration({ apis }), { ...FORWARDING, inbound: [cors] }), async (gateway) => {
      assert.equal((await send(gateway.port, ask("/open/x", "GET"))).body, "backend");
    });
  });
});

describe("traces", () => {
  const TRACER = "Ocp-Apim-Subscription-Key: tracer-primary-key-0123456789";
  const trace = async (gateway: TestGateway, path: string, ...lines: string[]) => {
    const response = await send(gateway.port, get(path, ...lines));
    return response.status === 200 ? JSON.parse(response.body) : response.status;
  };

  test("are made for keys that may, shown to their callers alone, without secrets", async () => {
    await withGateway(programOf(configuration()), async (gateway) => {
      const response = await send(
        gateway.port,
        get(
          "/shop/items/7?x=tracer-secondary-key-0123456789",
          TRACER,
          "Ocp-Apim-Trace: true",
          "Authorization: Bearer abc",
        ),
      );
      assert.equal(response.status, 200);
      const id = response.headers.get("apim-trace-id");
      const path = `/.sallyport/trace/${id}`;
      assert.equal(response.headers.get("ocp-apim-trace-location"), `http://api.example${path}`);
      assert.equal(await trace(gateway, path), 404);
      assert.equal(await trace(gateway, path, `Ocp-Apim-Subscription-Key: ${KEY}`), 404);
      const found = await trace(gateway, path, TRACER);
      assert.equal(found.traceId, id);
      const sources = (section: string) => found.traceEntries[section].map((e: { source: string }) => e.source);
      assert.deepEqual(sources("inbound"), ["handler", "handler"]);
      assert.deepEqual(sources("backend"), ["forward-request"]);
      assert.deepEqual(sources("outbound"), ["handler"]);
      const text = JSON.stringify(found);
      assert.doesNotMatch(text, /tracer-primary|tracer-secondary|Bearer abc/);
      assert.match(text, /get-item/);
      assert.equal(backend.header("ocp-apim-trace"), undefined);
    });
  });

  test("a header alone means nothing", async () => {
    await withGateway(programOf(configuration()), async (gateway) => {
      for (const line of [`Ocp-Apim-Subscription-Key: ${KEY}`, "X: y", "Ocp-Apim-Subscription-Key: nonsense"]) {
        const response = await send(gateway.port, get("/shop/items/7", line, "Ocp-Apim-Trace: true"));
        assert.equal(response.headers.get("apim-trace-id"), undefined, line);
      }
      const asked = await send(gateway.port, get("/shop/items/7", TRACER));
      assert.equal(asked.headers.get("apim-trace-id"), undefined, "and no trace unless asked for");
    });
  });

  test("refusals have traces too: 404 with a tracing key, 401 in development mode", async () => {
    await withGateway(programOf(configuration()), async (gateway) => {
      const response = await send(gateway.port, get("/nowhere", TRACER, "Ocp-Apim-Trace: true"));
      assert.equal(response.status, 404);
      const found = await trace(gateway, `/.sallyport/trace/${response.headers.get("apim-trace-id")}`, TRACER);
      assert.match(JSON.stringify(found.traceEntries["on-error"]), /OperationNotFound/);
    });
    await withGateway(programOf(configuration({ settings: { dev: true } })), async (gateway) => {
      const response = await send(gateway.port, get("/shop/items/7", "Ocp-Apim-Trace: true"));
      assert.equal(response.status, 401);
      const found = await trace(gateway, `/.sallyport/trace/${response.headers.get("apim-trace-id")}`);
      assert.match(JSON.stringify(found.traceEntries["on-error"]), /SubscriptionKeyNotFound/);
    });
  });

  test("the last hundred are kept", async () => {
    await withGateway(programOf(configuration({ settings: { dev: true } })), async (gateway) => {
      const client = await RawClient.open(gateway.port);
      const ids: string[] = [];
      for (let i = 0; i < 101; i++) {
        client.write(get("/nowhere", "Ocp-Apim-Trace: true"));
        ids.push((await client.response()).headers.get("apim-trace-id") ?? "");
      }
      client.close();
      assert.equal(await trace(gateway, `/.sallyport/trace/${ids[0]}`), 404);
      assert.equal((await trace(gateway, `/.sallyport/trace/${ids[1]}`)).traceId, ids[1]);
    });
  });
});

test("a backend that cannot be reached is a 500 that names no address", async () => {
  const apis = [api("open", { serviceUrl: "http://127.0.0.1:1", operations: [operation("GET", "/*")] })];
  await withGateway(programOf(configuration({ apis })), async (gateway) => {
    const response = await send(gateway.port, get("/open/x"));
    assert.equal(response.status, 500);
    assert.doesNotMatch(response.body, /127\.0\.0\.1|ECONN/);
    await logged(gateway, 1);
    assert.equal(gateway.records[0].lastError?.reason, "BackendConnectionFailure");
  });
});
