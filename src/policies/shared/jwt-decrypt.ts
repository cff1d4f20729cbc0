/** Encrypted tokens (RFC 7516): taken out of their envelope with keys of the policy, each used only as its kind of key is meant to be. */
import type { KeyObject } from "node:crypto";
import { compactDecrypt, type DecryptOptions, errors } from "jose";
import { MAX_TOKEN_LENGTH, parseEncrypted, problemOf, quoted, type TokenProblem } from "./jwt-text.ts";

export interface DecryptionKey {
  /** `kid`, when it has one. */
  readonly id: string | undefined;
  /** A secret, or a private RSA or EC key. */
  readonly key: KeyObject;
}

/** RSA1_5 leaks through its errors, PBES2 lets callers make us work: neither is offered. */
const MANAGEMENT: Readonly<Record<string, readonly string[]>> = {
  secret: ["dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"],
  rsa: ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
  ec: ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"],
};

/** The ways a key may be used; none when it is of a kind that cannot decrypt. */
export function managementOf(key: KeyObject): readonly string[] {
  return MANAGEMENT[key.type === "secret" ? "secret" : (key.asymmetricKeyType ?? "")] ?? [];
}

/** The signed token inside. Keys are tried in order, those that the token names first of all. */
export async function decryptToken(text: string, keys: readonly DecryptionKey[]): Promise<string | TokenProblem> {
  const envelope = parseEncrypted(text);
  if ("reason" in envelope) return envelope;
  const { alg, kid } = envelope;
  const named = keys.filter((k) => kid !== undefined && k.id === kid);
  const candidates = (named.length > 0 ? named : keys.filter((k) => kid === undefined || k.id === undefined)).filter(
    (k) => managementOf(k.key).includes(alg),
  );
  for (const { key } of candidates) {
    try {
      const options: DecryptOptions = {
        keyManagementAlgorithms: [...managementOf(key)],
        // A few bytes may inflate to gigabytes; no token that is taken is longer than this.
        maxDecompressedLength: MAX_TOKEN_LENGTH,
      };
      const { plaintext } = await compactDecrypt(text, key, options);
      return new TextDecoder("utf-8", { fatal: true }).decode(plaintext);
    } catch (error) {
      // The next key may fit. A TypeError: the key's length or the text's bytes do not suit.
      if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
    }
  }
  const why = keys.length === 0 ? "the policy has no decryption key" : "no decryption key fits";
  return problemOf("TokenSignatureKeyNotFound", `The token is encrypted and ${why}.`, {
    kid,
    alg,
    found: `key id ${quoted(kid)}`,
    expected: keys.map((k) => k.id ?? "(a key without id)"),
  });
}
