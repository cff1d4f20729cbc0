/**
 * Connection pools to backends: one for each origin and set of TLS options, made on first use. A backend's sockets are given up
 * before servers usually close theirs, because a request on a socket the server has just closed is lost.
 */
import { createHash } from "node:crypto";
import type { LookupFunction } from "node:net";
import { checkServerIdentity, type TLSSocket } from "node:tls";
import { buildConnector, Pool } from "undici";
import type { Egress } from "./egress.ts";
import { openTunnel } from "./egress-tunnel.ts";
import type { UpstreamProxy, UpstreamTls } from "./upstream.ts";

/** Below the 5 s after which Node servers, among the shortest in use, close idle connections. */
const KEEP_ALIVE_MS = 4_000;
/** Upper bound when a backend announces its own time with Keep-Alive. */
const KEEP_ALIVE_MAX_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** As many as APIM allows for one host. */
const MAX_CONNECTIONS = 2_048;
const MAX_HEADER_BYTES = 32_768;
/** Expressions can make up origins: pools beyond this number replace the one unused for longest. */
const MAX_POOLS = 1_000;

export class UpstreamPools {
  readonly #plain = new Map<string, Pool>();
  /** Pools with TLS options of their own, keyed by all that makes them different. */
  readonly #special = new Map<string, Pool>();

  readonly #egress: Egress | undefined;

  constructor(egress?: Egress) {
    this.#egress = egress;
  }

  pool(origin: string, tls: UpstreamTls | undefined, allowHttp2: boolean, proxy?: UpstreamProxy): Pool {
    const isSpecial = tls !== undefined || allowHttp2 || proxy !== undefined;
    const pools = isSpecial ? this.#special : this.#plain;
    const key = isSpecial ? specialKey(origin, tls, allowHttp2, proxy) : origin;
    const known = pools.get(key);
    if (known !== undefined) return known;
    if (pools.size >= MAX_POOLS) closeOldest(pools);
    const pool = this.#open(origin, tls, allowHttp2, proxy);
    pools.set(key, pool);
    return pool;
  }

  #open(origin: string, tls: UpstreamTls | undefined, allowHttp2: boolean, proxy: UpstreamProxy | undefined): Pool {
    const lookup = this.#egress?.lookup(origin);
    const connect = routed(connector(tls, allowHttp2, lookup), origin, this.#egress, proxy);
    return new Pool(origin, {
      connect,
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      allowH2: allowHttp2,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      localAddress: this.#egress?.rules.localAddress,
      // Both are given with each request.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async close(): Promise<void> {
    const all = [...this.#plain.values(), ...this.#special.values()];
    this.#plain.clear();
    this.#special.clear();
    await Promise.all(all.map((pool) => pool.destroy()));
  }
}

function specialKey(
  origin: string,
  tls: UpstreamTls | undefined,
  allowHttp2: boolean,
  proxy: UpstreamProxy | undefined,
): string {
  const way = proxy === undefined ? "" : JSON.stringify([proxy.url, proxy.username, proxy.password]);
  return `${origin} ${allowHttp2} ${tls === undefined ? "" : digestOf(tls)} ${way}`;
}

/** A configuration hands out the same object at every request: its digest is worked out once. */
const digests = new WeakMap<UpstreamTls, string>();

function digestOf(tls: UpstreamTls): string {
  let digest = digests.get(tls);
  if (digest === undefined) {
    const { validateChain = true, validateName = true, certificate = "", key = "", authorities = "" } = tls;
    const parts = JSON.stringify([validateChain, validateName, certificate, key, authorities]);
    digest = createHash("sha256").update(parts).digest("base64");
    digests.set(tls, digest);
  }
  return digest;
}

/** Requests under way on it end in peace: close waits for them. */
function closeOldest(pools: Map<string, Pool>): void {
  const oldest = pools.entries().next().value;
  if (oldest === undefined) return;
  pools.delete(oldest[0]);
  void oldest[1].close();
}

/** Looks at the address, and takes the way through a proxy, before a connection is made. */
function routed(
  connect: buildConnector.connector,
  origin: string,
  egress: Egress | undefined,
  own: UpstreamProxy | undefined,
): buildConnector.connector {
  if (egress === undefined && own === undefined) return connect;
  return (options, callback) => {
    const host = options.hostname;
    const proxy = own ?? egress?.proxyFor(host);
    const refused = proxy === undefined ? egress?.check(origin, host) : egress?.checkUnresolved(origin, host);
    if (refused !== undefined) callback(refused, null);
    else if (proxy === undefined) connect(options, callback);
    else through(proxy, connect, options, callback, egress, own !== undefined);
  };
}

/** @param isJudged the proxy is one that a policy chose: it must pass the fence itself */
function through(
  proxy: UpstreamProxy,
  connect: buildConnector.connector,
  options: buildConnector.Options,
  callback: buildConnector.Callback,
  egress: Egress | undefined,
  isJudged: boolean,
): void {
  const { origin, hostname } = new URL(proxy.url);
  const refused = isJudged ? egress?.check(origin, hostname) : undefined;
  if (refused !== undefined) {
    callback(refused, null);
    return;
  }
  const isSecure = options.protocol === "https:";
  const port = Number(options.port) || (isSecure ? 443 : 80);
  const host = options.hostname;
  const tunnel = openTunnel(proxy, host.includes(":") && !host.startsWith("[") ? `[${host}]` : host, port, {
    timeoutMs: CONNECT_TIMEOUT_MS,
    localAddress: egress?.rules.localAddress,
    lookup: isJudged ? egress?.lookup(origin) : undefined,
  });
  tunnel.then(
    (socket) => {
      if (isSecure) connect({ ...options, httpSocket: socket }, callback);
      else callback(null, socket);
    },
    (error: Error) => callback(error, null),
  );
}

function connector(
  tls: UpstreamTls | undefined,
  allowHttp2: boolean,
  lookup: LookupFunction | undefined,
): buildConnector.connector {
  const validateChain = tls?.validateChain ?? true;
  const validateName = tls?.validateName ?? true;
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: allowHttp2,
    keepAlive: true,
    ...(lookup === undefined ? {} : { lookup }),
    rejectUnauthorized: validateChain,
    ...(validateName ? {} : { checkServerIdentity: () => undefined }),
    ...(tls?.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(tls?.authorities === undefined ? {} : { ca: tls.authorities }),
  });
  if (validateChain || !validateName) return connect;
  // With rejectUnauthorized off, Node checks no name either; who trusts any issuer may still insist on the name.
  return (options, callback) =>
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      const secure = socket as TLSSocket;
      const wrongName =
        options.protocol === "https:" ? nameError(options.servername ?? options.hostname, secure) : undefined;
      if (wrongName === undefined) {
        callback(null, socket);
        return;
      }
      secure.destroy();
      callback(wrongName, null);
    });
}

function nameError(hostname: string, socket: TLSSocket): Error | undefined {
  return checkServerIdentity(hostname, socket.getPeerCertificate());
}
