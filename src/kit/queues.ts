/** Message queues as policies use them; implemented in src/queues. */

/** A message for a queue or topic of Azure Service Bus. */
export interface QueueMessage {
  /** Host name of the Service Bus namespace. */
  readonly namespace: string;
  /** Name of the queue or topic. */
  readonly entity: string;
  /** Of a user-assigned identity; undefined: the system-assigned one. */
  readonly clientId: string | undefined;
  readonly id: string;
  readonly sessionId: string | undefined;
  readonly timeToLiveMs: number | undefined;
  /** Application properties. */
  readonly properties: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** Why a message was not sent. `message` has no secrets. */
export class QueueError extends Error {
  /** Reason code for LastError. */
  readonly reason: string;

  constructor(reason: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "QueueError";
    this.reason = reason;
  }
}

export interface Queues {
  /** Resolves when the broker has taken the message over. Rejects with QueueError that names what is missing. */
  send(message: QueueMessage, signal?: AbortSignal): Promise<void>;
}

/** Where nobody configured any: documents checked alone, tests. */
export const NO_QUEUES: Queues = {
  send: () => Promise.reject(new QueueError("ServiceBusUnavailable", "There is no message queue here.")),
};
