import assert from "node:assert/strict";
import { createHmac, createSecretKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { base64url, FAR, signature, signedToken } from "../../../test/support/tokens.ts";
import { ManualClock } from "../../base/clock.ts";
import type { Services } from "../../kit/services.ts";
import { fromJwk, publicKey, rsaKey, secretKey, type VerificationKey } from "./jwt-keys.ts";
import { TokenVerifier } from "./jwt-verify.ts";

const services = { clock: new ManualClock() } as unknown as Services;
const SECRET = Buffer.alloc(64, 7);

interface Signer {
  readonly key: KeyObject;
  readonly jwk: JsonWebKey;
  readonly algorithms: readonly string[];
}

const pair = (pair: { publicKey: KeyObject; privateKey: KeyObject }, ...algorithms: string[]): Signer => ({
  key: pair.privateKey,
  jwk: pair.publicKey.export({ format: "jwk" }),
  algorithms,
});
const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });
const signers: Record<string, Signer> = {
  RS: pair(RSA, "RS256", "RS384", "RS512"),
  P256: pair(generateKeyPairSync("ec", { namedCurve: "P-256" }), "ES256"),
  P384: pair(generateKeyPairSync("ec", { namedCurve: "P-384" }), "ES384"),
  P521: pair(generateKeyPairSync("ec", { namedCurve: "P-521" }), "ES512"),
  Ed: pair(generateKeyPairSync("ed25519"), "EdDSA"),
};
const ALL = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const SECRETS = ["HS256", "HS384", "HS512"];

const usable = (key: ReturnType<typeof publicKey>): VerificationKey => {
  assert.ok(!("problem" in key), JSON.stringify(key));
  return key;
};

async function judge(text: string, ...signing: VerificationKey[]): Promise<string> {
  const verdict = await new TokenVerifier([]).verify(text, true, { signing, decryption: [], digest: "" }, services);
  return "reason" in verdict ? verdict.reason : "ok";
}

test("every key serves the algorithms of its family, and no other", async () => {
  for (const [name, { key, jwk, algorithms }] of Object.entries(signers)) {
    const verification = usable(fromJwk(jwk));
    for (const alg of algorithms)
      assert.equal(await judge(signedToken(alg, key), verification), "ok", `${name} ${alg}`);
    for (const alg of [...ALL, ...SECRETS].filter((a) => !algorithms.includes(a))) {
      const text = signedToken(algorithms[0], key, {}, { alg });
      assert.equal(await judge(text, verification), "TokenSignatureKeyNotFound", `${name} as ${alg}`);
    }
  }
});

test("one RSA key is for one padding: PSS only where alg, or the key itself, says so", async () => {
  const text = (alg: string) => signedToken(alg, RSA.privateKey);
  const jwk = RSA.publicKey.export({ format: "jwk" });
  const ps = usable(fromJwk({ ...jwk, alg: "PS256" }));
  assert.equal(await judge(text("PS256"), ps), "ok");
  for (const alg of ["PS384", "RS256"]) assert.equal(await judge(text(alg), ps), "TokenSignatureKeyNotFound", alg);
  assert.equal(await judge(text("PS384"), usable(fromJwk(jwk, "PS"))), "ok", "a provider of PSS alone");
  assert.equal(
    await judge(text("PS512"), usable(rsaKey(jwk.n as string, jwk.e as string, { algorithm: "PS512" }))),
    "ok",
  );
  const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 });
  assert.equal(await judge(signedToken("PS256", pss.privateKey), usable(publicKey(pss.publicKey))), "ok");
  assert.ok("problem" in fromJwk({ ...jwk, alg: "ES256" }));
  assert.ok("problem" in fromJwk({ ...jwk, alg: "HS256" }));
  assert.ok("problem" in fromJwk({ ...signers.P256.jwk, alg: "ES384" }));
});

test("secrets serve HMAC alone, and a public key is never a secret", async () => {
  const key = createSecretKey(SECRET);
  const verification = usable(secretKey(SECRET.toString("base64")));
  for (const alg of SECRETS) assert.equal(await judge(signedToken(alg, key), verification), "ok", alg);
  for (const { jwk, key: privateKey } of Object.values(signers)) {
    const verify = usable(fromJwk(jwk));
    const pem = verify.key.export({ format: "pem", type: "spki" }) as string;
    const der = verify.key.export({ format: "der", type: "spki" });
    for (const secret of [pem, pem.trim(), `${pem.trim()}\r\n`, der, JSON.stringify(jwk), jwk.n ?? jwk.x ?? ""]) {
      for (const alg of SECRETS) {
        const content = `${base64url({ alg })}.${base64url({ exp: FAR })}`;
        const made = createHmac(`sha${alg.slice(2)}`, secret)
          .update(content)
          .digest("base64url");
        assert.equal(await judge(`${content}.${made}`, verify), "TokenSignatureKeyNotFound");
      }
    }
    void privateKey;
  }
});

test("signatures that some verifiers take: psychic, malleable, DER, cut, padded, of another hash", async () => {
  const { key, jwk } = signers.P256;
  const verification = usable(fromJwk(jwk));
  const content = `${base64url({ alg: "ES256" })}.${base64url({ exp: FAR })}`;
  const good = signature("ES256", content, key);
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const bytes = (n: bigint) => Buffer.from(n.toString(16).padStart(64, "0"), "hex");
  const r = good.subarray(0, 32);
  const wrong: Record<string, Uint8Array> = {
    "r = s = 0": Buffer.alloc(64),
    "r = s = order": Buffer.concat([bytes(order), bytes(order)]),
    "r = 0": Buffer.concat([Buffer.alloc(32), good.subarray(32)]),
    "s = 0": Buffer.concat([r, Buffer.alloc(32)]),
    "r + order": Buffer.concat([bytes((BigInt(`0x${r.toString("hex")}`) + order) % 2n ** 256n), good.subarray(32)]),
    "r = s = 1": Buffer.concat([bytes(1n), bytes(1n)]),
    DER: sign("sha256", Buffer.from(content), key),
    cut: good.subarray(0, 63),
    "one byte more": Buffer.concat([good, Buffer.alloc(1)]),
    "a zero in front": Buffer.concat([Buffer.alloc(1), good]),
    empty: Buffer.alloc(0),
    "SHA-512": sign("sha512", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" }),
    "another key's": signature("ES256", content, generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey),
  };
  for (const [name, bytesOf] of Object.entries(wrong))
    assert.equal(await judge(`${content}.${base64url(bytesOf)}`, verification), "TokenSignatureInvalid", name);
  assert.equal(await judge(`${content}.${base64url(good)}`, verification), "ok");
});

test("RSA signatures: other paddings, cut, prolonged, zero, one", async () => {
  const verification = usable(publicKey(RSA.publicKey));
  const content = `${base64url({ alg: "RS256" })}.${base64url({ exp: FAR })}`;
  const good = signature("RS256", content, RSA.privateKey);
  for (const bytes of [
    signature("PS256", content, RSA.privateKey),
    sign("sha1", Buffer.from(content), RSA.privateKey),
    sign("sha512", Buffer.from(content), RSA.privateKey),
    good.subarray(1),
    Buffer.concat([Buffer.alloc(1), good]),
    Buffer.alloc(256),
    Buffer.concat([Buffer.alloc(255), Buffer.of(1)]),
    signature("RS256", `${content} `, RSA.privateKey),
  ]) {
    assert.equal(await judge(`${content}.${base64url(bytes)}`, verification), "TokenSignatureInvalid");
  }
});

for (const same of [500, 2_000]) {
  test(`two tokens with the same first ${same} characters, and one token under two policies`, async () => {
    const key = createSecretKey(SECRET);
    const padding = "x".repeat(same);
    const first = signedToken("HS256", key, { padding, sub: "first" });
    const second = signedToken("HS256", key, { padding, sub: "second" });
    assert.equal(first.slice(0, same), second.slice(0, same));
    const keys = { signing: [usable(secretKey(SECRET.toString("base64")))], decryption: [], digest: "" };
    const verifier = new TokenVerifier([]);
    const subjectOf = async (text: string) => {
      const verdict = await verifier.verify(text, true, keys, services);
      return "reason" in verdict ? verdict.reason : verdict.jwt.subject;
    };
    for (const round of ["fresh", "remembered"]) {
      assert.equal(await subjectOf(first), "first", round);
      assert.equal(await subjectOf(second), "second", round);
    }
    const spliced = `${first.split(".").slice(0, 2).join(".")}.${second.split(".")[2]}`;
    assert.equal(await subjectOf(spliced), "TokenSignatureInvalid");
    const others = { signing: [], decryption: [], digest: "other keys" };
    const elsewhere = await verifier.verify(first, true, others, services);
    assert.ok("reason" in elsewhere, "remembered for the keys it was verified with");
  });
}

test("no change of a good token is a good token", async () => {
  const { key, jwk } = signers.P256;
  const verification = usable(fromJwk(jwk));
  const good = signedToken("ES256", key, { sub: "me", aud: "api", roles: ["a", "b"] }, { kid: "k", typ: "JWT" });
  assert.equal(await judge(good, verification), "ok");
  const character = fc.constantFrom(..."ABCXYZabcxyz0189-_.=+/ \t\n\0é");
  const edit = fc.record({ at: fc.nat(good.length - 1), kind: fc.constantFrom("put", "insert", "remove"), character });
  const changed = fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) =>
    edits.reduce((text, { at, kind, character }) => {
      const head = text.slice(0, at);
      if (kind === "insert") return head + character + text.slice(at);
      return head + (kind === "put" ? character : "") + text.slice(at + 1);
    }, good),
  );
  await fc.assert(
    fc.asyncProperty(changed, async (text) => {
      fc.pre(text !== good);
      assert.notEqual(await judge(text, verification), "ok");
    }),
    { numRuns: 2_000 },
  );
});

test("arbitrary headers and payloads are judged without a fault", async () => {
  const verification = usable(secretKey(SECRET.toString("base64")));
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.json(), fc.base64String(), async (header, payload, made) => {
      const text = `${base64url(header)}.${base64url(payload)}.${made}`;
      assert.match(await judge(text, verification), /^(JwtInvalid|TokenSignature\w+)$/);
    }),
    { numRuns: 500 },
  );
});
