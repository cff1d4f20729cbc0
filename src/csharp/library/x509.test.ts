import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, type CsArray } from "../runtime/values.ts";
import { findImplementation } from "./define.ts";
import { HashAlgorithmName } from "./hash-algorithm-name.ts";
import { readPkcs12, WrongPassword } from "../../base/pki/pkcs12.ts";
import { decryptRc2Cbc } from "../../base/pki/rc2.ts";
import { RsaEncryptionPadding, RsaSignaturePadding } from "./rsa-padding.ts";
import { LEGACY_PFX, MODERN_PFX } from "./x509.test-data.ts";
import { certificateFromDer, readCertificateBytes } from "./x509-certificate2.ts";
import "./x509-members.ts";

function member(typeName: string) {
  return (key: string, ...args: unknown[]): unknown => {
    const found = findImplementation(`System.Security.Cryptography.${typeName}`, key);
    assert.equal(typeof found, "function", `${typeName}.${key}`);
    return (found as (...a: unknown[]) => unknown)(...args);
  };
}

const of = member("X509Certificates.X509Certificate2");
const rsa = member("RSA");
const decode = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const certificate = readCertificateBytes(decode(MODERN_PFX), "secret");
const sha256 = new HashAlgorithmName("SHA256");
const utf8 = (text: string) => bytes(new TextEncoder().encode(text));

test("what a certificate says", () => {
  const rows: [key: string, value: unknown][] = [
    ["Subject", 'CN=example.com, O="Contoso, Ltd.", S=Washington, C=US'],
    ["Issuer", 'CN=example.com, O="Contoso, Ltd.", S=Washington, C=US'],
    ["SerialNumber", "00CA0102"],
    ["Thumbprint", "25E47626F9B0A8180A0DFB0AF6B1320F639FE96A"],
    ["Version", 3],
    ["HasPrivateKey", true],
    ["GetKeyAlgorithm()", "1.2.840.113549.1.1.1"],
  ];
  for (const [key, value] of rows) assert.equal(of(key, certificate), value, key);
  assert.equal((of("NotBefore", certificate) as { unixMs: number }).unixMs, Date.UTC(2026, 10, 22, 20, 36, 5));
  assert.deepEqual([...(of("GetSerialNumber()", certificate) as CsArray).items], [0x02, 0x01, 0xca, 0]);
  const names = [0, 1, 2, 3, 4, 5].map((kind) => of("GetNameInfo(X509NameType,bool)", certificate, kind, false));
  assert.deepEqual(names, ["example.com", "x@y.z", "", "example.com", "example.com", "https://u/"]);
  assert.equal(of("MatchesHostname(string,bool,bool)", certificate, "a.example.org", true, true), true);
  assert.equal(of("MatchesHostname(string,bool,bool)", certificate, "a.example.org", false, true), false);
  assert.equal(of("Verify()", certificate), false);
  assert.match(of("ToString()", certificate) as string, /^\[Subject\]\n {2}CN=example\.com/);
});

test("certificates from PEM and DER are the same", () => {
  const pem = of("ExportCertificatePem()", certificate) as string;
  const again = of("new(byte[])", utf8(pem));
  assert.equal(of("Equals(object)", certificate, again), true);
  assert.equal(of("HasPrivateKey", certificateFromDer(certificate.raw)), false);
});

test("PKCS #12 of both generations; wrong passwords and broken files", () => {
  const [old] = readPkcs12(decode(LEGACY_PFX), "secret");
  assert.deepEqual(Buffer.from(old.certificate), Buffer.from(certificate.raw));
  assert.ok(old.privateKey?.equals(certificate.privateKey as never));
  assert.throws(() => readPkcs12(decode(LEGACY_PFX), "other"), WrongPassword);
  assert.throws(() => readCertificateBytes(decode(MODERN_PFX), "other"), {
    typeName: "System.Security.Cryptography.CryptographicException",
    message: "The specified network password is not correct.",
  });
  const cut = decode(MODERN_PFX).subarray(0, 500);
  for (const data of [cut, new Uint8Array([1, 2, 3]), new Uint8Array([48, 130, 255, 255])]) {
    assert.throws(() => readCertificateBytes(data, ""), { message: "Cannot find the requested object." });
  }
  assert.throws(() => of("new(byte[])", bytes(new Uint8Array(0))), { typeName: "System.ArgumentException" });
});

test("RC2 (vectors of RFC 2268)", () => {
  const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
  const rows: [key: string, bits: number, plain: string, secret: string][] = [
    ["0000000000000000", 63, "0000000000000000", "ebb773f993278eff"],
    ["ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"],
    ["88", 64, "0000000000000000", "61a8a244adacccf0"],
    ["88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"],
  ];
  for (const [key, bits, plain, secret] of rows) {
    const decrypted = decryptRc2Cbc(hex(secret), hex(key), new Uint8Array(8), bits);
    assert.equal(Buffer.from(decrypted).toString("hex"), plain);
  }
});

test("RSA signatures", () => {
  const extensions = member("X509Certificates.RSACertificateExtensions");
  const key = extensions("GetRSAPrivateKey(X509Certificate2)", certificate);
  const publicKey = extensions("GetRSAPublicKey(X509Certificate2)", certificate);
  for (const padding of [RsaSignaturePadding.pkcs1, RsaSignaturePadding.pss]) {
    const signature = rsa("SignData(byte[],HashAlgorithmName,RSASignaturePadding)", key, utf8("abc"), sha256, padding);
    const verify = (text: string) =>
      rsa(
        "VerifyData(byte[],byte[],HashAlgorithmName,RSASignaturePadding)",
        publicKey,
        utf8(text),
        signature,
        sha256,
        padding,
      );
    assert.equal(verify("abc"), true);
    assert.equal(verify("abd"), false);
  }
  const { pkcs1 } = RsaSignaturePadding;
  const hash = member("SHA256")("HashData(byte[])", utf8("abc"));
  const fromHash = rsa("SignHash(byte[],HashAlgorithmName,RSASignaturePadding)", key, hash, sha256, pkcs1);
  const fromData = rsa("SignData(byte[],HashAlgorithmName,RSASignaturePadding)", key, utf8("abc"), sha256, pkcs1);
  assert.deepEqual((fromHash as CsArray).items, (fromData as CsArray).items);
  const verifyHash = "VerifyHash(byte[],byte[],HashAlgorithmName,RSASignaturePadding)";
  assert.equal(rsa(verifyHash, publicKey, hash, fromData, sha256, pkcs1), true);
  assert.throws(() => rsa("SignHash(byte[],HashAlgorithmName,RSASignaturePadding)", publicKey, hash, sha256, pkcs1), {
    typeName: "System.Security.Cryptography.CryptographicException",
  });
});

test("RSA encryption and keys as XML", () => {
  const key = rsa("Create(int)", 1024);
  const xml = rsa("ToXmlString(bool)", key, true) as string;
  const other = rsa("Create()");
  rsa("FromXmlString(string)", other, xml);
  assert.equal(member("AsymmetricAlgorithm")("KeySize", other), 1024);
  for (const padding of [new RsaEncryptionPadding(null), new RsaEncryptionPadding("SHA256")]) {
    const secret = rsa("Encrypt(byte[],RSAEncryptionPadding)", key, utf8("hello"), padding);
    const plain = rsa("Decrypt(byte[],RSAEncryptionPadding)", other, secret, padding) as CsArray;
    assert.equal(Buffer.from(plain.items as Uint8Array).toString(), "hello");
  }
});

test("object identifiers and names", () => {
  const oid = member("Oid");
  assert.equal(oid("FriendlyName", oid("new(string)", "2.16.840.1.101.3.4.2.1")), "sha256");
  assert.equal(oid("Value", oid("new(string)", "sha256RSA")), "1.2.840.113549.1.1.11");
  const name = of("SubjectName", certificate);
  const names = member("X509Certificates.X500DistinguishedName");
  const decodeName = (flags: number) => names("Decode(X500DistinguishedNameFlags)", name, flags);
  assert.equal(decodeName(0), 'C=US, S=Washington, O="Contoso, Ltd.", CN=example.com');
  assert.equal(decodeName(1 | 16 | 64), "CN=example.com; O=Contoso, Ltd.; S=Washington; C=US");
});
