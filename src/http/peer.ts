/** Who is at the other end of a connection: what all of its requests share, established once. */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { TlsFacts } from "./front.ts";

export interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly tls: TlsFacts | undefined;
  readonly listener: string;
}

/** IPv4 in IPv6 clothes (`::ffff:192.0.2.1`) is IPv4: address rules must match it (RFC 4291 section 2.5.5.2). */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return "";
  const isMapped = address.startsWith("::ffff:") && address.includes(".");
  const plain = isMapped ? address.slice(7) : address;
  const zone = plain.indexOf("%");
  return zone < 0 ? plain : plain.slice(0, zone);
}

export function peerOf(socket: Socket, listener: string): Peer {
  return {
    remoteAddress: plainAddress(socket.remoteAddress),
    remotePort: socket.remotePort ?? 0,
    tls: "getProtocol" in socket ? tlsFacts(socket as TLSSocket) : undefined,
    listener,
  };
}

/** Longer chains are no honest ones; Node sets no limit of its own. */
const MAX_CHAIN = 8;

function tlsFacts(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerCertificate(false);
  // `servername` is false when the client sent none.
  const servername = (socket as { servername?: string | false | null }).servername;
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher()?.name ?? "",
    servername: typeof servername === "string" ? servername.toLowerCase() : undefined,
    clientCertificate: certificate?.raw,
    clientAuthorized: certificate?.raw !== undefined && socket.authorized && chainLength(socket) <= MAX_CHAIN,
  };
}

function chainLength(socket: TLSSocket): number {
  let length = 1;
  for (let at = socket.getPeerCertificate(true); length <= MAX_CHAIN; length++) {
    const issuer = at.issuerCertificate;
    // The root is its own issuer.
    if (issuer === undefined || issuer === at) return length;
    at = issuer;
  }
  return length;
}
