/** Verification keys and the algorithms each may be used with: one key, one family, decided by configuration and never by the token. */
import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject, X509Certificate } from "node:crypto";
import { rsaNumbers, rsaWeakness } from "./weak-keys.ts";

export interface VerificationKey {
  /** `kid`, when it has one. */
  readonly id: string | undefined;
  readonly key: KeyObject;
  readonly algorithms: readonly string[];
  /** The one issuer it may sign for, when its key set says so; perhaps with `{tenantid}` in it. */
  readonly issuer?: string;
}

export type KeyProblem = { readonly problem: string };

const MIN_SECRET_BYTES = 32;

export type RsaFamily = "RS" | "PS";

const RSA_ALGORITHMS: Readonly<Record<RsaFamily, readonly string[]>> = {
  RS: ["RS256", "RS384", "RS512"],
  PS: ["PS256", "PS384", "PS512"],
};

const CURVE_ALGORITHMS: Readonly<Record<string, string>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

export interface KeyUse {
  /** `kid`. */
  readonly id?: string | undefined;
  /** The one algorithm it serves (a JWK's `alg`). */
  readonly algorithm?: string | undefined;
  /** Padding of an RSA key that names no algorithm; default RS (PKCS #1 v1.5). */
  readonly family?: RsaFamily | undefined;
}

/** A public key with the algorithms of its type; `use.algorithm` narrows them to one. */
export function publicKey(key: KeyObject, use: KeyUse = {}): VerificationKey | KeyProblem {
  const algorithms = algorithmsOf(key, use);
  if ("problem" in algorithms) return algorithms;
  return { id: use.id, key: key.asymmetricKeyType === "rsa-pss" ? plainRsa(key) : key, algorithms: algorithms.names };
}

/** A key marked for PSS alone, without the mark, which libraries do not take; its algorithms say the same. */
function plainRsa(key: KeyObject): KeyObject {
  const { modulus, exponent } = rsaNumbers(key);
  const text = (number: Uint8Array) => Buffer.from(number).toString("base64url");
  return createPublicKey({ key: { kty: "RSA", n: text(modulus), e: text(exponent) }, format: "jwk" });
}

function algorithmsOf(key: KeyObject, { algorithm, family }: KeyUse): { names: readonly string[] } | KeyProblem {
  if (key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "rsa-pss") {
    const problem = rsaWeakness(key);
    if (problem !== undefined) return { problem };
    const names =
      key.asymmetricKeyType === "rsa-pss" ? pssAlgorithms(key) : RSA_ALGORITHMS[familyOf(algorithm, family)];
    if (algorithm === undefined) return { names };
    return names.includes(algorithm) ? { names: [algorithm] } : { problem: `an RSA key cannot serve ${algorithm}` };
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

/** A key marked for PSS may be marked for one hash too. */
function pssAlgorithms(key: KeyObject): readonly string[] {
  const { hashAlgorithm } = key.asymmetricKeyDetails ?? {};
  return hashAlgorithm === undefined
    ? RSA_ALGORITHMS.PS
    : RSA_ALGORITHMS.PS.filter((name) => hashAlgorithm === `sha${name.slice(2)}`);
}

function familyOf(algorithm: string | undefined, family: RsaFamily = "RS"): RsaFamily {
  return algorithm === undefined ? family : algorithm.startsWith("PS") ? "PS" : "RS";
}

/** A shared secret, base64 as the policy writes it. */
export function secretKey(base64: string, { id, algorithm }: KeyUse = {}): VerificationKey | KeyProblem {
  const secret = secretBytes(base64);
  if ("problem" in secret) return secret;
  if (secret.bytes.length < MIN_SECRET_BYTES)
    return { problem: `the key has ${secret.bytes.length} bytes; at least ${MIN_SECRET_BYTES} are needed` };
  if (algorithm !== undefined && !SECRET_ALGORITHMS.includes(algorithm))
    return { problem: `a secret cannot serve ${algorithm}` };
  return {
    id,
    key: createSecretKey(secret.bytes),
    algorithms: algorithm === undefined ? SECRET_ALGORITHMS : [algorithm],
  };
}

const SECRET_ALGORITHMS: readonly string[] = ["HS256", "HS384", "HS512"];

/** Bytes of a base64 text; blanks are dropped. */
export function secretBytes(base64: string): { readonly bytes: Buffer } | KeyProblem {
  const compact = base64.replace(/\s+/g, "");
  // Dashes are digits of base64url: a PEM would pass for a secret that everybody knows.
  if (compact.includes("-----BEGIN"))
    return { problem: "it is PEM, not a base64 secret; give n and e, or a certificate-id" };
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return { problem: "the key is not base64" };
  return { bytes: Buffer.from(compact, "base64") };
}

/** An RSA key by modulus and exponent, base64url. */
export function rsaKey(n: string, e: string, { id, algorithm }: KeyUse = {}): VerificationKey | KeyProblem {
  return fromJwk({ kty: "RSA", n, e, kid: id, alg: algorithm });
}

/** The public key of a certificate, PEM. */
export function certificateKey(pem: string, use: KeyUse = {}): VerificationKey | KeyProblem {
  try {
    return publicKey(new X509Certificate(pem).publicKey, use);
  } catch {
    return { problem: "the certificate cannot be read" };
  }
}

/** A key of a published key set (RFC 7517). Secrets and keys for encryption are none. */
export function fromJwk(jwk: JsonWebKey, family?: RsaFamily): VerificationKey | KeyProblem {
  if (jwk.use !== undefined && jwk.use !== "sig") return { problem: "the key is not for signatures" };
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes("verify"))
    return { problem: "the key is not for signatures" };
  if (jwk.kty === "oct") return { problem: "a published key cannot be a secret" };
  if (jwk.alg !== undefined && typeof jwk.alg !== "string") return { problem: "alg is no text" };
  try {
    const { kty, n, e, crv, x, y, alg, issuer } = jwk;
    const id = typeof jwk.kid === "string" ? jwk.kid : undefined;
    const key = createPublicKey({ key: { kty, n, e, crv, x, y } as JsonWebKey, format: "jwk" });
    const read = publicKey(key, { id, algorithm: alg as string | undefined, family });
    return typeof issuer === "string" && !("problem" in read) ? { ...read, issuer } : read;
  } catch {
    return { problem: "the key cannot be read" };
  }
}
