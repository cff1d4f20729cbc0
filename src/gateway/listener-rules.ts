/**
 * What a listener asks of a request before any policy: a caller from the right network, by a name that belongs to the connection, with
 * a certificate where one is required. And whom it believes about the caller. Built once for a configuration.
 */
import { IpRangeSet, type IpRange, parseIp, parseRange } from "../base/ip-address.ts";
import { isValidAt, readClientCertificate, TrustStore } from "../base/pki/trust-store.ts";
import type { IncomingRequest, TlsFacts } from "../http/front.ts";
import type { ListenerSettings, Settings, TlsIdentitySettings } from "../resources/snapshot.ts";
import type { Rejection } from "./canonical.ts";
import { type ForwardedCaller, forwardedCaller } from "./client-address.ts";
import { parseForwardedCertificate, RequestOfCertifiedCaller } from "./forwarded-certificate.ts";

const NETWORK: Rejection = {
  status: 403,
  reason: "ClientAddressNotAllowed",
  message: "The client may not call this listener.",
};
const MISDIRECTED: Rejection = {
  status: 421,
  reason: "MisdirectedRequest",
  message: "The host of the request is not the one the connection was made for.",
};
const CERTIFICATE_MISSING: Rejection = {
  status: 403,
  reason: "ClientCertificateRequired",
  message: "A client certificate is required.",
};
const CERTIFICATE_REFUSED: Rejection = {
  status: 403,
  reason: "ClientCertificateNotTrusted",
  message: "The client certificate is not trusted.",
};

/** Who called, as far as trusted proxies say. */
export interface Caller {
  readonly forwarded: ForwardedCaller | undefined;
  /** The request with the certificate a proxy handed on, else the request itself. */
  readonly incoming: IncomingRequest;
}

export class ListenerRules {
  readonly #listener: ListenerSettings;
  readonly #allowed: IpRangeSet | undefined;
  readonly #trusted: IpRangeSet | undefined;
  readonly #apis: ReadonlySet<string> | undefined;
  readonly #settings: Settings;
  readonly #trust = new Map<TlsIdentitySettings | undefined, TrustStore>();

  constructor(listener: ListenerSettings, settings: Settings) {
    this.#listener = listener;
    this.#settings = settings;
    this.#allowed = rangeSet(listener.allowedClients);
    this.#trusted = rangeSet(listener.trustedProxies);
    this.#apis = listener.apis && new Set(listener.apis.map((id) => id.toLowerCase()));
  }

  /** May this peer connect? Proxies may, whoever they speak for. */
  accepts(address: string): boolean {
    if (this.#allowed === undefined) return true;
    const peer = parseIp(address);
    return peer !== undefined && (this.#allowed.has(peer) || (this.#trusted?.has(peer) ?? false));
  }

  believes(address: string): boolean {
    const peer = parseIp(address);
    return peer !== undefined && (this.#trusted?.has(peer) ?? false);
  }

  servesApi(id: string): boolean {
    return this.#apis === undefined || this.#apis.has(id.toLowerCase());
  }

  /** Undefined when nobody in front of this listener is believed. */
  caller(request: IncomingRequest): Caller | undefined {
    if (this.#trusted === undefined) return undefined;
    const { clientAddressFrom = "X-Forwarded-For", clientCertificateHeader } = this.#listener;
    const forwarded = forwardedCaller(request, this.#trusted, clientAddressFrom);
    if (forwarded === undefined || clientCertificateHeader === undefined) return { forwarded, incoming: request };
    const values = request.headers.all(clientCertificateHeader);
    const certificate = values.length === 1 ? parseForwardedCertificate(values[0]) : undefined;
    if (certificate === undefined) return { forwarded, incoming: request };
    const isTrusted = this.#problemOf(certificate, this.#listener.tls) === undefined;
    return { forwarded, incoming: new RequestOfCertifiedCaller(request, certificate, isTrusted) };
  }

  /** Header that carries a certificate: of others than proxies it must not go on. */
  get certificateHeader(): string | undefined {
    return this.#listener.clientCertificateHeader;
  }

  /** Why the request goes no further. @param host of the request, as the router sees it */
  rejection(incoming: IncomingRequest, clientAddress: string, host: string): Rejection | undefined {
    if (this.#allowed !== undefined) {
      const address = parseIp(clientAddress);
      if (address === undefined || !this.#allowed.has(address)) return NETWORK;
    }
    const { tls } = this.#listener;
    if (tls === undefined) return undefined;
    const named = tls.hostnames?.get(host);
    const { tls: facts } = incoming;
    const servername = facts?.servername?.replace(/\.$/, "");
    // Without a name the connection was made by the rules of the listener; a host with rules of its own wants to be named.
    const isMisdirected =
      servername === undefined ? (named?.clientCertificate ?? "none") !== "none" : servername !== host;
    if (isMisdirected) return MISDIRECTED;
    const identity = named ?? tls;
    return identity.clientCertificate === "required" ? this.#certificateRejection(facts, identity) : undefined;
  }

  #certificateRejection(facts: TlsFacts | undefined, identity: TlsIdentitySettings): Rejection | undefined {
    if (facts?.clientCertificate === undefined) return CERTIFICATE_MISSING;
    if (facts.clientAuthorized) return undefined;
    const why =
      this.#problemOf(facts.clientCertificate, identity) ?? "its chain could not be verified in the handshake";
    return { ...CERTIFICATE_REFUSED, detail: why };
  }

  #problemOf(certificate: Uint8Array, identity: TlsIdentitySettings | undefined): string | undefined {
    const trust = this.#trustOf(identity);
    try {
      const read = readClientCertificate(certificate);
      const now = Date.now();
      if (!isValidAt(read.x509, now)) return `it is valid only from ${read.x509.validFrom} to ${read.x509.validTo}`;
      const isListRequired = trust.hasLists && this.#settings.clientCertificates.revocation === "required";
      const problem = trust.trustProblem(read, now) ?? trust.revocationProblem(read, now, isListRequired);
      return problem?.message;
    } catch {
      return "it cannot be read";
    }
  }

  #trustOf(identity: TlsIdentitySettings | undefined): TrustStore {
    let trust = this.#trust.get(identity);
    if (trust === undefined) {
      const { authorities, crls } = this.#settings.clientCertificates;
      trust =
        identity?.authorities === undefined
          ? new TrustStore(authorities, crls)
          : new TrustStore([identity.authorities], identity.crls === undefined ? [] : [identity.crls]);
      this.#trust.set(identity, trust);
    }
    return trust;
  }
}

/** Undefined where a listener asks nothing: nearly every request then costs nothing more. */
export function rulesOf(listener: ListenerSettings, settings: Settings): ListenerRules | undefined {
  const { tls, allowedClients, trustedProxies, apis } = listener;
  const hasRules = tls !== undefined || [allowedClients, trustedProxies, apis].some((rule) => rule !== undefined);
  return hasRules ? new ListenerRules(listener, settings) : undefined;
}

function rangeSet(texts: readonly string[] | undefined): IpRangeSet | undefined {
  if (texts === undefined) return undefined;
  const ranges = texts.map(parseRange).filter((range): range is IpRange => !("problem" in range));
  return new IpRangeSet(ranges);
}
