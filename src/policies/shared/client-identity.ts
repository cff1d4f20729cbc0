/** `<identity>` of validate-client-certificate: what a client's certificate must say, and who must have issued it. */
import { createHash, X509Certificate } from "node:crypto";
import { isUnread, plainThumbprint } from "../../base/pki/certificate-material.ts";
import { isSameName, parseName, readName } from "../../base/pki/distinguished-name.ts";
import { plainSerial } from "../../base/pki/revocation-list.ts";
import { type Certificate, isIssuedBy } from "../../base/pki/trust-store.ts";
import { string } from "../../kit/attributes.ts";
import type { CompileContext, ElementConfig } from "../../kit/policy.ts";

export const identitySpec = {
  many: true,
  min: 1,
  attributes: {
    thumbprint: string({ doc: "SHA-1 (or SHA-256) thumbprint, hexadecimal." }),
    "serial-number": string({ doc: "Serial number, hexadecimal." }),
    "common-name": string({ doc: "CN of the subject." }),
    subject: string({ doc: "Distinguished name of the subject." }),
    "dns-name": string({ doc: "A DNS name among the subject alternative names." }),
    "issuer-subject": string({ doc: "Distinguished name of the issuer." }),
    "issuer-thumbprint": string({ doc: "Thumbprint of the issuer's certificate." }),
    "issuer-certificate-id": string({ doc: "Id of the issuer's certificate; excludes the other issuer attributes." }),
  },
} as const;

type IdentityConfig = ElementConfig<typeof identitySpec>;

/** One condition of an identity. @param issuers authorities that may have issued the certificate */
export interface IdentityRule {
  readonly attribute: string;
  readonly expected: string;
  /** What the certificate says of it, for logs. */
  found(certificate: Certificate, issuers: readonly Certificate[]): string;
  holds(certificate: Certificate, issuers: readonly Certificate[]): boolean;
}

/** All conditions of one identity; mistakes are reported. */
export function identityRules(config: IdentityConfig, context: CompileContext): IdentityRule[] {
  const rules: IdentityRule[] = [];
  const complain = (message: string) => context.isLoose || context.error(message, { line: config.line });
  const add = (attribute: string, expected: string | undefined, make: (text: string) => Check | string) => {
    if (expected === undefined) return;
    const check = make(expected.trim());
    if (typeof check === "string") complain(`${attribute}: ${check}`);
    else rules.push({ attribute, expected, ...check });
  };
  add("thumbprint", config.thumbprint, (text) => thumbprintCheck(text, (c) => [c]));
  add("serial-number", config.serialNumber, serialCheck);
  add("common-name", config.commonName, commonNameCheck);
  add("subject", config.subject, (text) => nameCheck(text, (c) => c.data.subject));
  add("dns-name", config.dnsName, dnsNameCheck);
  add("issuer-subject", config.issuerSubject, (text) => nameCheck(text, (c) => c.data.issuer));
  add("issuer-thumbprint", config.issuerThumbprint, (text) =>
    thumbprintCheck(text, (c, issuers) => issuersOf(c, issuers)),
  );
  add("issuer-certificate-id", config.issuerCertificateId, (id) => issuerCheck(id, context));
  const isIssuerTwice = config.issuerSubject !== undefined || config.issuerThumbprint !== undefined;
  if (config.issuerCertificateId !== undefined && isIssuerTwice)
    context.error("issuer-certificate-id excludes issuer-subject and issuer-thumbprint", { line: config.line });
  if (Object.values(config).every((value) => value === undefined || typeof value !== "string"))
    context.error("An <identity> without attributes would let every certificate pass", { line: config.line });
  return rules;
}

type Check = Pick<IdentityRule, "found" | "holds">;
type Select = (certificate: Certificate, issuers: readonly Certificate[]) => readonly Certificate[];

function thumbprintCheck(text: string, select: Select): Check | string {
  const wanted = plainThumbprint(text);
  if (!/^([0-9A-F]{40}|[0-9A-F]{64})$/.test(wanted))
    return `"${text}" is no thumbprint: 40 hexadecimal digits (SHA-1) or 64 (SHA-256)`;
  const algorithm = wanted.length === 40 ? "sha1" : "sha256";
  const of = ({ x509 }: Certificate) => createHash(algorithm).update(x509.raw).digest("hex").toUpperCase();
  return {
    found: (c, issuers) => select(c, issuers).map(of).join(", "),
    holds: (c, issuers) => select(c, issuers).some((selected) => of(selected) === wanted),
  };
}

const issuersOf: Select = (certificate, issuers) => issuers.filter((i) => isIssuedBy(certificate.x509, i.x509));

function serialCheck(text: string): Check | string {
  const wanted = plainSerial(text);
  if (wanted === "" || /[^0-9A-Fa-f\s:-]/.test(text)) return `"${text}" is no serial number in hexadecimal digits`;
  const of = ({ data }: Certificate) => plainSerial(data.serial);
  return { found: of, holds: (c) => of(c) === wanted };
}

const COMMON_NAME = "2.5.4.3";

function commonNameCheck(text: string): Check {
  const of = ({ data }: Certificate) =>
    readName(data.subject)
      .flat()
      .filter((a) => a.oid === COMMON_NAME)
      .map((a) => a.value);
  return {
    found: (c) => of(c).join(", "),
    // Of several, which one counts is anybody's guess.
    holds: (c) => of(c).length === 1 && of(c)[0] === text,
  };
}

function nameCheck(text: string, of: (certificate: Certificate) => Uint8Array): Check | string {
  const wanted = parseName(text);
  if ("problem" in wanted) return wanted.problem;
  return {
    found: (c) =>
      readName(of(c))
        .flat()
        .map((a) => `${a.oid}=${a.value}`)
        .join(", "),
    holds: (c) => isSameName(wanted, readName(of(c))),
  };
}

function dnsNameCheck(text: string): Check {
  const of = ({ data }: Certificate) => data.alternativeNames.filter((n) => n.kind === "dns").map((n) => n.value);
  return {
    found: (c) => of(c).join(", "),
    holds: (c) => of(c).some((name) => name.toLowerCase() === text.toLowerCase()),
  };
}

function issuerCheck(id: string, context: CompileContext): Check | string {
  const entry = context.snapshot.certificates.get(id);
  if (entry === undefined) return `there is no certificate "${id}"; name it under certificates: in the settings`;
  if (isUnread(entry)) return { found: () => "", holds: () => false };
  const issuer = new X509Certificate(entry.certificate);
  return {
    found: ({ x509 }) => x509.issuer.replaceAll("\n", ", "),
    holds: ({ x509 }) => isIssuedBy(x509, issuer),
  };
}
