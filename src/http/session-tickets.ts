/**
 * Keys of TLS session tickets (RFC 5077, RFC 8446 section 4.6.1). All threads of a process make the same ones from one secret, so that a
 * session begun on one is taken up again on another, and make new ones every day: a key that is lost opens one day's sessions, no more.
 */
import { hkdfSync } from "node:crypto";
import type { Server } from "node:tls";

const DAY_MS = 86_400_000;
/** What Node wants: name, key and HMAC key of 16 octets each. */
const KEYS_LENGTH = 48;

export class SessionTickets {
  readonly #secret: Uint8Array;
  readonly #now: () => number;
  #day = -1;

  /** @param secret at least 32 octets, from a good source, never stored */
  constructor(secret: Uint8Array, now: () => number = Date.now) {
    this.#secret = secret;
    this.#now = now;
  }

  /** Gives the server the keys of the day from now on. */
  serve(server: Server): void {
    this.renew(server);
    server.on("secureConnection", () => {
      if (this.#today() !== this.#day) this.renew(server);
    });
  }

  /** Once more, after the server's contexts were replaced. */
  renew(server: Server): void {
    this.#day = this.#today();
    const info = `sallyport session tickets ${this.#day}`;
    server.setTicketKeys(Buffer.from(hkdfSync("sha256", this.#secret, "", info, KEYS_LENGTH)));
  }

  #today(): number {
    return Math.floor(this.#now() / DAY_MS);
  }
}
