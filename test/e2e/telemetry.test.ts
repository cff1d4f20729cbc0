/** Traces and metrics at a collector that takes OTLP over HTTP, with two workers. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

interface Taken {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  status: { code?: number };
  attributes: { key: string; value: Record<string, unknown> }[];
}
const SERVER = 2;
const CLIENT = 3;

async function collector(t: TestContext) {
  const taken: Taken[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
    taken.push({ path: request.url ?? "", headers: request.headers, body });
    response.writeHead(200, { "Content-Type": request.headers["content-type"] ?? "" }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const spans = () =>
    taken
      .filter(({ path }) => path === "/v1/traces")
      .flatMap(({ body }) =>
        (JSON.parse(body.toString()) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans.flatMap(
          (r) => r.scopeSpans.flatMap((s) => s.spans),
        ),
      );
  return { endpoint, taken, spans };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 800 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(holds());
}

async function served(t: TestContext, otlp: object, more: { api?: string; env?: Record<string, string> } = {}) {
  const backend = await RecordingBackend.start();
  t.after(() => backend.close());
  const folder = await writeFolder({
    serviceUrl: backend.url,
    policies: more.api === undefined ? {} : { api: more.api.replace("BACKEND", backend.url) },
    settings: { telemetry: { otlp }, workers: 2, accessLog: false },
  });
  const gateway = await startGateway({ folder, watch: false, ...(more.env && { env: more.env }) });
  t.after(() => gateway.stop().finally(() => removeFolder(folder)));
  const url = `http://127.0.0.1:${gateway.addresses[0].port}/t/items/4711`;
  const call = (headers: Record<string, string> = {}, at = url, init: RequestInit = {}) =>
    fetch(at, { ...init, headers: { "Ocp-Apim-Subscription-Key": KEY, Connection: "close", ...headers } });
  return { backend, call, gateway, folder };
}

const attributes = (span: Span | undefined) =>
  new Map(span?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

test("a request is a span below the caller's, and the backend is told of the call's span", async (t) => {
  const { endpoint, spans, taken } = await collector(t);
  const { backend, call } = await served(t, {
    endpoint,
    protocol: "http/json",
    metrics: false,
    headers: { "x-key": "k" },
  });
  const answer = await call({ traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: "vendor=1" });
  assert.equal(answer.status, 200);
  await until(() => spans().length >= 2);
  const server = spans().find(({ kind }) => kind === SERVER);
  const client = spans().find(({ kind }) => kind === CLIENT);
  assert.deepEqual([server?.traceId, server?.parentSpanId], [TRACE, PARENT]);
  assert.deepEqual([client?.traceId, client?.parentSpanId], [TRACE, server?.spanId]);
  assert.equal(server?.name, "GET /t/items/{id}");
  assert.equal(attributes(server).get("http.route"), "/t/items/{id}");
  assert.equal(Number(attributes(server).get("http.response.status_code")), 200);
  assert.equal(attributes(server).get("url.scheme"), "http");
  assert.equal(attributes(client).get("server.address"), "127.0.0.1");
  assert.doesNotMatch(JSON.stringify(spans()), /4711/);
  const [asked] = backend.requests;
  assert.equal(asked.headers.get("traceparent"), `00-${TRACE}-${client?.spanId}-01`);
  assert.equal(asked.headers.get("tracestate"), "vendor=1");
  assert.equal(taken[0].headers["x-key"], "k");
});

test("a call of a model is a span by the conventions for generative AI", async (t) => {
  const { endpoint, spans, taken } = await collector(t);
  const api =
    '<policies><inbound><base /><llm-emit-token-metric><dimension name="API ID" /></llm-emit-token-metric></inbound><backend><base /></backend></policies>';
  const { backend, call } = await served(t, { endpoint, protocol: "http/json", intervalMs: 100 }, { api });
  const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
  const message = { role: "assistant", content: "Hello." };
  const answer = {
    id: "1",
    object: "chat.completion",
    model: "gpt-4o-2024-11-20",
    choices: [{ index: 0, message }],
    usage,
  };
  backend.script([{ status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(answer) }]);
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] });
  assert.equal((await call({ "Content-Type": "application/json" }, undefined, { method: "POST", body })).status, 200);

  const isModel = ({ name }: Span) => name === "chat gpt-4o";
  await until(() => spans().some(isModel) && spans().some((s) => s.kind === SERVER));
  const span = spans().find(isModel);
  assert.equal(span?.parentSpanId, spans().find((s) => s.kind === SERVER)?.spanId);
  assert.equal(span?.kind, CLIENT);
  const of = attributes(span);
  assert.deepEqual(
    ["operation.name", "request.model", "response.model", "usage.input_tokens", "usage.output_tokens"].map((name) =>
      String(of.get(`gen_ai.${name}`)),
    ),
    ["chat", "gpt-4o", "gpt-4o-2024-11-20", "12", "5"],
  );
  assert.ok(!JSON.stringify(span).includes("Hello"));

  type Points = { attributes: Span["attributes"]; count: string; sum: number }[];
  type Metrics = {
    resourceMetrics: {
      scopeMetrics: { metrics: { name: string; unit: string; histogram?: { dataPoints: Points } }[] }[];
    }[];
  };
  const metrics = () =>
    taken
      .filter(({ path }) => path === "/v1/metrics")
      .flatMap(({ body }) => (JSON.parse(body.toString()) as Metrics).resourceMetrics)
      .flatMap((r) => r.scopeMetrics.flatMap((s) => s.metrics))
      .filter(({ name, histogram }) => name.startsWith("gen_ai.") && (histogram?.dataPoints.length ?? 0) > 0);
  await until(() => metrics().length > 0);
  const points = metrics().flatMap(({ name, unit, histogram }) =>
    (histogram?.dataPoints ?? []).map((point) => {
      const named = new Map(point.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
      return { name, unit, named, sum: point.sum };
    }),
  );
  const tokens = (type: string) =>
    points.find(({ name, named }) => name === "gen_ai.client.token.usage" && named.get("gen_ai.token.type") === type);
  assert.deepEqual([tokens("input")?.sum, tokens("output")?.sum, tokens("input")?.unit], [12, 5, "{token}"]);
  assert.equal(tokens("input")?.named.get("gen_ai.request.model"), "gpt-4o");
  const duration = points.find(({ name }) => name === "gen_ai.client.operation.duration");
  assert.deepEqual(
    [duration?.unit, duration?.named.get("gen_ai.operation.name"), duration?.named.has("error.type")],
    ["s", "chat", false],
  );
});

test("the access log as log records, with the names of its lines", async (t) => {
  const { endpoint, taken } = await collector(t);
  const { call } = await served(t, { endpoint, traces: false, metrics: false, logs: true });
  assert.equal((await call()).status, 200);
  assert.equal((await call({ "Ocp-Apim-Subscription-Key": "wrong" })).status, 401);
  type Records = {
    resourceLogs: { scopeLogs: { logRecords: { eventName: string; attributes: Span["attributes"] }[] }[] }[];
  };
  const records = () =>
    taken
      .filter(({ path }) => path === "/v1/logs")
      .flatMap(({ body }) => (JSON.parse(body.toString()) as Records).resourceLogs)
      .flatMap((r) => r.scopeLogs.flatMap((s) => s.logRecords));
  await until(() => records().length >= 2);
  const [passed, refused] = records()
    .map(({ attributes }) => new Map(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])])))
    .sort((a, b) => Number(a.get("responseCode")) - Number(b.get("responseCode")));
  assert.deepEqual([passed.get("method"), passed.get("responseCode"), passed.get("apiId")], ["GET", "200", "test"]);
  assert.match(passed.get("url") ?? "", /\/t\/items\/4711$/);
  assert.equal(refused.get("lastErrorReason"), "SubscriptionKeyInvalid");
  assert.doesNotMatch(JSON.stringify(records()), /wrong/);
});

test("a caller that is not sampled is not recorded, and the backend hears so", async (t) => {
  const { endpoint, spans } = await collector(t);
  const { backend, call } = await served(t, { endpoint, protocol: "http/json", metrics: false });
  await call({ traceparent: `00-${TRACE}-${PARENT}-00` });
  // The next request ends later, and is told of.
  await call();
  await until(() => spans().length >= 2);
  assert.ok(spans().every(({ traceId }) => traceId !== TRACE));
  assert.match(backend.requests[0].headers.get("traceparent") ?? "", new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
});

test("a broken trace context is replaced", async (t) => {
  const { endpoint, spans } = await collector(t);
  const { backend, call } = await served(t, { endpoint, protocol: "http/json", metrics: false });
  const broken = [
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${"0".repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE}-${PARENT}-01-extra`,
    "x".repeat(5_000),
  ];
  for (const traceparent of broken) assert.equal((await call({ traceparent, tracestate: "a=b" })).status, 200);
  await until(() => spans().length >= 2 * broken.length);
  assert.ok(spans().every((span) => span.traceId !== TRACE && !/^0+$/.test(span.traceId)));
  assert.ok(spans().every(({ kind, parentSpanId }) => kind !== SERVER || !parentSpanId));
  for (const { headers } of backend.requests) {
    assert.match(headers.get("traceparent") ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.equal(headers.get("tracestate"), undefined);
  }
});

test("send-request has a span of its own; a backend that fails is an error of the gateway's span", async (t) => {
  const { endpoint, spans } = await collector(t);
  const api = `<policies><inbound><base /><send-request mode="new" response-variable-name="r"><set-url>BACKEND/other</set-url>
    <set-method>POST</set-method></send-request></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;
  const { backend, call } = await served(t, { endpoint, protocol: "http/json", metrics: false }, { api });
  backend.script([{}, { drop: true }]);
  assert.equal((await call()).status, 500);
  await until(() => spans().length >= 3);
  const server = spans().find(({ kind }) => kind === SERVER);
  const calls = spans().filter(({ kind }) => kind === CLIENT);
  assert.deepEqual(calls.map(({ name }) => name).sort(), ["GET", "POST"]);
  assert.ok(calls.every(({ parentSpanId }) => parentSpanId === server?.spanId));
  assert.equal(attributes(calls.find(({ name }) => name === "GET")).get("error.type"), "reset");
  assert.equal(attributes(server).get("error.type"), "BackendConnectionFailure");
  assert.equal(server?.status.code, 2);
});

test("metrics have conventional names; the environment names the collector", async (t) => {
  const { endpoint, taken } = await collector(t);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b",
    OTEL_RESOURCE_ATTRIBUTES: "service.name=edge,deployment.environment.name=test",
  };
  const { call } = await served(t, { traces: false, intervalMs: 100 }, { env });
  for (let i = 0; i < 6; i++) assert.equal((await call()).status, 200);
  interface Point {
    count?: string | number;
    attributes: { key: string; value: { stringValue?: string } }[];
  }
  interface Metric {
    name: string;
    unit: string;
    histogram?: { dataPoints: Point[] };
  }
  const read = () =>
    (
      JSON.parse(taken.at(-1)?.body.toString() ?? '{"resourceMetrics":[]}') as {
        resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[];
      }
    ).resourceMetrics.flatMap((r) => r.scopeMetrics.flatMap((s) => s.metrics));
  const duration = () => read().find(({ name }) => name === "http.server.request.duration");
  // Both workers' numbers are one.
  await until(() => Number(duration()?.histogram?.dataPoints[0]?.count) === 6);
  const point = duration()?.histogram?.dataPoints[0];
  const known = new Map(point?.attributes.map(({ key, value }) => [key, value.stringValue]));
  assert.deepEqual([known.get("http.route"), known.get("http.request.method")], ["/t/items/{id}", "GET"]);
  assert.equal(duration()?.unit, "s");
  assert.ok(read().some(({ name }) => name === "http.server.active_requests"));
  assert.equal(taken[0].headers["x-key"], "a b");
  assert.match(taken[0].body.toString(), /"stringValue":"edge"/);
  assert.ok(taken.every(({ path }) => path === "/v1/metrics"));
});

test("protobuf is what is sent when nothing else is said", async (t) => {
  const { endpoint, taken } = await collector(t);
  const { call } = await served(t, { endpoint, intervalMs: 100 });
  await call({ traceparent: `00-${TRACE}-${PARENT}-01` });
  await until(() => ["/v1/traces", "/v1/metrics"].every((path) => taken.some((one) => one.path === path)));
  assert.ok(taken.every(({ headers }) => headers["content-type"] === "application/x-protobuf"));
  const traces = taken.find(({ path }) => path === "/v1/traces");
  assert.ok(traces?.body.includes(Buffer.from(TRACE, "hex")));
  assert.ok(traces?.body.includes("GET /t/items/{id}"));
});

test("a collector that is not there costs no request", async (t) => {
  const { call } = await served(t, { endpoint: "http://127.0.0.1:9", intervalMs: 100 });
  for (let i = 0; i < 30; i++) assert.equal((await call()).status, 200);
});

test("settings that say nothing, or nonsense, are mistakes", async (t) => {
  const fails = (otlp: object) => assert.rejects(served(t, otlp, { env: {} }), /The configuration has mistakes/);
  await fails({});
  await fails({ endpoint: "ftp://x" });
  await fails({ endpoint: "http://user:password@x" });
  await fails({ endpoint: "http://x", samplingRatio: 2 });
  await fails({ endpoint: "http://x", protocol: "grpc" });
  await fails({ endpoint: "http://x", traces: false, metrics: false });
  await fails({ endpoint: "http://x", ratio: 1 });
});

test("what a reload says of egress holds for exporters, and for connections to backends that were kept", async (t) => {
  const { endpoint, taken } = await collector(t);
  const { backend, call, gateway, folder } = await served(t, { endpoint, logs: true, intervalMs: 100 });
  const signals = () => new Set(taken.map(({ path }) => path));
  const settings = await readFile(join(folder, "sallyport.yaml"), "utf8");
  const reload = async (more: string) => {
    await writeFile(join(folder, "sallyport.yaml"), settings + more);
    assert.ok((await gateway.reload()).program);
  };
  assert.equal((await call()).status, 200);
  await until(() => signals().size === 3);
  await reload("egress: { private: listed }\n");
  // What was on its way has arrived.
  await sleep(300);
  taken.length = 0;
  assert.equal((await call()).status, 500);
  await sleep(500);
  assert.deepEqual([...signals()], []);
  assert.equal(backend.requests.length, 1);
  await reload("");
  assert.equal((await call()).status, 200);
  await until(() => signals().size === 3);
});
