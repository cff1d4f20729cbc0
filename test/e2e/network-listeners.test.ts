/**
 * Listeners as a network: who may call, who called when proxies stand in front, which APIs and names are served where (abuse cases L1, L2,
 * R5, R6, K5, K7). Every address of 127.0.0.0/8 is this machine: callers and proxies have one each.
 */
import assert from "node:assert/strict";
import { connect as connectPlain, type Socket } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { Backend } from "../support/backend.ts";
import { AUTHORITY, SERVER } from "../support/certificates.ts";
import { apiFiles, configFolder } from "../support/config-folder.ts";

const CALLER = "127.0.0.5";
const PROXY = "127.0.0.77";
const KEY_A = "a-primary-key-0123456789";
const KEY_B = "b-primary-key-0123456789";

const SETTINGS = `
listeners:
  - { name: plain, port: 0 }
  - { name: proxied, port: 0, trustedProxies: [${PROXY}/32, 10.0.0.0/8] }
  - { name: standard, port: 0, trustedProxies: [${PROXY}], clientAddressFrom: Forwarded }
  - { name: fenced, port: 0, allowedClients: [127.0.0.5, 203.0.113.0/24], trustedProxies: [${PROXY}] }
  - { name: internal, port: 0, network: internal, apis: [b], trustedProxies: [${PROXY}] }
  - { name: balanced, port: 0, proxyProtocol: true, trustedProxies: [${PROXY}], allowedClients: [203.0.113.0/24] }
  - name: balanced-tls
    port: 0
    proxyProtocol: true
    trustedProxies: [${PROXY}]
    tls: { certificate: c.pem, key: k.pem, http2: true }
  - { name: tenant-a, port: 0, hostnames: [a.example], apis: [a] }
  - { name: tenant-b, port: 0, hostnames: [b.example], apis: [b] }
admin: { port: 0 }
http: { headersTimeoutMs: 1000 }
accessLog: false
subscriptions:
  a: ${KEY_A}
  b: ${KEY_B}
`;

const POLICY = `<policies><inbound><base /><set-header name="X-Caller"><value>@(context.Request.IpAddress)</value></set-header>
<set-header name="X-Scheme"><value>@(context.Request.OriginalUrl.Scheme)</value></set-header></inbound>
<backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

let backend: Backend;
let gateway: RunningGateway;

function portOf(name: string): number {
  return gateway.addresses.find((address) => address.name === name)?.port ?? 0;
}

interface Asked {
  readonly from?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: string;
  /** Bytes before the request, or before the TLS handshake. */
  readonly first?: string | Buffer;
  readonly tls?: true;
}

/** Status; 0 when the connection is closed without an answer. */
async function ask(listener: string, asked: Asked = {}): Promise<number> {
  const { from = CALLER, path = "/b/items", host = "api.example", headers = "", first, tls } = asked;
  let socket: Socket = connectPlain({ port: portOf(listener), host: "127.0.0.1", localAddress: from });
  socket.on("error", () => {});
  if (first !== undefined) socket.write(first);
  if (tls) socket = connectTls({ socket, ca: AUTHORITY, servername: "localhost" });
  socket.on("error", () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`);
  let answer = "";
  socket.on("data", (chunk: Buffer) => {
    answer += chunk.toString("latin1");
  });
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return answer === "" ? 0 : Number(answer.split(" ")[1]);
}

describe("listeners", () => {
  before(async () => {
    backend = await Backend.start();
    const api = { serviceUrl: backend.url };
    const folder = await configFolder({
      ...apiFiles("a", { ...api, subscriptionRequired: true }),
      ...apiFiles("b", { ...api, subscriptionRequired: false }),
      ...apiFiles("keyed-b", { ...api, path: "keyed", subscriptionRequired: true }),
      "policy.xml": POLICY.replaceAll("<base />", "").replace("<backend>", "<backend><forward-request />"),
      "subscriptions/a/subscriptionInformation.json": { properties: { scope: "/apis/a" } },
      "subscriptions/b/subscriptionInformation.json": { properties: { scope: "/apis/b" } },
      "c.pem": SERVER.certificate,
      "k.pem": SERVER.key,
      "sallyport.yaml": SETTINGS,
    });
    gateway = await startGateway({ folder, watch: false });
  });
  after(async () => {
    await gateway?.stop();
    await backend?.close();
  });
  beforeEach(() => {
    backend.seen.length = 0;
  });

  test("L2, R6 without a trusted proxy nobody says who called", async () => {
    const headers =
      "X-Forwarded-For: 203.0.113.7\r\nForwarded: for=203.0.113.7\r\nX-Real-IP: 203.0.113.7\r\n" +
      "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nX-Client-Cert: abc\r\n";
    for (const listener of ["plain", "proxied"]) {
      assert.equal(await ask(listener, { headers }), 200);
      assert.equal(backend.header("x-caller"), CALLER, listener);
      assert.equal(backend.header("x-forwarded-for"), CALLER);
      assert.equal(backend.header("x-forwarded-proto"), "http");
      assert.equal(backend.header("x-forwarded-host"), "api.example");
      for (const name of ["forwarded", "x-real-ip", "x-client-cert"])
        assert.equal(backend.header(name), undefined, name);
    }
  });

  test("L1 a trusted proxy is believed, and the backend gets the chain", async () => {
    const headers =
      "X-Forwarded-For: 1.1.1.1, 203.0.113.7, 10.0.0.2\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 9.9.9.9\r\n";
    assert.equal(await ask("proxied", { from: PROXY, headers }), 200);
    assert.equal(backend.header("x-caller"), "203.0.113.7");
    assert.equal(backend.header("x-scheme"), "https");
    assert.equal(backend.header("x-forwarded-for"), `203.0.113.7, 10.0.0.2, ${PROXY}`);
    assert.equal(backend.header("x-forwarded-proto"), "https");
    assert.equal(backend.header("x-real-ip"), undefined);
  });

  test("only the header that proxies write counts", async () => {
    const headers = "X-Forwarded-For: 203.0.113.7\r\nForwarded: for=203.0.113.8\r\n";
    assert.equal(await ask("standard", { from: PROXY, headers }), 200);
    assert.equal(backend.header("x-caller"), "203.0.113.8");
    assert.equal(await ask("proxied", { from: PROXY, headers }), 200);
    assert.equal(backend.header("x-caller"), "203.0.113.7");
  });

  test("callers outside the allowed ranges: closed unseen, or 403 when a proxy speaks for them", async () => {
    assert.equal(await ask("fenced"), 200);
    assert.equal(await ask("fenced", { from: "127.0.0.6" }), 0);
    const through = (address: string) =>
      ask("fenced", { from: PROXY, headers: `X-Forwarded-For: ${address}\r\n`, path: "/b/items" });
    assert.equal(await through("203.0.113.200"), 200);
    backend.seen.length = 0;
    assert.equal(await through("198.51.100.1"), 403);
    assert.equal(await through("203.0.113.9, 198.51.100.1"), 403);
    assert.equal(await ask("fenced", { from: PROXY }), 403, "the proxy itself may not call");
    assert.equal(backend.seen.length, 0);
  });

  test("an internal listener takes callers of private networks", async () => {
    assert.equal(await ask("internal"), 200);
    const through = (address: string) => ask("internal", { from: PROXY, headers: `X-Forwarded-For: ${address}\r\n` });
    for (const address of ["10.1.2.3", "192.168.1.1", "fd00::1"]) assert.equal(await through(address), 200, address);
    for (const address of ["203.0.113.7", "2001:db8::1"]) assert.equal(await through(address), 403, address);
  });

  test("APIs are served by the listeners they are assigned to", async () => {
    assert.equal(await ask("internal", { path: "/b/items" }), 200);
    for (const path of ["/a/items", "/keyed/items", "/A/items"])
      assert.equal(await ask("internal", { path }), 404, path);
    assert.equal(await ask("plain", { path: "/a/items" }), 401, "elsewhere the key decides");
  });

  test("R5, K7 one tenant's host is not another's", async () => {
    const key = (value: string) => `Ocp-Apim-Subscription-Key: ${value}\r\n`;
    const at = (listener: string, host: string, path: string, headers = "") => ask(listener, { host, path, headers });
    assert.equal(await at("tenant-a", "a.example", "/a/items", key(KEY_A)), 200);
    backend.seen.length = 0;
    assert.equal(await at("tenant-a", "a.example", "/a/items", key(KEY_B)), 401);
    assert.equal(await at("tenant-a", "a.example", "/b/items", key(KEY_B)), 404);
    for (const host of ["b.example", "eviladdress.example", "a.example.evil", "xa.example"])
      assert.equal(await at("tenant-a", host, "/a/items", key(KEY_A)), 404, host);
    assert.equal(backend.seen.length, 0);
  });

  test("K5 the admin server is not to be had through a listener, whatever a caller says", async () => {
    const headers = "X-Real-IP: 127.0.0.1\r\nX-Forwarded-For: 127.0.0.1\r\nX-Original-URL: /status\r\n";
    for (const path of ["/livez", "/readyz", "/status", "/metrics"])
      assert.equal(await ask("plain", { path, headers }), 404, path);
    assert.equal(gateway.addresses.find(({ name }) => name === "admin")?.host, "127.0.0.1");
  });

  const line = (address: string) => `PROXY TCP4 ${address} 127.0.0.1 4711 443\r\n`;
  const binary = Buffer.from("0d0a0d0a000d0a515549540a2111000ccb007107" + "7f000001126701bb", "hex");

  test("the PROXY protocol names the caller, in both versions", async () => {
    for (const first of [line("203.0.113.7"), binary]) {
      assert.equal(await ask("balanced", { from: PROXY, first }), 200);
      assert.equal(backend.header("x-caller"), "203.0.113.7");
      assert.equal(backend.header("x-forwarded-for"), "203.0.113.7");
    }
    assert.equal(await ask("balanced", { from: PROXY, first: line("198.51.100.1") }), 0, "not an allowed caller");
  });

  test("the PROXY header stands before TLS", async () => {
    for (const first of [line("203.0.113.7"), binary]) {
      assert.equal(await ask("balanced-tls", { from: PROXY, first, tls: true, host: "localhost" }), 200);
      assert.equal(backend.header("x-caller"), "203.0.113.7");
    }
  });

  test("the PROXY protocol is spoken by trusted proxies alone, at once and correctly", async () => {
    assert.equal(await ask("balanced", { from: CALLER, first: line("203.0.113.7") }), 0);
    assert.equal(await ask("balanced", { from: PROXY }), 0, "no header");
    assert.equal(await ask("balanced", { from: PROXY, first: "PROXY TCP4 203.0.113.7\r\n" }), 0);
    assert.equal(await ask("balanced", { from: PROXY, first: "\r\n\r\n\0\r\nQUIT\n\xff" }), 0);
    const silent = connectPlain({ port: portOf("balanced"), host: "127.0.0.1", localAddress: PROXY });
    silent.write("PROXY TCP4 ");
    silent.resume();
    await new Promise<void>((resolve) => silent.once("close", () => resolve()));
    assert.equal(backend.seen.length, 0);
  });

  test("a header that comes in pieces, with the request right behind", async () => {
    const socket = connectPlain({ port: portOf("balanced"), host: "127.0.0.1", localAddress: PROXY });
    const text = `${line("203.0.113.7")}GET /b/items HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    for (const part of [text.slice(0, 3), text.slice(3, 20), text.slice(20)]) {
      socket.write(part);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.equal(backend.header("x-caller"), "203.0.113.7");
  });
});
