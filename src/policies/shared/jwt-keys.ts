/** Verification keys and the algorithms each may be used with: one key, one family, decided by configuration and never by the token. */
import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject, X509Certificate } from "node:crypto";

export interface VerificationKey {
  /** `kid`, when it has one. */
  readonly id: string | undefined;
  readonly key: KeyObject;
  readonly algorithms: readonly string[];
}

export type KeyProblem = { readonly problem: string };

const MIN_RSA_BITS = 2048;
const MIN_SECRET_BYTES = 32;

const RSA_ALGORITHMS: ReadonlySet<string> = new Set(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]);

const CURVE_ALGORITHMS: Readonly<Record<string, string>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

/** A public key with the algorithms of its type; `algorithm` (a JWK's `alg`) narrows them to one. */
export function publicKey(key: KeyObject, id?: string, algorithm?: string): VerificationKey | KeyProblem {
  const algorithms = algorithmsOf(key, algorithm);
  return "problem" in algorithms ? algorithms : { id, key, algorithms: algorithms.names };
}

function algorithmsOf(key: KeyObject, algorithm: string | undefined): { names: string[] } | KeyProblem {
  if (key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "rsa-pss") {
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
    if (modulusLength < MIN_RSA_BITS)
      return { problem: `the RSA key has ${modulusLength} bits; at least ${MIN_RSA_BITS} are needed` };
    if (publicExponent < 3n) return { problem: "the RSA key has a weak exponent" };
    if (algorithm !== undefined)
      return RSA_ALGORITHMS.has(algorithm)
        ? { names: [algorithm] }
        : { problem: `an RSA key cannot serve ${algorithm}` };
    return { names: ["RS256", "RS384", "RS512"] };
  }
  const own =
    key.asymmetricKeyType === "ec"
      ? CURVE_ALGORITHMS[key.asymmetricKeyDetails?.namedCurve ?? ""]
      : key.asymmetricKeyType === "ed25519"
        ? "EdDSA"
        : undefined;
  if (own === undefined) return { problem: `keys of type ${key.asymmetricKeyType} are not supported` };
  const isOwn = algorithm === undefined || algorithm === own || (own === "EdDSA" && algorithm === "Ed25519");
  return isOwn
    ? { names: own === "EdDSA" ? ["EdDSA", "Ed25519"] : [own] }
    : { problem: `this key cannot serve ${algorithm}` };
}

/** A shared secret, base64 as the policy writes it. */
export function secretKey(base64: string, id?: string): VerificationKey | KeyProblem {
  const compact = base64.replace(/\s+/g, "");
  // Dashes are digits of base64url: a PEM would pass for a secret that everybody knows.
  if (compact.startsWith("-----BEGIN"))
    return { problem: "it is PEM, not a base64 secret; give n and e, or a certificate-id" };
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return { problem: "the key is not base64" };
  const secret = Buffer.from(compact, "base64");
  if (secret.length < MIN_SECRET_BYTES)
    return { problem: `the key has ${secret.length} bytes; at least ${MIN_SECRET_BYTES} are needed` };
  return { id, key: createSecretKey(secret), algorithms: ["HS256", "HS384", "HS512"] };
}

/** An RSA key by modulus and exponent, base64url. */
export function rsaKey(n: string, e: string, id?: string): VerificationKey | KeyProblem {
  return fromJwk({ kty: "RSA", n, e, kid: id });
}

/** The public key of a certificate, PEM. */
export function certificateKey(pem: string, id?: string): VerificationKey | KeyProblem {
  try {
    return publicKey(new X509Certificate(pem).publicKey, id);
  } catch {
    return { problem: "the certificate cannot be read" };
  }
}

/** A key of a published key set (RFC 7517). Secrets and keys for encryption are none. */
export function fromJwk(jwk: JsonWebKey): VerificationKey | KeyProblem {
  if (jwk.use !== undefined && jwk.use !== "sig") return { problem: "the key is not for signatures" };
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes("verify"))
    return { problem: "the key is not for signatures" };
  if (jwk.kty === "oct") return { problem: "a published key cannot be a secret" };
  try {
    const id = typeof jwk.kid === "string" ? jwk.kid : undefined;
    const { kty, n, e, crv, x, y } = jwk;
    return publicKey(
      createPublicKey({ key: { kty, n, e, crv, x, y } as JsonWebKey, format: "jwk" }),
      id,
      jwk.alg as string | undefined,
    );
  } catch {
    return { problem: "the key cannot be read" };
  }
}
