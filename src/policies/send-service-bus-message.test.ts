import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, type RunOptions, run } from "../../test/support/run-policy.ts";
import { QueueError, type QueueMessage } from "../kit/queues.ts";
import { defaultSettings } from "../resources/empty-snapshot.ts";

const NAMESPACE = 'namespace="contoso.servicebus.windows.net"';
const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

async function sent(policy: string, options: RunOptions = {}, failure?: Error) {
  const world = bench();
  const messages: QueueMessage[] = [];
  const queues = {
    send: async (message: QueueMessage) => {
      if (failure !== undefined) throw failure;
      messages.push(message);
    },
  };
  try {
    const ran = await run(policy, { ...options, bench: { ...world, services: { ...world.services, queues } } });
    return { ...ran, messages };
  } finally {
    await world.close();
  }
}

test("queue, identity, properties and payload by expressions", async () => {
  const { messages, status } = await sent(
    `<send-service-bus-message queue-name="@("or" + "ders")" ${NAMESPACE} client-id="@("c" + 1)"
        message-id="${ID}" session-id="@("${ID}")" time-to-live="1.00:10:00.5">
       <message-properties>
         <message-property name="Customer">Contoso</message-property>
         <message-property name="Method">@(context.Request.Method)</message-property>
       </message-properties>
       <payload>@("<order n='" + (1 + 1) + "'/>")</payload>
     </send-service-bus-message>`,
  );
  assert.equal(status, 200);
  const [{ body, properties, ...message }] = messages;
  assert.deepEqual(message, {
    namespace: "contoso.servicebus.windows.net",
    entity: "orders",
    clientId: "c1",
    id: ID,
    sessionId: ID,
    timeToLiveMs: 87_000_500,
  });
  assert.equal(Buffer.from(body).toString(), "<order n='2'/>");
  assert.deepEqual(
    [...properties],
    [
      ["Customer", "Contoso"],
      ["Method", "POST"],
    ],
  );
});

test("a topic of the namespace of the settings; bytes; each message has an id of its own", async () => {
  const settings = { ...defaultSettings(), serviceBus: { namespace: "usual.example", endpoints: new Map() } };
  const policy = `<send-service-bus-message topic-name="t"><payload>@(new byte[] { 0, 255 })</payload></send-service-bus-message>`;
  const { messages } = await sent(policy + policy, { snapshot: { settings } });
  assert.deepEqual(
    messages.map(({ namespace, entity, clientId, sessionId, timeToLiveMs, body }) => [
      ...[namespace, entity, clientId, sessionId, timeToLiveMs],
      [...body],
    ]),
    Array.from({ length: 2 }, () => ["usual.example", "t", undefined, undefined, undefined, [0, 255]]),
  );
  assert.equal(new Set(messages.map(({ id }) => id)).size, 2);
});

const FULL = new QueueError("QuotaExceeded", "The queue is full.");
const told = `<set-variable name="told" value="@(((JObject)context.Variables["r"]).ToString(Newtonsoft.Json.Formatting.None))" />`;
const policyWith = (more: string) =>
  `<send-service-bus-message queue-name="q" ${NAMESPACE} ${more}><payload>x</payload></send-service-bus-message>`;

test("a failure leads to on-error with its reason, unless it is ignored", async () => {
  const { status, lastError } = await sent(policyWith(""), {}, FULL);
  assert.deepEqual([status, lastError?.reason, lastError?.message], [500, "QuotaExceeded", "The queue is full."]);
  const ignored = await sent(policyWith('ignore-error="true" response-variable-name="r"') + told, {}, FULL);
  assert.equal(ignored.status, 200);
  assert.equal(
    ignored.exchange.variables.get("told"),
    '{"Error":{"Reason":"QuotaExceeded","Message":"The queue is full."}}',
  );
});

test("what was sent is told", async () => {
  const more = `message-id="${ID}" time-to-live="00:00:05" response-variable-name="r"`;
  const { exchange } = await sent(policyWith(more) + told);
  assert.equal(exchange.variables.get("told"), `{"MessageId":"${ID}","SessionId":null,"TimeToLive":"00:00:05"}`);
});

test("a wrong message is a fault even when failures are ignored", async () => {
  for (const attribute of [
    'message-id="@(context.Api.Id)"',
    'session-id="@(context.Api.Id)"',
    'time-to-live="@(context.Api.Id)"',
  ])
    for (const more of ["", 'ignore-error="true"']) {
      const { lastError, messages } = await sent(policyWith(`${attribute} ${more}`));
      assert.deepEqual([lastError?.reason, messages.length], ["InvalidMessage", 0], attribute);
    }
  const empty = `<send-service-bus-message queue-name="@("")" ${NAMESPACE}><payload>x</payload></send-service-bus-message>`;
  assert.match(
    (await sent(empty)).lastError?.message ?? "",
    /attribute queue-name of send-service-bus-message is empty/,
  );
});

test("mistakes at load", () => {
  const said = (attributes: string, content = "<payload>x</payload>") =>
    check(`<send-service-bus-message ${attributes}>${content}</send-service-bus-message>`).map((d) => d.message);
  const either = "<send-service-bus-message> needs either queue-name or topic-name";
  assert.deepEqual(said(NAMESPACE), [either]);
  assert.deepEqual(said(`queue-name="q" topic-name="t" ${NAMESPACE}`), [either]);
  assert.deepEqual(said('queue-name="q"'), ["<send-service-bus-message> needs the attribute namespace"]);
  assert.deepEqual(said(`queue-name="q" ${NAMESPACE} message-id="1"`), ['message-id="1" is no GUID']);
  assert.deepEqual(said(`queue-name="q" ${NAMESPACE} time-to-live="10"`), [
    'time-to-live="10" is no TimeSpan, such as 00:10:00',
  ]);
  assert.equal(said(`queue-name="q" ${NAMESPACE}`, "").length, 1);
  const options = { section: "backend" as const };
  assert.equal(check(policyWith(""), options).filter((d) => d.severity === "error").length, 1);
});
