/** Through Microsoft's client, over TLS, to a real broker. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Broker } from "../../examples/business-events/broker.ts";
import { AUTHORITY, SERVER } from "../support/certificates.ts";
import { Egress } from "../../src/http/egress.ts";
import { openTls } from "../../src/http/egress-tls.ts";
import { trustAuthorities } from "../../src/secrets/trust.ts";
import { ServiceBus } from "../../src/queues/service-bus.ts";

const NAMESPACE = "contoso.servicebus.windows.net";
const QUEUES = ["orders", "events", ...Array.from({ length: 70 }, (_, i) => `q${i}`)];
const MESSAGE = {
  namespace: NAMESPACE,
  entity: "orders",
  clientId: undefined,
  id: "0f8fad5b-d9cb-469f-a165-70867728950e",
  sessionId: undefined,
  timeToLiveMs: undefined,
  properties: new Map<string, string>(),
  body: new TextEncoder().encode("<x/>"),
};

function newBroker(): Broker {
  const { certificate, key } = SERVER;
  return new Broker({ queues: QUEUES, certificate, key, accepts: (token) => token === "token-1" });
}

let broker: Broker;
let port: number;
let token: () => Promise<string>;

before(() => trustAuthorities(AUTHORITY));
after(() => trustAuthorities(undefined));
beforeEach(async () => {
  broker = newBroker();
  port = await broker.listen(0);
  token = async () => "token-1";
});

async function using<T>(
  use: (bus: ServiceBus, why: (message: object) => Promise<string[]>) => Promise<T>,
  egress: Partial<Egress["rules"]> = { allow: ["127.0.0.1"] },
): Promise<T> {
  const fence = new Egress({ allow: [], private: "listed", public: "any", ...egress });
  const bus = new ServiceBus(new Map([[NAMESPACE, `localhost:${port}`]]), {
    connect: (host, at, timeoutMs) => openTls(fence, { scheme: "amqps", host, port: at, timeoutMs }),
    token: () => token(),
    failure: (reason, message) => Object.assign(new Error(message), { reason }),
  });
  const why = async (more: object) => {
    try {
      await bus.send({ ...MESSAGE, ...more });
      return ["sent", ""];
    } catch (error) {
      return [(error as { reason: string }).reason, (error as Error).message];
    }
  };
  try {
    return await use(bus, why);
  } finally {
    await bus.close();
    await broker.close();
  }
}

test("bytes, ids and properties arrive; one connection for all messages of an identity", async () => {
  await using(async (bus) => {
    const properties = new Map([["Customer", "Contoso"]]);
    await bus.send({ ...MESSAGE, namespace: NAMESPACE.toUpperCase(), sessionId: "s", timeToLiveMs: 5_000, properties });
    await Promise.all(QUEUES.map((entity) => bus.send({ ...MESSAGE, entity })));
    assert.deepEqual(broker.held("orders")[0], {
      id: MESSAGE.id,
      sessionId: "s",
      timeToLive: 5_000,
      properties: { Customer: "Contoso" },
      body: "<x/>",
    });
    assert.equal(broker.held("q69").length, 1);
    // More queues than senders are kept: those from before were closed, and are opened again.
    await bus.send({ ...MESSAGE, entity: "q0" });
    assert.equal(broker.connections, 1);
    await bus.send({ ...MESSAGE, clientId: "another" });
    assert.equal(broker.connections, 2);
  });
});

test("what is missing is named", async () => {
  await using(async (_, why) => {
    assert.deepEqual(await why({ entity: "other" }), [
      "MessagingEntityNotFound",
      `There is no queue or topic "other" of ${NAMESPACE}.`,
    ]);
    broker.mood = "full";
    assert.deepEqual(await why({}), [
      "QuotaExceeded",
      `The message could not be sent to "orders" of ${NAMESPACE}: The queue is full.`,
    ]);
    assert.match(
      (await why({ namespace: "bus.example" }))[1],
      /"bus\.example" is no namespace of .*serviceBus\.endpoints/,
    );
    assert.equal((await why({ namespace: "x.servicebus.windows.net.example" }))[0], "NamespaceNotAllowed");
    token = () => Promise.reject(new Error("the app registration's secret expired"));
    assert.deepEqual(await why({}), ["ManagedIdentityTokenUnavailable", "the app registration's secret expired"]);
    token = async () => "token-2";
    const [reason, message] = await why({ clientId: "another" });
    assert.equal(reason, "UnauthorizedAccess");
    assert.match(message, /needs the role Azure Service Bus Data Sender\. The token is not of this tenant/);
  });
});

test("connections keep the egress rules, and trust no stranger", async () => {
  await using(
    async (_, why) => {
      const [reason, message] = await why({});
      assert.equal(reason, "EgressDenied");
      assert.match(message, /do not allow calls to amqps:\/\/localhost:\d+, a private address/);
      assert.equal(broker.connections, 0);
    },
    { allow: [] },
  );
});

test("a certificate of nobody known is refused", async () => {
  trustAuthorities(undefined);
  try {
    await using(async (_, why) => {
      const [reason, message] = await why({});
      assert.equal(reason, "ServiceBusUnavailable");
      assert.match(message, /No connection to localhost:\d+: .*(certificate|issuer)/);
    });
  } finally {
    trustAuthorities(AUTHORITY);
  }
});

test("a broker that goes is missed at once, and found when it is back; so is one that has moved", async () => {
  await using(async (bus, why) => {
    await bus.send(MESSAGE);
    await broker.close();
    assert.match((await why({}))[1], /No connection to localhost/);
    broker = newBroker();
    await broker.listen(port);
    await bus.send(MESSAGE);
    assert.equal(broker.held("orders").length, 1);
    const other = newBroker();
    const moved = await other.listen(0);
    bus.configure(new Map([[NAMESPACE, `localhost:${moved}`]]));
    await bus.send(MESSAGE);
    assert.equal(other.held("orders").length, 1);
    await other.close();
  });
});

test("who gives up does not wait for a broker that is silent", async () => {
  await using(async (bus) => {
    broker.mood = "silent";
    const giveUp = new AbortController();
    const sending = bus.send(MESSAGE, giveUp.signal);
    setTimeout(() => giveUp.abort(), 300);
    await assert.rejects(sending, /could not be sent to "orders"/);
    assert.equal(broker.held("orders").length, 0);
  });
});
