/** Mutual TLS and other credentials towards backends, through the whole gateway: who is let in, and whose Authorization travels. */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { thumbprintOf } from "../../src/base/pki/certificate-material.ts";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { AUTHORITY, CLIENT, OTHER } from "../support/certificates.ts";
import { CLIENT_LEGACY_PFX, CLIENT_PFX } from "../support/client-pfx.ts";
import { TlsBackend } from "../support/tls-backend.ts";

let backend: TlsBackend;
let stranger: TlsBackend;
before(async () => {
  backend = await TlsBackend.start();
  stranger = await TlsBackend.start(OTHER);
});
after(() => {
  backend.close();
  stranger.close();
});

const CERTIFICATES = {
  pem: { certificate: "tls/client.crt", key: "tls/client.key" },
  both: { certificate: "tls/both.pem" },
  pfx: { pfx: "tls/client.pfx", password: "literal:pfx-password" },
  legacy: { pfx: "env:LEGACY_PFX" },
};
const ENV = { LEGACY_PFX: CLIENT_LEGACY_PFX, BACKEND_KEY: "k-0123456789", TOKEN: "gateway-token" };

/** One call through a gateway whose API has this inbound section, with its backend entity and settings. */
async function call(
  inbound: string,
  options: {
    readonly url?: string;
    readonly backend?: object;
    readonly properties?: object;
    readonly namedValues?: Record<string, string>;
    readonly headers?: Record<string, string>;
    readonly path?: string;
    readonly certificates?: object;
    readonly serviceUrl?: string;
    readonly isChosen?: boolean;
    readonly authorities?: string;
  } = {},
): Promise<{ status: number; text: string; trace: string }> {
  const chosen = options.isChosen === false ? "" : '<set-backend-service backend-id="b" />';
  const api = `<policies><inbound><base />${chosen}${inbound}</inbound></policies>`;
  const folder = await writeFolder({
    serviceUrl: options.serviceUrl ?? "https://localhost:1",
    policies: { api },
    namedValues: options.namedValues,
    backends: { b: { url: options.url ?? backend.url, ...options.properties } },
    settings: {
      certificates: options.certificates ?? CERTIFICATES,
      ...(options.authorities === undefined ? {} : { authorities: options.authorities }),
      backends: { b: { authorities: "tls/ca.pem", ...options.backend } },
    },
  });
  await mkdir(join(folder, "tls"));
  await writeFile(join(folder, "tls/ca.pem"), AUTHORITY);
  await writeFile(join(folder, "tls/client.crt"), CLIENT.certificate);
  await writeFile(join(folder, "tls/client.key"), CLIENT.key);
  await writeFile(join(folder, "tls/both.pem"), CLIENT.key + CLIENT.certificate);
  await writeFile(join(folder, "tls/client.pfx"), Buffer.from(CLIENT_PFX, "base64"));
  let gateway: RunningGateway | undefined;
  try {
    gateway = await startGateway({ folder, env: ENV, watch: false, workers: 1 });
    const origin = `http://127.0.0.1:${gateway.addresses[0].port}`;
    const headers = { "Ocp-Apim-Subscription-Key": KEY, "Ocp-Apim-Trace": "true", ...options.headers };
    const response = await fetch(`${origin}/t${options.path ?? "/items/1"}`, { headers });
    const text = await response.text();
    const location = response.headers.get("ocp-apim-trace-location") ?? "";
    const trace = location === "" ? "" : await (await fetch(location, { headers })).text();
    return { status: response.status, text, trace };
  } finally {
    await gateway?.stop();
    await removeFolder(folder);
  }
}

test("a certificate by id, however it is kept", async () => {
  for (const id of Object.keys(CERTIFICATES)) {
    const { status, text } = await call(`<authentication-certificate certificate-id="${id}" />`);
    assert.deepEqual([id, status, text], [id, 200, "secret backend"]);
    assert.deepEqual([id, backend.last.client, backend.last.isTrusted], [id, "client", true]);
  }
});

test("by thumbprint, in any spelling; by body and password", async () => {
  const thumbprint = thumbprintOf(CLIENT.certificate).toLowerCase().replace(/../g, "$& ").trim();
  await call(`<authentication-certificate thumbprint="${thumbprint}" />`);
  assert.equal(backend.last.client, "client");
  const body = `@(Convert.FromBase64String("${CLIENT_PFX}"))`;
  await call(`<authentication-certificate body='${body}' password="pfx-password" />`);
  assert.equal(backend.last.client, "client");
  const wrong = await call(`<authentication-certificate body='${body}' password="wrong" />`);
  assert.deepEqual([wrong.status, wrong.trace.includes("The password of the PFX file is wrong")], [500, true]);
});

test("without a policy the entity's own certificate is shown, by id or thumbprint", async () => {
  await call("");
  assert.equal(backend.last.client, undefined);
  await call("", { properties: { credentials: { certificateIds: ["/subscriptions/x/certificates/pem"] } } });
  assert.equal(backend.last.client, "client");
  const certificate = [thumbprintOf(CLIENT.certificate)];
  await call("", { properties: { credentials: { certificate } } });
  assert.equal(backend.last.client, "client");
  await call("", { backend: { certificate: "pfx" } });
  assert.equal(backend.last.client, "client");
});

test("an entity of the very URL that an API goes to gives its credentials, though no policy chose it", async () => {
  const credentials = { certificateIds: ["pem"] };
  await call("", { serviceUrl: backend.url, isChosen: false, properties: { credentials } });
  assert.equal(backend.last.client, "client");
});

test("a certificate that is not there is a mistake at load", async () => {
  await assert.rejects(
    call('<authentication-certificate certificate-id="nope" />'),
    /There is no certificate with the id "nope"/,
  );
  await assert.rejects(
    call('<authentication-certificate certificate-id="pem" />', {
      certificates: { pem: { certificate: "tls/ca.pem" } },
    }),
    /has no private key/,
  );
  await assert.rejects(
    call("", { certificates: { p: { pfx: "tls/client.pfx", password: "x" } } }),
    /password of the PFX/,
  );
});

test("chain and name of the backend's certificate are checked unless the entity says otherwise", async () => {
  const untrusted = await call("", { backend: { authorities: undefined } });
  assert.deepEqual([untrusted.status, untrusted.trace.includes("could not be trusted")], [500, true]);
  const misnamed = await call("", { url: stranger.url });
  assert.equal(misnamed.status, 500);
  const unchecked = { validateCertificateChain: false, validateCertificateName: false };
  assert.equal((await call("", { backend: { authorities: undefined, ...unchecked } })).status, 200);
  assert.equal(
    (await call("", { url: stranger.url, properties: { tls: { validateCertificateName: false } } })).status,
    200,
  );
  const nameOnly = { authorities: undefined, validateCertificateChain: false };
  assert.equal((await call("", { url: stranger.url, backend: nameOnly })).status, 500);
});

test("header, query and authorization credentials go on the wire and nowhere else", async () => {
  const credentials = {
    header: { "x-functions-key": ["{{functions-key}}"] },
    query: { code: ["a&b=c"] },
    authorization: { scheme: "SharedKey", parameter: "abc-shared" },
  };
  const { trace, status } = await call("", {
    properties: { credentials },
    namedValues: { "functions-key": "fk-123456789" },
    headers: { "x-functions-key": "forged", Authorization: "Bearer callers" },
    path: "/search?q=1&CODE=forged&c%6fde=forged",
  });
  const { headers, url } = backend.last;
  assert.equal(status, 200);
  assert.deepEqual([headers["x-functions-key"], headers.authorization], ["fk-123456789", "SharedKey abc-shared"]);
  assert.equal(url, "/search?q=1&code=a%26b%3Dc");
  for (const secret of ["fk-123456789", "abc-shared"]) assert.ok(!trace.includes(secret), secret);
});

test("credentials from the settings, by the sources of their secrets", async () => {
  const settings = {
    header: { "api-key": "env:BACKEND_KEY" },
    authorization: { scheme: "Bearer", parameter: "env:TOKEN" },
  };
  await call("", { backend: settings });
  const { headers } = backend.last;
  assert.deepEqual([headers["api-key"], headers.authorization], ["k-0123456789", "Bearer gateway-token"]);
});

test("the caller's Authorization stays behind where the gateway comes with an identity of its own", async () => {
  const headers = { Authorization: "Bearer callers" };
  const seen = async (inbound: string, options: Parameters<typeof call>[1] = {}) => {
    await call(inbound, { headers, ...options });
    return backend.last.headers.authorization;
  };
  const certificate = '<authentication-certificate certificate-id="pem" />';
  const own = { header: { "api-key": "env:BACKEND_KEY" } };
  assert.equal(await seen(""), "Bearer callers");
  assert.equal(await seen(certificate), undefined);
  assert.equal(await seen("", { backend: own }), undefined);
  assert.equal(await seen("", { properties: { credentials: { header: {}, query: {} } } }), "Bearer callers");
  const copy = `<set-header name="authorization"><value>@(context.Request.Headers.GetValueOrDefault("Authorization"))</value></set-header>`;
  assert.equal(await seen(copy + certificate), "Bearer callers");
  assert.equal(await seen(certificate + copy, { backend: own }), "Bearer callers");
  const skip = '<set-header name="Authorization" exists-action="skip"><value>x</value></set-header>';
  assert.equal(await seen(skip + certificate), undefined);
  assert.equal(await seen("", { backend: { ...own, forwardAuthorization: true } }), "Bearer callers");
  assert.equal(await seen(`<authentication-basic username="u" password="p" />${certificate}`), "Basic dTpw");
});

test("send-request shows a certificate of its own, and leaves a copied Authorization behind", async () => {
  const certificate = '<authentication-certificate certificate-id="pem" />';
  const send = (children: string) =>
    `<send-request mode="copy" response-variable-name="r"><set-url>${backend.url}/asked</set-url><set-method>GET</set-method>${children}</send-request><return-response><set-status code="299" /></return-response>`;
  const headers = { Authorization: "Bearer callers" };
  // Trusted by the whole gateway: send-request has no backend entity that could name authorities.
  const trusting = { headers, authorities: "tls/ca.pem" };
  assert.equal((await call(send(certificate), trusting)).status, 299);
  assert.deepEqual(
    [backend.last.url, backend.last.client, backend.last.headers.authorization],
    ["/asked", "client", undefined],
  );
  await call(send(""), trusting);
  assert.deepEqual([backend.last.client, backend.last.headers.authorization], [undefined, "Bearer callers"]);
  const own = '<set-header name="Authorization"><value>Bearer own</value></set-header>';
  await call(send(own + certificate), trusting);
  assert.deepEqual([backend.last.client, backend.last.headers.authorization], ["client", "Bearer own"]);
  assert.equal((await call(send(certificate), { headers })).status, 500, "the test authority is not public");
});
