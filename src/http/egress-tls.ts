/** TLS connections past the egress rules for protocols other than HTTP: the same fence, the same proxy. */
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Egress } from "./egress.ts";
import { openTunnel } from "./egress-tunnel.ts";
import { UpstreamError } from "./upstream.ts";

export interface TlsTarget {
  /** Of the origin in the egress rules: `amqps`. */
  readonly scheme: string;
  /** Name or address, IPv6 without brackets; its certificate must be for it. */
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** The origin by which the rules know it. */
export function originOf({ scheme, host, port }: Pick<TlsTarget, "scheme" | "host" | "port">): string {
  return `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Resolves when the handshake is done; rejects with UpstreamError, of failure "denied" when the rules forbid it. */
export async function openTls(egress: Egress, target: TlsTarget): Promise<TLSSocket> {
  const { host, port, timeoutMs } = target;
  const origin = originOf(target);
  const proxy = egress.proxyFor(host);
  const refused = proxy === undefined ? egress.check(origin, host) : egress.checkUnresolved(origin, host);
  if (refused !== undefined) throw refused;
  const { localAddress } = egress.rules;
  const name = isIP(host) === 6 ? `[${host}]` : host;
  const socket: Socket =
    proxy === undefined
      ? connectPlain({ host, port, localAddress, lookup: egress.lookup(origin) })
      : await openTunnel(proxy, name, port, { timeoutMs, localAddress });
  const secure = connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }) });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs / 1000} seconds`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      secure.destroy();
      const why = `No connection to ${host}:${port}: ${error.message}`;
      reject(error instanceof UpstreamError ? error : new UpstreamError("connect", why, error));
    };
    socket.once("error", fail);
    secure.once("error", fail);
    secure.once("secureConnect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      secure.off("error", fail);
      // Whoever takes the connection listens from now on; a plain socket that fails takes the secure one with it.
      socket.on("error", () => {});
      resolve(secure);
    });
  });
}
