/** RSA keys that are too weak to prove anything: too short, a small exponent, or made by the faulty generator of CVE-2017-15361 (ROCA). */
import type { KeyObject } from "node:crypto";
import { readDer } from "../../base/pki/der.ts";

const MIN_RSA_BITS = 2048;

/** What is wrong with an RSA key, in words. */
export function rsaWeakness(key: KeyObject): string | undefined {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_RSA_BITS) return `the RSA key has ${modulusLength} bits; at least ${MIN_RSA_BITS} are needed`;
  if (publicExponent < 3n || publicExponent % 2n === 0n) return "the RSA key has a weak exponent";
  if (hasRocaFingerprint(BigInt(`0x${Buffer.from(rsaNumbers(key).modulus).toString("hex")}`)))
    return "the RSA key was made by a faulty generator (ROCA, CVE-2017-15361): its private key can be computed";
  return undefined;
}

/** Modulus and exponent of an RSA key, big-endian, perhaps with a leading zero. */
export function rsaNumbers(key: KeyObject): { modulus: Uint8Array; exponent: Uint8Array } {
  // SubjectPublicKeyInfo: algorithm, then a bit string (its first octet counts unused bits) with both numbers.
  const info = readDer(key.export({ format: "der", type: "spki" }));
  const [modulus, exponent] = readDer(info.child(1).content.subarray(1)).children;
  return { modulus: modulus.content, exponent: exponent.content };
}

const SMALL_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/** For each small prime, the remainders that powers of 65537 leave. */
const POWERS = SMALL_PRIMES.map((prime) => {
  const remainders = new Set<number>();
  for (let power = 1; !remainders.has(power); power = (power * 65537) % prime) remainders.add(power);
  return [BigInt(prime), remainders] as const;
});

/** Such moduli are powers of 65537 modulo every small prime; another one is so by chance about once in 2^27. Nemec et al., CCS 2017. */
function hasRocaFingerprint(modulus: bigint): boolean {
  return POWERS.every(([prime, remainders]) => remainders.has(Number(modulus % prime)));
}
