/**
 * New certificates for a listener that serves: a pair that does not work, or one that has expired where the old one has not, is refused
 * with a line in the log, and the old one stays (Node itself takes a key that does not belong to its certificate, and then fails every
 * handshake).
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Front, FrontTls, TlsIdentity } from "../http/front.ts";
import type { ListenerTls, Settings, TlsIdentitySettings } from "../resources/snapshot.ts";
import type { Log } from "../telemetry/log.ts";

/** The TLS settings of a listener as its front wants them. */
export function frontTls(tls: ListenerTls, settings: Settings): FrontTls {
  const names = [...(tls.hostnames ?? [])].map(([name, identity]) => [name, identityOf(identity, settings)] as const);
  return {
    ...identityOf(tls, settings),
    minVersion: tls.minVersion === "1.3" ? "TLSv1.3" : "TLSv1.2",
    identities: new Map(names),
    http2: tls.http2,
    hsts: tls.hsts,
  };
}

/** Authorities of its own come with their own revocation lists; else those for all listeners hold. */
function identityOf(identity: TlsIdentitySettings, { clientCertificates }: Settings): TlsIdentity {
  const { certificate, key, clientCertificate, authorities, crls } = identity;
  if (authorities !== undefined) return { certificate, key, clientCertificate, authorities, crls };
  const common = clientCertificates.authorities.join("\n");
  return { certificate, key, clientCertificate, authorities: common === "" ? undefined : common };
}

export class Rotation {
  readonly #front: Front;
  readonly #now: () => number;
  #current: FrontTls;

  /** @param now milliseconds since the epoch */
  constructor(front: Front, current: FrontTls, now: () => number) {
    this.#front = front;
    this.#current = current;
    this.#now = now;
  }

  get listener(): string {
    return this.#front.name;
  }

  /** Takes the settings up, or says in the log why not. */
  take(next: FrontTls, log: Log): void {
    if (isSame(this.#current, next)) return;
    const { listener } = this;
    try {
      for (const [name, identity] of identitiesOf(next))
        checkPair(identity, identitiesOf(this.#current).get(name), this.#now());
      this.#front.replaceTls(next);
    } catch (error) {
      const { message } = error as Error;
      log.error("New certificates were refused, the old ones stay in force", { listener, error: message });
      return;
    }
    this.#current = next;
    const { validTo } = new X509Certificate(next.certificate);
    log.info("New certificates are in force", { listener, validTo });
  }
}

function identitiesOf(tls: FrontTls): Map<string, TlsIdentity> {
  return new Map([["", tls], ...(tls.identities ?? [])]);
}

/** Throws what is wrong with a pair. */
function checkPair(next: TlsIdentity, old: TlsIdentity | undefined, now: number): void {
  const certificate = new X509Certificate(next.certificate);
  const { subject, validFrom, validTo } = certificate;
  if (!certificate.checkPrivateKey(createPrivateKey(next.key)))
    throw new Error(`the private key does not belong to the certificate of ${subject}`);
  const isUsable = (c: X509Certificate) => c.validFromDate.getTime() <= now && now <= c.validToDate.getTime();
  if (isUsable(certificate)) return;
  // Where the old one is no better, the new one may come: a clock that is wrong must not keep it out.
  if (old !== undefined && isUsable(new X509Certificate(old.certificate)))
    throw new Error(`the certificate of ${subject} is valid only from ${validFrom} to ${validTo}`);
}

function isSame(a: FrontTls, b: FrontTls): boolean {
  return text(a) === text(b);
}

function text(tls: FrontTls): string {
  return JSON.stringify([...identitiesOf(tls)].map(([name, identity]) => [name, pick(identity)]));
}

function pick({ certificate, key, clientCertificate, authorities, crls }: TlsIdentity): unknown[] {
  return [certificate, key, clientCertificate, authorities, crls];
}
