/**
 * Connection pools to backends: one for each origin and set of TLS options, made on first use. A backend's sockets are given up
 * before servers usually close theirs, because a request on a socket the server has just closed is lost.
 */
import { createHash } from "node:crypto";
import { checkServerIdentity, type TLSSocket } from "node:tls";
import { buildConnector, Pool } from "undici";
import type { UpstreamTls } from "./upstream.ts";

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

  pool(origin: string, tls: UpstreamTls | undefined, allowHttp2: boolean): Pool {
    const isSpecial = tls !== undefined || allowHttp2;
    const pools = isSpecial ? this.#special : this.#plain;
    const key = isSpecial ? specialKey(origin, tls, allowHttp2) : origin;
    const known = pools.get(key);
    if (known !== undefined) return known;
    if (pools.size >= MAX_POOLS) closeOldest(pools);
    const pool = open(origin, tls, allowHttp2);
    pools.set(key, pool);
    return pool;
  }

  async close(): Promise<void> {
    const all = [...this.#plain.values(), ...this.#special.values()];
    this.#plain.clear();
    this.#special.clear();
    await Promise.all(all.map((pool) => pool.destroy()));
  }
}

function specialKey(origin: string, tls: UpstreamTls | undefined, allowHttp2: boolean): string {
  return `${origin} ${allowHttp2} ${tls === undefined ? "" : digestOf(tls)}`;
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

function open(origin: string, tls: UpstreamTls | undefined, allowHttp2: boolean): Pool {
  return new Pool(origin, {
    connect: connector(tls, allowHttp2),
    connections: MAX_CONNECTIONS,
    pipelining: 1,
    allowH2: allowHttp2,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Both are given with each request.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function connector(tls: UpstreamTls | undefined, allowHttp2: boolean): buildConnector.connector {
  const validateChain = tls?.validateChain ?? true;
  const validateName = tls?.validateName ?? true;
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: allowHttp2,
    keepAlive: true,
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
