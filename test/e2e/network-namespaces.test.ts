/**
 * The gateway between two networks, on hosts of their own: what is internal cannot be reached from outside, a metadata service cannot be
 * reached through the gateway, and backends inside can.
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { apiFiles, configFolder } from "../support/config-folder.ts";
import { Host, namespacesMissing } from "../support/network-namespaces.ts";

const skip = await namespacesMissing();
const COMMAND = resolve(fileURLToPath(import.meta.url), "../../../src/cli/sallyport.ts");

const SETTINGS = `
listeners:
  - { name: external, host: 203.0.113.1, port: 8080, insecure: true, apis: [shop] }
  - { name: internal, host: 10.77.0.1, port: 8081, insecure: true, network: internal }
  - { name: anywhere, host: 0.0.0.0, port: 8082, insecure: true, network: internal }
admin: { port: 9090 }
accessLog: false
egress: { localAddress: 10.77.0.1 }
`;

const SEND = `<policies><inbound><base /><send-request mode="new" response-variable-name="a" timeout="5" ignore-error="true">
<set-url>@(context.Request.Headers.GetValueOrDefault("X-Target", ""))</set-url><set-method>GET</set-method></send-request>
<return-response><set-body>@(context.Variables["a"] == null ? "nothing" : ((IResponse)context.Variables["a"]).Body.As<string>())</set-body>
</return-response></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

/** Answers with a text, and the address it was called from. */
const SERVER = `const [host, port, text] = process.argv.slice(1);
require("node:http").createServer((q, r) => r.end(text + " " + q.socket.remoteAddress)).listen(Number(port), host, () => console.log("ready"));`;

describe("networks", { skip }, () => {
  let gateway: Host;
  let outside: Host;
  let inside: Host;
  before(async () => {
    gateway = await Host.create("gateway");
    outside = await Host.create("outside");
    inside = await Host.create("inside");
    await gateway.connect(outside, "203.0.113.1/24", "203.0.113.7/24");
    await gateway.connect(inside, "10.77.0.1/24", "10.77.0.2/24");
    // The outside knows the way to the inside address of the gateway, and tries it.
    await outside.ip("route", "add", "10.77.0.0/24", "via", "203.0.113.1");
    await gateway.ip("address", "add", "169.254.169.254/32", "dev", "lo");
    await inside.start(/ready/, process.execPath, "-e", SERVER, "10.77.0.2", "80", "backend");
    await gateway.start(/ready/, process.execPath, "-e", SERVER, "169.254.169.254", "80", "credentials");
    const open = { serviceUrl: "http://10.77.0.2", subscriptionRequired: false };
    const folder = await configFolder({
      ...apiFiles("shop", open),
      ...apiFiles("send", open),
      "apis/send/policy.xml": SEND,
      "sallyport.yaml": SETTINGS,
    });
    await gateway.start(
      /Listening on http:\/\/0\.0\.0\.0:8082/,
      process.execPath,
      COMMAND,
      "run",
      folder,
      "--no-watch",
    );
  });
  after(async () => {
    for (const host of [outside, inside, gateway]) await host?.remove();
  });

  /** Status and body as a host sees them; "unreachable" when there is no answer. */
  async function ask(host: Host, url: string, ...more: string[]): Promise<string> {
    const args = ["--silent", "--max-time", "3", "--write-out", " %{http_code}", ...more, url];
    return host.run("curl", ...args).catch(() => "unreachable");
  }

  test("the external listener serves what is assigned to it, from the address that is bound", async () => {
    assert.equal(await ask(outside, "http://203.0.113.1:8080/shop/items"), "backend 10.77.0.1 200");
    assert.match(await ask(outside, "http://203.0.113.1:8080/send/items"), / 404$/);
  });

  test("the internal listeners and the admin server cannot be reached from outside", async () => {
    for (const url of [
      ...["http://203.0.113.1:8081/shop/items", "http://10.77.0.1:8081/shop/items"],
      ...["http://203.0.113.1:8082/shop/items", "http://10.77.0.1:8082/shop/items"],
      ...["http://203.0.113.1:9090/livez", "http://10.77.0.1:9090/livez", "http://127.0.0.1:9090/livez"],
    ])
      assert.equal(await ask(outside, url, "-H", "X-Forwarded-For: 10.77.0.2"), "unreachable", url);
  });

  test("from inside they can", async () => {
    for (const port of [8081, 8082])
      assert.equal(await ask(inside, `http://10.77.0.1:${port}/shop/items`), "backend 10.77.0.1 200");
  });

  test("the metadata service is there, but not to be reached through the gateway", async () => {
    assert.match(await ask(gateway, "http://169.254.169.254/"), /^credentials /);
    for (const target of ["http://169.254.169.254/", "http://[::ffff:169.254.169.254]/", "http://0xa9fea9fe/"]) {
      const through = await ask(inside, "http://10.77.0.1:8081/send/items", "-H", `X-Target: ${target}`);
      assert.equal(through, "nothing 200", target);
    }
  });

  test("hosts inside are reached by name of the configuration, not by a caller's wish", async () => {
    const wish = (target: string) => ask(inside, "http://10.77.0.1:8081/send/items", "-H", `X-Target: ${target}`);
    assert.equal(await wish("http://10.77.0.2/"), "backend 10.77.0.1 200", "the backend itself");
    for (const target of ["http://10.77.0.2:81/", "http://10.77.0.1:9090/livez", "http://127.0.0.1:9090/livez"])
      assert.equal(await wish(target), "nothing 200", target);
  });
});
