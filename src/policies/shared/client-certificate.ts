/** The certificate that authentication-certificate presents: by thumbprint, by id, or a PFX file of its own. */
import { createHash } from "node:crypto";
import { isUnread, readCertificateMaterial } from "../../base/pki/certificate-material.ts";
import { type Payload, payload, string } from "../../kit/attributes.ts";
import { certificateByThumbprint, withKey } from "../../kit/backend-access.ts";
import type { Exchange, Snapshot } from "../../kit/exchange.ts";
import type { ClientCertificate } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { CompileContext, ElementConfig } from "../../kit/policy.ts";

export const certificateSpec = {
  attributes: {
    thumbprint: string({ expression: true, doc: "SHA-1 thumbprint of a certificate of the configuration." }),
    "certificate-id": string({ expression: true, doc: "Id of a certificate of the configuration." }),
    body: payload({ expression: true, doc: "A PFX file or PEM text, as bytes or base64." }),
    password: string({ expression: true, doc: "Password of the PFX file." }),
  },
} as const;

type CertificateConfig = ElementConfig<typeof certificateSpec>;
type ChosenCertificate = (x: Exchange) => ClientCertificate;

export function compileCertificate(config: CertificateConfig, context: CompileContext): ChosenCertificate {
  const { thumbprint, certificateId, body, password } = config;
  const given = [thumbprint, certificateId, body].filter((value) => value !== undefined);
  if (given.length !== 1) {
    context.error("Give one of thumbprint, certificate-id and body", {
      line: config.line,
      hint: 'For example <authentication-certificate certificate-id="orders-client" />.',
    });
    return () => chosen(undefined);
  }
  if (password !== undefined && body === undefined)
    context.error("A password belongs to a body", { attribute: "password", line: config.line });
  if (body !== undefined) return (x) => ownCertificate(body.get(x), password?.get(x) ?? "");
  const find = (snapshot: Snapshot, text: string) =>
    thumbprint === undefined ? snapshot.certificates.get(text) : certificateByThumbprint(snapshot, text);
  const name = thumbprint ?? certificateId;
  const constant = name?.constant;
  if (constant === undefined) return (x) => chosen(find(x.snapshot, name?.get(x) ?? ""));
  const found = find(context.snapshot, constant);
  const canTell = thumbprint === undefined || ![...context.snapshot.certificates.values()].some(isUnread);
  if (!context.isLoose && canTell && found?.key === undefined) {
    const what = `certificate with the ${thumbprint === undefined ? "id" : "thumbprint"} "${constant}"`;
    const attribute = thumbprint === undefined ? "certificate-id" : "thumbprint";
    const hint = "Give its PEM or PFX file in sallyport.yaml under certificates.";
    const message = found === undefined ? `There is no ${what}` : `The ${what} has no private key`;
    context.error(message, { attribute, line: config.line, hint });
  }
  return () => chosen(found);
}

function chosen(found: ReturnType<typeof certificateByThumbprint>): ClientCertificate {
  const certificate = withKey(found);
  if (certificate !== undefined) return certificate;
  const what =
    found === undefined ? "There is no certificate of that name" : `The certificate "${found.id}" has no private key`;
  throw new PolicyFault("CertificateNotFound", `${what} in the configuration.`);
}

/** Certificates made from bodies: deriving the key of a PFX takes milliseconds, and connections are pooled by the certificate. */
const own = new Map<string, ClientCertificate>();
const MAX_OWN = 100;

function ownCertificate(body: Payload, password: string): ClientCertificate {
  const digest = createHash("sha256").update(password).update("\0").update(body).digest("base64");
  const known = own.get(digest);
  if (known !== undefined) return known;
  const material = readCertificateMaterial(body, password);
  if ("problem" in material) throw new PolicyFault("InvalidCertificate", `${material.problem}.`);
  const { certificate, key } = material;
  if (key === undefined) throw new PolicyFault("InvalidCertificate", "The certificate comes without its private key.");
  if (own.size >= MAX_OWN) own.delete(own.keys().next().value as string);
  const fresh = { certificate, key };
  own.set(digest, fresh);
  return fresh;
}
