import assert from "node:assert/strict";
import { checkPrimeSync, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { test } from "node:test";
import { fromJwk, rsaKey, secretKey } from "./jwt-keys.ts";
import { rsaWeakness } from "./weak-keys.ts";

/** The product of the primes up to 167. */
const MODULUS = [
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
  113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
].reduce((product, prime) => product * BigInt(prime), 1n);

function power(base: bigint, exponent: number): bigint {
  let result = 1n;
  for (let i = 0; i < exponent; i++) result = (result * base) % MODULUS;
  return result;
}

/** A prime as the faulty library made them: k * M + (65537^a mod M). */
function rocaPrime(): bigint {
  const residue = power(65537n, 5 + randomBytes(1)[0]);
  for (;;) {
    // The two highest bits set, so that the product of two has 2048 bits.
    const high = (BigInt(`0x${randomBytes(128).toString("hex")}`) | (3n << 1022n)) / MODULUS;
    const candidate = high * MODULUS + residue;
    if (candidate >> 1022n === 3n && checkPrimeSync(candidate)) return candidate;
  }
}

const base64url = (n: bigint) => Buffer.from(n.toString(16).padStart(512, "0"), "hex").toString("base64url");

test("keys of the faulty generator (ROCA) are known by their fingerprint", () => {
  const n = base64url(rocaPrime() * rocaPrime());
  const key = rsaKey(n, "AQAB");
  assert.ok("problem" in key);
  assert.match(key.problem, /ROCA/);
});

test("sound keys have it not", () => {
  for (let i = 0; i < 3; i++)
    assert.equal(rsaWeakness(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey), undefined);
});

test("short keys, small and even exponents, short secrets", () => {
  const problem = (key: ReturnType<typeof rsaKey>) => ("problem" in key ? key.problem : "none");
  const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  assert.match(problem(fromJwk(short)), /1024 bits/);
  const { n } = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  for (const e of ["AQ", "Ag", "BA"])
    assert.match(problem(fromJwk({ kty: "RSA", n, e })), /weak exponent|cannot be read/, e);
  assert.equal(problem(fromJwk({ kty: "RSA", n, e: "Aw" })), "none");
  assert.match(problem(secretKey(randomBytes(31).toString("base64"))), /31 bytes/);
  assert.equal(problem(secretKey(randomBytes(32).toString("base64"))), "none");
  assert.ok(createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" }));
});
