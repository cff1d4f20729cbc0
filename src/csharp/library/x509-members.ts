/** Members of X509Certificate, X509Certificate2, PublicKey and RSACertificateExtensions. */
import type { KeyObject } from "node:crypto";
import { bytes, type CsArray, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { AsnEncodedData } from "./asn-encoded-data.ts";
import type { AlternativeName } from "../../base/pki/certificate-data.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, notSupported } from "./exceptions-thrown.ts";
import { dataOf } from "./hash-algorithm.ts";
import { type HashAlgorithmName, nodeHashName } from "./hash-algorithm-name.ts";
import { Oid } from "./oid.ts";
import { Rsa } from "./rsa.ts";
import { findAttribute, formatName } from "./x500-name.ts";
import { contentKind, readCertificateBytes, type X509Certificate2 } from "./x509-certificate2.ts";

const NAMESPACE = "System.Security.Cryptography.X509Certificates.";

type Self = X509Certificate2;

/** System.Security.Cryptography.X509Certificates.X509ContentType. */
const ContentType = { Unknown: 0, Cert: 1, Pfx: 3 } as const;

function hex(raw: Uint8Array): string {
  return Buffer.from(raw).toString("hex").toUpperCase();
}

function rsaOf(key: KeyObject | null): Rsa | null {
  return key?.asymmetricKeyType === "rsa" || key?.asymmetricKeyType === "rsa-pss" ? new Rsa(key) : null;
}

function fromBytes(data: CsArray | null, password: string | null = null): X509Certificate2 {
  const raw = data?.items as Uint8Array | undefined;
  if (!raw || raw.length === 0) throw argument("Array may not be empty or null.", "rawData");
  return readCertificateBytes(raw, password ?? "");
}

function copyOf(other: X509Certificate2 | null): X509Certificate2 {
  if (other === null) throw argumentNull("certificate");
  return other;
}

function required(certificate: X509Certificate2 | null): X509Certificate2 {
  if (certificate === null) throw argumentNull("certificate");
  return certificate;
}

function exportAs(self: Self, kind: number): CsArray {
  if (kind === ContentType.Cert) return bytes(self.raw.slice());
  throw notSupported("Certificates can be exported as X509ContentType.Cert only.");
}

const certificateMembers: Members = {
  Subject: (self: Self) => self.subject.name,
  Issuer: (self: Self) => self.issuer.name,
  "GetCertHash()": (self: Self) => bytes(self.hashOf("sha1")),
  "GetCertHash(HashAlgorithmName)": (self: Self, name: HashAlgorithmName) => bytes(self.hashOf(nodeHashName(name))),
  "GetCertHashString()": (self: Self) => self.thumbprint,
  "GetCertHashString(HashAlgorithmName)": (self: Self, name: HashAlgorithmName) => hex(self.hashOf(nodeHashName(name))),
  "GetRawCertData()": (self: Self) => bytes(self.raw.slice()),
  "GetRawCertDataString()": (self: Self) => hex(self.raw),
  "GetSerialNumber()": (self: Self) => bytes(self.data.serial.slice().reverse()),
  "GetSerialNumberString()": (self: Self) => self.serialNumber,
  "GetPublicKey()": (self: Self) => bytes(self.data.keyValue.slice()),
  "GetPublicKeyString()": (self: Self) => hex(self.data.keyValue),
  "GetKeyAlgorithm()": (self: Self) => self.data.keyAlgorithm,
  "GetKeyAlgorithmParameters()": (self: Self) => bytes(self.data.keyParameters.slice()),
  "GetKeyAlgorithmParametersString()": (self: Self) => hex(self.data.keyParameters),
  "GetEffectiveDateString()": (self: Self) => self.notBefore.toText(),
  "GetExpirationDateString()": (self: Self) => self.notAfter.toText(),
  "GetFormat()": () => "X509",
  "GetName()": (self: Self) => formatName(self.subject.parts, 0),
  "GetIssuerName()": (self: Self) => formatName(self.issuer.parts, 0),
  "Export(X509ContentType)": exportAs,
  "Export(X509ContentType,string)": exportAs,
  "Equals(*)": (self: Self, other: unknown) => self.equals(other),
  "GetHashCode()": (self: Self) => self.hash(),
  "ToString(*)": (self: Self) => self.toText(),
  "Dispose()": () => {},
};

const constructors: Members = {
  "new(byte[])": (data: CsArray | null) => fromBytes(data),
  "new(byte[],string)": fromBytes,
  "new(byte[],string,X509KeyStorageFlags)": fromBytes,
};

implement(`${NAMESPACE}X509Certificate`, {
  ...certificateMembers,
  ...constructors,
  "new(X509Certificate)": copyOf,
});

/** Names in the certificate, by kind; undefined when there is none. */
function alternativeName(self: Self, kind: AlternativeName["kind"]): string | undefined {
  return self.data.alternativeNames.find((name) => name.kind === kind)?.value;
}

const COMMON_NAME = "2.5.4.3";
const EMAIL = "1.2.840.113549.1.9.1";
/** Attributes that stand for a simple name, best first: CN, OU, O, E. */
const SIMPLE_NAMES = [COMMON_NAME, "2.5.4.11", "2.5.4.10", EMAIL];

/** X509Certificate2.GetNameInfo; names of the issuer are those of its distinguished name alone. */
function nameInfo(self: Self, kind: number, forIssuer: boolean): string {
  const { parts } = forIssuer ? self.issuer : self.subject;
  const other = (name: AlternativeName["kind"]) => (forIssuer ? undefined : alternativeName(self, name));
  switch (kind) {
    case 0: {
      const found = SIMPLE_NAMES.map((oid) => findAttribute(parts, oid)).find((value) => value !== undefined);
      return found ?? other("email") ?? other("dns") ?? "";
    }
    case 1:
      return other("email") ?? findAttribute(parts, EMAIL) ?? "";
    case 2:
      return other("upn") ?? "";
    case 3:
      return other("dns") ?? findAttribute(parts, COMMON_NAME) ?? "";
    case 4:
      return other("dns") ?? "";
    case 5:
      return other("url") ?? "";
    default:
      throw argument("The value of the X509NameType argument is invalid.", "nameType");
  }
}

function contentType(data: CsArray | null): number {
  switch (contentKind(dataOf(data, "rawData"))) {
    case "pfx":
      return ContentType.Pfx;
    case "unknown":
      throw cryptographicError("Cannot find the requested object.");
    default:
      return ContentType.Cert;
  }
}

function toPem(self: Self): string {
  const lines =
    Buffer.from(self.raw)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----"].join("\n");
}

implement(`${NAMESPACE}X509Certificate2`, {
  ...certificateMembers,
  ...constructors,
  "new(X509Certificate)": copyOf,
  Archived: () => false,
  FriendlyName: () => "",
  HasPrivateKey: (self: Self) => self.privateKey !== null,
  PrivateKey: (self: Self) => rsaOf(self.privateKey),
  IssuerName: (self: Self) => self.issuer,
  SubjectName: (self: Self) => self.subject,
  NotBefore: (self: Self) => self.notBefore,
  NotAfter: (self: Self) => self.notAfter,
  PublicKey: (self: Self) => new PublicKey(self),
  RawData: (self: Self) => bytes(self.raw.slice()),
  SerialNumber: (self: Self) => self.serialNumber,
  SignatureAlgorithm: (self: Self) => new Oid(self.data.signatureAlgorithm),
  Thumbprint: (self: Self) => self.thumbprint,
  Version: (self: Self) => self.data.version,
  "GetNameInfo(X509NameType,bool)": nameInfo,
  "GetCertContentType(byte[])": contentType,
  "ExportCertificatePem()": toPem,
  "MatchesHostname(string,bool,bool)": (self: Self, name: string | null, wildcards: boolean, commonName: boolean) => {
    if (name === null) throw argumentNull("hostname");
    return self.matchesHost(name, wildcards, commonName);
  },
  "Verify()": (self: Self) => self.verify(),
});

implement(`${NAMESPACE}RSACertificateExtensions`, {
  "GetRSAPrivateKey(X509Certificate2)": (self: Self | null) => rsaOf(required(self).privateKey),
  "GetRSAPublicKey(X509Certificate2)": (self: Self | null) => rsaOf(required(self).publicKey),
  "CopyWithPrivateKey(X509Certificate2,RSA)": (self: Self | null, key: Rsa | null) => {
    if (key === null) throw argumentNull("privateKey");
    return required(self).withKey(key.privateKey);
  },
});

/** The public key of a certificate. */
class PublicKey extends CsObject {
  readonly certificate: X509Certificate2;

  constructor(certificate: X509Certificate2) {
    super();
    this.certificate = certificate;
  }

  override get type(): Type {
    return type(`${NAMESPACE}PublicKey`);
  }

  get oid(): Oid {
    return new Oid(this.certificate.data.keyAlgorithm);
  }
}

function keyOf(self: PublicKey): Rsa {
  const key = rsaOf(self.certificate.publicKey);
  if (!key) throw notSupported("The certificate key algorithm is not supported.");
  return key;
}

implement(`${NAMESPACE}PublicKey`, {
  Oid: (self: PublicKey) => self.oid,
  Key: keyOf,
  "GetRSAPublicKey()": (self: PublicKey) => rsaOf(self.certificate.publicKey),
  EncodedKeyValue: (self: PublicKey) => new AsnEncodedData(self.oid, self.certificate.data.keyValue),
  EncodedParameters: (self: PublicKey) => new AsnEncodedData(self.oid, self.certificate.data.keyParameters),
  "ExportSubjectPublicKeyInfo()": (self: PublicKey) => bytes(self.certificate.data.publicKeyInfo.slice()),
});
