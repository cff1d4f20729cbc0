/** What a certificate says (RFC 5280), read from its DER. */
import { DerError, type DerNode, readDer, Tag } from "./der.ts";

/** An entry of the subject alternative name. */
export interface AlternativeName {
  readonly kind: "email" | "dns" | "url" | "upn";
  readonly value: string;
}

export interface CertificateData {
  /** 1 to 3. */
  readonly version: number;
  /** As encoded: big-endian, perhaps with a leading zero. */
  readonly serial: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo and its parts. */
  readonly publicKeyInfo: Uint8Array;
  readonly keyAlgorithm: string;
  readonly keyParameters: Uint8Array;
  readonly keyValue: Uint8Array;
  readonly alternativeNames: readonly AlternativeName[];
  /** By object identifier. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

export interface Extension {
  readonly isCritical: boolean;
  /** DER inside the octet string. */
  readonly value: Uint8Array;
}

const ALTERNATIVE_NAME = "2.5.29.17";
const USER_PRINCIPAL_NAME = "1.3.6.1.4.1.311.20.2.3";
const CONTEXT_0 = 160;
const CONTEXT_3 = 163;

/** @throws DerError */
export function readCertificate(der: Uint8Array): CertificateData {
  const certificate = readDer(der);
  const fields = [...certificate.child(0).children];
  const version = fields[0].tag === CONTEXT_0 ? (fields.shift() as DerNode).child(0).integer + 1 : 1;
  const [serial, , issuer, , subject, keyInfo] = fields;
  const algorithm = keyInfo.child(0);
  const extensions = readExtensions(fields.find((field) => field.tag === CONTEXT_3));
  return {
    version,
    serial: serial.content,
    signatureAlgorithm: certificate.child(1).child(0).oid,
    issuer: issuer.encoded,
    subject: subject.encoded,
    publicKeyInfo: keyInfo.encoded,
    keyAlgorithm: algorithm.child(0).oid,
    keyParameters: algorithm.children[1]?.encoded ?? new Uint8Array(0),
    // The first octet counts unused bits.
    keyValue: keyInfo.child(1).content.subarray(1),
    alternativeNames: readAlternativeNames(extensions.get(ALTERNATIVE_NAME)),
    extensions,
  };
}

/** Extensions of a certificate or a revocation list: a sequence within a tag of the context. */
export function readExtensions(node: DerNode | undefined): Map<string, Extension> {
  const extensions = (node?.child(0).children ?? []).map((extension): [string, Extension] => {
    const isCritical = extension.children.some((part) => part.tag === Tag.Boolean && part.content[0] !== 0);
    const value = extension.children.find((part) => part.tag === Tag.OctetString);
    if (value === undefined) throw new DerError("an extension has no value");
    return [extension.child(0).oid, { isCritical, value: value.content }];
  });
  const byId = new Map(extensions);
  // RFC 5280 section 4.2: one of a kind; of two, readers could take either.
  if (byId.size !== extensions.length) throw new DerError("an extension is there twice");
  return byId;
}

function readAlternativeNames(extension: Extension | undefined): AlternativeName[] {
  return extension === undefined ? [] : readDer(extension.value).children.flatMap(readGeneralName);
}

function readGeneralName(node: DerNode): AlternativeName[] {
  switch (node.tag) {
    case 129:
      return [{ kind: "email", value: node.text }];
    case 130:
      return [{ kind: "dns", value: node.text }];
    case 134:
      return [{ kind: "url", value: node.text }];
    case CONTEXT_0:
      if (node.child(0).oid !== USER_PRINCIPAL_NAME) return [];
      return [{ kind: "upn", value: node.child(1).child(0).text }];
    default:
      return [];
  }
}
