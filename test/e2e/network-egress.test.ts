/**
 * Outgoing calls of a whole gateway (abuse cases U1 to U4, J13): destinations come from the configuration; what a request, a token or a
 * redirect makes up stays outside private networks. The backends stand on 127.0.0.0/8, which is as private as any.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { Backend } from "../support/backend.ts";
import { apiFiles, configFolder } from "../support/config-folder.ts";

let backend: Backend;
/** Nobody has named it. */
let secret: Backend;
let gateway: RunningGateway;

const policies = (inbound: string, forward = "<forward-request />") => `<policies>
  <inbound><base />${inbound}</inbound><backend>${forward}</backend><outbound><base /></outbound>
  <on-error><base /><set-header name="X-Reason"><value>@(context.LastError.Reason)</value></set-header></on-error></policies>`;

const SEND = `<send-request mode="new" response-variable-name="answer" timeout="5">
  <set-url>@(context.Request.Headers.GetValueOrDefault("X-Target", ""))</set-url><set-method>GET</set-method></send-request>
  <return-response><set-body>@(((IResponse)context.Variables["answer"]).Body.As<string>())</set-body></return-response>`;

const JWT = `<validate-jwt header-name="Authorization"><openid-config url="{backend}/openid" /></validate-jwt>`;

interface Answer {
  readonly status: number;
  readonly reason: string | null;
  readonly body: string;
}

async function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${gateway.addresses[0].port}${path}`, { headers, redirect: "manual" });
  return { status: response.status, reason: response.headers.get("x-reason"), body: await response.text() };
}

describe("egress", () => {
  before(async () => {
    backend = await Backend.start();
    secret = await Backend.start();
    const open = { serviceUrl: `${backend.url}/base`, subscriptionRequired: false };
    const api = (name: string, text: string) => ({
      ...apiFiles(name, open),
      [`apis/${name}/policy.xml`]: text.replaceAll("{backend}", backend.url),
    });
    const folder = await configFolder({
      ...api("plain", policies("")),
      ...api("send", policies(SEND)),
      ...api(
        "choose",
        policies('<set-backend-service base-url="@(context.Request.Headers.GetValueOrDefault("X-Target", ""))" />'),
      ),
      ...api("follow", policies("", '<forward-request follow-redirects="true" />')),
      ...api("token", policies(JWT)),
      "sallyport.yaml": `
listeners: [{ port: 0 }]
accessLog: false
egress: { allow: [127.0.0.3] }
`,
    });
    gateway = await startGateway({ folder, watch: false });
  });
  after(async () => {
    await gateway?.stop();
    await backend?.close();
    await secret?.close();
  });
  beforeEach(() => {
    backend.answer = undefined;
    backend.seen.length = 0;
    secret.seen.length = 0;
  });

  test("a backend that the configuration names is called wherever it is", async () => {
    assert.equal((await ask("/plain/items")).status, 200);
    assert.equal(backend.seen[0].url, "/base/items");
  });

  test("U1 nothing in a request changes where it goes", async () => {
    const target = `127.0.0.1:${secret.port}`;
    const headers = {
      "X-Forwarded-Host": target,
      "X-Original-URL": `http://${target}/`,
      "X-Rewrite-Url": `http://${target}/`,
      "X-Portkey-Custom-Host": `http://${target}`,
      "X-Host": target,
    };
    for (const path of [
      "/plain/items",
      `/plain/items?api_base=http://${target}&url=http://${target}&host=${target}`,
      `/plain/items?@${target}/`,
    ])
      assert.equal((await ask(path, headers)).status, 200, path);
    assert.equal(secret.seen.length, 0);
    assert.equal(backend.seen.length, 3);
  });

  test("U2 what is put into a URL cannot make it another's", async () => {
    for (const target of [
      "",
      "x",
      "/",
      "//evil.example",
      "http://",
      "http://a@127.0.0.1/",
      "http://127.0.0.1\\@b/",
      "file:///etc/passwd",
      "gopher://x",
    ]) {
      const { status, body } = await ask("/send/items", { "X-Target": target });
      assert.equal(status, 500, target);
      assert.doesNotMatch(body, /127\.0\.0\.1|passwd/);
    }
  });

  test("U3 addresses made up at run time, in every spelling", async () => {
    const { port } = secret;
    const hosts = [
      ...["127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0.0.0.0", "localhost", "LOCALHOST"],
      ...["[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "127.0.0.1.", "%31%32%37.0.0.1"],
    ];
    for (const path of ["/send/items", "/choose/items"]) {
      for (const host of hosts) {
        const { status, reason } = await ask(path, { "X-Target": `http://${host}:${port}` });
        assert.deepEqual([status, reason], [500, "EgressDenied"], `${path} ${host}`);
      }
      for (const host of [
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "10.0.0.1",
        "192.168.1.1",
        "100.100.100.200",
      ]) {
        const { status, reason } = await ask(path, { "X-Target": `http://${host}` });
        assert.deepEqual([status, reason], [500, "EgressDenied"], `${path} ${host}`);
      }
    }
    assert.equal(secret.seen.length, 0);
  });

  test("what the rules list may be called at run time; what configuration names, too", async () => {
    const listed = await ask("/send/items", { "X-Target": `http://127.0.0.3:${secret.port}/x` });
    assert.notEqual(listed.reason, "EgressDenied");
    const named = await ask("/send/items", { "X-Target": `${backend.url}/x` });
    assert.deepEqual([named.status, named.body], [200, "backend"]);
  });

  test("U3 a redirect does not lead through the fence", async () => {
    for (const location of [
      secret.url,
      "http://169.254.169.254/latest/meta-data",
      `http://localhost:${secret.port}/`,
    ]) {
      backend.answer = (_request, response) => response.writeHead(302, { Location: location }).end();
      const { status, reason } = await ask("/follow/items");
      assert.deepEqual([status, reason], [500, "EgressDenied"], location);
      const passed = await ask("/plain/items");
      assert.equal(passed.status, 302, "unless told to follow, it is the caller's");
    }
    assert.equal(secret.seen.length, 0);
  });

  test("J13 a key set elsewhere than its provider is not fetched from a private network", async () => {
    backend.answer = (_request, response) =>
      response.end(
        JSON.stringify({ issuer: "https://issuer.example", jwks_uri: `https://127.0.0.1:${secret.port}/keys` }),
      );
    const { status } = await ask("/token/items", { Authorization: "Bearer e30.e30.e30" });
    assert.equal(status, 401);
    assert.equal(secret.seen.length, 0);
  });

  test("U4 a request that comes back to the gateway again and again ends", async () => {
    const self = `http://127.0.0.1:${gateway.addresses[0].port}`;
    backend.answer = async (request, response) => {
      const headers = { Via: String(request.headers.via) };
      const round = await fetch(`${self}/plain/items`, { headers });
      response.writeHead(round.status).end(await round.text());
    };
    assert.equal((await ask("/plain/items")).status, 508);
    assert.equal(backend.seen.filter(({ url }) => url === "/base/items").length, 3);
  });
});
