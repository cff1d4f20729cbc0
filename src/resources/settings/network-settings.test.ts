import assert from "node:assert/strict";
import { test } from "node:test";
import { apiFiles, configFolder, type Files } from "../../../test/support/config-folder.ts";
import { AUTHORITY, OTHER, SERVER } from "../../../test/support/certificates.ts";
import { loadFolder } from "../load.ts";

const FILES: Files = {
  ...apiFiles("Orders"),
  ...apiFiles("stock"),
  "c.pem": SERVER.certificate,
  "k.pem": SERVER.key,
  "o.pem": OTHER.certificate,
  "ok.pem": OTHER.key,
  "ca.pem": AUTHORITY,
};

async function load(yaml: string) {
  return loadFolder(await configFolder({ ...FILES, "sallyport.yaml": yaml }), { env: { PROXY_PASSWORD: "secret" } });
}

async function settingsOf(yaml: string) {
  const { snapshot, diagnostics } = await load(yaml);
  assert.ok(snapshot, JSON.stringify(diagnostics));
  return snapshot.settings;
}

async function mistakes(yaml: string): Promise<string[]> {
  const { diagnostics } = await load(yaml);
  return diagnostics.filter((d) => d.severity === "error").map((d) => `${d.line}:${d.column} ${d.code} ${d.message}`);
}

test("everything of a listener", async () => {
  const { listeners } = await settingsOf(`
listeners:
  - name: full
    hostnames: [a.example, b.example]
    network: external
    allowedClients: [203.0.113.0/24, "2001:db8::/32"]
    trustedProxies: [10.0.0.1]
    clientAddressFrom: forwarded
    proxyProtocol: true
    clientCertificateHeader: X-Client-Cert
    apis: [orders]
    tls:
      certificate: c.pem
      key: k.pem
      minVersion: 1.3
      http2: true
      hsts: { maxAge: 10, includeSubDomains: true, preload: true }
      clientCertificate: optional
      hostnames:
        A.Example.: { certificate: o.pem, key: ok.pem }
        b.example: { clientCertificate: required, authorities: ca.pem }
`);
  const [{ tls, ...listener }] = listeners;
  assert.deepEqual(listener, {
    name: "full",
    host: "127.0.0.1",
    port: 8443,
    hostnames: ["a.example", "b.example"],
    network: "external",
    allowedClients: ["203.0.113.0/24", "2001:db8::/32"],
    trustedProxies: ["10.0.0.1"],
    proxyProtocol: true,
    clientAddressFrom: "Forwarded",
    clientCertificateHeader: "X-Client-Cert",
    apis: ["Orders"],
  });
  const own = { certificate: SERVER.certificate.trimEnd(), key: SERVER.key.trimEnd() };
  assert.deepEqual(tls, {
    ...own,
    clientCertificate: "optional",
    minVersion: "1.3",
    hostnames: new Map([
      ["a.example", { certificate: OTHER.certificate.trimEnd(), key: OTHER.key.trimEnd() }],
      ["b.example", { ...own, clientCertificate: "required", authorities: AUTHORITY.trimEnd() }],
    ]),
    http2: true,
    hsts: "max-age=10; includeSubDomains; preload",
  });
});

test("an internal listener takes private callers, unless it says otherwise", async () => {
  const { listeners } = await settingsOf(`
listeners:
  - { name: a, network: internal }
  - { name: b, network: internal, allowedClients: [10.1.0.0/16] }
`);
  assert.ok(listeners[0].allowedClients?.includes("10.0.0.0/8"));
  assert.deepEqual(listeners[1].allowedClients, ["10.1.0.0/16"]);
});

test("mistakes of listeners", async () => {
  const cases: [yaml: string, mistake: string][] = [
    ["allowedClients: [10.0.0.0/33]", '"listeners[0].allowedClients" holds a mistake'],
    ["allowedClients: []", '"listeners[0].allowedClients" is an empty list'],
    ["trustedProxies: [010.0.0.1]", '"listeners[0].trustedProxies" holds a mistake'],
    ["proxyProtocol: true", '"listeners[0].proxyProtocol" says what proxies tell, but none is trusted'],
    ["clientAddressFrom: Forwarded", '"listeners[0].clientAddressFrom" says what proxies tell'],
    ["clientCertificateHeader: 'a b', trustedProxies: [10.0.0.1]", "is not the name of a header"],
    ["network: outside", '"listeners[0].network" is "outside"'],
    ["apis: [ordres]", 'There is no API "ordres"'],
    ["tls: { certificate: c.pem }", '"listeners[0].tls.key" is missing'],
    ["tls: { certificate: c.pem, key: ok.pem }", "The private key does not belong to the certificate"],
    ["tls: { certificate: c.pem, key: k.pem, clientCertificate: required }", "nobody could show one"],
    ["tls: { certificate: c.pem, key: k.pem, authorities: k.pem }", "There is no CERTIFICATE in it"],
    ["tls: { certificate: c.pem, key: k.pem, hsts: { maxAge: -1 } }", "maxAge"],
    ["tls: { certificate: c.pem, key: k.pem, hostnames: { 'a b': {} } }", "is no host name"],
    ["tls: { certificate: c.pem, key: k.pem, hostnames: { a.example: { certificate: o.pem } } }", "key"],
    [
      "tls: { certificate: c.pem, key: k.pem, hostnames: { a.example: { certificate: o.pem, key: k.pem } } }",
      "not belong",
    ],
    ["hostnames: [b.example], tls: { certificate: c.pem, key: k.pem, hostnames: { a.example: {} } }", "is not among"],
  ];
  for (const [yaml, mistake] of cases) {
    const found = await mistakes(`listeners:\n  - { ${yaml} }`);
    assert.equal(found.length, 1, `${yaml}: ${found.join("; ")}`);
    assert.ok(found[0].includes(mistake), `${yaml}: ${found[0]}`);
    assert.match(found[0], /^2:\d+ /, yaml);
  }
});

test("egress", async () => {
  assert.deepEqual((await settingsOf("")).egress, {
    allow: [],
    private: "configured",
    public: "any",
    proxy: undefined,
    localAddress: undefined,
  });
  const { egress } = await settingsOf(`
egress:
  allow: [10.0.0.0/8, Vault.Internal., "*.corp.example", "fd00::1"]
  private: listed
  public: configured
  proxy: { url: "http://proxy.example:3128/", username: u, password: env:PROXY_PASSWORD, except: [localhost] }
  localAddress: 10.0.0.4
`);
  assert.deepEqual(egress, {
    allow: ["10.0.0.0/8", "vault.internal", "*.corp.example", "fd00::1"],
    private: "listed",
    public: "configured",
    proxy: { url: "http://proxy.example:3128", username: "u", password: "secret", except: ["localhost"] },
    localAddress: "10.0.0.4",
  });
  assert.equal((await settingsOf("egress: { proxy: 'https://p:1' }")).egress.proxy?.url, "https://p:1");
});

test("mistakes of egress", async () => {
  const cases: [yaml: string, mistake: string][] = [
    ["allow: [10.0.0.0/33]", "which is no host name, address or range"],
    ["allow: [10.1]", "which is no host name"],
    ["allow: ['http://a']", "which is no host name"],
    ["allow: ['a*.example']", "which is no host name"],
    ["private: some", 'is "some"'],
    ["localAddress: here", "is no IP address"],
    ["proxy: 'proxy:3128'", "is no address of a proxy"],
    ["proxy: 'http://u:p@proxy'", "is no address of a proxy"],
    ["proxy: { username: u }", '"egress.proxy.url" is missing'],
    ["proxy: { url: 'http://p', except: [10.0.0.1] }", "which is no host name"],
    ["deny: [a]", 'Unknown setting "egress.deny"'],
  ];
  for (const [yaml, mistake] of cases) {
    const found = await mistakes(`egress: { ${yaml} }`);
    assert.equal(found.length, 1, `${yaml}: ${found.join("; ")}`);
    assert.ok(found[0].includes(mistake), `${yaml}: ${found[0]}`);
    assert.doesNotMatch(found[0], /u:p/);
  }
});
