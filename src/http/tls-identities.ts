/**
 * Who a TLS listener is: one certificate for each host name, chosen by what the client asks for (SNI), and one for all other names.
 * Names compare without case and without the dot of the root. Certificates change while connections are served: all of them are
 * made ready first, then taken up together, so that a pair that does not work leaves the old one in force.
 */
import { constants, randomBytes } from "node:crypto";
import {
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type Server,
  type TlsOptions,
} from "node:tls";
import type { FrontTls, TlsIdentity } from "./front.ts";
import { SessionTickets } from "./session-tickets.ts";

const HANDSHAKE_TIMEOUT_MS = 10_000;
const SESSION_LIFETIME_S = 3_600;
/** Authenticated encryption with forward secrecy only: Node's defaults still offer CBC and RSA key exchange. */
const CIPHERS =
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20";
const GROUPS = "X25519MLKEM768:X25519:P-256";
const MAX_NAME_LENGTH = 255;

interface Prepared {
  readonly fallback: SecureContextOptions;
  readonly byName: ReadonlyMap<string, NamedContext>;
}

interface NamedContext {
  readonly context: SecureContext;
  readonly asksForCertificate: boolean;
}

export class TlsIdentities {
  #tls: FrontTls;
  #prepared: Prepared;
  readonly #tickets: SessionTickets;

  /** Throws when a certificate cannot be used. */
  constructor(tls: FrontTls, ticketSecret: Uint8Array = randomBytes(32)) {
    this.#tls = tls;
    this.#prepared = prepare(tls);
    this.#tickets = new SessionTickets(ticketSecret);
  }

  /** Options for a TLS server of any kind. */
  get serverOptions(): TlsOptions {
    const identities = this;
    return {
      ...this.#prepared.fallback,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      sessionTimeout: SESSION_LIFETIME_S,
      ALPNProtocols: this.#tls.http2 === true ? ["h2", "http/1.1"] : ["http/1.1"],
      // Asked for here and judged later: policies see the certificate and the verdict, and a refusal can say why.
      requestCert: asksForCertificates(this.#tls),
      rejectUnauthorized: false,
      // An arrow function would not know the socket. What is thrown in here would end the process (CVE-2026-21637).
      SNICallback(this: unknown, name: string, done: (error: Error | null, context?: SecureContext) => void) {
        done(null, identities.#choose(this, name));
      },
    };
  }

  /** Looks after the sessions of a server made with `serverOptions`. */
  serve(server: Server): void {
    this.#tickets.serve(server);
  }

  /** Takes up other certificates, authorities and revocation lists for new connections. Throws, and changes nothing, when one cannot be used. */
  replace(tls: FrontTls, server: Server): void {
    const prepared = prepare(tls);
    server.setSecureContext(prepared.fallback);
    this.#tickets.renew(server);
    this.#tls = tls;
    this.#prepared = prepared;
  }

  get asksForCertificates(): boolean {
    return asksForCertificates(this.#tls);
  }

  /** True when clients that were trusted may not be any more. */
  changesTrust(next: FrontTls): boolean {
    return trustOf(this.#tls) !== trustOf(next);
  }

  #choose(socket: unknown, name: string): SecureContext | undefined {
    const found = this.#prepared.byName.get(plainName(name));
    // Where one name of a listener wants certificates the server asks for them; callers of the other names are spared the question.
    const asks = found?.asksForCertificate ?? asksFor(this.#tls);
    if (!asks) spareQuestion(socket);
    return found?.context;
  }
}

/** The names of SNI and Host, in the one spelling in which they are compared. */
export function plainName(name: string): string {
  if (name.length > MAX_NAME_LENGTH) return "";
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

function prepare(tls: FrontTls): Prepared {
  const keepsNoSessions = asksForCertificates(tls);
  const byName = new Map<string, NamedContext>();
  for (const [name, identity] of tls.identities ?? []) {
    const context = createSecureContext(contextOptions(identity, tls, keepsNoSessions));
    byName.set(plainName(name), { context, asksForCertificate: asksFor(identity) });
  }
  const fallback = contextOptions(tls, tls, keepsNoSessions);
  // Tried before it is handed to a server, which would be left without any.
  createSecureContext(fallback);
  return { fallback, byName };
}

function contextOptions(identity: TlsIdentity, tls: FrontTls, keepsNoSessions: boolean): SecureContextOptions {
  // A session taken up again brings the verdict on its certificate along, whatever was revoked or changed since.
  const tickets = keepsNoSessions ? constants.SSL_OP_NO_TICKET : 0;
  return {
    cert: identity.certificate,
    key: identity.key,
    minVersion: tls.minVersion,
    ciphers: CIPHERS,
    ecdhCurve: GROUPS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION | tickets,
    // Without authorities nobody is trusted: Node's default would be everybody with a certificate of a public one.
    ca: identity.authorities === undefined ? [] : [identity.authorities],
    ...(identity.crls === undefined ? {} : { crl: [identity.crls] }),
  };
}

function asksFor(identity: TlsIdentity): boolean {
  return (identity.clientCertificate ?? "none") !== "none";
}

function asksForCertificates(tls: FrontTls): boolean {
  return asksFor(tls) || [...(tls.identities?.values() ?? [])].some(asksFor);
}

function trustOf(tls: FrontTls): string {
  const of = ({ clientCertificate, authorities, crls }: TlsIdentity) => [clientCertificate, authorities, crls];
  return JSON.stringify([of(tls), [...(tls.identities ?? [])].map(([name, identity]) => [name, of(identity)])]);
}

/** Node has no public way to ask only some; where this one is missing, callers are asked and may stay silent. */
function spareQuestion(socket: unknown): void {
  (socket as SocketWithHandle | undefined)?._handle?.setVerifyMode?.(false, false);
}

interface SocketWithHandle {
  readonly _handle?: { setVerifyMode?(requestCertificate: boolean, rejectUnauthorized: boolean): void };
}
