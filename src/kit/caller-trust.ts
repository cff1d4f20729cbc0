/** Who vouches for the certificate of a caller: the authorities of the host name or listener it came to, else those of all. */
import { isValidAt, readClientCertificate, TrustStore } from "../base/pki/trust-store.ts";
import type { Exchange, Snapshot } from "./exchange.ts";

type Settings = Snapshot["settings"];
type Tls = NonNullable<Settings["listeners"][number]["tls"]>;

export interface CallerTrust {
  /** For the connection of this request. */
  of(incoming: Exchange["incoming"]): TrustStore;
  /** Of every listener and host name, and of all. */
  readonly stores: readonly TrustStore[];
}

/** One for all policies of a configuration: lists may be long. */
const known = new WeakMap<Settings, CallerTrust>();

export function callerTrust(settings: Settings): CallerTrust {
  let trust = known.get(settings);
  if (trust === undefined) {
    trust = make(settings);
    known.set(settings, trust);
  }
  return trust;
}

function make({ clientCertificates, listeners }: Settings): CallerTrust {
  const common = new TrustStore(clientCertificates.authorities, clientCertificates.crls);
  const own = new Map<string, TrustStore>();
  const add = (listener: string, name: string, { authorities, crls }: Pick<Tls, "authorities" | "crls">) => {
    if (authorities === undefined) own.set(keyOf(listener, name), common);
    else own.set(keyOf(listener, name), new TrustStore([authorities], crls === undefined ? [] : [crls]));
  };
  for (const { name, tls } of listeners) {
    if (tls === undefined) continue;
    add(name, "", tls);
    for (const [host, identity] of tls.hostnames ?? []) add(name, host, identity);
  }
  return {
    of: ({ listener, tls }) => {
      const host = tls?.servername?.replace(/\.$/, "") ?? "";
      return own.get(keyOf(listener, host)) ?? own.get(keyOf(listener, "")) ?? common;
    },
    stores: [common, ...own.values()],
  };
}

/**
 * What `Verify()` of the caller's certificate answers: valid now, a trusted authority's, not revoked where lists are looked at. Undefined
 * where no authority is named: then nobody here can tell.
 */
export function isCallerVerified(x: Exchange, der: Uint8Array, checksRevocation: boolean): boolean | undefined {
  const { settings } = x.snapshot;
  const store = callerTrust(settings).of(x.incoming);
  if (store.isEmpty) return undefined;
  const now = x.clock.now();
  const certificate = readClientCertificate(der);
  const isRequired = settings.clientCertificates.revocation === "required" && store.hasLists;
  return (
    isValidAt(certificate.x509, now) &&
    store.trustProblem(certificate, now, x.incoming.tls?.clientAuthorized) === undefined &&
    (!checksRevocation || store.revocationProblem(certificate, now, isRequired) === undefined)
  );
}

const keyOf = (listener: string, host: string) => `${listener}\n${host}`;
