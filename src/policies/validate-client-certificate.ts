/** validate-client-certificate: lets a request pass only with a client certificate that is genuine, current and one of those named. */
import { X509Certificate } from "node:crypto";
import { isUnread } from "../base/pki/certificate-material.ts";
import { type Certificate, readClientCertificate, type TrustStore } from "../base/pki/trust-store.ts";
import { bool } from "../kit/attributes.ts";
import { callerTrust } from "../kit/caller-trust.ts";
import type { Exchange, Snapshot } from "../kit/exchange.ts";
import { type Outcome, Refusal, type RefusalDetail } from "../kit/outcome.ts";
import { ALL_SCOPES, type CompileContext, definePolicy } from "../kit/policy.ts";
import { type IdentityRule, identityRules, identitySpec } from "./shared/client-identity.ts";

export const validateClientCertificate = definePolicy({
  name: "validate-client-certificate",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Demands a valid client certificate.",
  reference: "https://learn.microsoft.com/azure/api-management/validate-client-certificate-policy",
  attributes: {
    "validate-revocation": bool({ default: true, doc: "Whether the authorities' revocation lists are looked at." }),
    "validate-trust": bool({ default: true, doc: "Whether a trusted authority must have issued it." }),
    "validate-not-before": bool({ default: true, doc: "Whether it must be valid already." }),
    "validate-not-after": bool({ default: true, doc: "Whether it must be valid still." }),
    "ignore-error": bool({
      default: false,
      doc: "Whether a request passes all the same; the trace says why it would not.",
    }),
  },
  children: { identities: { children: { identity: identitySpec } } },
  compile(config, context) {
    const { settings } = context.snapshot;
    const trust = callerTrust(settings);
    checkSettings(config, trust.stores, context);
    const identities = (config.children.identities?.children.identity ?? []).map((i) => identityRules(i, context));
    const entities = certificatesOf(context.snapshot);
    const isRequired = settings.clientCertificates.revocation === "required";
    const judge = (x: Exchange): Problem | undefined => {
      const { tls } = x.incoming;
      if (tls?.clientCertificate === undefined)
        return { reason: "CertificateNotPresent", message: "The client sent no certificate." };
      const certificate = known(tls.clientCertificate);
      if (certificate === undefined)
        return { reason: "CertificateInvalid", message: "The client's certificate cannot be read." };
      const now = x.clock.now();
      const dates = datesProblem(certificate, now, config);
      if (dates !== undefined) return dates;
      const store = trust.of(x.incoming);
      const problem =
        (config.validateTrust ? store.trustProblem(certificate, now, tls.clientAuthorized) : undefined) ??
        (config.validateRevocation ? store.revocationProblem(certificate, now, isRequired) : undefined);
      if (problem !== undefined)
        return { reason: problem.reason, message: `${problem.message}.`, detail: facts(certificate) };
      return identityProblem(certificate, [...store.chainOf(certificate, now), ...entities], identities);
    };
    return (x): Outcome => {
      const problem = judge(x);
      if (problem === undefined) return undefined;
      if (!config.ignoreError) return refuse(problem);
      trace(x, problem);
      return undefined;
    };
  },
  doors({ ignoreError, validateTrust, children }) {
    if (ignoreError) return [{ kind: "ignored-check", how: 'ignore-error="true" lets every caller pass' }];
    const isNamed = (children.identities?.children.identity.length ?? 0) > 0;
    return [{ kind: "client-certificate", isAnyones: !validateTrust && !isNamed }];
  },
});

interface Problem {
  readonly reason: string;
  readonly message: string;
  readonly detail?: RefusalDetail;
}

/** A caller learns that the door stays closed, not why. */
function refuse({ reason, message, detail }: Problem): Refusal {
  return new Refusal(403, reason, `${message} Access denied.`, { publicMessage: "Invalid client certificate", detail });
}

function trace(x: Exchange, { reason, message, detail }: Problem): void {
  x.trace?.add(x.section, "validate-client-certificate", { message: `Ignored: ${reason}: ${message}`, detail });
}

interface Checks {
  readonly validateTrust: boolean;
  readonly validateRevocation: boolean;
  readonly validateNotBefore: boolean;
  readonly validateNotAfter: boolean;
}

/** A check that nothing is configured for would refuse every certificate: that is told at load. */
function checkSettings(config: Checks, stores: readonly TrustStore[], context: CompileContext): void {
  const { revocation, isUnread: isUnknown } = context.snapshot.settings.clientCertificates;
  if (context.isLoose || isUnknown) return;
  if (config.validateTrust && stores.every((store) => store.isEmpty)) {
    context.error("No authority is trusted to vouch for clients", {
      hint: 'Name some in the settings: clientCertificates: { authorities: [ca.pem] }; or set validate-trust="false".',
    });
  }
  if (config.validateRevocation && revocation === "required" && !stores.some((store) => store.hasLists)) {
    context.error("No revocation list says which certificates are revoked", {
      hint:
        "Name lists in the settings: clientCertificates: { crls: [ca.crl] }; or demand them only of authorities that have " +
        'one, with revocation: listed; or set validate-revocation="false".',
    });
  }
}

/** Certificates of the configuration: they may be issuers too. */
function certificatesOf({ certificates }: Snapshot): Certificate[] {
  return [...certificates.values()].flatMap((entry) => {
    if (isUnread(entry)) return [];
    const read = known(new X509Certificate(entry.certificate).raw);
    return read === undefined ? [] : [read];
  });
}

/** Certificates read so far, by the bytes that a connection holds: those of one connection are read once. */
const read = new WeakMap<Uint8Array, Certificate | "unreadable">();

function known(der: Uint8Array): Certificate | undefined {
  let certificate = read.get(der);
  if (certificate === undefined) {
    try {
      certificate = readClientCertificate(der);
    } catch {
      certificate = "unreadable";
    }
    read.set(der, certificate);
  }
  return certificate === "unreadable" ? undefined : certificate;
}

function datesProblem(certificate: Certificate, now: number, checks: Checks): Problem | undefined {
  const { x509 } = certificate;
  const [from, to] = [x509.validFromDate, x509.validToDate];
  const detail = { ...facts(certificate), now: new Date(now).toISOString() };
  if (checks.validateNotBefore && now < from.getTime())
    return {
      reason: "CertificateNotYetValid",
      message: `The certificate is valid from ${from.toISOString()}.`,
      detail,
    };
  if (checks.validateNotAfter && now > to.getTime())
    return { reason: "CertificateExpired", message: `The certificate was valid until ${to.toISOString()}.`, detail };
  return undefined;
}

/** All conditions of at least one identity must hold. */
function identityProblem(
  certificate: Certificate,
  issuers: readonly Certificate[],
  identities: readonly (readonly IdentityRule[])[],
): Problem | undefined {
  if (identities.length === 0) return undefined;
  const failures: string[] = [];
  for (const rules of identities) {
    const failed = rules.find((rule) => !rule.holds(certificate, issuers));
    if (failed === undefined) return undefined;
    const { attribute, expected } = failed;
    failures.push(
      `${attribute}: expected ${expected}, found ${failed.found(certificate, issuers).slice(0, 200) || "none"}`,
    );
  }
  return {
    reason: "CertificateIdentityNotAllowed",
    message: "The certificate is none of the identities that may call.",
    detail: { ...facts(certificate), identities: failures.slice(0, 20) },
  };
}

function facts({ x509 }: Certificate): RefusalDetail {
  return {
    subject: x509.subject?.replaceAll("\n", ", ").slice(0, 500),
    issuer: x509.issuer?.replaceAll("\n", ", ").slice(0, 500),
    serialNumber: x509.serialNumber,
    fingerprint256: x509.fingerprint256,
    validFrom: x509.validFromDate.toISOString(),
    validTo: x509.validToDate.toISOString(),
  };
}
