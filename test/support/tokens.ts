/** Tokens made by hand with node:crypto, of any algorithm and any claims, right or wrong: what a signing library would not make. */
import { constants, createHmac, type KeyObject, sign } from "node:crypto";

/** Seconds since the epoch, in the year 2100. */
export const FAR = 4_102_444_800;

export const base64url = (value: string | Uint8Array | object): string =>
  Buffer.from(typeof value === "string" || value instanceof Uint8Array ? value : JSON.stringify(value)).toString(
    "base64url",
  );

/** Signature over `content` as the algorithm's name says. @param key a KeyObject, a secret's included */
export function signature(alg: string, content: string, key: KeyObject): Buffer {
  const data = Buffer.from(content);
  const hash = `sha${alg.slice(-3)}`;
  if (alg.startsWith("HS")) return createHmac(hash, key.export()).update(data).digest();
  if (alg.startsWith("PS"))
    return sign(hash, data, {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
  if (alg.startsWith("ES")) return sign(hash, data, { key, dsaEncoding: "ieee-p1363" });
  return sign(alg === "EdDSA" ? null : hash, data, key);
}

/** A compact JWS that expires far away, unless `claims` says otherwise. */
export function signedToken(alg: string, key: KeyObject, claims: object = {}, header: object = {}): string {
  const content = `${base64url({ alg, ...header })}.${base64url({ exp: FAR, ...claims })}`;
  return `${content}.${signature(alg, content, key).toString("base64url")}`;
}
