import assert from "node:assert/strict";
import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { test } from "node:test";
import { CompactEncrypt, type CompactJWEHeaderParameters } from "jose";
import { deflateRawSync } from "node:zlib";
import { base64url } from "../../../test/support/tokens.ts";
import { type DecryptionKey, decryptToken } from "./jwt-decrypt.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const TEXT = "a.signed.token";

const encrypt = (key: KeyObject | Uint8Array, header: CompactJWEHeaderParameters, text = TEXT) =>
  new CompactEncrypt(Buffer.from(text)).setProtectedHeader(header).encrypt(key);
const keyOf = (key: KeyObject, id?: string): DecryptionKey => ({ id, key });
const secret = (bytes: number) => createSecretKey(randomBytes(bytes));

async function open(token: string, ...keys: DecryptionKey[]): Promise<string> {
  const opened = await decryptToken(token, keys);
  return typeof opened === "string" ? opened : opened.reason;
}

test("secrets, RSA and elliptic curves open what was made for them", async () => {
  for (const [enc, bytes] of [
    ["A128CBC-HS256", 32],
    ["A192CBC-HS384", 48],
    ["A256CBC-HS512", 64],
    ["A128GCM", 16],
    ["A256GCM", 32],
  ] as const) {
    const key = secret(bytes);
    assert.equal(await open(await encrypt(key, { alg: "dir", enc }), keyOf(key)), TEXT, enc);
  }
  const wrapping = secret(32);
  assert.equal(await open(await encrypt(wrapping, { alg: "A256KW", enc: "A256GCM" }), keyOf(wrapping)), TEXT);
  for (const alg of ["RSA-OAEP", "RSA-OAEP-256"])
    assert.equal(await open(await encrypt(rsa.publicKey, { alg, enc: "A256GCM" }), keyOf(rsa.privateKey)), TEXT, alg);
  assert.equal(await open(await encrypt(ec.publicKey, { alg: "ECDH-ES", enc: "A256GCM" }), keyOf(ec.privateKey)), TEXT);
});

test("keys are tried in turn; a key id chooses", async () => {
  const [a, b] = [secret(32), secret(32)];
  const header = { alg: "dir", enc: "A256GCM" };
  const token = await encrypt(b, header);
  assert.equal(await open(token, keyOf(a), keyOf(secret(64)), keyOf(rsa.privateKey), keyOf(b)), TEXT);
  assert.equal(await open(token, keyOf(a)), "TokenSignatureKeyNotFound");
  assert.equal(await open(token), "TokenSignatureKeyNotFound", "a policy without decryption keys");
  const named = await encrypt(b, { ...header, kid: "b" });
  assert.equal(await open(named, keyOf(a, "a"), keyOf(b, "b")), TEXT);
  assert.equal(await open(named, keyOf(b, "a")), "TokenSignatureKeyNotFound");
});

test("ways that leak or cost are not offered: RSA1_5, PBES2, a public key as a secret", async () => {
  const envelope = (header: object) => `${base64url(header)}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`;
  const keys = [keyOf(rsa.privateKey), keyOf(secret(32))];
  for (const header of [
    { alg: "RSA1_5", enc: "A256GCM" },
    { alg: "PBES2-HS256+A128KW", enc: "A128GCM", p2c: 2_000_000_000, p2s: "AAAAAAAAAAA" },
    { alg: "none", enc: "A256GCM" },
  ])
    assert.equal(await open(envelope(header), ...keys), "TokenSignatureKeyNotFound", header.alg);
  const pem = rsa.publicKey.export({ format: "der", type: "spki" }).subarray(0, 32);
  const confused = await encrypt(pem, { alg: "dir", enc: "A256GCM" });
  assert.equal(await open(confused, keyOf(rsa.privateKey)), "TokenSignatureKeyNotFound");
});

test("five parts are as strict as three, and what was changed does not open", async () => {
  const key = secret(32);
  const good = await encrypt(key, { alg: "dir", enc: "A256GCM" });
  const parts = good.split(".");
  const change = (at: number, to: string) => parts.map((part, i) => (i === at ? to : part)).join(".");
  assert.equal(await open(change(3, `${parts[3]}=`), keyOf(key)), "JwtInvalid");
  assert.equal(await open(change(3, `${parts[3].slice(0, 4)} ${parts[3].slice(4)}`), keyOf(key)), "JwtInvalid");
  assert.equal(
    await open(change(0, base64url({ alg: "dir", enc: "A256GCM", crit: ["exp"] })), keyOf(key)),
    "JwtInvalid",
  );
  assert.equal(await open(change(3, "AAAA"), keyOf(key)), "TokenSignatureKeyNotFound");
  assert.equal(await open(change(4, "AAAA"), keyOf(key)), "TokenSignatureKeyNotFound", "a cut tag");
  assert.equal(await open(change(2, ""), keyOf(key)), "TokenSignatureKeyNotFound", "no nonce");
});

test("a compressed token opens up to the length of the longest token, a bomb does not", async () => {
  const key = secret(32);
  const compressed = (text: string) => encrypt(key, { alg: "dir", enc: "A256GCM", zip: "DEF" }, text);
  assert.equal(await open(await compressed(TEXT), keyOf(key)), TEXT);
  const bomb = "0".repeat(200_000);
  assert.ok(deflateRawSync(bomb).length < 1_000);
  assert.equal(await open(await compressed(bomb), keyOf(key)), "TokenSignatureKeyNotFound");
});
