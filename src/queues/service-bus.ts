/**
 * Messages to Azure Service Bus through Microsoft's own client, loaded when the first message is sent. Connections are kept and shared:
 * one for each namespace and identity, one sender for each queue or topic on it.
 * https://learn.microsoft.com/javascript/api/@azure/service-bus
 */
import type { Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { ServiceBusClient, ServiceBusSender } from "@azure/service-bus";
import { optionalPackage } from "../base/optional-package.ts";
import { amqpSocketClass } from "./amqp-socket.ts";

/** See src/kit/queues.ts. */
export interface Message {
  readonly namespace: string;
  readonly entity: string;
  readonly clientId: string | undefined;
  readonly id: string;
  readonly sessionId: string | undefined;
  readonly timeToLiveMs: number | undefined;
  readonly properties: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface ServiceBusOptions {
  /** Opens a connection past the egress rules. */
  readonly connect: (host: string, port: number, timeoutMs: number) => Promise<Duplex>;
  /** A token for a resource. Rejects with an Error whose message names what is missing. */
  readonly token: (resource: string, clientId: string | undefined) => Promise<string>;
  /** Makes the error that callers get. */
  readonly failure: (reason: string, message: string, cause?: unknown) => Error;
}

/** Namespaces that are not where their names say: `host:port` by namespace. */
export type Endpoints = ReadonlyMap<string, string>;

export const AMQPS_PORT = 5671;
const RESOURCE = "https://servicebus.azure.net";
const CONNECT_TIMEOUT_MS = 10_000;
const ATTEMPT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1_000;
const DEADLINE_MS = 30_000;
/** Expressions can make up namespaces and queues. */
const MAX_CONNECTIONS = 32;
const MAX_SENDERS = 64;
/** The broker is shown the token in force this often, less two minutes: tokens are renewed at least five minutes before their end. */
const TOKEN_MS = 5 * 60_000;
/** https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure and its Chinese twin. */
const AZURE = /^[a-z0-9][a-z0-9-]{0,62}\.servicebus\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/;

type Package = typeof import("@azure/service-bus");

interface Link {
  readonly client: ServiceBusClient;
  readonly senders: Map<string, ServiceBusSender>;
  /** Messages that wait for the broker. */
  waiting: number;
  /** Why the last connection could not be made. */
  failure: Error | undefined;
  /** Open connections: one, or two while the client changes from one to another. */
  readonly streams: Set<Duplex>;
  isClosed: boolean;
}

export class ServiceBus {
  readonly #options: ServiceBusOptions;
  readonly #links = new Map<string, Link>();
  #endpoints: Endpoints;

  constructor(endpoints: Endpoints, options: ServiceBusOptions) {
    this.#endpoints = endpoints;
    this.#options = options;
  }

  /** New settings come into force; connections that they move elsewhere are closed. */
  configure(endpoints: Endpoints): void {
    const before = this.#endpoints;
    this.#endpoints = endpoints;
    for (const [key, link] of this.#links) {
      const [namespace] = key.split("\0", 1);
      if (before.get(namespace) === endpoints.get(namespace)) continue;
      this.#links.delete(key);
      void close(link);
    }
  }

  /** See Queues in src/kit. */
  async send(message: Message, signal?: AbortSignal): Promise<void> {
    const { failure, token } = this.#options;
    const namespace = message.namespace.toLowerCase();
    if (!AZURE.test(namespace) && !this.#endpoints.has(namespace)) {
      const way = "give its address in serviceBus.endpoints";
      throw failure("NamespaceNotAllowed", `"${message.namespace}" is no namespace of Azure Service Bus: ${way}.`);
    }
    // First, and by itself: its own words say best what is wrong with an identity.
    await token(RESOURCE, message.clientId).catch((error: Error) => {
      throw failure("ManagedIdentityTokenUnavailable", error.message, error);
    });
    const library = await optionalPackage("@azure/service-bus", () => import("@azure/service-bus"));
    const link = this.#link(library, namespace, message.clientId);
    link.waiting++;
    try {
      await deliver(link, message, signal);
    } catch (error) {
      // What could not connect is begun anew by the next message: the client would go on waiting.
      if (link.failure !== undefined) this.#drop(link);
      throw this.#explained(last(error), link, namespace, message.entity);
    } finally {
      link.waiting--;
    }
  }

  async close(): Promise<void> {
    const links = [...this.#links.values()];
    this.#links.clear();
    await Promise.all(links.map(close));
  }

  #link(library: Package, namespace: string, clientId: string | undefined): Link {
    const key = `${namespace}\0${clientId ?? ""}`;
    const known = this.#links.get(key);
    // Used last, it is the last to go.
    this.#links.delete(key);
    const link = known ?? this.#open(library, namespace, clientId);
    if (this.#links.size >= MAX_CONNECTIONS) {
      const idle = [...this.#links].find(([, { waiting }]) => waiting === 0);
      if (idle === undefined) throw this.#options.failure("ServiceBusBusy", "Too many namespaces are in use at once.");
      this.#links.delete(idle[0]);
      void close(idle[1]);
    }
    this.#links.set(key, link);
    return link;
  }

  #drop(link: Link): void {
    for (const [key, known] of this.#links) if (known === link) this.#links.delete(key);
    void close(link);
  }

  #open(library: Package, namespace: string, clientId: string | undefined): Link {
    const { connect, token } = this.#options;
    const { host, port } = addressOf(this.#endpoints.get(namespace) ?? namespace);
    const opened = async (): Promise<Duplex> => {
      link.failure = undefined;
      const stream = await connect(host, port, CONNECT_TIMEOUT_MS);
      if (link.isClosed) stream.destroy();
      link.streams.add(stream);
      stream.once("close", () => link.streams.delete(stream));
      return stream;
    };
    const webSocket = amqpSocketClass(opened, (error) => {
      link.failure = error;
    });
    const credential = {
      getToken: async () => ({ token: await token(RESOURCE, clientId), expiresOnTimestamp: Date.now() + TOKEN_MS }),
    };
    const client = new library.ServiceBusClient(namespace, credential, {
      webSocketOptions: { webSocket },
      retryOptions: { maxRetries: 2, retryDelayInMs: 250, timeoutInMs: ATTEMPT_TIMEOUT_MS },
    });
    const link: Link = {
      client,
      senders: new Map(),
      waiting: 0,
      failure: undefined,
      streams: new Set(),
      isClosed: false,
    };
    return link;
  }

  /** In words an operator can act on. */
  #explained(error: Error & { readonly code?: string }, link: Link, namespace: string, entity: string): Error {
    const { failure } = this.#options;
    const denied = link.failure as (Error & { readonly failure?: string }) | undefined;
    if (denied?.failure === "denied") return failure("EgressDenied", denied.message, error);
    const place = `"${entity}" of ${namespace}`;
    switch (error.code) {
      case "UnauthorizedAccess": {
        const role = "it needs the role Azure Service Bus Data Sender";
        return failure(error.code, `The identity may not send to ${place}: ${role}. ${error.message}`, error);
      }
      case "MessagingEntityNotFound":
        return failure(error.code, `There is no queue or topic ${place}.`, error);
    }
    const why = link.failure?.message ?? error.message;
    const reason = error.code?.startsWith("E") === false ? error.code : "ServiceBusUnavailable";
    return failure(reason, `The message could not be sent to ${place}: ${why}`, error);
  }
}

/** The client gathers the errors of its attempts. */
function last(error: unknown): Error & { readonly code?: string } {
  return (error as Partial<AggregateError>).errors?.at(-1) ?? error;
}

/** Until the broker has settled it, or time is up. */
async function deliver(link: Link, message: Message, signal: AbortSignal | undefined): Promise<void> {
  const late = AbortSignal.timeout(DEADLINE_MS);
  const abortSignal = signal === undefined ? late : AbortSignal.any([late, signal]);
  const { id, sessionId, timeToLiveMs, properties, body } = message;
  await senderOf(link, message.entity).sendMessages(
    {
      // Anything but a Buffer would be sent as JSON.
      body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      messageId: id,
      ...(sessionId !== undefined && { sessionId }),
      ...(timeToLiveMs !== undefined && { timeToLive: timeToLiveMs }),
      applicationProperties: Object.fromEntries(properties),
    },
    { abortSignal },
  );
}

function senderOf({ client, senders, waiting }: Link, entity: string): ServiceBusSender {
  let sender = senders.get(entity);
  if (sender !== undefined) return sender;
  // Only when nothing is under way: a sender that closes takes its messages with it.
  if (senders.size >= MAX_SENDERS && waiting === 1) {
    for (const old of senders.values()) old.close().catch(() => {});
    senders.clear();
  }
  if (senders.size >= 2 * MAX_SENDERS) throw new Error("too many queues are in use at once");
  sender = client.createSender(entity);
  senders.set(entity, sender);
  return sender;
}

/** In good order; the client waits for ever for a broker that is gone. */
async function close(link: Link): Promise<void> {
  const late = setTimeout(CLOSE_TIMEOUT_MS, undefined, { ref: false });
  await Promise.race([link.client.close().catch(() => {}), late]);
  link.isClosed = true;
  for (const stream of link.streams) stream.destroy();
}

/** `host`, `host:port` or `[address]:port`. */
function addressOf(endpoint: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(`amqps://${endpoint}`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? AMQPS_PORT : Number(port) };
}
