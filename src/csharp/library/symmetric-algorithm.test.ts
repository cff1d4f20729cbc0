import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, type CsArray } from "../runtime/values.ts";
import { findImplementation } from "./define.ts";
import "./crypto-transform.ts";
import "./random-number-generator.ts";
import "./symmetric-algorithm.ts";

function call(typeName: string, key: string, ...args: unknown[]): unknown {
  const found = findImplementation(`System.Security.Cryptography.${typeName}`, key);
  assert.equal(typeof found, "function", `${typeName}.${key}`);
  return (found as (...a: unknown[]) => unknown)(...args);
}

const aes = (key: string, ...args: unknown[]) => call("SymmetricAlgorithm", key, ...args);
const transform = (key: string, ...args: unknown[]) => call("ICryptoTransform", key, ...args);
const utf8 = (text: string) => bytes(new TextEncoder().encode(text));
const base64 = (value: unknown) => Buffer.from((value as CsArray).items as Uint8Array).toString("base64");

function algorithm(): unknown {
  const made = call("Aes", "Create()");
  aes("Key=", made, utf8("0123456789abcdef"));
  aes("IV=", made, utf8("abcdef9876543210"));
  return made;
}

test("AES in CBC mode with PKCS #7", () => {
  const made = algorithm();
  const encryptor = aes("CreateEncryptor()", made);
  const secret = transform("TransformFinalBlock(byte[],int,int)", encryptor, utf8("hello"), 0, 5);
  assert.equal(base64(secret), "rkbumbtCClkN+Jkds7bQJw==");
  const decryptor = aes("CreateDecryptor()", made);
  assert.equal(base64(transform("TransformFinalBlock(byte[],int,int)", decryptor, secret, 0, 16)), "aGVsbG8=");
  const vector = utf8("abcdef9876543210");
  assert.equal(base64(aes("EncryptCbc(byte[],byte[],PaddingMode)", made, utf8("hello"), vector, 2)), base64(secret));
  assert.equal(base64(aes("DecryptCbc(byte[],byte[],PaddingMode)", made, secret, vector, 2)), "aGVsbG8=");
});

test("block by block", () => {
  const made = algorithm();
  const text = "0123456789abcdefGHIJKLMNOPQRSTUVwxyz";
  const all = transform("TransformFinalBlock(byte[],int,int)", aes("CreateEncryptor()", made), utf8(text), 0, 36);
  const decryptor = aes("CreateDecryptor()", made);
  const out = bytes(new Uint8Array(48));
  const step = (at: number) =>
    transform("TransformBlock(byte[],int,int,byte[],int)", decryptor, all, at, 16, out, 0) as number;
  assert.equal(step(0), 0);
  assert.equal(step(16), 16);
  assert.equal(Buffer.from(out.items as Uint8Array).toString("latin1", 0, 16), "0123456789abcdef");
  const last = transform("TransformFinalBlock(byte[],int,int)", decryptor, all, 32, 16);
  assert.equal(Buffer.from((last as CsArray).items as Uint8Array).toString(), "GHIJKLMNOPQRSTUVwxyz");
});

test("other modes and paddings come back as they went", () => {
  const made = algorithm();
  for (const padding of [2, 4, 5]) {
    const secret = aes("EncryptEcb(byte[],PaddingMode)", made, utf8("hello"), padding) as CsArray;
    assert.equal(secret.items.length, 16);
    assert.equal(base64(aes("DecryptEcb(byte[],PaddingMode)", made, secret, padding)), "aGVsbG8=");
  }
  const vector = utf8("abcdef9876543210");
  const cfb = aes("EncryptCfb(byte[],byte[],PaddingMode,int)", made, utf8("hello"), vector, 1, 8) as CsArray;
  assert.equal(cfb.items.length, 5);
  assert.equal(base64(aes("DecryptCfb(byte[],byte[],PaddingMode,int)", made, cfb, vector, 1, 8)), "aGVsbG8=");
  const zeros = aes("EncryptEcb(byte[],PaddingMode)", made, utf8("hello"), 3);
  const plain = aes("DecryptEcb(byte[],PaddingMode)", made, zeros, 3);
  assert.equal(base64(plain), base64(utf8(`hello${"\0".repeat(11)}`)));
});

test("keys, vectors and data of the wrong size", () => {
  const type = "System.Security.Cryptography.CryptographicException";
  const made = algorithm();
  assert.throws(() => aes("Key=", made, utf8("short")), {
    typeName: type,
    message: "Specified key is not a valid size for this algorithm.",
  });
  assert.throws(() => aes("IV=", made, utf8("short")), {
    message: "Specified initialization vector (IV) does not match the block size for this algorithm.",
  });
  const decryptor = aes("CreateDecryptor()", made);
  assert.throws(() => transform("TransformFinalBlock(byte[],int,int)", decryptor, utf8("hello"), 0, 5), {
    message: "The input data is not a complete block.",
  });
  const noise = utf8("0123456789abcdef");
  assert.throws(() => aes("DecryptEcb(byte[],PaddingMode)", made, noise, 2), {
    message: "Padding is invalid and cannot be removed.",
  });
  assert.equal(aes("KeySize", made), 128);
  assert.equal((aes("Key", call("Aes", "Create()")) as CsArray).items.length, 32);
});

test("random numbers", () => {
  const fill = bytes(new Uint8Array(64));
  call("RNGCryptoServiceProvider", "GetNonZeroBytes(byte[])", call("RNGCryptoServiceProvider", "new()"), fill);
  assert.ok((fill.items as Uint8Array).every((byte) => byte !== 0));
  for (let i = 0; i < 50; i++) {
    const value = call("RandomNumberGenerator", "GetInt32(int,int)", -2, 3) as number;
    assert.ok(value >= -2 && value < 3);
  }
  assert.equal((call("RandomNumberGenerator", "GetBytes(int)", 7) as CsArray).items.length, 7);
});
