/** `<key>` elements of token policies: base64 text, certificate-id, or n and e; read at load, or per request when the text is an expression. */
import { createPrivateKey, createSecretKey, type KeyObject } from "node:crypto";
import { isUnread } from "../../base/pki/certificate-material.ts";
import { oneOf, string, textString } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { CompileContext } from "../../kit/policy.ts";
import type { Value } from "../../kit/value.ts";
import { type DecryptionKey, managementOf } from "./jwt-decrypt.ts";
import {
  certificateKey,
  type KeyProblem,
  type KeyUse,
  rsaKey,
  secretBytes,
  secretKey,
  type VerificationKey,
} from "./jwt-keys.ts";
import type { PolicyKeys } from "./jwt-verify.ts";
import { TokenMemory } from "./token-memory.ts";

const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
  ...["EdDSA", "HS256", "HS384", "HS512"],
] as const;

const text = textString({ expression: true, doc: "A symmetric key, base64." });
const certificateId = string({ doc: "Certificate whose key it is." });
const id = string({ doc: "Key id to match with the token's kid." });

export const signingKeySpec = {
  many: true,
  attributes: {
    id,
    "certificate-id": certificateId,
    n: string({ doc: "Modulus of an RSA key, base64url." }),
    e: string({ doc: "Exponent of an RSA key, base64url." }),
    alg: oneOf(ALGORITHMS, {
      doc: "The one algorithm the key serves (Sallyport's own). Without it an RSA key serves RS256/384/512.",
    }),
  },
  text,
} as const;

export const decryptionKeySpec = { many: true, attributes: { id, "certificate-id": certificateId }, text } as const;

interface KeyConfig {
  readonly id: string | undefined;
  readonly certificateId: string | undefined;
  readonly text: Value<string> | undefined;
  readonly line: number;
}

interface SigningKeyConfig extends KeyConfig {
  readonly n: string | undefined;
  readonly e: string | undefined;
  readonly alg: string | undefined;
}

/** The policy's own keys for a request. */
export type KeysOf = (x: Exchange) => PolicyKeys;

/** Mistakes are reported; keys that are no expressions are made once. */
export function policyKeys(
  signing: readonly SigningKeyConfig[],
  decryption: readonly KeyConfig[],
  context: CompileContext,
): KeysOf {
  const signingReader = signing.map((config) => reader(config, "issuer-signing-keys", context, signingKey));
  const decryptionReader = decryption.map((config) => reader(config, "decryption-keys", context, decryptionKey));
  const computed = [...signing, ...decryption].map((c) => c.text).filter((t) => t !== undefined && isComputed(t));
  const read = (x?: Exchange): Omit<PolicyKeys, "digest"> => ({
    signing: signingReader.flatMap((r) => r(x)),
    decryption: decryptionReader.flatMap((r) => r(x)),
  });
  if (computed.length === 0) {
    const keys = { ...read(), digest: "" };
    return () => keys;
  }
  const known = new Map<string, PolicyKeys>();
  return (x) => {
    const digest = TokenMemory.digest(JSON.stringify(computed.map((t) => t?.get(x))));
    let keys = known.get(digest);
    if (keys === undefined) {
      keys = { ...read(x), digest };
      if (known.size >= MAX_COMPUTED) known.clear();
      known.set(digest, keys);
    }
    return keys;
  };
}

/** Sets of computed keys kept ready for one policy. */
const MAX_COMPUTED = 100;

const isComputed = (value: Value<string>) => value.constant === undefined;

type Make<C, K> = (config: C, text: string | undefined, context: CompileContext) => K | KeyProblem;

function reader<C extends KeyConfig, K extends object>(
  config: C,
  element: string,
  context: CompileContext,
  make: Make<C, K>,
): (x: Exchange | undefined) => K[] {
  const complain = (problem: string) =>
    context.isLoose || context.error(`A key of <${element}> cannot be used: ${problem}`, { line: config.line });
  const { text, certificateId: certificate } = config;
  const entry = certificate === undefined ? undefined : context.snapshot.certificates.get(certificate);
  if (entry !== undefined && isUnread(entry)) return () => [];
  const isTextual = text !== undefined && (isComputed(text) || text.constant !== "");
  const forms = [isTextual, certificate !== undefined, "n" in config && config.n !== undefined].filter(Boolean).length;
  if (forms !== 1) complain("give exactly one of base64 text, certificate-id, and n with e");
  else if (text !== undefined && isTextual && isComputed(text)) {
    return (x) => {
      const key = make(config, x && text.get(x), context);
      if ("problem" in key)
        throw new PolicyFault("KeyInvalid", `A key of <${element}> cannot be used: ${key.problem}.`);
      return [key];
    };
  } else {
    const key = make(config, text?.constant, context);
    if (!("problem" in key)) return () => [key];
    complain(key.problem);
  }
  return () => [];
}

function signingKey(
  config: SigningKeyConfig,
  text: string | undefined,
  context: CompileContext,
): VerificationKey | KeyProblem {
  const use: KeyUse = { id: config.id, algorithm: config.alg };
  if (config.certificateId !== undefined) {
    const found = context.snapshot.certificates.get(config.certificateId);
    return found === undefined ? noCertificate(config.certificateId) : certificateKey(found.certificate, use);
  }
  if (config.n !== undefined)
    return config.e === undefined ? { problem: "n needs e" } : rsaKey(config.n, config.e, use);
  return secretKey(text ?? "", use);
}

function decryptionKey(
  config: KeyConfig,
  text: string | undefined,
  context: CompileContext,
): DecryptionKey | KeyProblem {
  const { id: keyId, certificateId: name } = config;
  if (name === undefined) {
    const secret = secretBytes(text ?? "");
    if ("problem" in secret) return secret;
    if (secret.bytes.length < MIN_SECRET_BYTES)
      return { problem: `the key has ${secret.bytes.length} bytes; at least ${MIN_SECRET_BYTES} are needed` };
    return { id: keyId, key: createSecretKey(secret.bytes) };
  }
  const pem = context.snapshot.certificates.get(name)?.key;
  if (pem === undefined)
    return context.snapshot.certificates.has(name)
      ? { problem: `the certificate "${name}" has no private key` }
      : noCertificate(name);
  const key = privateKey(pem);
  if (key === undefined || managementOf(key).length === 0)
    return { problem: `the private key of the certificate "${name}" cannot decrypt` };
  return { id: keyId, key };
}

/** AES-128. */
const MIN_SECRET_BYTES = 16;

function noCertificate(name: string): KeyProblem {
  return { problem: `there is no certificate "${name}"; name it under certificates: in the settings` };
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
