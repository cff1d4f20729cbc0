/**
 * How many connections one caller may hold. Who has an IPv6 address has at least a network of 64 bits to choose others from (RFC 6177),
 * so that network counts as one caller. Memory is bounded by the connections that are open.
 */
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { parseIp } from "../base/ip-address.ts";

/** Those who connect too often are told of so often at most: the log must not do to the disk what they cannot do to the gateway. */
const TELL_EVERY_MS = 1_000;

/** As it is told; there is no answer. */
export const TOO_MANY = { status: 0, reason: "TooManyConnections" } as const;

export class AddressLimit {
  readonly #max: number;
  readonly #refused: (address: string) => void;
  readonly #open = new Map<string, number>();
  #toldAt = Number.NEGATIVE_INFINITY;

  /**
   * @param max connections at once; 0: no bound
   * @param refused is told of refusals, not of each
   */
  constructor(max: number, refused: (address: string) => void) {
    this.#max = max;
    this.#refused = refused;
  }

  /** Whether the caller may have this connection as well; it counts until it is closed. */
  admits(address: string, socket: Socket): boolean {
    if (this.#max === 0) return true;
    const caller = callerOf(address);
    const open = this.#open.get(caller) ?? 0;
    if (open >= this.#max) {
      this.#tell(address);
      return false;
    }
    this.#open.set(caller, open + 1);
    socket.once("close", () => this.#closed(caller));
    return true;
  }

  #closed(caller: string): void {
    const left = (this.#open.get(caller) ?? 1) - 1;
    if (left === 0) this.#open.delete(caller);
    else this.#open.set(caller, left);
  }

  #tell(address: string): void {
    const now = performance.now();
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#refused(address);
  }
}

function callerOf(address: string): string {
  const ip = address.includes(":") ? parseIp(address) : undefined;
  return ip?.family === 6 ? `${(ip.value >> 64n).toString(16)}::/64` : address;
}
