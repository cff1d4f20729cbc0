/** Starts without a configuration that can be loaded: the one that was last in force is served. */
import assert from "node:assert/strict";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { startSallyport } from "../support/cli.ts";
import { addFiles, apiFiles, configFolder } from "../support/config-folder.ts";

const answers = (text: string) =>
  `<policies><inbound><return-response><set-body>${text}</set-body></return-response></inbound><backend /><outbound /><on-error /></policies>`;

const SUBSCRIPTION_KEY = "0123456789abcdef0123456789abcdef";

async function site() {
  const folder = await configFolder({
    ...apiFiles("a", { serviceUrl: "http://127.0.0.1:1" }),
    "apis/a/policy.xml": answers("first"),
    "subscriptions/s/subscriptionInformation.json": { properties: { scope: "/apis/a" } },
    // A secret that is a file goes with the folder, too.
    "key.txt": SUBSCRIPTION_KEY,
    "sallyport.yaml": "admin: { port: 0 }\nsubscriptions: { s: { primaryKey: file:key.txt } }\n",
  });
  return { folder, copy: `${folder}.copy` };
}

async function start(t: TestContext, { folder, copy }: { folder: string; copy: string }, key = "key of the copy") {
  const gateway = startSallyport(t, ["run", folder, "--port", "0", "--workers", "1", "--last-good", copy], {
    env: { SALLYPORT_LAST_GOOD_KEY: key },
  });
  const served = async () => {
    const [, url] = await gateway.said(/Listening on (\S+) \(default\)/);
    const [, admin] = await gateway.said(/Listening on (\S+) \(admin\)/);
    const call = async () =>
      (await fetch(`${url}/a/items`, { headers: { "Ocp-Apim-Subscription-Key": SUBSCRIPTION_KEY } })).text();
    const ask = async (path: string) => (await fetch(admin + path)).text();
    return { call, status: async () => JSON.parse(await ask("/status")), metrics: () => ask("/metrics") };
  };
  const stop = async () => {
    gateway.process.kill("SIGINT");
    gateway.process.kill("SIGINT");
    await gateway.ended;
  };
  return { gateway, served, stop };
}

test("a folder that is gone: the last good copy is served, told of, and left when the folder is back", async (t) => {
  const place = await site();
  const first = await start(t, place);
  const before = await (await first.served()).status();
  assert.equal(before.lastGoodCopyOf, undefined);
  await first.stop();
  assert.ok(!(await readFile(place.copy)).includes(SUBSCRIPTION_KEY));

  await rename(place.folder, `${place.folder}.away`);
  const second = await start(t, place);
  await second.gateway.said(/The folder cannot be loaded: serving the last good copy, of \d{4}-\d\d-\d\dT/);
  const { call, status, metrics } = await second.served();
  assert.equal(await call(), "first");
  const told = await status();
  assert.equal(told.configuration, before.configuration);
  assert.ok(Date.parse(told.lastGoodCopyOf) <= Date.now());
  assert.match(await metrics(), /\nsallyport_configuration_copy_timestamp_seconds \d+/);

  await addFiles(`${place.folder}.away`, { "apis/a/policy.xml": answers("second") });
  await rename(`${place.folder}.away`, place.folder);
  await second.gateway.said(/\nReloaded, version/);
  assert.equal(await call(), "second");
  assert.equal((await status()).lastGoodCopyOf, undefined);
  assert.doesNotMatch(await metrics(), /\nsallyport_configuration_copy_timestamp_seconds \d/);
  await second.stop();
});

test("a folder full of mistakes, and a copy that is damaged: the generation before; another key: no start", async (t) => {
  const place = await site();
  const first = await start(t, place);
  await first.served();
  await addFiles(place.folder, { "apis/a/policy.xml": answers("second") });
  await first.gateway.said(/\nReloaded, version/);
  while (!(await readFile(`${place.copy}.old`).catch(() => undefined))) await new Promise((r) => setTimeout(r, 20));
  await first.stop();

  await addFiles(place.folder, { "apis/a/policy.xml": "<policies><half" });
  const second = await start(t, place);
  assert.equal(await (await second.served()).call(), "second");
  await second.stop();

  await writeFile(place.copy, "half a co");
  const third = await start(t, place);
  assert.equal(await (await third.served()).call(), "first");
  await third.stop();

  const fourth = await start(t, place, "another key");
  const { code, err } = await fourth.gateway.ended;
  assert.equal(code, 1);
  assert.match(err, /apis\/a\/policy\.xml[\s\S]*\nThe last good copy cannot be used instead: it is damaged/);
  assert.match(err, /\nNot started: 3 errors\./);
  await rm(place.folder, { recursive: true });
});
