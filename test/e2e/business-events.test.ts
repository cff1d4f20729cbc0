/** The business-events example, whole: Event Grid's webhook, the vault, the ERP, the queue; and an app registration that expires. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Broker } from "../../examples/business-events/broker.ts";
import { purchaseOrderEvent, validationEvent } from "../../examples/business-events/events.ts";
import { Identities, startErp, startVault } from "../../examples/business-events/services.ts";
import { AUTHORITY, SERVER } from "../support/certificates.ts";
import { startSallyport } from "../support/cli.ts";

const GATEWAY = fileURLToPath(new URL("../../examples/business-events/gateway", import.meta.url));
const KEY = "topic-key-of-the-test";
const ID = "831e1650-001e-001b-66ab-eeb76e069631";

/** The example's configuration, with the ports that the services of this test got. */
async function configured(t: TestContext, ports: ReadonlyMap<string, number>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-events-"));
  t.after(() => rm(folder, { recursive: true }));
  await cp(GATEWAY, folder, { recursive: true });
  for (const file of ["sallyport.yaml", "named values/erp-url/namedValueInformation.json"]) {
    let text = await readFile(join(folder, file), "utf8");
    for (const [written, port] of ports) text = text.replaceAll(written, `localhost:${port}`);
    text = text.replace("port: 8090", "port: 0").replace("expires: 2099-12-31", "expires: 2026-01-31");
    await writeFile(join(folder, file), text);
  }
  return folder;
}

async function running(t: TestContext, workers: string) {
  const identities = new Identities("app-secret-1");
  const vault = await startVault(0, SERVER, identities, new Map([["event-topic-key", KEY]]));
  const [issuer, erp] = [await identities.listen(0, SERVER), await startErp(0, SERVER, identities)];
  const accepts = (token: string) => token === identities.tokenFor("https://servicebus.azure.net");
  const broker = new Broker({ queues: ["purchase-orders"], ...SERVER, accepts });
  const brokerPort = await broker.listen(0);
  t.after(async () => {
    for (const service of [vault, issuer, erp]) service.close();
    await broker.close();
  });
  const ports = new Map([
    ["localhost:8091", issuer.port],
    ["localhost:8092", vault.port],
    ["localhost:8093", erp.port],
    ["localhost:5671", brokerPort],
  ]);
  const folder = await configured(t, ports);
  const env = { EVENTS_APP_SECRET: "app-secret-1", EVENTS_AUTHORITY: AUTHORITY };
  const gateway = startSallyport(t, ["run", folder, "--workers", workers], { env });
  const [, origin] = await gateway.said(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  const post = (events: object[], headers: Record<string, string> = { "aeg-sas-key": KEY }) =>
    fetch(`${origin}/events/purchase-orders`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(events),
    });
  const stop = async () => {
    gateway.process.kill("SIGTERM");
    return (await gateway.ended).out;
  };
  return { identities, broker, origin, post, stop };
}

for (const workers of ["1", "2"]) {
  test(`an order's way from the webhook to the queue, threads: ${workers}`, async (t) => {
    const { broker, origin, post, stop } = await running(t, workers);

    const validated = await post(validationEvent("512d38b6"));
    assert.deepEqual([validated.status, await validated.json()], [200, { validationResponse: "512d38b6" }]);
    const ask = (from: string) =>
      fetch(`${origin}/events/purchase-orders`, { method: "OPTIONS", headers: { "WebHook-Request-Origin": from } });
    const allowed = await ask("eventgrid.azure.net");
    assert.deepEqual([allowed.status, allowed.headers.get("webhook-allowed-origin")], [200, "eventgrid.azure.net"]);
    assert.equal((await ask("evil.example")).status, 403);

    assert.equal((await post(purchaseOrderEvent(ID), {})).status, 401);
    assert.equal((await post(purchaseOrderEvent(ID), { "aeg-sas-key": "guessed" })).status, 401);
    assert.equal((await post([])).status, 400);
    assert.equal((await post(purchaseOrderEvent(ID, "00000099"))).status, 502);
    assert.equal((await post(purchaseOrderEvent(ID, "00000042')?x=('"))).status, 502);
    // Slashes in a key would be another path to some: the gateway sends no such request.
    assert.equal((await post(purchaseOrderEvent(ID, "0'/../x"))).status, 500);
    assert.equal(broker.held("purchase-orders").length, 0);

    const answers = await Promise.all(Array.from({ length: 10 }, () => post(purchaseOrderEvent(ID))));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    // Settled before the caller was answered.
    assert.equal(broker.held("purchase-orders").length, 10);
    const { body, ...message } = await broker.next("purchase-orders");
    assert.deepEqual(message, {
      id: ID,
      sessionId: undefined,
      timeToLive: 86_400_000,
      properties: { LegalEntity: "USMF", ContentType: "application/xml" },
    });
    assert.match(body, /^<PurchaseOrder number="00000042" company="USMF">/);
    for (const part of [
      '<Vendor account="US-101">Fabrikam Kitchens &amp; Co</Vendor>',
      '<Amount currency="USD">1234.5</Amount>',
      "<DeliveryDate>2026-12-01</DeliveryDate>",
    ])
      assert.ok(body.includes(part), body);
    assert.ok(broker.connections <= Number(workers), `${broker.connections} connections`);
    const log = await stop();
    for (const secret of [KEY, "app-secret-1"]) assert.ok(!log.includes(secret));
  });
}

test("an app registration whose secret has expired is named in the log, with its day", async (t) => {
  const { identities, broker, post, stop } = await running(t, "1");
  identities.isExpired = true;
  assert.equal((await post(purchaseOrderEvent(ID))).status, 500);
  assert.equal(broker.held("purchase-orders").length, 0);
  const log = await stop();
  assert.match(log, /The app registration's secret \(5f3f8f5c-[^)]*\) expired on 2026-01-31: make a new one\./);
  assert.ok(!log.includes("app-secret-1"));
});
