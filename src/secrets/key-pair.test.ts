import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { CERTIFICATE, PRIVATE_KEY, VALID_AT } from "../../test/support/key-pair.ts";
import { keyPairProblem } from "./key-pair.ts";

test("a pair that belongs together has no problem", () => {
  assert.equal(keyPairProblem(CERTIFICATE, PRIVATE_KEY, VALID_AT), undefined);
  assert.equal(keyPairProblem(CERTIFICATE, undefined, VALID_AT), undefined);
});

test("a key of another certificate is refused", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const other = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  assert.deepEqual(keyPairProblem(CERTIFICATE, other, VALID_AT), {
    severity: "error",
    message: "The private key does not belong to the certificate",
  });
});

test("what is not PEM, or encrypted, says so", () => {
  assert.equal(keyPairProblem("x", PRIVATE_KEY, VALID_AT)?.message, "The certificate is not PEM");
  assert.equal(keyPairProblem(CERTIFICATE, "x", VALID_AT)?.message, "The private key is not PEM");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const encrypted = privateKey
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "p" })
    .toString();
  assert.equal(keyPairProblem(CERTIFICATE, encrypted, VALID_AT)?.message, "The private key is encrypted");
});

test("a certificate out of its time is a warning", () => {
  assert.match(
    keyPairProblem(CERTIFICATE, PRIVATE_KEY, Date.UTC(2200, 0))?.message ?? "",
    /^The certificate has expired on /,
  );
  assert.equal(keyPairProblem(CERTIFICATE, PRIVATE_KEY, 0)?.severity, "warning");
});
