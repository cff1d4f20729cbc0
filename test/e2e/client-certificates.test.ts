/**
 * validate-client-certificate and context.Request.Certificate through the whole gateway: real handshakes with certificates made by openssl,
 * revocation lists that change while it runs (abuse case T2), and certificates handed on by a proxy.
 */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { AUTHORITY, SERVER } from "../support/certificates.ts";
import * as pki from "../support/client-certificates.ts";

const MEMBERS = ["Subject", "Issuer", "SerialNumber", "Thumbprint", "NotBefore", "NotAfter"];
const shown = (member: string) =>
  `<set-header name="X-${member}"><value>@(context.Request.Certificate == null ? "none" : context.Request.Certificate.${member}.ToString())</value></set-header>`;
const VERIFIED = `<set-header name="X-Verified"><value>@(context.Request.Certificate.Verify() + " " + context.Request.Certificate.VerifyNoRevocation())</value></set-header>`;
const POLICY = `<policies><inbound><base />
  <validate-client-certificate>
    <identities><identity dns-name="orders.example" issuer-subject="CN=Test intermediate, O=&quot;Sallyport, test&quot;, C=BE" /></identities>
  </validate-client-certificate>
  <return-response>${MEMBERS.map(shown).join("")}${VERIFIED}</return-response>
</inbound><backend><base /></backend><outbound><base /></outbound>
<on-error><set-header name="X-Why"><value>@(context.LastError.Reason)</value></set-header>
  <choose><when condition="@(context.Request.Certificate != null)">${VERIFIED}</when></choose></on-error></policies>`;

const PROXY = "127.0.0.77";
const files = { "server.crt": SERVER.certificate, "server.key": SERVER.key, "root.pem": pki.ROOT };

let folder = "";
let gateway: RunningGateway;
const portOf = (name: string) => gateway.addresses.find((address) => address.name === name)?.port ?? 0;

before(async () => {
  folder = await writeFolder({
    serviceUrl: "http://127.0.0.1:1",
    policies: { operation: POLICY },
    settings: {
      listeners: [
        {
          name: "secure",
          port: 0,
          tls: { certificate: "server.crt", key: "server.key", clientCertificate: "optional" },
        },
        { name: "proxied", port: 0, trustedProxies: [PROXY], clientCertificateHeader: "X-Client-Cert" },
      ],
      clientCertificates: { authorities: ["root.pem", "inter.pem"], crls: ["root.crl", "inter.crl"] },
      accessLog: false,
    },
  });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, "inter.pem"), pki.INTERMEDIATE);
  await writeFile(join(folder, "root.crl"), pki.ROOT_CRL);
  // As authorities publish it: in DER.
  await writeFile(join(folder, "inter.crl"), pki.derOf(pki.INTERMEDIATE_CRL));
  gateway = await startGateway({ folder, watch: false });
});
after(async () => {
  await gateway.stop();
  await removeFolder(folder);
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const path = "/t/items/1";
const headers = { "Ocp-Apim-Subscription-Key": KEY };

function call(identity: { cert?: string; key?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", port: portOf("secure"), path, headers, ca: AUTHORITY, agent: false } as const;
    request({ ...options, ...identity }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    })
      .on("error", reject)
      .end();
  });
}

function byProxy(localAddress: string, certificate: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const more = { ...headers, "X-Client-Cert": encodeURIComponent(certificate) };
    plainRequest(
      { host: "127.0.0.1", localAddress, port: portOf("proxied"), path, headers: more, agent: false },
      (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
      },
    )
      .on("error", reject)
      .end();
  });
}

const client = { cert: pki.ORDERS_CLIENT, key: pki.ORDERS_CLIENT_KEY };

test("a certificate opens the door, and expressions see it", async () => {
  const { status, headers: seen } = await call(client);
  assert.equal(status, 200);
  const x509 = new X509Certificate(pki.ORDERS_CLIENT);
  assert.equal(seen["x-subject"], 'CN=orders client, OU=Orders, O="Sallyport, test", C=BE');
  assert.equal(seen["x-issuer"], 'CN=Test intermediate, O="Sallyport, test", C=BE');
  assert.equal(seen["x-serialnumber"], "4D01");
  assert.equal(seen["x-thumbprint"], x509.fingerprint.replaceAll(":", ""));
  assert.match(String(seen["x-notafter"]), /2126/);
  assert.equal(seen["x-verified"], "True True");
});

test("none, or one that the handshake proves but the authorities do not know", async () => {
  const none = await call();
  assert.deepEqual([none.status, none.headers["x-why"]], [403, "CertificateNotPresent"]);
});

test("a certificate handed on by a proxy counts when the proxy is trusted, and then it must be good all the same", async () => {
  const why = async (from: string, certificate: string) => {
    const { status, headers: seen } = await byProxy(from, certificate);
    return `${status} ${seen["x-why"] ?? seen["x-serialnumber"]} ${seen["x-verified"] ?? ""}`.trim();
  };
  assert.equal(await why(PROXY, pki.ORDERS_CLIENT), "200 4D01 True True");
  assert.equal(await why("127.0.0.5", pki.ORDERS_CLIENT), "403 CertificateNotPresent");
  assert.equal(await why(PROXY, pki.STRANGER), "403 CertificateNotTrusted False False");
  assert.equal(await why(PROXY, pki.REVOKED_CLIENT), "403 CertificateRevoked False True");
  assert.equal(await why(PROXY, pki.DIRECT_CLIENT), "403 CertificateIdentityNotAllowed True True");
  assert.equal(await why(PROXY, "nonsense"), "403 CertificateNotPresent");
});

test("a list that revokes the intermediate closes the door with the next configuration", async () => {
  await writeFile(join(folder, "root.crl"), pki.ROOT_CRL_WITH_INTERMEDIATE);
  assert.notEqual((await gateway.reload()).program, undefined);
  const revoked = await call(client);
  assert.deepEqual([revoked.status, revoked.headers["x-why"]], [403, "CertificateRevoked"]);
  await writeFile(join(folder, "root.crl"), pki.ROOT_CRL);
  await gateway.reload();
  assert.equal((await call(client)).status, 200);
});

test("authorities and lists that cannot serve are mistakes, and the old configuration stays", async () => {
  for (const [file, wrong, right, message] of [
    ["inter.pem", pki.ORDERS_CLIENT, pki.INTERMEDIATE, /is no certificate authority/],
    ["inter.pem", pki.CONSTRAINED, pki.INTERMEDIATE, /name constraints/],
    ["inter.pem", "nothing", pki.INTERMEDIATE, /no certificate in it/],
    ["root.crl", "nothing", pki.ROOT_CRL, /no revocation list in it/],
    ["inter.pem", pki.OTHER_ROOT, pki.INTERMEDIATE, /none of the authorities/],
  ] as const) {
    await writeFile(join(folder, file), wrong);
    const { program, diagnostics } = await gateway.reload();
    assert.equal(program, undefined, file);
    assert.match(diagnostics.map((d) => d.message).join("\n"), message);
    await writeFile(join(folder, file), right);
    assert.equal((await call(client)).status, 200);
  }
});
