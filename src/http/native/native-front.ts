/**
 * The front on sockets: HTTP/1.1 by our own codec, plain or over TLS. HTTP/2 connections are handed to node:http2. What is refused here
 * never reaches a policy, a counter or a backend.
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from "node:tls";
import { AddressLimit, TOO_MANY } from "../address-limit.ts";
import { BACKLOG, type Front, type FrontLimits, type FrontOptions, type FrontTls, type Tunnel } from "../front.ts";
import { Http2Front } from "../http2-front.ts";
import { IdleWatch } from "../idle-watch.ts";
import { farewellAt } from "../joined-ends.ts";
import { listenError } from "../listen-error.ts";
import { type Peer, peerOf, plainAddress } from "../peer.ts";
import { type ProxiedCaller, readProxyHeader } from "../proxy-protocol.ts";
import { TlsIdentities } from "../tls-identities.ts";
import { Deadlines } from "./deadlines.ts";
import { type ConnectionHost, FrontConnection } from "./front-connection.ts";

export class NativeFront implements Front, ConnectionHost {
  readonly name: string;
  readonly limits: FrontLimits;
  readonly deadlines = new Deadlines();
  readonly hsts: string | undefined;
  readonly onRequest: FrontOptions["onRequest"];
  readonly onUpgrade: FrontOptions["onUpgrade"];
  isDraining = false;
  /** For HTTP/2. */
  readonly watch: IdleWatch;
  readonly idle: IdleWatch;
  readonly #options: FrontOptions;
  readonly #identities: TlsIdentities | undefined;
  readonly #http2: Http2Front | undefined;
  readonly #server: Server;
  readonly #tlsServer: TlsServer | undefined;
  readonly #perAddress: AddressLimit;
  readonly #connections = new Set<FrontConnection>();
  readonly #tunnels = new Set<Tunnel>();
  /** Connections that are no HTTP yet: TLS handshakes, PROXY headers. */
  readonly #arriving = new Set<Socket>();
  /** Whom PROXY headers name, by the address and port of the proxy's connection. */
  readonly #callers = new Map<string, ProxiedCaller>();

  constructor(options: FrontOptions) {
    const { tls, limits } = options;
    this.name = options.name;
    this.limits = limits;
    this.hsts = tls?.hsts;
    this.onRequest = options.onRequest;
    this.onUpgrade = (request, tunnel) => {
      this.#tunnels.add(tunnel);
      request.onAbort(() => this.#tunnels.delete(tunnel));
      options.onUpgrade(request, tunnel);
    };
    this.watch = new IdleWatch(limits.writeIdleTimeoutMs);
    this.idle = new IdleWatch(limits.keepAliveTimeoutMs);
    this.#options = options;
    this.#perAddress = new AddressLimit(limits.maxConnectionsPerAddress, (remoteAddress) =>
      options.onRefused?.({ ...TOO_MANY, remoteAddress }),
    );
    this.#identities = tls && new TlsIdentities(tls, options.ticketSecret);
    this.#http2 = tls?.http2 === true ? new Http2Front(this, limits) : undefined;
    this.#tlsServer = this.#identities && this.#createTlsServer(this.#identities);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) =>
      this.#admit(socket),
    );
    this.#server.maxConnections = limits.maxConnections;
  }

  listen(): Promise<{ host: string; port: number }> {
    const { host, port, reusePort = false } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => reject(listenError(error, this.name, host, port));
      this.#server.once("error", fail);
      this.#server.listen({ host, port, reusePort, backlog: BACKLOG }, () => {
        this.#server.off("error", fail);
        // Later errors concern single connections (EMFILE on accept): the others go on.
        this.#server.on("error", () => {});
        resolve({ host, port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  replaceTls(tls: FrontTls): void {
    const identities = this.#identities;
    if (identities === undefined || this.#tlsServer === undefined) return;
    const isTrustChanged = identities.changesTrust(tls);
    const wereAsked = identities.asksForCertificates;
    identities.replace(tls, this.#tlsServer);
    if (!isTrustChanged) return;
    if (wereAsked) for (const connection of this.#connections) connection.retire();
    this.#http2?.retire();
  }

  async drain(lameDuckMs: number, graceMs: number): Promise<void> {
    this.isDraining = true;
    await new Promise((resolve) => setTimeout(resolve, lameDuckMs));
    const closed = this.#stopListening();
    this.#http2?.end();
    const farewell = setTimeout(() => this.#sayGoodbye(), farewellAt(graceMs));
    const deadline = setTimeout(() => this.#destroyAll(), graceMs);
    // What has arrived by now is read before anybody is taken for idle.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    for (const connection of this.#connections) connection.retire();
    await closed;
    clearTimeout(farewell);
    clearTimeout(deadline);
    this.#release();
  }

  async close(): Promise<void> {
    const closed = this.#stopListening();
    this.#destroyAll();
    await closed;
    this.#release();
  }

  onRefused(status: number, reason: string, peer: Peer): void {
    this.#options.onRefused?.({ status, reason, remoteAddress: peer.remoteAddress });
  }

  closed(connection: FrontConnection): void {
    this.#connections.delete(connection);
  }

  peerOf(socket: Socket): Peer {
    const peer = peerOf(socket, this.name);
    const caller = this.#callers.size === 0 ? undefined : this.#callers.get(endpoint(socket));
    if (caller === undefined) return peer;
    return { ...peer, remoteAddress: plainAddress(caller.address), remotePort: caller.port };
  }

  #createTlsServer(identities: TlsIdentities): TlsServer {
    const server = createTlsServer(identities.serverOptions, (socket) => this.#secured(socket));
    identities.serve(server);
    // Failed handshakes say nothing that is not the peer's business. One that is late is closed by nobody but this listener.
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    return server;
  }

  #stopListening(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #sayGoodbye(): void {
    for (const tunnel of this.#tunnels) tunnel.goAway();
  }

  #destroyAll(): void {
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#arriving) socket.destroy();
    this.#http2?.destroy();
  }

  #release(): void {
    this.watch.close();
    this.idle.close();
    this.deadlines.close();
    this.#http2?.release();
  }

  /** Looks at who connects before a byte of TLS or HTTP is read. */
  #admit(socket: Socket): void {
    const { believesProxy } = this.#options;
    if (believesProxy !== undefined) {
      this.#readProxy(socket, believesProxy);
      return;
    }
    this.#beginFor(plainAddress(socket.remoteAddress), socket);
  }

  /** The caller's address is known. */
  #beginFor(address: string, socket: Socket): void {
    if (this.#options.accepts?.(address) === false || !this.#perAddress.admits(address, socket)) socket.destroy();
    else this.#begin(socket);
  }

  #readProxy(socket: Socket, believes: (address: string) => boolean): void {
    const peer = plainAddress(socket.remoteAddress);
    if (!believes(peer)) {
      socket.destroy();
      return;
    }
    const key = endpoint(socket);
    this.#watchArriving(socket);
    readProxyHeader(socket, this.limits.headersTimeoutMs, (caller) => {
      if (caller !== undefined) {
        this.#callers.set(key, caller);
        socket.once("close", () => this.#callers.delete(key));
      }
      this.#beginFor(plainAddress(caller?.address ?? peer), socket);
    });
  }

  #begin(socket: Socket): void {
    if (this.#tlsServer === undefined) {
      this.#connections.add(new FrontConnection(socket, this));
      return;
    }
    this.#watchArriving(socket);
    socket.on("error", () => {});
    this.#tlsServer.emit("connection", socket);
  }

  #secured(socket: TLSSocket): void {
    if (socket.alpnProtocol === "h2") this.#http2?.open(socket);
    else this.#connections.add(new FrontConnection(socket, this));
  }

  #watchArriving(socket: Socket): void {
    this.#arriving.add(socket);
    socket.once("close", () => this.#arriving.delete(socket));
  }
}

function endpoint(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
