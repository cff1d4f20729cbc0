/** /metrics of a whole gateway, by one thread and by several: what is counted, by which labels, and what the example alerts rely on. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { CLIENT } from "../support/certificates.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

const API = `<policies><inbound><base />
  <emit-metric name="Tokens Used" namespace="ai" value="@(7)"><dimension name="API ID" />
    <dimension name="Model" value='@(context.Request.Headers.GetValueOrDefault("X-Model", "none"))' /></emit-metric>
</inbound></policies>`;

let backend: RecordingBackend;
before(async () => {
  backend = await RecordingBackend.start();
});
after(() => backend.close());

interface Served {
  readonly gateway: RunningGateway;
  readonly folder: string;
  call(path: string, headers?: Record<string, string>): Promise<number>;
  /** The page of metrics. */
  metrics(): Promise<string>;
  status(): Promise<{ readonly certificates: readonly object[] }>;
  close(): Promise<void>;
}

async function serve(workers: number): Promise<Served> {
  const folder = await writeFolder({
    serviceUrl: backend.url,
    policies: { api: API },
    settings: { admin: { port: 0 }, certificates: { c: { certificate: "c.crt" } } },
  });
  await writeFile(join(folder, "c.crt"), CLIENT.certificate);
  const gateway = await startGateway({ folder, watch: false, workers });
  const port = (name: string) => gateway.addresses.find((a) => a.name === name)?.port;
  return {
    gateway,
    folder,
    call: async (path, headers = { "Ocp-Apim-Subscription-Key": KEY }) => {
      const response = await fetch(`http://127.0.0.1:${port("test")}${path}`, {
        headers: { ...headers, Connection: "close" },
      });
      await response.arrayBuffer();
      return response.status;
    },
    metrics: async () => {
      const response = await fetch(`http://127.0.0.1:${port("admin")}/metrics`);
      assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
      return response.text();
    },
    status: async () =>
      (await fetch(`http://127.0.0.1:${port("admin")}/status`)).json() as ReturnType<Served["status"]>,
    close: async () => {
      await gateway.stop();
      await removeFolder(folder);
    },
  };
}

/** Values by name and labels as they stand in the text. */
function values(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

for (const workers of [1, 2]) {
  test(`what ${workers === 1 ? "one thread serves" : "two threads serve"} is counted`, async (t) => {
    const served = await serve(workers);
    t.after(() => served.close());
    for (let i = 0; i < 6; i++) assert.equal(await served.call(`/t/items/${i}`), 200);
    assert.equal(await served.call("/t/items/1", {}), 401);
    for (let i = 0; i < 3; i++) assert.equal(await served.call(`/nowhere/${i}`), 404);
    const found = values(await served.metrics());
    const ok = 'api="test",operation="item"';
    assert.equal(found.get(`sallyport_requests_total{${ok},code="2xx"}`), 6);
    assert.equal(found.get(`sallyport_requests_total{${ok},code="4xx"}`), 1);
    assert.equal(found.get('sallyport_requests_total{api="",operation="",code="4xx"}'), 3);
    assert.equal(found.get(`sallyport_request_duration_seconds_count{${ok}}`), 7);
    assert.equal(found.get(`sallyport_request_duration_seconds_bucket{${ok},le="+Inf"}`), 7);
    assert.ok((found.get(`sallyport_request_duration_seconds_sum{${ok}}`) ?? 0) > 0);
    assert.equal(found.get(`sallyport_backend_duration_seconds_count{${ok}}`), 6);
    const missing = 'api="test",source="authorization",reason="SubscriptionKeyNotFound"';
    assert.equal(found.get(`sallyport_refusals_total{${missing}}`), 1);
    assert.equal(found.get("sallyport_requests_in_flight"), 0);
    assert.equal(found.get("sallyport_workers"), workers);
    assert.equal(found.get('sallyport_custom_tokens_used_sum{namespace="ai",api_id="test",model="none"}'), 42);
    assert.equal(found.get('sallyport_configuration_loads_total{result="accepted"}'), 1);
    const expiry = [...found].find(([name]) =>
      name.startsWith('sallyport_expiry_timestamp_seconds{kind="certificate"'),
    );
    assert.ok((expiry?.[1] ?? 0) > 1_700_000_000, "a certificate of the configuration is watched");
    const { certificates } = await served.status();
    const endsAt = new X509Certificate(CLIENT.certificate).validToDate;
    assert.deepEqual(certificates, [
      {
        name: "c",
        expiresOn: endsAt.toISOString(),
        daysLeft: Math.floor((endsAt.getTime() - Date.now()) / 86_400_000),
      },
    ]);
    assert.equal((expiry?.[1] ?? 0) * 1_000, endsAt.getTime());
  });
}

test("failures of backends, by reason; reloads, accepted and refused", async (t) => {
  const served = await serve(1);
  t.after(() => served.close());
  backend.script([{ drop: true }]);
  assert.equal(await served.call("/t/items/1"), 500);
  backend.script([{}]);
  await writeFile(join(served.folder, "sallyport.yaml"), "listeners: 7");
  await served.gateway.reload();
  const found = values(await served.metrics());
  assert.equal(found.get('sallyport_upstream_failures_total{api="test",reason="BackendConnectionFailure"}'), 1);
  assert.equal(found.get('sallyport_configuration_loads_total{result="refused"}'), 1);
});

test("O4: neither paths, keys nor headers of callers make series without bound", async (t) => {
  const served = await serve(1);
  t.after(() => served.close());
  const text = async (from: number, to: number) => {
    for (let i = from; i < to; i += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => {
          const headers = {
            "Ocp-Apim-Subscription-Key": n % 2 === 0 ? KEY : `guess-${i}-${n}`,
            "X-Model": `m${i + n}`,
          };
          return served.call(n % 3 === 0 ? `/none/${i}/${n}` : `/t/items/${i}-${n}`, headers);
        }),
      );
    return served.metrics();
  };
  const early = await text(0, 500);
  const late = await text(500, 3_000);
  const own = (page: string) =>
    page.split("\n").filter((line) => line.startsWith("sallyport_") && !line.includes("custom"));
  assert.deepEqual(own(late).length, own(early).length);
  const custom = late.split("\n").filter((line) => line.startsWith("sallyport_custom_tokens_used_count"));
  assert.ok(custom.length <= 1_001, `${custom.length} series of a custom metric`);
  assert.doesNotMatch(late, /guess-|0123456789abcdef/);
});

test("every metric that an example alert names is there", async (t) => {
  const rules = parse(readFileSync(join(import.meta.dirname, "../../examples/observability/alerts.yaml"), "utf8"));
  const expressions: string[] = rules.groups.flatMap((g: { rules: { expr: string }[] }) => g.rules.map((r) => r.expr));
  const named = new Set(expressions.flatMap((e) => e.match(/\b(?:sallyport|process)_[a-z_]+/g) ?? []));
  assert.ok(named.size >= 10);
  const served = await serve(1);
  t.after(() => served.close());
  await served.call("/t/items/1", {});
  backend.script([{}, { drop: true }]);
  await served.call("/t/items/1");
  await served.call("/t/items/1");
  backend.script([{ delayMs: 2_000 }, {}]);
  const port = served.gateway.addresses[0].port;
  const gone = fetch(`http://127.0.0.1:${port}/t/items/1`, {
    headers: { "Ocp-Apim-Subscription-Key": KEY },
    signal: AbortSignal.timeout(300),
  });
  await assert.rejects(gone);
  let found = new Set<string>();
  for (let i = 0; i < 40 && !found.has("sallyport_client_disconnects_total"); i++) {
    found = new Set([...values(await served.metrics()).keys()].map((name) => name.replace(/\{.*/, "")));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual([...named].filter((name) => !found.has(name)).sort(), []);
});
