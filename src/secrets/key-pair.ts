/**
 * A certificate with its private key, checked before anything uses it: Node takes a key that does not belong to the
 * certificate and then fails every handshake.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

export interface KeyPairProblem {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint?: string;
}

/** @param now milliseconds since the epoch */
export function keyPairProblem(certificate: string, key: string | undefined, now: number): KeyPairProblem | undefined {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    return error("The certificate is not PEM", "It begins with -----BEGIN CERTIFICATE-----.");
  }
  if (key !== undefined) {
    let privateKey: KeyObject;
    try {
      privateKey = createPrivateKey(key);
    } catch {
      const isEncrypted = key.includes("ENCRYPTED");
      return error(
        isEncrypted ? "The private key is encrypted" : "The private key is not PEM",
        "Give it as unencrypted PEM (PKCS #8).",
      );
    }
    if (!parsed.checkPrivateKey(privateKey)) return error("The private key does not belong to the certificate");
  }
  if (Date.parse(parsed.validTo) < now)
    return { severity: "warning", message: `The certificate has expired on ${parsed.validTo}` };
  if (Date.parse(parsed.validFrom) > now)
    return { severity: "warning", message: `The certificate is not valid before ${parsed.validFrom}` };
  return undefined;
}

function error(message: string, hint?: string): KeyPairProblem {
  return hint === undefined ? { severity: "error", message } : { severity: "error", message, hint };
}
