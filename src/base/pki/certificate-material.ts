/**
 * A certificate and its private key out of whatever they come in: PEM (both in one text, or apart), or a PKCS #12 file (PFX), as it is
 * or in base64, as Key Vault hands it out. The result is PEM, the one form that TLS, key pairs and thumbprints are made from.
 */
import { createHash, X509Certificate } from "node:crypto";
import { DerError } from "./der.ts";
import { readPkcs12, WrongPassword } from "./pkcs12.ts";

export interface CertificateMaterial {
  /** PEM: the certificate first, then those that lead to its authority. */
  readonly certificate: string;
  /** PEM (PKCS #8), when there is one. */
  readonly key: string | undefined;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z]+ )?PRIVATE KEY-----/;

/** @param password of a PFX; most files from Key Vault have none */
export function readCertificateMaterial(
  content: Uint8Array | string,
  password = "",
): CertificateMaterial | { readonly problem: string; readonly hint?: string } {
  const text = typeof content === "string" ? content : Buffer.from(content).toString("latin1");
  const found = text.match(CERTIFICATES);
  if (found !== null) return { certificate: `${found.join("\n")}\n`, key: KEY.exec(text)?.[0] };
  const bytes = typeof content === "string" ? fromBase64(content) : content[0] === 0x30 ? content : fromBase64(text);
  if (bytes === undefined) return { problem: "The certificate is neither PEM nor a PFX (PKCS #12) file" };
  return readPfx(bytes, password);
}

function readPfx(bytes: Uint8Array, password: string): ReturnType<typeof readCertificateMaterial> {
  try {
    const entries = readPkcs12(bytes, password);
    const own = entries.find((entry) => entry.privateKey !== null) ?? entries[0];
    if (own === undefined) return { problem: "The PFX file holds no certificate" };
    const chain = [own, ...entries.filter((entry) => entry !== own)];
    const key = own.privateKey?.export({ format: "pem", type: "pkcs8" }).toString();
    return { certificate: chain.map((entry) => toPem(entry.certificate)).join(""), key };
  } catch (error) {
    if (error instanceof WrongPassword)
      return { problem: "The password of the PFX file is wrong", hint: "Give it as password, by its source." };
    if (error instanceof DerError) return { problem: "The certificate is neither PEM nor a PFX (PKCS #12) file" };
    throw error;
  }
}

function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function fromBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/\s+/g, "");
  return compact !== "" && /^[A-Za-z0-9+/]+={0,2}$/.test(compact) ? Buffer.from(compact, "base64") : undefined;
}

/** It was not fetched, as a look at a configuration does without its secrets: nothing can be said about it. */
export function isUnread({ certificate }: { readonly certificate: string }): boolean {
  return certificate === "";
}

/** SHA-1 of the first certificate in a PEM text, in capital hexadecimal digits, as Azure and Windows name certificates. */
export function thumbprintOf(pem: string): string {
  return createHash("sha1").update(new X509Certificate(pem).raw).digest("hex").toUpperCase();
}

/** A thumbprint as people paste it: blanks, colons and an invisible mark of the Windows dialog in front. */
export function plainThumbprint(text: string): string {
  return text.replace(/[^0-9A-Fa-f]/g, "").toUpperCase();
}
