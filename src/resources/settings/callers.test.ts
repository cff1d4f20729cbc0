import assert from "node:assert/strict";
import { test } from "node:test";
import * as pki from "../../../test/support/client-certificates.ts";
import { apiFiles, configFolder, type Files } from "../../../test/support/config-folder.ts";
import { loadFolder } from "../load.ts";

const FILES: Files = {
  ...apiFiles("orders"),
  "pki/root.pem": pki.ROOT,
  "pki/both.pem": pki.ROOT + pki.INTERMEDIATE,
  "pki/client.pem": pki.ORDERS_CLIENT,
  "pki/weak.pem": pki.WEAK_KEY,
  "pki/constrained.pem": pki.CONSTRAINED,
  "pki/root.crl": pki.ROOT_CRL,
  "pki/inter.crl": pki.INTERMEDIATE_CRL,
};

async function load(yaml: string) {
  return loadFolder(await configFolder({ ...FILES, "sallyport.yaml": yaml }), { env: { ROOT: pki.ROOT } });
}

async function settingsOf(yaml: string) {
  const { snapshot, diagnostics } = await load(yaml);
  assert.ok(snapshot, JSON.stringify(diagnostics));
  return snapshot.settings;
}

async function mistakes(yaml: string): Promise<string> {
  const { diagnostics } = await load(yaml);
  return diagnostics
    .filter((d) => d.severity === "error")
    .map((d) => `${d.line} ${d.message}`)
    .join("\n");
}

test("Microsoft Entra is where it always is, unless the settings say otherwise", async () => {
  assert.equal((await settingsOf("")).entra.authority, "https://login.microsoftonline.com");
  const at = async (authority: string) => (await settingsOf(`entra: { authority: "${authority}" }`)).entra.authority;
  assert.equal(await at("https://login.microsoftonline.us/"), "https://login.microsoftonline.us");
  assert.equal(await at("http://127.0.0.1:4711"), "http://127.0.0.1:4711");
  for (const wrong of ["http://login.example", "login.example", "https://login.example/?x=1", "ftp://127.0.0.1"])
    assert.match(await mistakes(`entra: { authority: "${wrong}" }`), /^1 "entra.authority" is no https address/, wrong);
  assert.match(await mistakes("entra: { autority: x }"), /autority/);
});

test("authorities and lists are read as they are named", async () => {
  assert.deepEqual((await settingsOf("")).clientCertificates, { authorities: [], crls: [], revocation: "required" });
  const { clientCertificates } = await settingsOf(
    "clientCertificates: { authorities: [pki/both.pem], crls: [pki/root.crl, pki/inter.crl], revocation: listed }",
  );
  assert.deepEqual(
    [clientCertificates.authorities.length, clientCertificates.crls.length, clientCertificates.revocation],
    [1, 2, "listed"],
  );
  assert.equal(
    (await settingsOf("clientCertificates: { authorities: [env:ROOT] }")).clientCertificates.authorities.length,
    1,
  );
});

test("what cannot vouch for anybody is a mistake where it is named", async () => {
  const of = (inner: string) => mistakes(`clientCertificates:\n  ${inner}`);
  assert.match(await of("authorities: [pki/client.pem]"), /^2 pki\/client.pem: .*is no certificate authority/);
  assert.match(await of("authorities: [pki/weak.pem]"), /is no certificate authority/);
  assert.match(await of("authorities: [pki/constrained.pem]"), /name constraints/);
  assert.match(await of("authorities: [pki/root.crl]"), /no certificate in it/);
  assert.match(await of("authorities: [pki/none.pem]"), /none.pem/);
  assert.match(await of("authorities: [{}]"), /must hold names of files/);
  assert.match(await of("crls: [pki/root.crl]"), /none of the authorities/);
  assert.match(
    await of("authorities: [pki/root.pem]\n  crls: [pki/inter.crl]"),
    /^3 pki\/inter.crl: .*none of the authorities/,
  );
  assert.match(await of("authorities: [pki/root.pem]\n  crls: [pki/root.pem]"), /no revocation list in it/);
  assert.match(await of("revocation: never"), /required, listed/);
});
