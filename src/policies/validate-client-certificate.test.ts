import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { readRevocationLists } from "../base/pki/revocation-list.ts";
import { defaultSettings } from "../resources/empty-snapshot.ts";
import type { ClientCertificateSettings, Snapshot } from "../resources/snapshot.ts";
import { bench, check, run, type RunOptions } from "../../test/support/run-policy.ts";
import * as pki from "../../test/support/client-certificates.ts";

const AUTHORITIES = [pki.ROOT, pki.INTERMEDIATE];
const CRLS = [pki.ROOT_CRL, pki.INTERMEDIATE_CRL];

function settings(more: Partial<ClientCertificateSettings> = {}): Partial<Snapshot> {
  const clientCertificates = { authorities: AUTHORITIES, crls: CRLS, revocation: "required", ...more } as const;
  const entries = { inter: pki.INTERMEDIATE, other: pki.OTHER_ROOT };
  const certificates = new Map(
    Object.entries(entries).map(([id, certificate]) => [id, { id, certificate, key: undefined }]),
  );
  return { settings: { ...defaultSettings(), clientCertificates }, certificates };
}

const policy = (attributes = "", identities = "") =>
  `<validate-client-certificate ${attributes}>${identities && `<identities>${identities}</identities>`}</validate-client-certificate>`;

const tls = (der: Uint8Array | undefined) => ({
  protocol: "TLSv1.3",
  cipher: "TLS_AES_128_GCM_SHA256",
  servername: undefined,
  clientCertificate: der,
  clientAuthorized: false,
});

/** "passed", or LastError's reason. */
async function judge(
  pem: string | undefined,
  xml = policy(),
  more: Partial<ClientCertificateSettings> = {},
  options: RunOptions = {},
): Promise<string> {
  const context = { tls: tls(pem === undefined ? undefined : pki.derOf(pem)) };
  const { lastError, status } = await run(xml, { context, snapshot: settings(more), ...options });
  if (lastError !== null) assert.equal(status, 403);
  return lastError?.reason ?? "passed";
}

test("a certificate of a trusted authority passes, directly below the root or further down", async () => {
  assert.equal(await judge(pki.ORDERS_CLIENT), "passed");
  assert.equal(await judge(pki.DIRECT_CLIENT), "passed");
  assert.equal(await judge(pki.ORDERS_CLIENT, policy(), { authorities: [AUTHORITIES.join("\n")] }), "passed");
});

test("no certificate, or one that cannot be read", async () => {
  assert.equal(await judge(undefined), "CertificateNotPresent");
  const { lastError } = await run(policy(), { snapshot: settings() });
  assert.equal(lastError?.reason, "CertificateNotPresent", "plain HTTP");
  const garbage = { context: { tls: tls(Buffer.from("no certificate")) } };
  assert.equal(await judge(undefined, policy(), {}, garbage), "CertificateInvalid");
});

const UNTRUSTED = {
  "of another root, whatever it says of itself": pki.STRANGER,
  "for servers only": pki.SERVER_ONLY,
  "with a critical extension that is not understood": pki.UNKNOWN_EXTENSION,
  "signed with SHA-1": pki.OLD_SIGNATURE,
  "with a weak key": pki.WEAK_KEY,
};
for (const [what, pem] of Object.entries(UNTRUSTED)) {
  test(`a certificate ${what} is not trusted, unless trust is not validated`, async () => {
    assert.equal(await judge(pem), "CertificateNotTrusted");
    assert.equal(await judge(pem, policy('validate-trust="false" validate-revocation="false"')), "passed");
  });
}

test("an authority below one that may have none below it", async () => {
  const authorities = [...AUTHORITIES, pki.TOO_DEEP];
  const below = policy('validate-revocation="false"', `<identity issuer-thumbprint="${sha1(pki.INTERMEDIATE)}" />`);
  assert.equal(
    await judge(pki.UNDER_TOO_DEEP, policy('validate-revocation="false"'), { authorities: [pki.ROOT] }),
    "CertificateNotTrusted",
  );
  assert.equal(await judge(pki.UNDER_TOO_DEEP, below, { authorities }), "CertificateIdentityNotAllowed");
});

test("dates", async () => {
  const lax = 'validate-trust="false" validate-revocation="false"';
  assert.equal(await judge(pki.EXPIRED_CLIENT), "CertificateExpired");
  assert.equal(await judge(pki.FUTURE_CLIENT), "CertificateNotYetValid");
  assert.equal(await judge(pki.EXPIRED_CLIENT, policy('validate-not-after="false"')), "passed");
  assert.equal(await judge(pki.FUTURE_CLIENT, policy('validate-not-before="false"')), "passed");
  assert.equal(await judge(pki.EXPIRED_CLIENT, policy(`${lax} validate-not-before="false"`)), "CertificateExpired");
});

test("revocation lists: revoked, revoked above, missing, stale", async () => {
  assert.equal(await judge(pki.REVOKED_CLIENT), "CertificateRevoked");
  assert.equal(await judge(pki.REVOKED_CLIENT, policy('validate-revocation="false"')), "passed");
  const above = { crls: [pki.ROOT_CRL_WITH_INTERMEDIATE, pki.INTERMEDIATE_CRL] };
  assert.equal(await judge(pki.ORDERS_CLIENT, policy(), above), "CertificateRevoked");
  assert.equal(await judge(pki.ORDERS_CLIENT, policy(), { crls: [pki.ROOT_CRL] }), "RevocationUnknown");
  assert.equal(await judge(pki.ORDERS_CLIENT, policy(), { crls: [pki.ROOT_CRL], revocation: "listed" }), "passed");
  assert.equal(await judge(pki.REVOKED_CLIENT, policy(), { crls: CRLS, revocation: "listed" }), "CertificateRevoked");
  const stale = { crls: [pki.ROOT_CRL, pki.STALE_CRL] };
  assert.equal(await judge(pki.ORDERS_CLIENT, policy(), stale), "RevocationUnknown");
  assert.equal(await judge(pki.ORDERS_CLIENT, policy(), { ...stale, revocation: "listed" }), "RevocationUnknown");
  assert.equal(await judge(pki.REVOKED_CLIENT, policy(), stale), "CertificateRevoked", "what it revokes stays revoked");
});

test("lists that prove nothing are refused: of others, tampered with, or a part of the truth", () => {
  const problems = (crls: string[]) => check(policy(), { snapshot: settings({ crls }) }).map((d) => d.message);
  assert.match(problems([])[0], /No revocation list/);
  assert.match(problems([""])[0], /No revocation list/);
  const [list] = readRevocationLists(pki.INTERMEDIATE_CRL) as { isSignedBy(c: X509Certificate): boolean }[];
  assert.equal(list.isSignedBy(new X509Certificate(pki.INTERMEDIATE)), true);
  assert.equal(list.isSignedBy(new X509Certificate(pki.ROOT)), false);
  const changed = Buffer.from(pki.derOf(pki.INTERMEDIATE_CRL));
  changed[changed.length - 5] ^= 1;
  const [broken] = readRevocationLists(changed) as (typeof list)[];
  assert.equal(broken.isSignedBy(new X509Certificate(pki.INTERMEDIATE)), false);
  assert.ok("problem" in readRevocationLists(changed.subarray(0, 50)));
  assert.ok("problem" in readRevocationLists("text"));
});

function sha1(pem: string): string {
  return new X509Certificate(pem).fingerprint;
}

test("identities: every attribute of one of them must fit", async () => {
  const x509 = new X509Certificate(pki.ORDERS_CLIENT);
  const name = "C=BE, O=&quot;Sallyport, test&quot;, OU=Orders, CN=orders client";
  const issuer = "C=BE, O=&quot;Sallyport, test&quot;, CN=Test intermediate";
  const fits = async (...attributes: string[]) =>
    judge(pki.ORDERS_CLIENT, policy("", attributes.map((a) => `<identity ${a} />`).join("")));
  for (const good of [
    `thumbprint="${sha1(pki.ORDERS_CLIENT)}"`,
    `thumbprint="${sha1(pki.ORDERS_CLIENT).replaceAll(":", "").toLowerCase()}"`,
    `thumbprint="${x509.fingerprint256}"`,
    'serial-number="4d01"',
    'serial-number="00 4D:01"',
    'common-name="orders client"',
    `subject="${name}"`,
    `subject="CN=orders client, OU=Orders, O=&quot;Sallyport, test&quot;, C=BE"`,
    'dns-name="ORDERS.example"',
    'dns-name="shop.example"',
    `issuer-subject="${issuer}"`,
    `issuer-thumbprint="${sha1(pki.INTERMEDIATE)}"`,
    'issuer-certificate-id="inter"',
    `common-name="orders client" dns-name="orders.example" issuer-subject="${issuer}"`,
  ]) {
    assert.equal(await fits(good), "passed", good);
  }
  for (const bad of [
    `thumbprint="${sha1(pki.DIRECT_CLIENT)}"`,
    'serial-number="4D02"',
    'serial-number="4D0100"',
    'common-name="Orders client"',
    'common-name="orders"',
    `subject="OU=Orders, CN=orders client"`,
    `subject="C=BE, O=Sallyport, OU=Orders, CN=orders client"`,
    'dns-name="example"',
    'dns-name="x.orders.example"',
    `issuer-subject="${name}"`,
    `issuer-thumbprint="${sha1(pki.ROOT)}"`,
    'issuer-certificate-id="other"',
    'common-name="orders client" dns-name="example"',
  ]) {
    assert.equal(await fits(bad), "CertificateIdentityNotAllowed", bad);
  }
  assert.equal(await fits('common-name="x"', 'common-name="orders client"'), "passed");
});

test("the issuer is who signed, not who is named: a stranger's certificate does not pass for ours", async () => {
  const lax = 'validate-trust="false" validate-revocation="false"';
  const by = (attribute: string) => judge(pki.STRANGER, policy(lax, `<identity ${attribute} />`));
  assert.equal(await by('common-name="orders client"'), "passed");
  assert.equal(await by('issuer-certificate-id="inter"'), "CertificateIdentityNotAllowed");
  assert.equal(await by('issuer-certificate-id="other"'), "passed");
  assert.equal(await by(`issuer-thumbprint="${sha1(pki.INTERMEDIATE)}"`), "CertificateIdentityNotAllowed");
  assert.equal(await by(`issuer-thumbprint="${sha1(pki.OTHER_ROOT)}"`), "passed");
});

test("mistakes at load", () => {
  const mistake = (identity: string, more: Partial<ClientCertificateSettings> = {}) =>
    check(policy("", identity), { snapshot: settings(more) }).map((d) => d.message)[0];
  assert.match(mistake('<identity thumbprint="x" />'), /no thumbprint/);
  assert.match(mistake('<identity serial-number="z" />'), /no serial number/);
  assert.match(mistake('<identity subject="orders" />'), /does not begin an attribute/);
  assert.match(mistake('<identity subject="O=&quot;x" />'), /quote is not closed/);
  assert.match(mistake('<identity issuer-certificate-id="none" />'), /no certificate "none"/);
  assert.match(mistake('<identity issuer-certificate-id="inter" issuer-subject="CN=x" />'), /excludes/);
  assert.match(mistake("<identity />"), /without attributes/);
  assert.match(mistake("", { authorities: [] }), /No authority is trusted/);
  assert.equal(mistake(""), undefined);
});

test("ignore-error lets the request pass and the trace says why it would not", async () => {
  const entries: unknown[] = [];
  const trace = { add: (...entry: unknown[]) => void entries.push(entry), hide: () => {} };
  const { lastError } = await run(policy('ignore-error="true"'), {
    context: { tls: tls(pki.derOf(pki.STRANGER)) },
    snapshot: settings(),
    trace,
  });
  assert.equal(lastError, null);
  assert.match(JSON.stringify(entries), /Ignored: CertificateNotTrusted/);
});

test("callers learn nothing of the reason, operators all", async () => {
  const world = bench();
  const { body, lastError } = await run(policy("", '<identity dns-name="x.example" />'), {
    context: { tls: tls(pki.derOf(pki.ORDERS_CLIENT)) },
    snapshot: settings(),
    bench: world,
  });
  assert.equal(body, '{ "statusCode": 403, "message": "Invalid client certificate" }');
  assert.equal(lastError?.detail?.serialNumber, "4D01");
  assert.deepEqual(lastError?.detail?.identities, ["dns-name: expected x.example, found orders.example, Shop.Example"]);
  await world.close();
});

test("a listener and a host name may have authorities of their own", async () => {
  const listener = { name: "stub", host: "127.0.0.1", port: 0, hostnames: [] };
  const pair = { certificate: "", key: "" };
  const hostnames = new Map([["other.example", { ...pair, authorities: pki.OTHER_ROOT }]]);
  const own = { ...pair, minVersion: "1.2" as const, authorities: pki.ROOT, hostnames };
  const from = settings();
  const listeners = [{ ...listener, tls: own }];
  const snapshot = { ...from, settings: { ...(from.settings as Snapshot["settings"]), listeners } };
  const judgeAt = async (pem: string, servername: string | undefined) => {
    const context = { tls: { ...tls(pki.derOf(pem)), servername } };
    return (await run(policy('validate-revocation="false"'), { context, snapshot })).lastError?.reason ?? "passed";
  };
  assert.equal(await judgeAt(pki.DIRECT_CLIENT, undefined), "passed");
  assert.equal(await judgeAt(pki.DIRECT_CLIENT, "api.example"), "passed");
  assert.equal(await judgeAt(pki.STRANGER, "api.example"), "CertificateNotTrusted");
  assert.equal(await judgeAt(pki.STRANGER, "other.example"), "passed");
  assert.equal(await judgeAt(pki.STRANGER, "other.example."), "passed");
  assert.equal(await judgeAt(pki.DIRECT_CLIENT, "other.example"), "CertificateNotTrusted");
  assert.equal(
    await judgeAt(pki.ORDERS_CLIENT, undefined),
    "CertificateNotTrusted",
    "the listener's own, not those of all",
  );
});

test("a chain that TLS has verified by what the client sent along", async () => {
  const authorities = [pki.ROOT];
  const verified = (pem: string) => ({ context: { tls: { ...tls(pki.derOf(pem)), clientAuthorized: true } } });
  const lax = policy('validate-revocation="false"');
  assert.equal(await judge(undefined, lax, { authorities }, verified(pki.ORDERS_CLIENT)), "passed");
  assert.equal(await judge(pki.ORDERS_CLIENT, lax, { authorities }), "CertificateNotTrusted");
  assert.equal(
    await judge(undefined, policy(), { authorities, crls: [pki.ROOT_CRL] }, verified(pki.ORDERS_CLIENT)),
    "RevocationUnknown",
  );
  assert.equal(await judge(undefined, lax, { authorities }, verified(pki.SERVER_ONLY)), "CertificateNotTrusted");
  assert.equal(await judge(undefined, lax, { authorities }, verified(pki.WEAK_KEY)), "CertificateNotTrusted");
});
