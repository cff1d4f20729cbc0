/**
 * Policies that look on while a WebSocket carries messages: what the backend says, message by message. Asked for by policies that run at
 * the handshake; where nobody asks, nothing is read.
 */
import type { Exchange } from "./exchange.ts";

/**
 * Is told of each text message of the backend, as UTF-8. What it answers ends the connection once the message has passed: the reason is
 * told to both ends (RFC 6455 section 7.4, code 1008).
 */
export type SocketWatch = (message: Buffer) => string | undefined | Promise<string | undefined>;

const watches = new WeakMap<Exchange, SocketWatch[]>();

export function watchSocket(x: Exchange, watch: SocketWatch): void {
  const known = watches.get(x);
  if (known === undefined) watches.set(x, [watch]);
  else known.push(watch);
}

/** Undefined when nobody looks on. */
export function socketWatchesOf(x: Exchange): readonly SocketWatch[] | undefined {
  return watches.get(x);
}
