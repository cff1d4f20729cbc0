/**
 * A message broker that speaks AMQP 1.0 as Azure Service Bus does: TLS, tokens by claims-based security ($cbs), queues in memory.
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide
 */
import type { AddressInfo } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import rhea, { type Connection, type ConnectionOptions, type EventContext, type Message, type Sender } from "rhea";

export interface QueuedMessage {
  readonly id: string;
  readonly sessionId: string | undefined;
  /** Milliseconds. */
  readonly timeToLive: number | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface BrokerOptions {
  /** Queues that there are. */
  readonly queues: readonly string[];
  readonly certificate: string;
  readonly key: string;
  /** Whether who holds this token may send. */
  readonly accepts: (token: string) => boolean;
}

export class Broker {
  readonly #queues: Map<string, QueuedMessage[]>;
  readonly #accepts: BrokerOptions["accepts"];
  readonly #container = rhea.create_container({ id: "broker" });
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();
  /** Those that have shown a token. */
  readonly #admitted = new WeakSet<Connection>();
  readonly #waiting: { readonly queue: string; readonly take: (message: QueuedMessage) => void }[] = [];
  /** Connections made so far. */
  connections = 0;
  /** `silent`: messages get no answer; `full`: they are refused. */
  mood: "well" | "silent" | "full" = "well";

  constructor({ queues, certificate, key, accepts }: BrokerOptions) {
    this.#queues = new Map(queues.map((name) => [name, []]));
    this.#accepts = accepts;
    this.#container.on("receiver_open", (context: EventContext) => this.#open(context));
    this.#container.on("sender_open", ({ sender }: EventContext) => sender?.set_source(sender.source));
    this.#container.on("message", (context: EventContext) => this.#receive(context));
    // Who lets go without a word is no reason to end.
    for (const what of ["connection_error", "session_error", "receiver_error", "sender_error", "disconnected", "error"])
      this.#container.on(what, () => {});
    this.#server = createServer({ cert: certificate, key }, (socket) => this.#connect(socket));
    this.#server.on("tlsClientError", () => {});
  }

  /** @param port 0: a free one; resolves with the port */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Messages that wait in a queue. */
  held(queue: string): readonly QueuedMessage[] {
    return this.#queues.get(queue) ?? [];
  }

  /** Takes the next message of a queue, when there is one. */
  next(queue: string): Promise<QueuedMessage> {
    const message = this.#queues.get(queue)?.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((take) => this.#waiting.push({ queue, take }));
  }

  close(): Promise<void> {
    // Not destroyed: AMQP's timers end with the end of a connection.
    for (const socket of this.#sockets) socket.end();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #connect(socket: TLSSocket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // Messages are settled one by one, in #receive; nothing of this connects anywhere.
    const options = { reconnect: false, receiver_options: { autoaccept: false } } as unknown as ConnectionOptions;
    this.#container.create_connection(options).accept(socket);
  }

  #open({ receiver, connection }: EventContext): void {
    const address = receiver?.target?.address ?? "";
    receiver?.set_target({ address });
    if (address === "$cbs") return;
    if (!this.#admitted.has(connection))
      receiver?.close({ condition: "amqp:unauthorized-access", description: "The claim 'Send' is required." });
    else if (!this.#queues.has(address)) {
      const description = `The messaging entity '${address}' could not be found.`;
      receiver?.close({ condition: "amqp:not-found", description });
    }
  }

  #receive({ message, receiver, delivery, connection }: EventContext): void {
    const address = receiver?.target?.address ?? "";
    if (message === undefined) return;
    if (address === "$cbs") {
      const isGood = this.#accepts(textOf(message.body));
      if (isGood) this.#admitted.add(connection);
      delivery?.accept();
      answerToken(connection, message, isGood);
    } else if (this.mood === "full") {
      delivery?.reject({ condition: "amqp:resource-limit-exceeded", description: "The queue is full." });
    } else if (this.mood === "well") {
      this.#keep(address, {
        id: String(message.message_id),
        sessionId: message.group_id,
        timeToLive: message.ttl,
        properties: message.application_properties ?? {},
        body: textOf(message.body),
      });
      delivery?.accept();
    }
  }

  #keep(queue: string, message: QueuedMessage): void {
    const index = this.#waiting.findIndex((waiter) => waiter.queue === queue);
    if (index === -1) this.#queues.get(queue)?.push(message);
    else this.#waiting.splice(index, 1)[0].take(message);
  }
}

/** https://docs.oasis-open.org/amqp/amqp-cbs/v1.0/amqp-cbs-v1.0.html */
function answerToken(connection: Connection, request: Message, isGood: boolean): void {
  const status = isGood ? [202, "Accepted"] : [401, "The token is not of this tenant."];
  const sender: Sender | undefined = connection.find_sender((link: Sender) => link.source?.address === "$cbs");
  sender?.send({
    correlation_id: request.message_id,
    to: request.reply_to,
    application_properties: { "status-code": status[0], "status-description": status[1] },
    body: "",
  });
}

/** Data sections and plain values. */
function textOf(body: unknown): string {
  const content = (body as { content?: unknown } | undefined)?.content ?? body;
  return Buffer.isBuffer(content) ? content.toString("utf8") : String(content);
}
