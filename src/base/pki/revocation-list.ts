/**
 * Certificate revocation lists (RFC 5280 section 5), complete ones of one issuer. Lists that are only a part of the truth (deltas, indirect
 * ones, those for some reasons) are refused: an absence from them would mean nothing.
 */
import { constants, type KeyObject, verify, type X509Certificate } from "node:crypto";
import { readExtensions } from "./certificate-data.ts";
import { DerError, type DerNode, readDer, Tag } from "./der.ts";

export interface RevocationList {
  /** DER of the issuer's name, hexadecimal. */
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Serial numbers as {@link plainSerial} writes them. */
  readonly serials: ReadonlySet<string>;
  /** Whether this certificate's key made the list. */
  isSignedBy(authority: X509Certificate): boolean;
}

export type RevocationListProblem = { readonly problem: string };

const PEM = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g;

/** All lists of a file: PEM, or one in DER. */
export function readRevocationLists(content: Uint8Array | string): RevocationList[] | RevocationListProblem {
  const text = typeof content === "string" ? content : Buffer.from(content).toString("latin1");
  const found = [...text.matchAll(PEM)].map((match) => new Uint8Array(Buffer.from(match[1], "base64")));
  const encoded = found.length > 0 || typeof content === "string" ? found : [content];
  if (encoded.length === 0) return { problem: "there is no revocation list in it (PEM, or DER in a file)" };
  try {
    return encoded.map(readList);
  } catch (error) {
    if (error instanceof DerError) return { problem: `the revocation list cannot be read: ${error.message}` };
    throw error;
  }
}

function readList(der: Uint8Array): RevocationList {
  const list = readDer(der);
  const [body, algorithm, signature] = list.children;
  if (signature?.tag !== Tag.BitString) throw new DerError("not a revocation list");
  const fields = [...body.children];
  if (fields[0]?.tag === Tag.Integer) fields.shift();
  const [, issuer, thisUpdate, ...rest] = fields;
  if (thisUpdate === undefined) throw new DerError("not a revocation list");
  const nextUpdate = isTime(rest[0]) ? rest.shift() : undefined;
  const revoked = rest[0]?.tag === Tag.Sequence ? rest.shift() : undefined;
  refusePartial(rest.find((field) => field.tag === CONTEXT_0));
  // The first octet counts unused bits.
  const made = signature.content.subarray(1);
  return {
    issuer: Buffer.from(issuer.encoded).toString("hex"),
    thisUpdate: thisUpdate.time,
    nextUpdate: nextUpdate?.time,
    serials: new Set((revoked?.children ?? []).map((entry) => plainSerial(entry.child(0).content))),
    isSignedBy: (authority) => isSigned(body.encoded, made, algorithm, authority.publicKey),
  };
}

const CONTEXT_0 = 160;
const isTime = (node: DerNode | undefined) => node?.tag === Tag.UtcTime || node?.tag === Tag.GeneralizedTime;

const DELTA = "2.5.29.27";
const DISTRIBUTION_POINT = "2.5.29.28";

function refusePartial(node: DerNode | undefined): void {
  for (const [oid, { isCritical, value }] of readExtensions(node)) {
    if (oid === DELTA) throw new DerError("it is a delta of another list");
    if (oid === DISTRIBUTION_POINT) {
      // 0: its address, 1 and 2: for users or authorities alone; the others leave certificates of this issuer out.
      if (readDer(value).children.some(({ tag }) => (tag & 31) > 2))
        throw new DerError("it covers only some reasons or kinds of certificates");
    } else if (isCritical) throw new DerError(`it has an unknown critical extension (${oid})`);
  }
}

/** A serial number in capital hexadecimal digits without leading zeros. */
export function plainSerial(serial: Uint8Array | string): string {
  const text = typeof serial === "string" ? serial.replace(/[^0-9A-Fa-f]/g, "") : Buffer.from(serial).toString("hex");
  return text.toUpperCase().replace(/^0+(?=.)/, "");
}

/** Hash by signature algorithm; SHA-1 and older prove nothing any more. */
const HASHES: ReadonlyMap<string, string | null> = new Map([
  ["1.2.840.113549.1.1.11", "sha256"],
  ["1.2.840.113549.1.1.12", "sha384"],
  ["1.2.840.113549.1.1.13", "sha512"],
  ["1.2.840.10045.4.3.2", "sha256"],
  ["1.2.840.10045.4.3.3", "sha384"],
  ["1.2.840.10045.4.3.4", "sha512"],
  ["1.3.101.112", null],
]);
const PSS = "1.2.840.113549.1.1.10";

const PSS_HASHES: ReadonlyMap<string, string> = new Map([
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);

function isSigned(body: Uint8Array, signature: Uint8Array, algorithm: DerNode, key: KeyObject): boolean {
  const { oid } = algorithm.child(0);
  try {
    if (oid !== PSS) {
      const hash = HASHES.get(oid);
      return hash !== undefined && verify(hash, body, key, signature);
    }
    const hash = PSS_HASHES.get(algorithm.child(1).child(0).child(0).child(0).oid);
    const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
    return hash !== undefined && verify(hash, body, options, signature);
  } catch {
    // A key of another kind than the algorithm's.
    return false;
  }
}
