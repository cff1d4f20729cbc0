/**
 * How connections to backends are made, by whichever engine: past the egress rules, through a proxy where one is set, with TLS as the
 * backend wants it. A TLS session is taken up again only with the host that it was made with; several addresses of a name are tried in
 * turn, the next while the one before still hesitates (RFC 8305).
 */
import { createHash } from "node:crypto";
import type { LookupFunction } from "node:net";
import { checkServerIdentity, type TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import type { Egress } from "./egress.ts";
import { openTunnel } from "./egress-tunnel.ts";
import type { UpstreamProxy, UpstreamTls } from "./upstream.ts";

const CONNECT_TIMEOUT_MS = 10_000;

export type Connector = buildConnector.connector;
export type ConnectTarget = buildConnector.Options;

/** What makes connections to one origin different from others to the same. */
export interface Way {
  readonly origin: string;
  readonly tls: UpstreamTls | undefined;
  readonly allowHttp2: boolean;
  readonly proxy: UpstreamProxy | undefined;
}

/** Connections of equal keys may serve each other's requests. */
export function wayKey({ origin, tls, allowHttp2, proxy }: Way): string {
  if (tls === undefined && !allowHttp2 && proxy === undefined) return origin;
  const through = proxy === undefined ? "" : JSON.stringify([proxy.url, proxy.username, proxy.password]);
  return `${origin} ${allowHttp2} ${tls === undefined ? "" : digestOf(tls)} ${through}`;
}

/** Makes connections of one way. @param egress the fence that all of them pass; absent: none */
export function connectorOf({ origin, tls, allowHttp2, proxy }: Way, egress: Egress | undefined): Connector {
  return routed(connector(tls, allowHttp2, egress?.lookup(origin)), origin, egress, proxy);
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
