import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTHORITY, CLIENT } from "../../test/support/certificates.ts";
import { CLIENT_LEGACY_PFX, CLIENT_PFX } from "../../test/support/client-pfx.ts";
import { check, run } from "../../test/support/run-policy.ts";
import { thumbprintOf } from "../base/pki/certificate-material.ts";

const certificates = new Map([
  ["client", { id: "client", ...CLIENT }],
  ["authority", { id: "authority", certificate: AUTHORITY, key: undefined }],
]);
const snapshot = { certificates };

async function chosen(attributes: string) {
  const { exchange, lastError } = await run(`<authentication-certificate ${attributes} />`, { snapshot });
  return { certificate: exchange.request.clientCertificate, lastError };
}

test("by id or thumbprint, constant or not", async () => {
  const thumbprint = thumbprintOf(CLIENT.certificate);
  for (const attributes of [
    'certificate-id="client"',
    'certificate-id="@(context.Request.Method == "" ? "" : "client")"',
    `thumbprint="${thumbprint}"`,
    `thumbprint="@("${thumbprint}".ToLower())"`,
  ])
    assert.equal((await chosen(attributes)).certificate?.key, CLIENT.key, attributes);
});

test("by body: PFX old and new, PEM, bytes or base64", async () => {
  for (const attributes of [
    `body="@(Convert.FromBase64String("${CLIENT_PFX}"))" password="@("pfx-" + "password")"`,
    `body="${CLIENT_LEGACY_PFX}"`,
    `body="@(System.Text.Encoding.UTF8.GetBytes(@"${CLIENT.certificate}${CLIENT.key}"))"`,
  ]) {
    const { certificate, lastError } = await chosen(attributes);
    assert.equal(lastError, null);
    assert.equal(certificate && thumbprintOf(certificate.certificate), thumbprintOf(CLIENT.certificate));
  }
});

test("what cannot be presented is a fault that says why", async () => {
  const reasons: [string, RegExp][] = [
    ['certificate-id="@(context.Request.Method)"', /There is no certificate of that name/],
    ['certificate-id="@(context.Request.Method == "" ? "" : "authority")"', /"authority" has no private key/],
    [`body="${CLIENT_PFX}" password="x"`, /password of the PFX file is wrong/],
    ['body="@("nonsense!")"', /neither PEM nor a PFX/],
    [`body="@(System.Text.Encoding.UTF8.GetBytes(@"${AUTHORITY}"))"`, /without its private key/],
  ];
  for (const [attributes, message] of reasons) {
    const { certificate, lastError } = await chosen(attributes);
    assert.equal(certificate, undefined);
    assert.match(lastError?.message ?? "", message);
  }
});

test("mistakes that show at load", () => {
  const said = (attributes: string) =>
    check(`<authentication-certificate ${attributes} />`, { snapshot }).map((d) => d.message);
  assert.deepEqual(said(""), ["Give one of thumbprint, certificate-id and body"]);
  assert.deepEqual(said('certificate-id="client" thumbprint="00"'), [
    "Give one of thumbprint, certificate-id and body",
  ]);
  assert.deepEqual(said('certificate-id="nope"'), ['There is no certificate with the id "nope"']);
  assert.deepEqual(said('certificate-id="authority"'), ['The certificate with the id "authority" has no private key']);
  assert.deepEqual(said('certificate-id="client" password="x"'), ["A password belongs to a body"]);
});
