/** Policies under hostile data and callers that leave, through the whole gateway: nothing injected, nothing left open, one line in the log. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { after, before, beforeEach, test } from "node:test";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { RawClient, type RawResponse } from "../support/raw-client.ts";
import { api, operation, policy, snapshot } from "../support/snapshot.ts";

let handler: (request: IncomingMessage, response: ServerResponse) => void = () => {};
let seen: IncomingMessage[] = [];
const connections = new Set<Socket>();
const server = createServer((request, response) => {
  seen.push(request);
  handler(request, response);
});
server.on("connection", (socket) => {
  connections.add(socket);
  socket.on("close", () => connections.delete(socket));
});
const orphans: unknown[] = [];
process.on("unhandledRejection", (reason) => orphans.push(reason));

before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
beforeEach(() => {
  seen = [];
  handler = (_request, response) => response.end("backend");
});
after(() => {
  server.closeAllConnections();
  server.close();
  assert.deepEqual(orphans, []);
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function withPolicy(
  sections: Parameters<typeof policy>[0],
  use: (gateway: TestGateway) => Promise<void>,
): Promise<void> {
  const operations = ["GET", "POST", "HEAD"].map((method) => operation(method, "/*"));
  const apis = [
    api("a", { serviceUrl: url(), operations, policy: policy({ backend: "<forward-request />", ...sections }) }),
  ];
  const { program, diagnostics } = loadProgram(snapshot({ apis }), policies);
  assert.deepEqual(diagnostics, []);
  const gateway = await startGateway(program);
  try {
    await use(gateway);
  } finally {
    await gateway.close();
  }
}

async function send(gateway: TestGateway, method = "GET", more = "", path = "/a/x"): Promise<RawResponse> {
  const client = await RawClient.open(gateway.port);
  client.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\n${more || "\r\n"}`);
  const response = await client.response(method);
  client.close();
  return response;
}

const injected = 'context.Request.Url.Query.GetValueOrDefault("v", "")';
const places: Record<string, string> = {
  "a header": `<set-header name="X-A"><value>@(${injected})</value></set-header>`,
  "a header's name": `<set-header name="@(${injected})"><value>1</value></set-header>`,
  Location: `<set-header name="Location"><value>@("/" + ${injected})</value></set-header>`,
  "Set-Cookie": `<set-header name="Set-Cookie"><value>@("a=" + ${injected})</value></set-header>`,
  "the reason": `<set-status code="200" reason="@(${injected})" />`,
};
for (const [place, xml] of Object.entries(places)) {
  for (const [section, steps] of Object.entries({
    outbound: xml,
    onError: xml,
    "return-response": `<return-response>${xml}</return-response>`,
  })) {
    test(`a line break put into ${place} (${section}) is a fault and reaches nobody`, () => {
      const fail = '<set-variable name="x" value="@(int.Parse("x"))" />';
      const sections = section === "onError" ? { inbound: fail, onError: steps } : { outbound: steps };
      return withPolicy(sections, async (gateway) => {
        const response = await send(gateway, "GET", "", "/a/x?v=b%0d%0aX-Evil:1%0d%0a%0d%0aevil");
        assert.deepEqual([response.status, response.headers.has("x-evil")], [500, false]);
        assert.equal(response.body, '{ "statusCode": 500, "message": "Internal server error" }');
        await until(() => gateway.records.length === 1);
        assert.deepEqual(
          [gateway.records[0].responseCode, /^Invalid/.test(gateway.records[0].lastError?.reason ?? "")],
          [500, true],
        );
      });
    });
  }
}

test("what only the front finds to be unsendable is logged as it was answered", () =>
  withPolicy({ inbound: '<mock-response content-type="text/plain&#10;x: y" />' }, async (gateway) => {
    assert.equal((await send(gateway)).status, 500);
    await until(() => gateway.records.length === 1);
    assert.deepEqual([gateway.records[0].responseCode, gateway.records[0].lastError?.reason], [500, "InvalidResponse"]);
  }));

test("a body put in place of a compressed one is plain and has its own length", () => {
  const replace = '<set-body>@("<" + context.Response.Body.As<string>() + ">")</set-body>';
  return withPolicy({ outbound: replace }, async (gateway) => {
    const content = gzipSync("packed");
    handler = (_, response) =>
      response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": content.length }).end(content);
    const response = await send(gateway);
    assert.deepEqual(
      [response.body, response.headers.get("content-encoding"), response.headers.get("content-length")],
      ["<packed>", undefined, "8"],
    );
  });
});

test("a body that an expression consumed leaves none behind, and nothing that speaks of one", () => {
  const consume = (side: string) => `<set-variable name="${side}" value="@(context.${side}.Body.As<string>())" />`;
  return withPolicy({ inbound: consume("Request"), outbound: consume("Response") }, async (gateway) => {
    handler = (_, response) => response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync("packed"));
    const content = gzipSync("asked").toString("latin1");
    const headers = `Content-Encoding: gzip\r\nContent-Length: ${content.length}\r\n\r\n`;
    const response = await send(gateway, "POST", headers + content);
    assert.deepEqual(
      [response.body, response.headers.get("content-encoding"), response.headers.get("content-length")],
      ["", undefined, "0"],
    );
    assert.deepEqual([seen[0].headers["content-encoding"], seen[0].headers["content-length"]], [undefined, "0"]);
  });
});

test("answers that have no body keep to that, whatever a policy gives them", async () => {
  await withPolicy({ outbound: "<set-body>text</set-body>" }, async (gateway) => {
    const head = await send(gateway, "HEAD");
    assert.deepEqual(
      [head.status, head.headers.get("content-length"), head.headers.has("transfer-encoding")],
      [200, "4", false],
    );
  });
  for (const code of [204, 304]) {
    await withPolicy(
      { outbound: `<set-status code="${code}" reason="" /><set-body>text</set-body>` },
      async (gateway) => {
        const client = await RawClient.open(gateway.port);
        const get = "GET /a/x HTTP/1.1\r\nHost: a\r\n\r\n";
        client.write(get + get);
        assert.deepEqual([(await client.response()).status, (await client.response()).status], [code, code]);
        client.close();
      },
    );
  }
});

test("a response that on-error or return-response replaces gives its connection back", async () => {
  const endless = (_: IncomingMessage, response: ServerResponse) => response.writeHead(200).write("x".repeat(100_000));
  for (const outbound of [
    "<return-response />",
    '<set-variable name="x" value="@(int.Parse("x"))" />',
    "<set-body>new</set-body>",
  ]) {
    await withPolicy({ outbound }, async (gateway) => {
      handler = endless;
      await send(gateway);
      await until(() => connections.size === 0);
    });
  }
});

test("a caller that leaves takes everything along: calls, waits and slots", async () => {
  const call = `<send-request response-variable-name="r"><set-url>${url()}/side</set-url><set-method>GET</set-method></send-request>`;
  const waits: Record<string, string> = {
    call,
    wait: `<wait>${call}<choose><when condition="true">${call}</when></choose></wait>`,
    retry: '<retry condition="true" count="50" interval="60"><set-variable name="x" value="1" /></retry>',
  };
  for (const [name, inner] of Object.entries(waits)) {
    await withPolicy(
      { inbound: `<limit-concurrency key="k" max-count="1">${inner}</limit-concurrency>` },
      async (gateway) => {
        handler = () => {};
        const client = await RawClient.open(gateway.port);
        client.write("GET /a/x HTTP/1.1\r\nHost: a\r\n\r\n");
        if (name !== "retry") await until(() => seen.length > 0);
        while ((await send(gateway)).status !== 429);
        client.close();
        await until(() => gateway.records.some((record) => record.responseCode === 0));
        const line = gateway.records.find((record) => record.responseCode === 0);
        assert.equal(line?.lastError?.reason, "ClientConnectionFailure", name);
        assert.deepEqual(gateway.logged, []);
        assert.equal(gateway.records.filter((record) => record.responseCode === 0).length, 1);
        await until(() => connections.size === 0);
      },
    );
    seen = [];
  }
});

test("a one-way request goes on when the caller has left", async () => {
  const oneWay = `<send-one-way-request mode="copy"><set-url>${url()}/audit</set-url></send-one-way-request>`;
  await withPolicy({ inbound: oneWay }, async (gateway) => {
    let finish: (() => void) | undefined;
    let isAborted = false;
    handler = (request, response) => {
      if (request.url !== "/audit") return;
      response.on("close", () => (isAborted = !response.writableFinished));
      finish = () => response.end("ok");
    };
    const client = await RawClient.open(gateway.port);
    client.write("POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
    await until(() => finish !== undefined && seen.length === 2);
    client.close();
    await until(() => gateway.records.length === 1);
    finish?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([isAborted, gateway.logged], [false, []]);
  });
});
