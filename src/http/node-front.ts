/**
 * The front on node:http and node:https. Every limit that Node leaves open or lax is set here, and every event that could bring the
 * process down has a listener. What is refused here never reaches a policy, a counter or a backend.
 *
 * Two leniencies of Node's parser stay, both allowed by RFC 9112 (sections 2.2 and 3): empty lines before a request line, and more
 * than one blank between its parts. Neither can make two readers see two requests.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type ServerOptions as HttpsOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { constants } from "node:crypto";
import type { Front, FrontLimits, FrontOptions, FrontTls } from "./front.ts";
import { checkHead, type HeadRefusal, isRefusal } from "./head-check.ts";
import { type ConnectionHost, NodeConnection } from "./node-connection.ts";
import { NodeRequest, type Peer, peerOf } from "./node-request.ts";
import { NodeTunnel } from "./node-tunnel.ts";
import { checkHandshake } from "./websocket-handshake.ts";
import { IdleWatch } from "./idle-watch.ts";

const CHECK_INTERVAL_MS = 1_000;
const MAX_REQUESTS_PER_CONNECTION = 10_000;
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
const LINGER_MS = 2_000;
/** Authenticated encryption with forward secrecy only: Node's defaults still offer CBC and RSA key exchange. */
const CIPHERS =
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20";
const GROUPS = "X25519MLKEM768:X25519:P-256";

const refused = (status: number, reason: string, message: string): HeadRefusal => ({ status, reason, message });
const SYNTAX = refused(400, "RequestSyntaxInvalid", "The request is malformed.");
const TIMEOUT = refused(408, "RequestTimeout", "The request did not arrive in time.");
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
  readonly #options: FrontOptions;
  readonly #server: Server;
  readonly #tunnels = new Set<Duplex>();

  constructor(options: FrontOptions) {
    this.name = options.name;
    this.maxHeaderCount = options.limits.maxHeaderCount;
    this.watch = new IdleWatch(options.limits.writeIdleTimeoutMs);
    this.idle = new IdleWatch(options.limits.keepAliveTimeoutMs);
    this.onRequest = options.onRequest;
    this.#options = options;
    this.#server = createServer(options);
    this.#listen(this.#server);
  }

  listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => reject(listenError(error, this.name, host, port));
      this.#server.once("error", fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", fail);
        // Later errors concern single connections (EMFILE on accept): the others go on.
        this.#server.on("error", () => {});
        resolve({ host, port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  async drain(lameDuckMs: number, graceMs: number): Promise<void> {
    this.isDraining = true;
    await new Promise((resolve) => setTimeout(resolve, lameDuckMs));
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const deadline = setTimeout(() => this.#destroyAll(), graceMs);
    await closed;
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

  #destroyAll(): void {
    this.#server.closeAllConnections();
    for (const socket of this.#tunnels) socket.destroy();
  }

  #release(): void {
    this.watch.close();
    this.idle.close();
    this.linger.close();
  }

  #listen(server: Server): void {
    server.on(this.#options.tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
      NodeConnection.open(socket, this);
    });
    server.on("request", (message, response) => this.#receive(message, response, false));
    server.on("checkContinue", (message, response) => this.#receive(message, response, true));
    server.on("checkExpectation", (message) => NodeConnection.of(message.socket)?.refuse(EXPECTATION));
    server.on("connect", (_message, socket) => this.#refuse(socket as Socket, CONNECT));
    server.on("upgrade", (message, socket, head) => this.#upgrade(message, socket as Socket, head));
    server.on("clientError", (error, socket) => this.#clientError(error, socket as Socket));
    // Failed handshakes say nothing that is not the peer's business; the listener keeps them from being errors of the process.
    server.on("tlsClientError", () => {});
    server.on("dropRequest", (_message, socket) => {
      this.onRefused(503, "TooManyRequestsOnConnection", peerOf(socket as Socket, this.name));
    });
  }

  #receive(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    NodeConnection.of(message.socket)?.receive(message, response, expectsContinue);
  }

  #refuse(socket: Socket, refusal: HeadRefusal): void {
    const connection = NodeConnection.of(socket);
    if (connection === undefined) socket.destroy();
    else connection.refuse(refusal);
  }

  #clientError(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = NodeConnection.of(socket);
    if (connection === undefined || socket.destroyed || error.code === "ECONNRESET" || error.code === "EPIPE") {
      socket.destroy();
      return;
    }
    // Bytes after a request that asked to close are nobody's (RFC 9112 section 9.6); the answer under way is delivered.
    if (error.code === "HPE_CLOSED_CONNECTION") return;
    connection.refuse(clientErrorRefusal(error.code));
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
    const request = new NodeRequest(message, head, connection.peer, undefined);
    connection.detach();
    this.#tunnels.add(socket);
    socket.on("close", () => {
      this.#tunnels.delete(socket);
      request.abort();
    });
    socket.setKeepAlive(true, 60_000);
    this.#options.onUpgrade(request, new NodeTunnel(socket, firstBytes));
  }
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

function createServer(options: FrontOptions): Server {
  const { limits } = options;
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
    options.tls === undefined ? createHttpServer(common) : createHttpsServer({ ...common, ...tlsOptions(options.tls) });
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

function tlsOptions(tls: FrontTls): HttpsOptions {
  return {
    cert: tls.certificate,
    key: tls.key,
    minVersion: tls.minVersion,
    ciphers: CIPHERS,
    ecdhCurve: GROUPS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
    handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS,
    sessionTimeout: 3_600,
    ALPNProtocols: ["http/1.1"],
    // Policies judge client certificates (context.Request.Certificate): the handshake lets them pass and remembers the verdict.
    ...(tls.clientAuthorities === undefined
      ? {}
      : { ca: tls.clientAuthorities, requestCert: true, rejectUnauthorized: false }),
  };
}

/** Other upgrades (h2c) are ignored, as RFC 9110 section 7.8 allows: the request is served as it is. */
function isWebSocket(request: IncomingMessage): boolean {
  return request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket";
}

function listenError(error: NodeJS.ErrnoException, name: string, host: string, port: number): Error {
  const where = `listener "${name}" on ${host}:${port}`;
  if (error.code === "EADDRINUSE") return new Error(`Cannot start ${where}: the port is taken by another process.`);
  if (error.code === "EACCES") return new Error(`Cannot start ${where}: permission denied (ports below 1024 need it).`);
  if (error.code === "EADDRNOTAVAIL")
    return new Error(`Cannot start ${where}: the address does not belong to this machine.`);
  return new Error(`Cannot start ${where}: ${error.message}`);
}
