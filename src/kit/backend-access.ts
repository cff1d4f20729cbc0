/**
 * What lets the gateway in at a backend: the credentials of its entity, the certificate a policy chose, trust in private authorities.
 * Applied when a request leaves, never to the message itself: expressions and traces could read them there, and a retry would carry
 * them to another backend. A caller's Authorization stays behind where the gateway comes with an identity of its own.
 */
import { isUnread, plainThumbprint, thumbprintOf } from "../base/pki/certificate-material.ts";
import type { Headers } from "../http/headers.ts";
import type { UpstreamTls } from "../http/upstream.ts";
import type { Backend, BackendCredentials, Certificate, ManagedIdentityUse, Snapshot } from "../resources/snapshot.ts";
import type { Exchange } from "./exchange.ts";
import type { ClientCertificate, RequestMessage } from "./message.ts";
import { PolicyFault } from "./outcome.ts";

export interface Access {
  readonly headers: Headers;
  /** Path with query. */
  readonly path: string;
  readonly tls: UpstreamTls | undefined;
}

/** What a message needs to pass at a backend. Answers at once, unless a token has to be waited for. */
export function accessOf(x: Exchange, message: RequestMessage, backend: Backend | null): Access | Promise<Access> {
  const path = message.url.pathAndQuery;
  if (backend === null && message.clientCertificate === undefined && !message.withholdsCallersAuthorization)
    return { headers: message.headers, path, tls: undefined };
  const known = backend === null ? NO_BACKEND : preparedOf(backend, x.snapshot);
  const tls = tlsOf(known, message.clientCertificate);
  const credentials = known.credentials;
  const isOwnIdentity = credentials !== undefined || message.clientCertificate !== undefined;
  const isReplaced = isOwnIdentity && backend?.forwardAuthorization !== true;
  const dropsCallers = message.carriesCallersAuthorization && (isReplaced || message.withholdsCallersAuthorization);
  if (credentials === undefined && !dropsCallers) return { headers: message.headers, path, tls };
  const headers = message.headers.clone();
  if (dropsCallers) headers.remove("Authorization");
  if (credentials === undefined) return { headers, path, tls };
  applyHeaders(credentials, headers);
  const access = { headers, path: withQuery(path, credentials.query), tls };
  return credentials.managedIdentity === undefined ? access : withToken(x, access, credentials.managedIdentity);
}

/** How the gateway shows itself to a backend, and whom it trusts there, for calls of its own. */
export function trustOf(backend: Backend, snapshot: Snapshot): UpstreamTls | undefined {
  return tlsOf(preparedOf(backend, snapshot), undefined);
}

function applyHeaders(credentials: BackendCredentials, headers: Headers): void {
  for (const [name, values] of credentials.header) {
    headers.remove(name);
    for (const value of values) headers.append(name, value);
  }
  const { authorization } = credentials;
  if (authorization) headers.set("Authorization", `${authorization.scheme} ${authorization.parameter}`.trimEnd());
}

async function withToken(x: Exchange, access: Access, use: ManagedIdentityUse): Promise<Access> {
  const token = await managedIdentityToken(x, use);
  access.headers.set("Authorization", `Bearer ${token}`);
  return access;
}

/** A token of a managed identity. Throws PolicyFault that says what is missing; the token never shows in the trace. */
export async function managedIdentityToken(x: Exchange, use: ManagedIdentityUse): Promise<string> {
  try {
    const token = await x.services.identities.token(use.resource, use.clientId);
    x.trace?.hide(token);
    return token;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PolicyFault("ManagedIdentityTokenUnavailable", message, { cause: error });
  }
}

/** What is worked out once for each backend of a configuration. */
interface Prepared {
  /** Undefined when there are none to speak of. */
  readonly credentials: BackendCredentials | undefined;
  readonly certificate: ClientCertificate | undefined;
  readonly trust: UpstreamTls | undefined;
  /** One object for each certificate, the same at every request: connections are pooled by it. */
  readonly tls: WeakMap<ClientCertificate, UpstreamTls>;
}

const NO_BACKEND: Prepared = { credentials: undefined, certificate: undefined, trust: undefined, tls: new WeakMap() };
const prepared = new WeakMap<Backend, Prepared>();

function preparedOf(backend: Backend, snapshot: Snapshot): Prepared {
  const known = prepared.get(backend);
  if (known !== undefined) return known;
  const { credentials, validateCertificateChain, validateCertificateName, authorities } = backend;
  const isDefault = validateCertificateChain && validateCertificateName && authorities === undefined;
  const fresh: Prepared = {
    credentials: credentials !== undefined && hasAny(credentials) ? credentials : undefined,
    certificate: credentials && certificateOf(credentials, snapshot),
    trust: isDefault
      ? undefined
      : { validateChain: validateCertificateChain, validateName: validateCertificateName, authorities },
    tls: new WeakMap(),
  };
  prepared.set(backend, fresh);
  return fresh;
}

function hasAny({ header, query, authorization, ...rest }: BackendCredentials): boolean {
  const certificates = rest.certificateIds.length + (rest.certificateThumbprints?.length ?? 0);
  const isIdentified = authorization !== undefined || rest.managedIdentity !== undefined;
  return header.size + query.size + certificates > 0 || isIdentified;
}

function certificateOf(credentials: BackendCredentials, snapshot: Snapshot): ClientCertificate | undefined {
  for (const id of credentials.certificateIds) {
    const found = withKey(snapshot.certificates.get(id));
    if (found !== undefined) return found;
  }
  if (credentials.certificateIds.length > 0) return undefined;
  for (const thumbprint of credentials.certificateThumbprints ?? []) {
    const found = withKey(certificateByThumbprint(snapshot, thumbprint));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Undefined for a certificate without a private key: it cannot be presented. */
export function withKey(certificate: Certificate | undefined): ClientCertificate | undefined {
  return certificate?.key === undefined ? undefined : (certificate as ClientCertificate);
}

function tlsOf(known: Prepared, chosen: ClientCertificate | undefined): UpstreamTls | undefined {
  const certificate = chosen ?? known.certificate;
  if (certificate === undefined) return known.trust;
  let tls = known.tls.get(certificate);
  if (tls === undefined) {
    tls = { ...known.trust, certificate: certificate.certificate, key: certificate.key };
    known.tls.set(certificate, tls);
  }
  return tls;
}

const thumbprints = new WeakMap<Snapshot, ReadonlyMap<string, Certificate>>();

/** By SHA-1 thumbprint, in any spelling. */
export function certificateByThumbprint(snapshot: Snapshot, thumbprint: string): Certificate | undefined {
  let known = thumbprints.get(snapshot);
  if (known === undefined) {
    known = new Map(
      [...snapshot.certificates.values()].flatMap((c) => (isUnread(c) ? [] : [[thumbprintOf(c.certificate), c]])),
    );
    thumbprints.set(snapshot, known);
  }
  return known.get(plainThumbprint(thumbprint));
}

/** The credentials' parameters take the place of the caller's of the same names. */
function withQuery(path: string, query: ReadonlyMap<string, readonly string[]>): string {
  if (query.size === 0) return path;
  const at = path.indexOf("?");
  const names = new Set([...query.keys()].map((name) => name.toLowerCase()));
  const kept =
    at < 0
      ? []
      : path
          .slice(at + 1)
          .split("&")
          .filter((pair) => pair !== "" && !names.has(nameOf(pair)));
  const added = [...query].flatMap(([name, values]) =>
    values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  const all = [...kept, ...added];
  const base = at < 0 ? path : path.slice(0, at);
  return all.length === 0 ? base : `${base}?${all.join("&")}`;
}

function nameOf(pair: string): string {
  const name = pair.split("=", 1)[0].replaceAll("+", " ");
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}
