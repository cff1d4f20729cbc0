/** Security events at the services that take them: a collector of OpenTelemetry, and the Logs Ingestion API through Microsoft's client. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { gunzipSync } from "node:zlib";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { removeFolder, writeFolder } from "../support/api-folder.ts";
import { AUTHORITY, SERVER } from "../support/certificates.ts";

interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** Records what it is asked; answers with each status in turn, the last one from then on. */
function recorder(asked: Asked[], statuses: number[]) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
    asked.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    response.writeHead(status ?? 200, { "Content-Type": "application/json" }).end(status === 204 ? undefined : "{}");
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1_200 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(holds());
}

async function gatewayWith(securityEvents: object, more: object = {}, env: Record<string, string> = {}) {
  const folder = await writeFolder({
    serviceUrl: "http://127.0.0.1:9",
    settings: { securityEvents, admin: { port: 0 }, ...more },
  });
  const gateway: RunningGateway = await startGateway({ folder, watch: false, env });
  const call = () => fetch(`http://127.0.0.1:${gateway.addresses[0].port}/t/items/1`);
  return { gateway, call, close: () => gateway.stop().finally(() => removeFolder(folder)) };
}

const trusted = getCACertificates();
before(() => setDefaultCACertificates([...trusted, AUTHORITY]));
after(() => setDefaultCACertificates(trusted));

test("OpenTelemetry: events are log records; what a collector refuses is sent again", async (t) => {
  const asked: Asked[] = [];
  const collector = createHttpServer(recorder(asked, [400, 200])).listen(0, "127.0.0.1");
  await once(collector, "listening");
  t.after(() => collector.close());
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/logs`;
  const otlp = { endpoint, headers: { "x-collector-key": "env:COLLECTOR_KEY" }, serviceName: "edge" };
  const served = await gatewayWith({ otlp }, {}, { COLLECTOR_KEY: "collector-key" });
  t.after(served.close);
  await served.call();
  interface Logs {
    resourceLogs: {
      resource: { attributes: { key: string; value: { stringValue?: string } }[] };
      scopeLogs: {
        logRecords: {
          eventName?: string;
          severityText: string;
          body: { stringValue: string };
          attributes: { key: string; value: object }[];
        }[];
      }[];
    }[];
  }
  const records = () =>
    asked
      .slice(1)
      .flatMap(({ body }) => (body as Logs).resourceLogs.flatMap((r) => r.scopeLogs.flatMap((s) => s.logRecords)));
  await until(() => records().length >= 2);
  assert.equal(asked[0].headers["x-collector-key"], "collector-key");
  const { resource } = (asked[1].body as Logs).resourceLogs[0];
  assert.deepEqual(resource.attributes.find(({ key }) => key === "service.name")?.value, { stringValue: "edge" });
  const refusal = records().find(({ severityText }) => severityText === "WARN");
  assert.match(refusal?.body.stringValue ?? "", /^refusal: SubscriptionKeyNotFound: Access denied/);
  const attributes = new Map(refusal?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
  assert.deepEqual([attributes.get("apiId"), attributes.get("responseCode")], ["test", 401]);
  const start = records().find(({ severityText }) => severityText === "INFO");
  assert.match(start?.body.stringValue ?? "", /^configuration \w+ loaded: The gateway started/);
});

test("Azure Monitor: rows of the stream, by a token of the gateway's identity", async (t) => {
  const asked: Asked[] = [];
  const ingestion = createHttpsServer({ cert: SERVER.certificate, key: SERVER.key }, recorder(asked, [204])).listen(
    0,
    "127.0.0.1",
  );
  await once(ingestion, "listening");
  t.after(() => ingestion.close());
  // The managed identity of App Service. https://learn.microsoft.com/azure/app-service/overview-managed-identity
  const identity = createHttpServer((request, response) => {
    const resource = new URL(request.url ?? "", "http://x").searchParams.get("resource");
    const expires = Math.floor(Date.now() / 1000) + 3600;
    response.writeHead(200, { "Content-Type": "application/json" }).end(
      JSON.stringify({
        access_token: `token-for-${resource}`,
        expires_on: String(expires),
        resource,
        token_type: "Bearer",
      }),
    );
  }).listen(0, "127.0.0.1");
  await once(identity, "listening");
  t.after(() => identity.close());
  process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${(identity.address() as AddressInfo).port}/token`;
  process.env.IDENTITY_HEADER = "header";
  t.after(() => {
    delete process.env.IDENTITY_ENDPOINT;
    delete process.env.IDENTITY_HEADER;
  });
  const endpoint = `https://localhost:${(ingestion.address() as AddressInfo).port}`;
  const azureMonitor = { endpoint, ruleId: "dcr-1", streamName: "Custom-Sallyport_CL" };
  const served = await gatewayWith({ azureMonitor });
  t.after(served.close);
  await served.call();
  await until(() => asked.flatMap(({ body }) => body as object[]).length >= 2);
  const [{ path, headers }] = asked;
  assert.match(path, /^\/dataCollectionRules\/dcr-1\/streams\/Custom-Sallyport_CL\?api(-|%2D)version=/);
  assert.equal(headers.authorization, "Bearer token-for-https://monitor.azure.com");
  const rows = asked.flatMap(({ body }) => body as Record<string, unknown>[]);
  const refusal = rows.find((row) => row.Event === "refusal");
  assert.ok(Date.parse(String(refusal?.TimeGenerated)) > 0);
  assert.deepEqual([refusal?.Reason, refusal?.ApiId, refusal?.ResponseCode], ["SubscriptionKeyNotFound", "test", 401]);
});

test("a service that does not answer costs events, no requests, and the loss is counted when all is over", async (t) => {
  const served = await gatewayWith({ otlp: { endpoint: "http://127.0.0.1:9/v1/logs" }, stdout: false });
  t.after(served.close);
  for (let i = 0; i < 50; i++) assert.equal((await served.call()).status, 401);
});

test("settings that say nothing, or too much, are mistakes", async () => {
  const fails = (securityEvents: object) =>
    assert.rejects(gatewayWith(securityEvents), /The configuration has mistakes/);
  await fails({});
  await fails({ stdout: true, file: "x.log" });
  await fails({ otlp: { endpoint: "ftp://x" } });
  await fails({ azureMonitor: { endpoint: "http://x", ruleId: "r", streamName: "s" } });
  await fails({ files: "x" });
});
