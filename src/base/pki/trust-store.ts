/**
 * Trusted authorities with their revocation lists: is a client's certificate genuine (RFC 5280 section 6)? Every authority named is an
 * anchor; where the one above it is named too, the chain goes on, so that a revoked intermediate is noticed.
 */
import { X509Certificate } from "node:crypto";
import { type CertificateData, readCertificate } from "./certificate-data.ts";
import { DerError, readDer, Tag } from "./der.ts";
import { plainSerial, readRevocationLists, type RevocationList } from "./revocation-list.ts";

/** A certificate with what node:crypto does not tell of it. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly data: CertificateData;
}

/** The public reasons have names; the text is for people who run the gateway. */
export interface TrustProblem {
  readonly reason: "CertificateNotTrusted" | "CertificateRevoked" | "RevocationUnknown";
  readonly message: string;
}

const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const NAME_CONSTRAINTS = "2.5.29.30";
/** Critical extensions that are understood: those above, and names and policies, which need no check here. */
const UNDERSTOOD = new Set([BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, "2.5.29.17", "2.5.29.32"]);
const CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
const ANY_USAGE = "2.5.29.37.0";
const MAX_DEPTH = 8;
const MIN_RSA_BITS = 2048;

interface Authority extends Certificate {
  /** Intermediate authorities that may stand below it. */
  readonly maxBelow: number;
  readonly lists: RevocationList[];
}

/** @throws DerError, or node:crypto's error, when it is no certificate */
export function readClientCertificate(der: Uint8Array): Certificate {
  return { x509: new X509Certificate(der), data: readCertificate(der) };
}

export class TrustStore {
  readonly #authorities: Authority[] = [];
  /** What is wrong with files of the configuration, in words. */
  readonly problems: readonly string[];

  /** @param authorities PEM texts, each perhaps of several certificates; @param lists PEM texts, or files in DER */
  constructor(authorities: readonly string[], lists: readonly (string | Uint8Array)[]) {
    const problems: string[] = [];
    for (const pem of authorities) {
      const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
      if (found === null) problems.push("there is no certificate in it");
      for (const text of found ?? []) {
        const read = readAuthority(text);
        if (typeof read === "string") problems.push(read);
        else this.#authorities.push(read);
      }
    }
    for (const list of lists) {
      const problem = this.#addLists(list);
      if (problem !== undefined) problems.push(problem);
    }
    this.problems = problems;
  }

  get isEmpty(): boolean {
    return this.#authorities.length === 0;
  }

  get hasLists(): boolean {
    return this.#authorities.some((a) => a.lists.length > 0);
  }

  #addLists(content: string | Uint8Array): string | undefined {
    const lists = readRevocationLists(content);
    if ("problem" in lists) return lists.problem;
    for (const list of lists) {
      const owners = this.#authorities.filter(
        ({ x509, data }) => hex(data.subject) === list.issuer && list.isSignedBy(x509),
      );
      if (owners.length === 0)
        return "the revocation list is of none of the authorities, or its signature does not match";
      for (const { lists: own } of owners) own.push(list);
    }
    return undefined;
  }

  /**
   * Authorities from the certificate's own issuer upwards; empty when none is named. Of several with one name and key (a renewed one), the
   * one that is valid now. @param now milliseconds since the epoch
   */
  chainOf(certificate: Certificate, now: number): readonly Authority[] {
    const chain: Authority[] = [];
    for (let below = certificate; chain.length < MAX_DEPTH; ) {
      const issuers = this.#authorities.filter(
        ({ x509, maxBelow }) => maxBelow >= chain.length && isIssuedBy(below.x509, x509),
      );
      const above = issuers.find(({ x509 }) => isValidAt(x509, now)) ?? issuers[0];
      if (above === undefined) break;
      chain.push(above);
      if (isSelfIssued(above)) break;
      below = above;
    }
    return chain;
  }

  /**
   * Chain, purpose and strength. @param now milliseconds since the epoch @param isVerified TLS has verified the chain, perhaps by
   * certificates in between that the client sent along and that are not named here
   */
  trustProblem(certificate: Certificate, now: number, isVerified = false): TrustProblem | undefined {
    const weakness = clientProblem(certificate);
    if (weakness !== undefined) return { reason: "CertificateNotTrusted", message: weakness };
    const chain = this.chainOf(certificate, now);
    if (chain.length === 0 && isVerified) return undefined;
    if (chain.length === 0)
      return { reason: "CertificateNotTrusted", message: "no trusted authority has issued the certificate" };
    const late = chain.find(({ x509 }) => !isValidAt(x509, now));
    if (late === undefined) return undefined;
    return {
      reason: "CertificateNotTrusted",
      message: `the authority ${oneLine(late.x509.subject)} is valid only from ${late.x509.validFrom} to ${late.x509.validTo}`,
    };
  }

  /** @param isRequired an authority without a current list is a problem too */
  revocationProblem(certificate: Certificate, now: number, isRequired: boolean): TrustProblem | undefined {
    let below: Certificate = certificate;
    const chain = this.chainOf(certificate, now);
    if (chain.length === 0 && isRequired)
      return { reason: "RevocationUnknown", message: "the authority that issued the certificate is not known" };
    for (const authority of chain) {
      if (isSelfIssued(below)) break;
      const problem = listProblem(below, authority, now, isRequired);
      if (problem !== undefined) return problem;
      below = authority;
    }
    return undefined;
  }
}

function listProblem(
  { data }: Certificate,
  { lists, x509 }: Authority,
  now: number,
  isRequired: boolean,
): TrustProblem | undefined {
  const serial = plainSerial(data.serial);
  const name = oneLine(x509.subject);
  if (lists.some((list) => list.serials.has(serial)))
    return { reason: "CertificateRevoked", message: `the certificate ${serial} is revoked by ${name}` };
  if (lists.length === 0) {
    if (!isRequired) return undefined;
    return { reason: "RevocationUnknown", message: `there is no revocation list of ${name}` };
  }
  const isCurrent = ({ thisUpdate, nextUpdate }: RevocationList) => now >= thisUpdate && now <= (nextUpdate ?? now);
  if (lists.some(isCurrent)) return undefined;
  const until = Math.max(...lists.map((list) => list.nextUpdate ?? 0));
  return {
    reason: "RevocationUnknown",
    message: `the revocation list of ${name} was valid until ${new Date(until).toISOString()}`,
  };
}

export function isValidAt(certificate: X509Certificate, now: number): boolean {
  return now >= certificate.validFromDate.getTime() && now <= certificate.validToDate.getTime();
}

export function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function isSelfIssued({ data }: Certificate): boolean {
  return hex(data.subject) === hex(data.issuer);
}

function readAuthority(pem: string): Authority | string {
  try {
    const x509 = new X509Certificate(pem);
    const data = readCertificate(x509.raw);
    const constraints = data.extensions.get(BASIC_CONSTRAINTS);
    const [isAuthority, most] = constraints === undefined ? [] : readDer(constraints.value).children;
    if (!x509.ca || isAuthority?.tag !== Tag.Boolean)
      return `${oneLine(x509.subject)} is no certificate authority (basicConstraints)`;
    if (data.extensions.has(NAME_CONSTRAINTS))
      return `${oneLine(x509.subject)} has name constraints, which are not supported`;
    const problem = weakness({ x509, data });
    if (problem !== undefined) return `${oneLine(x509.subject)}: ${problem}`;
    return { x509, data, maxBelow: most?.integer ?? MAX_DEPTH, lists: [] };
  } catch (error) {
    if (error instanceof DerError || error instanceof Error) return "a certificate of an authority cannot be read";
    throw error;
  }
}

/** What keeps a certificate from proving who a client is, whoever issued it. */
function clientProblem(certificate: Certificate): string | undefined {
  const usage = certificate.data.extensions.get(EXTENDED_KEY_USAGE);
  const purposes = usage === undefined ? [ANY_USAGE] : readDer(usage.value).children.map((purpose) => purpose.oid);
  if (!purposes.includes(CLIENT_AUTHENTICATION) && !purposes.includes(ANY_USAGE))
    return "the certificate is not for client authentication (extended key usage)";
  return weakness(certificate);
}

/** Signature algorithms by SHA-1 and older. */
const OLD_SIGNATURES = new Set([
  "1.2.840.113549.1.1.2",
  "1.2.840.113549.1.1.4",
  "1.2.840.113549.1.1.5",
  "1.2.840.10045.4.1",
  "1.2.840.10040.4.3",
]);

function weakness(certificate: Certificate): string | undefined {
  const { x509, data } = certificate;
  const unknown = [...data.extensions].find(([oid, { isCritical }]) => isCritical && !UNDERSTOOD.has(oid));
  if (unknown !== undefined) return `the certificate has an unknown critical extension (${unknown[0]})`;
  // Nothing rests on the signature of a root: it is trusted because it is named.
  if (!isSelfIssued(certificate) && OLD_SIGNATURES.has(data.signatureAlgorithm))
    return "the certificate is signed with SHA-1 or an older algorithm";
  const { asymmetricKeyType: kind = "", asymmetricKeyDetails: { modulusLength = 0, namedCurve = "" } = {} } =
    x509.publicKey;
  if (kind.startsWith("rsa") && modulusLength < MIN_RSA_BITS)
    return `its RSA key has ${modulusLength} bits; at least ${MIN_RSA_BITS} are needed`;
  if (kind === "ec" && !/^(prime256v1|secp384r1|secp521r1|brainpoolP(256|384|512)[rt]1)$/.test(namedCurve))
    return `keys on the curve ${namedCurve} are not accepted`;
  return /^(rsa|rsa-pss|ec|ed25519|ed448)$/.test(kind) ? undefined : `keys of type ${kind} are not accepted`;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** node:crypto writes names over several lines. */
function oneLine(name: string): string {
  return name.replaceAll("\n", ", ");
}
