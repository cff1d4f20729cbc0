/**
 * `npm run example:events`: a purchase order's way from a webhook to a queue. Starts an identity service, a vault, an ERP and a broker on
 * loopback, serves the configuration of `gateway/`, prints lines to paste, and shows what arrives in the queue.
 */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startGateway } from "../../src/main.ts";
import { Broker } from "./broker.ts";
import { purchaseOrderEvent, validationEvent } from "./events.ts";
import { Identities, startErp, startVault } from "./services.ts";
import { AUTHORITY, SERVER } from "../../test/support/certificates.ts";

const QUEUE = "purchase-orders";
const WEBHOOK = "http://127.0.0.1:8090/events/purchase-orders";

const started: (() => unknown)[] = [];

async function main(): Promise<void> {
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const [secret, topicKey] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
  const identities = new Identities(secret);
  const services = [
    await identities.listen(8091, SERVER),
    await startVault(8092, SERVER, identities, new Map([["event-topic-key", topicKey]])),
    await startErp(8093, SERVER, identities),
  ];
  for (const service of services) started.push(() => service.close());
  const accepts = (token: string) => token === identities.tokenFor("https://servicebus.azure.net");
  const broker = new Broker({ queues: [QUEUE], ...SERVER, accepts });
  await broker.listen(5671);
  started.push(() => broker.close());
  process.env.EVENTS_APP_SECRET = secret;
  process.env.EVENTS_AUTHORITY = AUTHORITY;
  const gateway = await startGateway({ folder: fileURLToPath(new URL("gateway", import.meta.url)) });
  started.push(() => gateway.stop());
  console.log(lines(topicKey));
  for (;;) {
    const { id, properties, body } = await broker.next(QUEUE);
    console.log(`\nIn the queue ${QUEUE}: ${id} ${JSON.stringify(properties)}\n${body}\n`);
  }
}

function lines(key: string): string {
  const event = JSON.stringify(purchaseOrderEvent("831e1650-001e-001b-66ab-eeb76e069631"));
  return `
Business events come in at ${WEBHOOK}. In another terminal, first:

  export KEY=${key}

Then:

  # 200: Event Grid asks whether its events are wanted here.
  curl -i ${WEBHOOK} -H "aeg-sas-key: $KEY" -H 'Content-Type: application/json' -d '${JSON.stringify(validationEvent("512d38b6"))}'

  # 200: the same in the way of CloudEvents.
  curl -i -X OPTIONS ${WEBHOOK} -H 'WebHook-Request-Origin: eventgrid.azure.net'

  # 401: who does not know the key of the topic tells us nothing.
  curl -i ${WEBHOOK} -H 'Content-Type: application/json' -d '${event}'

  # 202: a confirmed purchase order. What arrives in the queue is shown here.
  curl -i ${WEBHOOK} -H "aeg-sas-key: $KEY" -H 'Content-Type: application/json' -d '${event}'
`;
}

async function stop(): Promise<void> {
  for (const end of started.reverse()) await end();
  process.exit();
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
  return stop();
});
