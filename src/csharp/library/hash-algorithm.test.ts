import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, type CsArray } from "../runtime/values.ts";
import { findImplementation } from "./define.ts";
import "./hash-algorithm-name.ts";
import "./hmac.ts";

function call(typeName: string, key: string, ...args: unknown[]): unknown {
  const found = findImplementation(`System.Security.Cryptography.${typeName}`, key);
  assert.equal(typeof found, "function", `${typeName}.${key}`);
  return (found as (...a: unknown[]) => unknown)(...args);
}

const utf8 = (text: string) => bytes(new TextEncoder().encode(text));
const as = (value: unknown, encoding: "hex" | "base64") =>
  Buffer.from((value as CsArray).items as Uint8Array).toString(encoding);

test("hash functions", () => {
  const rows: [name: string, text: string, hex: string][] = [
    ["MD5", "abc", "900150983cd24fb0d6963f7d28e17f72"],
    ["SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["SHA256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ];
  for (const [name, text, hex] of rows) {
    const hash = call(name, "Create()");
    assert.equal(as(call("HashAlgorithm", "ComputeHash(byte[])", hash, utf8(text)), "hex"), hex);
    assert.equal(as(call(name, "HashData(byte[])", utf8(text)), "hex"), hex);
  }
  const empty = call("HashAlgorithm", "ComputeHash(byte[])", call("SHA384", "Create()"), utf8(""));
  assert.equal(as(empty, "base64"), "OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb");
  const managed = call("SHA256Managed", "new()");
  assert.equal(call("HashAlgorithm", "HashSize", managed), 256);
});

test("block by block", () => {
  const hash = call("MD5", "Create()");
  call("HashAlgorithm", "TransformBlock(byte[],int,int,byte[],int)", hash, utf8("xab"), 1, 2, null, 0);
  assert.throws(() => call("HashAlgorithm", "Hash", hash), {
    message: "Hash must be finalized before the hash value is retrieved.",
  });
  call("HashAlgorithm", "TransformFinalBlock(byte[],int,int)", hash, utf8("c"), 0, 1);
  assert.equal(as(call("HashAlgorithm", "Hash", hash), "hex"), "900150983cd24fb0d6963f7d28e17f72");
});

test("HMAC", () => {
  const rows: [name: string, base64: string][] = [
    ["HMACSHA256", "nBluMtwBdfhvSxy4konWYZ3mvuaZ5MN45oMJ7Zehpqs="],
    ["HMACSHA1", "T9CyFSdu8S8rPkyOysKBFJi2Vvw="],
    ["HMACMD5", "0v6YBj+HawMZOvtJtJeVkQ=="],
  ];
  for (const [name, base64] of rows) {
    const hmac = call(name, "new(byte[])", utf8("key"));
    assert.equal(as(call("HashAlgorithm", "ComputeHash(byte[])", hmac, utf8("abc")), "base64"), base64);
    assert.equal(as(call(name, "HashData(byte[],byte[])", utf8("key"), utf8("abc")), "base64"), base64);
  }
  const random = call("HMACSHA512", "new()");
  assert.equal((call("HMACSHA512", "Key", random) as CsArray).items.length, 128);
  call("HMACSHA512", "Key=", random, utf8("k"));
  assert.equal(as(call("HMACSHA512", "Key", random), "hex"), "6b");
  assert.equal((call("HMACSHA256", "Key", call("HMACSHA256", "new(byte[])", utf8(""))) as CsArray).items.length, 0);
  assert.throws(() => call("HMACSHA256", "new(byte[])", null), {
    message: "Value cannot be null. (Parameter 'key')",
  });
});

test("algorithms by name", () => {
  assert.equal(call("HashAlgorithm", "Create(string)", "nope"), null);
  assert.equal(call("HashAlgorithm", "HashSize", call("HashAlgorithm", "Create(string)", "SHA-512")), 512);
  assert.equal(call("HMAC", "HashName", call("HMAC", "Create(string)", "HMACSHA384")), "SHA384");
  const sha256 = call("HashAlgorithmName", "SHA256");
  assert.equal(call("HashAlgorithmName", "Name", sha256), "SHA256");
  const same = call("HashAlgorithmName", "new(string)", "SHA256");
  assert.equal(call("HashAlgorithmName", "op_Equality(HashAlgorithmName,HashAlgorithmName)", sha256, same), true);
});
