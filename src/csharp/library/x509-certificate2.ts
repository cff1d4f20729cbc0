/**
 * System.Security.Cryptography.X509Certificates.X509Certificate2: the class; its members are in x509-members.ts.
 * Certificates come from bytes (DER, PEM, PKCS #12) and never from files.
 */
import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { ambient } from "../runtime/ambient.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { X500DistinguishedName } from "./asn-encoded-data.ts";
import { type CertificateData, readCertificate } from "../../base/pki/certificate-data.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { type DateTime, dateTimeFromUnixMs } from "./date-time.ts";
import { readDer, Tag } from "../../base/pki/der.ts";
import { readPkcs12, WrongPassword } from "../../base/pki/pkcs12.ts";

/** Judges a certificate for its host; undefined: it cannot tell. */
export type CertificateVerifier = (der: Uint8Array, checksRevocation: boolean) => boolean | undefined;

export class X509Certificate2 extends CsObject {
  /** DER */
  readonly raw: Uint8Array;
  readonly data: CertificateData;
  readonly privateKey: KeyObject | null;
  readonly #node: X509Certificate;
  readonly #verifier: CertificateVerifier | undefined;

  /** @throws Error of node:crypto or DerError when it is no certificate */
  constructor(raw: Uint8Array, privateKey: KeyObject | null, verifier?: CertificateVerifier) {
    super();
    // A copy of its own: a Buffer would share its memory with every slice.
    this.raw = Uint8Array.from(raw);
    this.#node = new X509Certificate(raw);
    this.data = readCertificate(this.raw);
    this.privateKey = privateKey;
    this.#verifier = verifier;
  }

  override get type(): Type {
    return type("System.Security.Cryptography.X509Certificates.X509Certificate2");
  }

  get subject(): X500DistinguishedName {
    return new X500DistinguishedName(this.data.subject);
  }

  get issuer(): X500DistinguishedName {
    return new X500DistinguishedName(this.data.issuer);
  }

  get publicKey(): KeyObject {
    return this.#node.publicKey;
  }

  /** Capital hexadecimal digits, as encoded. */
  get serialNumber(): string {
    return Buffer.from(this.data.serial).toString("hex").toUpperCase();
  }

  get notBefore(): DateTime {
    return dateTimeFromUnixMs(this.#node.validFromDate.getTime()).toLocal();
  }

  get notAfter(): DateTime {
    return dateTimeFromUnixMs(this.#node.validToDate.getTime()).toLocal();
  }

  /** @param algorithm as node:crypto names it */
  hashOf(algorithm: string): Uint8Array {
    return new Uint8Array(createHash(algorithm).update(this.raw).digest());
  }

  /** SHA-1 in capital hexadecimal digits. */
  get thumbprint(): string {
    return Buffer.from(this.hashOf("sha1")).toString("hex").toUpperCase();
  }

  /**
   * As its host judges it; without a host, or where that cannot tell: valid now, and signed by a certificate authority that Node.js trusts.
   * Only a host knows revocation lists.
   */
  verify(checksRevocation = true): boolean {
    const judged = this.#verifier?.(this.raw, checksRevocation);
    if (judged !== undefined) return judged;
    const now = ambient().nowMs();
    if (now < this.#node.validFromDate.getTime() || now > this.#node.validToDate.getTime()) return false;
    return roots().some((root) => this.#node.checkIssued(root) && this.#node.verify(root.publicKey));
  }

  matchesHost(name: string, wildcards: boolean, commonName: boolean): boolean {
    const subject = commonName ? "default" : "never";
    return this.#node.checkHost(name, { wildcards, subject }) !== undefined;
  }

  /** The same certificate with a key. */
  withKey(key: KeyObject): X509Certificate2 {
    return new X509Certificate2(this.raw, key, this.#verifier);
  }

  /** Certificates are equal when issuer and serial number are. */
  override equals(other: unknown): boolean {
    if (!(other instanceof X509Certificate2)) return false;
    return other.serialNumber === this.serialNumber && other.issuer.name === this.issuer.name;
  }

  override hash(): number {
    return Buffer.from(this.hashOf("sha1")).readInt32BE();
  }

  override toText(): string {
    const fields: [string, string][] = [
      ["Subject", this.subject.name],
      ["Issuer", this.issuer.name],
      ["Serial Number", this.serialNumber],
      ["Not Before", this.notBefore.toText()],
      ["Not After", this.notAfter.toText()],
      ["Thumbprint", this.thumbprint],
    ];
    return `${fields.map(([name, value]) => `[${name}]\n  ${value}\n`).join("\n")}`;
  }
}

let trusted: readonly X509Certificate[] | undefined;

function roots(): readonly X509Certificate[] {
  trusted ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return trusted;
}

const NOT_FOUND = "Cannot find the requested object.";

/** A certificate from its DER, for hosts of the compiler. */
export function certificateFromDer(
  der: Uint8Array,
  privateKey: KeyObject | null = null,
  verifier?: CertificateVerifier,
): X509Certificate2 {
  try {
    return new X509Certificate2(der, privateKey, verifier);
  } catch {
    throw cryptographicError(NOT_FOUND);
  }
}

/** The certificate of a PKCS #12 file that has a private key, else the first one. */
export function certificateFromPfx(data: Uint8Array, password: string): X509Certificate2 {
  try {
    const entries = readPkcs12(data, password);
    const entry = entries.find((e) => e.privateKey !== null) ?? entries[0];
    if (!entry) throw cryptographicError(NOT_FOUND);
    return new X509Certificate2(entry.certificate, entry.privateKey);
  } catch (error) {
    if (error instanceof WrongPassword) throw cryptographicError("The specified network password is not correct.");
    throw cryptographicError(NOT_FOUND);
  }
}

/** What a byte array holds. */
export function contentKind(data: Uint8Array): "certificate" | "pem" | "pfx" | "unknown" {
  if (Buffer.from(data.subarray(0, 64)).toString("latin1").trimStart().startsWith("-----BEGIN ")) return "pem";
  try {
    const first = readDer(data).child(0);
    return first.tag === Tag.Integer ? "pfx" : first.tag === Tag.Sequence ? "certificate" : "unknown";
  } catch {
    return "unknown";
  }
}

/** Reads DER, PEM or PKCS #12. Throws CryptographicException. */
export function readCertificateBytes(data: Uint8Array, password: string): X509Certificate2 {
  switch (contentKind(data)) {
    case "pfx":
      return certificateFromPfx(data, password);
    case "pem":
      return certificateFromPem(Buffer.from(data).toString("latin1"));
    default:
      return certificateFromDer(data);
  }
}

/** The first certificate of a PEM text. */
export function certificateFromPem(text: string, privateKey: KeyObject | null = null): X509Certificate2 {
  const found = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/.exec(text);
  return certificateFromDer(new Uint8Array(Buffer.from(found?.[1] ?? "", "base64")), privateKey);
}
