/**
 * The front on node:http and node:https. Every limit that Node leaves open or lax is set here, and every event that could bring the
 * process down has a listener. What is refused here never reaches a policy, a counter or a backend.
 *
 * Two leniencies of Node's parser stay, both allowed by RFC 9112 (sections 2.2 and 3): empty lines before a request line, and more
 * than one blank between its parts. Neither can make two readers see two requests.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { BACKLOG, type Front, type FrontLimits, type FrontOptions, type FrontTls } from "./front.ts";
import { AddressLimit, TOO_MANY } from "./address-limit.ts";
import { checkHead, type HeadRefusal, isRefusal } from "./head-check.ts";
import { Http2Front } from "./http2-front.ts";
import { farewellAt } from "./joined-ends.ts";
import { listenError } from "./listen-error.ts";
import { type ConnectionHost, NodeConnection } from "./node-connection.ts";
import { nodeRequest } from "./node-request.ts";
import { NodeTunnel } from "./node-tunnel.ts";
import { type Peer, peerOf, plainAddress } from "./peer.ts";
import { type ProxiedCaller, readProxyHeader } from "./proxy-protocol.ts";
import { TlsIdentities } from "./tls-identities.ts";
import { checkHandshake } from "./websocket-handshake.ts";
import { IdleWatch } from "./idle-watch.ts";

type TlsServer = import("node:tls").Server;

const CHECK_INTERVAL_MS = 1_000;
const MAX_REQUESTS_PER_CONNECTION = 10_000;
const LINGER_MS = 2_000;
const refused = (status: number, reason: string, message: string): HeadRefusal => ({ status, reason, message });
const SYNTAX = refused(400, "RequestSyntaxInvalid", "The request is malformed.");
const TIMEOUT = refused(408, "RequestTimeout", "The request did not arrive in time.");
const LINE_TOO_LONG = refused(414, "RequestTargetTooLong", "The request target is too long.");
const HEADERS_TOO_LARGE = refused(431, "HeadersTooLarge", "The header section is too large.");
const EXTENSIONS_TOO_LARGE = refused(413, "ChunkExtensionsTooLarge", "The chunk extensions are too large.");
const EXPECTATION = refused(417, "ExpectationFailed", "The expectation cannot be met.");
const CONNECT = refused(501, "MethodNotImplemented", "The method is not implemented.");

export class NodeFront implements Front, ConnectionHost {
  readonly name: string;
  readonly maxHeaderCount: number;
  readonly watch: IdleWatch;
  readonly idle: IdleWatch;
  readonly linger = new IdleWatch(LINGER_MS);
  readonly onRequest: FrontOptions["onRequest"];
  isDraining = false;
  readonly hsts: string | undefined;
  readonly #options: FrontOptions;
  readonly #identities: TlsIdentities | undefined;
  readonly #http2: Http2Front | undefined;
  readonly #server: Server;
  readonly #perAddress: AddressLimit;
  readonly #tunnels = new Map<Socket, NodeTunnel>();
  /** Connections whose client was asked for a certificate. */
  readonly #judged = new Set<NodeConnection>();
  /** Whom PROXY headers name, by the address and port of the proxy's connection. */
  readonly #callers = new Map<string, ProxiedCaller>();

  constructor(options: FrontOptions) {
    const { tls, limits } = options;
    this.name = options.name;
    this.maxHeaderCount = limits.maxHeaderCount;
    this.watch = new IdleWatch(limits.writeIdleTimeoutMs);
    this.idle = new IdleWatch(limits.keepAliveTimeoutMs);
    this.onRequest = options.onRequest;
    this.hsts = tls?.hsts;
    this.#options = options;
    this.#perAddress = new AddressLimit(limits.maxConnectionsPerAddress, (remoteAddress) =>
      options.onRefused?.({ ...TOO_MANY, remoteAddress }),
    );
    this.#identities = tls && new TlsIdentities(tls, options.ticketSecret);
    this.#http2 = tls?.http2 === true ? new Http2Front(this, limits) : undefined;
    this.#server = createServer(limits, this.#identities);
    this.#listen(this.#server);
    // After it: the server's one listener for connections is taken there.
    this.#identities?.serve(this.#server as unknown as TlsServer);
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
    if (identities === undefined) return;
    const isTrustChanged = identities.changesTrust(tls);
    identities.replace(tls, this.#server as unknown as TlsServer);
    if (!isTrustChanged) return;
    for (const connection of this.#judged) connection.retire();
    this.#http2?.retire();
  }

  async drain(lameDuckMs: number, graceMs: number): Promise<void> {
    this.isDraining = true;
    await new Promise((resolve) => setTimeout(resolve, lameDuckMs));
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#http2?.end();
    const farewell = setTimeout(() => this.#sayGoodbye(), farewellAt(graceMs));
    const deadline = setTimeout(() => this.#destroyAll(), graceMs);
    await closed;
    clearTimeout(farewell);
    clearTimeout(deadline);
    this.#release();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#destroyAll();
    await closed;
    this.#release();
  }

  onRefused(status: number, reason: string, peer: Peer): void {
    this.#options.onRefused?.({ status, reason, remoteAddress: peer.remoteAddress });
  }

  #sayGoodbye(): void {
    for (const tunnel of this.#tunnels.values()) tunnel.goAway();
  }

  #destroyAll(): void {
    this.#server.closeAllConnections();
    this.#http2?.destroy();
    for (const socket of this.#tunnels.keys()) socket.destroy();
  }

  #release(): void {
    this.watch.close();
    this.idle.close();
    this.linger.close();
    this.#http2?.release();
  }

  peerOf(socket: Socket): Peer {
    const peer = peerOf(socket, this.name);
    const caller = this.#callers.get(endpoint(socket));
    return caller === undefined
      ? peer
      : { ...peer, remoteAddress: plainAddress(caller.address), remotePort: caller.port };
  }

  #listen(server: Server): void {
    const { tls, accepts, believesProxy, limits } = this.#options;
    if (accepts !== undefined || believesProxy !== undefined || limits.maxConnectionsPerAddress > 0) {
      const next = takeListener(server, "connection");
      server.on("connection", (socket: Socket) => this.#admit(socket, next));
    }
    const event = tls === undefined ? "connection" : "secureConnection";
    if (this.#http2 !== undefined) {
      const serveHttp1 = takeListener(server, event);
      server.on(event, (socket: TLSSocket) => {
        if (socket.alpnProtocol === "h2") this.#http2?.open(socket);
        else serveHttp1(socket);
      });
    }
    server.on(event, (socket: Socket) => this.#open(socket));
    server.on("request", (message, response) => this.#receive(message, response, false));
    server.on("checkContinue", (message, response) => this.#receive(message, response, true));
    server.on("checkExpectation", (message) => this.#expects(message));
    server.on("connect", (_message, socket) => this.#refuse(socket as Socket, CONNECT));
    server.on("upgrade", (message, socket, head) => this.#upgrade(message, socket as Socket, head));
    server.on("clientError", (error, socket) => this.#clientError(error, socket as Socket));
    // Failed handshakes say nothing that is not the peer's business; the listener keeps them from being errors of the process.
    server.on("tlsClientError", () => {});
    server.on("dropRequest", (_message, socket) => {
      this.onRefused(503, "TooManyRequestsOnConnection", this.peerOf(socket as Socket));
    });
  }

  /** Looks at who connects before a byte of TLS or HTTP is read. */
  #admit(socket: Socket, next: (socket: Socket) => void): void {
    const { believesProxy, limits } = this.#options;
    const peer = plainAddress(socket.remoteAddress);
    if (believesProxy === undefined) {
      this.#beginFor(peer, socket, next);
      return;
    }
    if (!believesProxy(peer)) {
      socket.destroy();
      return;
    }
    const key = endpoint(socket);
    readProxyHeader(socket, limits.headersTimeoutMs, (caller) => {
      if (caller !== undefined) {
        this.#callers.set(key, caller);
        socket.once("close", () => this.#callers.delete(key));
      }
      this.#beginFor(plainAddress(caller?.address ?? peer), socket, next);
    });
  }

  /** The caller's address is known. */
  #beginFor(address: string, socket: Socket, next: (socket: Socket) => void): void {
    if (this.#options.accepts?.(address) === false || !this.#perAddress.admits(address, socket)) socket.destroy();
    else next(socket);
  }

  #open(socket: Socket): void {
    if ("alpnProtocol" in socket && socket.alpnProtocol === "h2") return;
    const connection = NodeConnection.open(socket, this);
    if (this.#identities?.asksForCertificates !== true) return;
    this.#judged.add(connection);
    socket.once("close", () => this.#judged.delete(connection));
  }

  #receive(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    // node:http finds the one expectation that is known anywhere in the field (RFC 9110 section 10.1.1).
    if (expectsContinue && message.headers.expect?.toLowerCase() !== "100-continue") this.#expects(message);
    else NodeConnection.of(message.socket)?.receive(message, response, expectsContinue);
  }

  #expects({ socket, method }: IncomingMessage): void {
    NodeConnection.of(socket)?.failed(EXPECTATION, method === "HEAD");
  }

  #refuse(socket: Socket, refusal: HeadRefusal): void {
    const connection = NodeConnection.of(socket);
    if (connection === undefined) socket.destroy();
    else connection.refuse(refusal);
  }

  #clientError(error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }, socket: Socket): void {
    const connection = NodeConnection.of(socket);
    if (connection === undefined || socket.destroyed || error.code === "ECONNRESET" || error.code === "EPIPE") {
      socket.destroy();
      return;
    }
    // Bytes after a request that asked to close are nobody's (RFC 9112 section 9.6); the answer under way is delivered.
    if (error.code === "HPE_CLOSED_CONNECTION") return;
    const isLine = error.code === "HPE_HEADER_OVERFLOW" && isRequestLine(error.rawPacket);
    connection.failed(isLine ? LINE_TOO_LONG : clientErrorRefusal(error.code));
  }

  #upgrade(message: IncomingMessage, socket: Socket, firstBytes: Buffer): void {
    const connection = NodeConnection.of(socket);
    socket.on("error", () => socket.destroy());
    const head = checkHead(
      {
        method: message.method as string,
        target: message.url as string,
        httpVersion: message.httpVersion,
        raw: message.rawHeaders,
      },
      this.maxHeaderCount,
    );
    const refusal = isRefusal(head) ? head : checkHandshake(message.rawHeaders, head);
    if (connection === undefined || connection.isBusy || refusal !== undefined || isRefusal(head)) {
      this.#refuse(socket, refusal ?? SYNTAX);
      return;
    }
    const request = nodeRequest(message, head, connection.peer, undefined);
    connection.detach();
    const tunnel = new NodeTunnel(socket, firstBytes);
    this.#tunnels.set(socket, tunnel);
    socket.on("close", () => {
      this.#tunnels.delete(socket);
      request.abort();
    });
    socket.setKeepAlive(true, 60_000);
    this.#options.onUpgrade(request, tunnel);
  }
}

/** The parser does not say what was too large: seen where a request line and nothing else came in one piece (RFC 9112 section 3). */
function isRequestLine(packet: Buffer | undefined): boolean {
  return packet !== undefined && !packet.includes("\r\n") && /^[A-Z-]+ [^ ]+$/.test(packet.toString("latin1"));
}

function clientErrorRefusal(code: string | undefined): HeadRefusal {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return TIMEOUT;
    case "HPE_HEADER_OVERFLOW":
      return HEADERS_TOO_LARGE;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return EXTENSIONS_TOO_LARGE;
    default:
      return SYNTAX;
  }
}

/**
 * Takes away the one listener by which a server serves a new connection, to be called when somebody else has looked at it. The server's
 * own options and timers keep working, which they would not for connections of another server.
 */
function takeListener(server: Server, event: "connection" | "secureConnection"): (socket: Socket) => void {
  const [listener, ...more] = server.listeners(event);
  if (listener === undefined || more.length > 0)
    throw new Error(`A server of this Node has no one listener for ${event}.`);
  server.removeAllListeners(event);
  return (socket) => listener.call(server, socket);
}

function endpoint(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function createServer(limits: FrontLimits, identities: TlsIdentities | undefined): Server {
  const common = {
    httpValidation: "strict" as const,
    // Both are checked by checkHead, which logs what it refuses.
    requireHostHeader: false,
    joinDuplicateHeaders: false,
    // Requests without a body get no stream: what has a body is decided by the same two fields that checkHead reads.
    optimizeEmptyRequests: true,
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    // node:http would set and clear a timer for every request: IdleWatch looks at all connections once a second instead.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    noDelay: true,
    shouldUpgradeCallback: isWebSocket,
  };
  const server =
    identities === undefined ? createHttpServer(common) : createHttpsServer({ ...common, ...identities.serverOptions });
  applyLimits(server, limits);
  return server;
}

function applyLimits(server: Server, limits: FrontLimits): void {
  // One more than allowed: node:http cuts silently what exceeds its own limit.
  server.maxHeadersCount = limits.maxHeaderCount + 1;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  server.maxConnections = limits.maxConnections;
  // Readers that stop are the business of the write watch; a silent backend is that of the forward time-out.
  server.timeout = 0;
}

/** Other upgrades (h2c), and those of HTTP/1.0, are ignored (RFC 9110 section 7.8): the request is served as it is. */
function isWebSocket(request: IncomingMessage): boolean {
  return (
    request.method === "GET" && request.httpVersion === "1.1" && request.headers.upgrade?.toLowerCase() === "websocket"
  );
}
