import assert from "node:assert/strict";
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
} from "node:crypto";
import { test } from "node:test";
import { CompactEncrypt } from "jose";
import { CLIENT } from "../../test/support/certificates.ts";
import { bench, check, type RunOptions, run } from "../../test/support/run-policy.ts";
import { signedToken } from "../../test/support/tokens.ts";
import { NodeUpstream } from "../http/node-upstream.ts";
import type { Services } from "../kit/services.ts";
import { secretKey, type VerificationKey } from "./shared/jwt-keys.ts";
import { TokenVerifier } from "./shared/jwt-verify.ts";

const SECRET = Buffer.from("0123456789abcdef0123456789abcdef");
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const RSA = publicKey.export({ format: "jwk" });
const FAR = 4_102_444_800;

const base64url = (text: string) => Buffer.from(text).toString("base64url");

/** A token of exactly these JSON texts. */
function hs256(header: string, payload: string, secret: Uint8Array | string = SECRET): string {
  const content = `${base64url(header)}.${base64url(payload)}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}

const token = (claims: object = {}, header: object = {}) =>
  hs256(JSON.stringify({ alg: "HS256", ...header }), JSON.stringify({ exp: FAR, ...claims }));

const SECRET_KEY = `<issuer-signing-keys><key>${SECRET.toString("base64")}</key></issuer-signing-keys>`;
const RSA_KEY = `<issuer-signing-keys><key n="${RSA.n}" e="${RSA.e}" id="k1" /></issuer-signing-keys>`;
const policy = (attributes = "", children = SECRET_KEY) =>
  `<validate-jwt header-name="Authorization" output-token-variable-name="jwt" ${attributes}>${children}</validate-jwt>`;

async function judge(text: string, xml = policy(), options: RunOptions = {}): Promise<string> {
  const context = { request: { headers: { Authorization: `Bearer ${text}` } } };
  const { exchange, status, lastError } = await run(xml, { context, ...options });
  if (lastError === null) return exchange.variables.has("jwt") ? "passed" : "passed without token";
  return `${status} ${lastError.reason}`;
}

test("a good token passes", async () => {
  assert.equal(await judge(token()), "passed");
});

test("one token in one place: two headers, another scheme or none at all are no token", async () => {
  const from = async (headers: Record<string, string | string[]>, xml = policy('require-scheme="Bearer"')) => {
    const { lastError } = await run(xml, { context: { request: { headers } } });
    return lastError?.reason ?? "passed";
  };
  assert.equal(await from({ Authorization: `bearer   ${token()}` }), "passed");
  assert.equal(await from({}), "TokenNotPresent");
  assert.equal(await from({ Authorization: [`Bearer ${token()}`, `Bearer ${token()}`] }), "TokenNotPresent");
  assert.equal(await from({ Authorization: `Basic ${token()}` }), "TokenNotPresent");
  assert.equal(await from({ Authorization: token() }), "TokenNotPresent");
  assert.equal(
    await from({ "X-Token": token() }, `<validate-jwt header-name="X-Token">${SECRET_KEY}</validate-jwt>`),
    "passed",
  );
});

test("random text and tokens of others", async () => {
  assert.equal(await judge("random"), "401 JwtInvalid");
  assert.equal(
    await judge(hs256('{"alg":"HS256"}', `{"exp":${FAR}}`, "another secret of sufficient length")),
    "401 TokenSignatureInvalid",
  );
});

test("the algorithm is the key's affair: none, other families and other spellings are refused", async () => {
  const payload = base64url(`{"exp":${FAR}}`);
  for (const alg of ["none", "None", "nOnE", ""]) {
    const unsigned = `${base64url(JSON.stringify({ alg }))}.${payload}.`;
    assert.match(await judge(unsigned), /^401 /, alg);
  }
  const pem = publicKey.export({ format: "pem", type: "spki" }) as string;
  for (const secret of [pem, pem.trim(), RSA.n as string, Buffer.from(RSA.n as string, "base64url")]) {
    assert.match(
      await judge(hs256('{"alg":"HS256","kid":"k1"}', `{"exp":${FAR}}`, secret), policy("", RSA_KEY)),
      /^401 TokenSignatureKeyNotFound/,
    );
  }
  assert.equal(await judge(rs256({ alg: "RS256", kid: "k1" }, privateKey), policy("", RSA_KEY)), "passed");
  assert.equal(
    await judge(rs256({ alg: "PS256", kid: "k1" }, privateKey), policy("", RSA_KEY)),
    "401 TokenSignatureKeyNotFound",
  );
  assert.equal(await judge(rs256({ kid: "k1" }, privateKey), policy("", RSA_KEY)), "401 JwtInvalid");
});

function rs256(header: object, key: KeyObject): string {
  const content = `${base64url(JSON.stringify(header))}.${base64url(`{"exp":${FAR}}`)}`;
  return `${content}.${signBytes("sha256", Buffer.from(content), key).toString("base64url")}`;
}

test("an unsigned token passes only where the policy says so", async () => {
  const unsigned = `${base64url('{"alg":"none"}')}.${base64url(`{"exp":${FAR}}`)}.`;
  assert.equal(await judge(unsigned, policy('require-signed-tokens="false"')), "passed");
  const byExpression = policy('require-signed-tokens="@(context.Request.Method != "POST")"');
  assert.equal(await judge(unsigned, byExpression), "passed");
  assert.equal(await judge(unsigned, byExpression.replace("!=", "==")), "401 TokenSignatureInvalid");
});

test("keys that a token brings along are not looked at", async () => {
  const jwk = publicKey.export({ format: "jwk" });
  const header = { alg: "RS256", jwk, jku: "http://127.0.0.1:1/", x5u: "http://127.0.0.1:1/", x5c: ["AA=="] };
  assert.equal(await judge(rs256(header, privateKey)), "401 TokenSignatureKeyNotFound");
});

test("key ids of every shape", async () => {
  for (const kid of ["../../x", "' OR 1=1 --", "__proto__", "constructor", "x".repeat(20_000)]) {
    assert.equal(
      await judge(rs256({ alg: "RS256", kid }, privateKey), policy("", RSA_KEY)),
      "401 TokenSignatureKeyNotFound",
      kid.slice(0, 20),
    );
  }
  for (const kid of [{ toString: 1, valueOf: 1 }, ["k1"], 7, null, true]) {
    assert.equal(await judge(rs256({ alg: "RS256", kid }, privateKey), policy("", RSA_KEY)), "401 JwtInvalid");
  }
  for (const alg of [{ toString: 1 }, ["RS256"], 1, null])
    assert.equal(await judge(rs256({ alg }, privateKey), policy("", RSA_KEY)), "401 JwtInvalid");
});

test("keys of one id are tried one after the other", async () => {
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  const keys = `<issuer-signing-keys><key n="${other.n}" e="${other.e}" id="k1" /><key n="${RSA.n}" e="${RSA.e}" id="k1" /></issuer-signing-keys>`;
  assert.equal(await judge(rs256({ alg: "RS256", kid: "k1" }, privateKey), policy("", keys)), "passed");
});

test("extensions, JSON serialisations and encrypted tokens without a key", async () => {
  assert.equal(await judge(token({}, { crit: ["exp"] })), "401 JwtInvalid");
  assert.equal(await judge(token({}, { crit: ["b64"], b64: false })), "401 JwtInvalid");
  assert.equal(await judge(token({}, { b64: true })), "401 JwtInvalid");
  const [header, payload, signature] = token().split(".");
  assert.equal(await judge(JSON.stringify({ protected: header, payload, signature })), "401 JwtInvalid");
  assert.equal(await judge(`${header}.${payload}.${signature}.AA`), "401 JwtInvalid");
  assert.equal(
    await judge(
      `${base64url('{"alg":"dir","enc":"A256GCM","zip":"DEF"}')}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA`,
    ),
    "401 TokenSignatureKeyNotFound",
  );
  assert.equal(await judge(hs256('{"alg":"HS256","cty":"JWT"}', JSON.stringify(token()))), "401 JwtInvalid");
});

test("JSON of two meanings: members given twice, at any depth and in any spelling", async () => {
  const header = '{"alg":"HS256"}';
  for (const [head, payload] of [
    ['{"alg":"HS256","alg":"HS256"}', `{"exp":${FAR}}`],
    [header, `{"exp":1,"exp":${FAR}}`],
    [header, `{"exp":${FAR},"sub":"a","\\u0073ub":"b"}`],
    [header, `{"exp":${FAR},"act":{"sub":"a","sub":"b"}}`],
    [header, `\ufeff{"exp":${FAR}}`],
    [header, `[{"exp":${FAR}}]`],
    [header, `{"exp":${FAR},"x":${"[".repeat(1_000)}${"]".repeat(1_000)}}`],
  ]) {
    assert.equal(await judge(hs256(head, payload)), "401 JwtInvalid", payload.slice(0, 60));
  }
  assert.equal(
    await judge(hs256(header, `{"exp":${FAR},"a":{"sub":"\\"sub\\":{"},"sub":[{"sub":1},{"sub":2}]}`)),
    "passed",
  );
});

test("base64url is strict", async () => {
  const [header, payload, signature] = token().split(".");
  const last = signature.at(-1) as string;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const sibling = alphabet[alphabet.indexOf(last) ^ 1];
  for (const wrong of [
    `${header}.${payload}.${signature}=`,
    `${header}.${payload}.${signature.slice(0, -1)}${sibling}`,
    `${header}.${payload}.${signature.slice(0, 8)} ${signature.slice(8)}`,
    `${header}.${payload}.${signature.slice(0, 8)}\t${signature.slice(8)}`,
    `${header}.${payload}`,
    `${header}.${payload}.${signature.slice(0, 8)}+/${signature.slice(10)}`,
  ]) {
    assert.equal(await judge(wrong), "401 JwtInvalid", wrong.slice(-20));
  }
});

test("dates are numbers, and tokens live from nbf up to, not including, exp", async () => {
  const world = bench();
  const now = world.clock.now() / 1000;
  const at = (claims: string, attributes = "") =>
    judge(hs256('{"alg":"HS256"}', claims), policy(attributes), { bench: world });
  for (const exp of ['"4102444800"', "1e400", "null", "true", "[4102444800]", "{}"])
    assert.equal(await at(`{"exp":${exp}}`), "401 JwtInvalid", exp);
  for (const name of ["nbf", "iat"]) assert.equal(await at(`{"exp":${FAR},"${name}":"1"}`), "401 JwtInvalid", name);
  assert.equal(await at(`{"exp":${now}}`), "401 TokenExpired");
  assert.equal(await at(`{"exp":${now + 0.001}}`), "passed");
  assert.equal(await at(`{"exp":-1}`), "401 TokenExpired");
  assert.equal(await at(`{"exp":-1e300}`), "401 TokenExpired");
  assert.equal(await at(`{"exp":${FAR},"nbf":${now}}`), "passed");
  assert.equal(await at(`{"exp":${FAR},"nbf":${now + 0.001}}`), "401 JwtInvalid");
  assert.equal(await at(`{"exp":${FAR},"nbf":1e300}`), "401 JwtInvalid");
  assert.equal(await at(`{"exp":${now - 60}}`, 'clock-skew="60"'), "401 TokenExpired");
  assert.equal(await at(`{"exp":${now - 59.999}}`, 'clock-skew="60"'), "passed");
  assert.equal(await at(`{"exp":${FAR},"nbf":${now + 60}}`, 'clock-skew="60"'), "passed");
  assert.equal(await at("{}"), "401 JwtInvalid");
  assert.equal(await at("{}", 'require-expiration-time="false"'), "passed");
  await world.close();
});

test("audience and issuer compare exactly", async () => {
  const rules = policy(
    "",
    `${SECRET_KEY}<audiences><audience>api</audience></audiences><issuers><issuer>https://i.example</issuer></issuers>`,
  );
  const iss = "https://i.example";
  assert.equal(await judge(token({ aud: "api", iss }), rules), "passed");
  assert.equal(await judge(token({ aud: ["x", "api"], iss }), rules), "passed");
  for (const aud of ["API", "", "api ", [], [["api"]], { api: 1 }, null])
    assert.equal(await judge(token({ aud, iss }), rules), "401 TokenAudienceNotAllowed");
  assert.equal(await judge(token({ iss }), rules), "401 TokenAudienceNotAllowed");
  for (const other of [`${iss}/`, "https://I.example", undefined, ""])
    assert.equal(await judge(token({ aud: "api", iss: other }), rules), "401 TokenIssuerNotAllowed");
  for (const other of [[iss], { iss }, 7, null])
    assert.equal(await judge(token({ aud: "api", iss: other }), rules), "401 JwtInvalid");
});

test("required claims: all or any of the values, in arrays or separated", async () => {
  const claim = (attributes: string, ...values: string[]) =>
    policy(
      "",
      `${SECRET_KEY}<required-claims><claim name="c" ${attributes}>${values.map((v) => `<value>${v}</value>`).join("")}</claim></required-claims>`,
    );
  assert.equal(await judge(token({}), claim("")), "401 TokenClaimNotFound");
  assert.equal(await judge(token({ c: "x" }), claim("")), "passed");
  assert.equal(await judge(token({ c: ["a", "b"] }), claim("", "a", "b")), "passed");
  assert.equal(await judge(token({ c: ["a"] }), claim("", "a", "b")), "401 TokenClaimValueNotAllowed");
  assert.equal(await judge(token({ c: ["a"] }), claim('match="any"', "a", "b")), "passed");
  assert.equal(await judge(token({ c: "a b" }), claim("", "a")), "401 TokenClaimValueNotAllowed");
  assert.equal(await judge(token({ c: "a b" }), claim('separator=" "', "a", "b")), "passed");
  assert.equal(await judge(token({ c: "a,admin" }), claim("", "admin")), "401 TokenClaimValueNotAllowed");
  assert.equal(await judge(token({ c: true }), claim("", "true")), "passed");
});

test("a huge token costs nothing", async () => {
  assert.equal(await judge("a".repeat(1_000_000)), "401 JwtInvalid");
  assert.equal(await judge(token(Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`c${i}`, i])))), "passed");
});

test("what was verified is remembered by the whole token, within bounds", async () => {
  const key = secretKey(SECRET.toString("base64")) as VerificationKey;
  const upstream = new NodeUpstream();
  const services = { upstream } as unknown as Services;
  const verifier = new TokenVerifier([]);
  const keys = { signing: [key], decryption: [], digest: "" };
  const long = token({ padding: "x".repeat(2_000) });
  assert.ok("jwt" in (await verifier.verify(long, true, keys, services)));
  assert.ok(!(verifier.verify(long, true, keys, services) instanceof Promise), "the second time from memory");
  const forged = `${long.slice(0, -10)}AAAAAAAAAA`;
  assert.ok("reason" in (await verifier.verify(forged, true, keys, services)));
  for (let i = 0; i < 300; i++) await verifier.verify(token({ i, padding: "x".repeat(30_000) }), true, keys, services);
  assert.ok(verifier.verify(long, true, keys, services) instanceof Promise, "old tokens give way");
  await upstream.close();
});

test("weak keys are mistakes at load, and so is more than one place for the token", () => {
  const mistakes = (children: string, attributes = "") => check(policy(attributes, children)).map((d) => d.message);
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  assert.match(
    mistakes(`<issuer-signing-keys><key n="${weak.n}" e="${weak.e}" /></issuer-signing-keys>`)[0],
    /1024 bits/,
  );
  assert.match(
    mistakes(`<issuer-signing-keys><key n="${RSA.n}" e="AQ" /></issuer-signing-keys>`)[0],
    /cannot be (used|read)/,
  );
  assert.match(mistakes("<issuer-signing-keys><key>c2hvcnQ=</key></issuer-signing-keys>")[0], /5 bytes/);
  assert.match(
    mistakes(
      "<issuer-signing-keys><key>\ufeff -----BEGIN PUBLIC KEY-----MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA-----END PUBLIC KEY-----</key></issuer-signing-keys>",
    )[0],
    /is PEM/,
  );
  assert.match(mistakes(SECRET_KEY, 'token-value="x"')[0], /exactly one/);
});

test("what callers are told, and what operators", async () => {
  const custom = 'failed-validation-httpcode="403" failed-validation-error-message="No entry"';
  const { body, status, lastError } = await run(policy(custom), {
    context: { request: { headers: { Authorization: "Bearer x" } } },
  });
  assert.deepEqual([status, body], [403, '{ "statusCode": 403, "message": "No entry" }']);
  assert.match(lastError?.message ?? "", /^The token is malformed/);
});

test("clock-skew is seconds or a time span", async () => {
  const world = bench();
  const now = world.clock.now() / 1000;
  const late = (skew: string) => judge(token({ exp: now - 299 }), policy(`clock-skew="${skew}"`), { bench: world });
  assert.equal(await late("300"), "passed");
  assert.equal(await late("00:05:00"), "passed");
  assert.equal(await late("00:04:59"), "401 TokenExpired");
  assert.equal(await late("@(300)"), "passed");
  assert.equal(await late("@(TimeSpan.FromMinutes(5))"), "passed");
  assert.equal(await late("@(context.Request.Method)"), "500 InvalidClockSkew");
  assert.match(check(policy('clock-skew="soon"'))[0].message, /neither a number of seconds nor/);
  assert.match(check(policy('clock-skew="-1"'))[0].message, /neither a number of seconds nor/);
  await world.close();
});

test("a key by an expression: each text is a key of its own, and what one verified another does not know", async () => {
  const xml = policy("", '<issuer-signing-keys><key>@((string)context.Variables["key"])</key></issuer-signing-keys>');
  const world = bench();
  const text = token();
  const by = (key: string) => judge(text, xml, { variables: { key }, bench: world });
  for (let round = 0; round < 2; round++) {
    assert.equal(await by(SECRET.toString("base64")), "passed");
    assert.equal(await by(Buffer.alloc(32, 1).toString("base64")), "401 TokenSignatureInvalid");
    assert.equal(await by("c2hvcnQ="), "500 KeyInvalid");
  }
  await world.close();
});

test("keys of certificates: to verify, and to decrypt", async () => {
  const entry = (id: string, pair: { certificate: string; key: string }) => ({ ...pair, id });
  const snapshot = { certificates: new Map([["client", entry("client", CLIENT)]]) };
  const jwt = signedToken("ES256", createPrivateKey(CLIENT.key));
  const signed = '<issuer-signing-keys><key certificate-id="client" /></issuer-signing-keys>';
  assert.equal(await judge(jwt, policy("", signed), { snapshot }), "passed");
  const encrypted = await new CompactEncrypt(Buffer.from(jwt))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
    .encrypt(createPublicKey(CLIENT.certificate));
  const both = `${signed}<decryption-keys><key certificate-id="client" /></decryption-keys>`;
  assert.equal(await judge(encrypted, policy("", both), { snapshot }), "passed");
  assert.equal(await judge(encrypted, policy("", signed), { snapshot }), "401 TokenSignatureKeyNotFound");
  const unsigned = await new CompactEncrypt(Buffer.from(`${base64url('{"alg":"none"}')}.${base64url("{}")}.`))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
    .encrypt(createPublicKey(CLIENT.certificate));
  assert.equal(await judge(unsigned, policy("", both), { snapshot }), "401 TokenSignatureInvalid");
});

test("mistakes in keys are told at load", () => {
  const mistake = (key: string, element = "issuer-signing-keys") =>
    check(policy("", `<${element}>${key}</${element}>`)).map((d) => d.message)[0];
  assert.match(mistake("<key />"), /exactly one of/);
  assert.match(mistake(`<key certificate-id="x">${SECRET.toString("base64")}</key>`), /exactly one of/);
  assert.match(mistake('<key certificate-id="x" />'), /no certificate "x"/);
  assert.match(mistake(`<key n="${RSA.n}" />`), /n needs e/);
  assert.match(mistake("<key>not base64!</key>"), /not base64/);
  assert.match(mistake(`<key alg="RS256">${SECRET.toString("base64")}</key>`), /cannot serve RS256/);
  assert.match(mistake("<key>c2hvcnQ=</key>", "decryption-keys"), /5 bytes/);
  assert.match(mistake(`<key n="${RSA.n}" e="AQAB" />`, "decryption-keys"), /n/);
  assert.equal(mistake(`<key n="${RSA.n}" e="AQAB" alg="PS256" />`), undefined);
});

test("operators learn what was expected and what was found, callers nothing of it", async () => {
  const detailOf = async (text: string, children = "") => {
    const { body, lastError } = await run(policy("", SECRET_KEY + children), {
      context: { request: { headers: { Authorization: `Bearer ${text}` } } },
    });
    const { statusCode, message } = JSON.parse(body);
    assert.deepEqual([statusCode, /Unauthorized|expired|not present/.test(message)], [401, true]);
    return lastError?.detail;
  };
  const audience = "<audiences><audience>api</audience></audiences>";
  assert.deepEqual(await detailOf(token({ aud: "x" }), audience), { claim: "aud", expected: ["api"], found: ["x"] });
  const issuer = "<issuers><issuer>https://a</issuer></issuers>";
  assert.deepEqual(await detailOf(token({ iss: "https://b" }), issuer), {
    claim: "iss",
    expected: ["https://a"],
    found: "https://b",
  });
  const claim =
    '<required-claims><claim name="c" match="any"><value>1</value><value>2</value></claim></required-claims>';
  assert.deepEqual(await detailOf(token({ c: "3" }), claim), {
    claim: "c",
    expected: ["1", "2"],
    match: "any",
    found: ["3"],
  });
  assert.deepEqual(await detailOf(token(), claim), { claim: "c", expected: "present", found: "(none)" });
  assert.match(String((await detailOf(token({ exp: 1 })))?.found), /^1970-/);
  assert.deepEqual((await detailOf(token({}, { kid: "k9", alg: "RS256" })))?.keyIds, ["(none)"]);
});
