import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { sallyport, startSallyport } from "../support/cli.ts";
import { addFiles, apiFiles, configFolder, type Files } from "../support/config-folder.ts";

interface Backend {
  readonly url: string;
  /** Resolves when a request has arrived. */
  readonly arrived: Promise<void>;
}

/** A backend that answers, late when asked to. */
async function startBackend(t: TestContext, delayMs = 0): Promise<Backend> {
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  const server: Server = createServer((_, response) => {
    resolve();
    setTimeout(() => response.end("from the backend"), delayMs);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived };
}

async function backend(t: TestContext): Promise<string> {
  return (await startBackend(t)).url;
}

const outbound = (value: string) =>
  `<policies><inbound><base /></inbound><backend><base /></backend><outbound><set-header name="X-Step"><value>${value}</value></set-header></outbound><on-error /></policies>`;

function files(serviceUrl: string): Files {
  return {
    ...apiFiles("a", { serviceUrl }),
    "apis/a/policy.xml": outbound("one"),
    "subscriptions/s/subscriptionInformation.json": { properties: { scope: "/apis/a" } },
  };
}

test("run --dev: addresses, keys once, requests, a trace, and a clean end", async (t) => {
  const folder = await configFolder(files(await backend(t)));
  const gateway = startSallyport(t, ["run", folder, "--dev", "--port", "0"]);
  const [, url] = await gateway.said(/Listening on (http:\/\/127\.0\.0\.1:\d+) \(default\)/);
  const [, key] = await gateway.said(/written nowhere:\n {2}s {2}([0-9a-f]{32}) {2}API a\n/);
  assert.equal((await fetch(`${url}/a/items`)).status, 401);
  const response = await fetch(`${url}/a/items`, {
    headers: { "Ocp-Apim-Subscription-Key": key, "Ocp-Apim-Trace": "true" },
  });
  assert.deepEqual(
    [response.status, response.headers.get("x-step"), await response.text()],
    [200, "one", "from the backend"],
  );
  const location = response.headers.get("ocp-apim-trace-location");
  assert.ok(location);
  const trace = await sallyport(["trace", location]);
  assert.equal(trace.code, 0);
  assert.match(trace.out, /\noutbound\n[\s\S]*set-header {2}continued/);
  gateway.process.kill("SIGTERM");
  const { code, err, out } = await gateway.ended;
  assert.equal(code, 0);
  assert.equal(err.split(key).length, 2, "the key is shown once");
  assert.ok(!out.includes(key), "and never logged");
});

test("a changed file is in force without a restart; a wrong one is not, and says why", async (t) => {
  const folder = await configFolder(files(await backend(t)));
  const gateway = startSallyport(t, ["run", folder, "--dev", "--port", "0"]);
  const [, url] = await gateway.said(/Listening on (\S+)/);
  const [, key] = await gateway.said(/\n {2}s {2}([0-9a-f]{32})/);
  const step = async () =>
    (await fetch(`${url}/a/items`, { headers: { "Ocp-Apim-Subscription-Key": key } })).headers.get("x-step");
  await addFiles(folder, { "apis/a/policy.xml": outbound("two") });
  await gateway.said(/\nReloaded, version/);
  assert.equal(await step(), "two");
  await addFiles(folder, { "apis/a/policy.xml": outbound("@(nope)") });
  await gateway.said(
    /error CS0103[\s\S]*--> apis\/a\/policy\.xml:1:\d+[\s\S]*\nNot reloaded: 1 error\. Version \w+ stays in force\./,
  );
  assert.equal(await step(), "two");
  await addFiles(folder, { ...apiFiles("b", { subscriptionRequired: false }), "apis/a/policy.xml": outbound("three") });
  await gateway.said(/Reloaded[\s\S]*Reloaded[^\n]*2 APIs/);
  assert.equal(await step(), "three");
});

test("--no-watch leaves files alone until SIGHUP", async (t) => {
  const folder = await configFolder(files(await backend(t)));
  const gateway = startSallyport(t, ["run", folder, "--dev", "--port", "0", "--no-watch"]);
  const [, url] = await gateway.said(/Listening on (\S+)/);
  const [, key] = await gateway.said(/\n {2}s {2}([0-9a-f]{32})/);
  await addFiles(folder, { "apis/a/policy.xml": outbound("two") });
  gateway.process.kill("SIGHUP");
  await gateway.said(/\nReloaded, version/);
  assert.equal(
    (await fetch(`${url}/a/items`, { headers: { "Ocp-Apim-Subscription-Key": key } })).headers.get("x-step"),
    "two",
  );
  gateway.process.kill("SIGHUP");
  await gateway.said(/\nRead again: still version/);
});

test("a stop finishes the request under way", async (t) => {
  const slow = await startBackend(t, 600);
  const folder = await configFolder({
    ...files(slow.url),
    "sallyport.yaml": "limits: {lameDuckMs: 50}\nsubscriptions: {s: env:KEY}",
  });
  const key = "0123456789abcdef0123456789abcdef";
  const gateway = startSallyport(t, ["run", folder, "--port", "0"], { env: { KEY: key } });
  const [, url] = await gateway.said(/Listening on (\S+)/);
  const answer = fetch(`${url}/a/items`, { headers: { "Ocp-Apim-Subscription-Key": key } });
  await slow.arrived;
  gateway.process.kill("SIGTERM");
  assert.equal(await (await answer).text(), "from the backend");
  assert.equal((await gateway.ended).code, 0);
});

test("mistakes keep it from starting: frames and exit code 1", async () => {
  const folder = await configFolder({ ...apiFiles("a"), "policy.xml": "<policies><inbund /></policies>" });
  const { code, out, err } = await sallyport(["run", folder]);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /--> policy\.xml:1:11[\s\S]*\nNot started: \d+ errors?\.\n$/);
});

test("an address in use, plain HTTP for all, and dangerous switches keep it from starting", async (t) => {
  const folder = await configFolder(apiFiles("a", { subscriptionRequired: false }));
  const taken = new URL(await backend(t)).port;
  const busy = await sallyport(["run", folder, "--port", taken]);
  assert.deepEqual([busy.code, busy.err.includes(taken)], [1, true]);
  const open = await sallyport(["run", folder, "--host", "0.0.0.0", "--port", "0"]);
  assert.deepEqual([open.code, /SP1202/.test(open.err)], [1, true]);
  const unsafe = await sallyport(["run", folder], { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
  assert.deepEqual([unsafe.code, /NODE_TLS_REJECT_UNAUTHORIZED=0 switches off/.test(unsafe.err)], [1, true]);
});

test("run has no code generation from strings and no __proto__", async (t) => {
  const folder = await configFolder(files(await backend(t)));
  const look = 'try{new Function("")}catch{console.error("safe:",{}.__proto__)}';
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(look)}` };
  const gateway = startSallyport(t, ["run", folder, "--dev", "--port", "0"], { env });
  await gateway.said(/Listening on/);
  gateway.process.kill("SIGTERM");
  assert.match((await gateway.ended).err, /^safe: undefined$/m);
});

test("a vault that cannot be asked: another source may be named instead", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "named values/k/namedValueInformation.json": {
      properties: {
        displayName: "k",
        secret: true,
        keyVault: { secretIdentifier: "https://contoso.vault.azure.net.invalid/secrets/k" },
      },
    },
  });
  const { code, err } = await sallyport(["run", folder, "--port", "0"]);
  assert.equal(code, 1);
  assert.match(
    err,
    /SP1203: The secret keyvault:.* cannot be had[\s\S]*another source in sallyport\.yaml \(namedValues, certificates\)/,
  );
});
