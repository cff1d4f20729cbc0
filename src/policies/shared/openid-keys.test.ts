import assert from "node:assert/strict";
import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { ManualClock } from "../../base/clock.ts";
import { NodeUpstream } from "../../http/node-upstream.ts";
import type { Services } from "../../kit/services.ts";
import { OpenIdKeys } from "./openid-keys.ts";

const HOUR = 3_600_000;
const jwk = (kid: string, more: object = {}): JsonWebKey => ({
  ...generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" }),
  kid,
  ...more,
});
const FIRST = jwk("first");
const SECOND = jwk("second");

const server = createServer((request, response) => {
  fetches.push(request.url ?? "");
  (request.url === "/keys" ? keys : configuration)(response);
});
const upstream = new NodeUpstream();
let origin = "";
let fetches: string[] = [];
let keys: (response: ServerResponse) => void;
let configuration: (response: ServerResponse) => void;
let clock: ManualClock;
let services: Services;
let warnings: string[];

const json = (value: unknown) => (response: ServerResponse) => response.end(JSON.stringify(value));
const configured = (more: object = {}) =>
  json({ issuer: "https://issuer.example", jwks_uri: `${origin}/keys`, ...more });

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  await upstream.close();
  server.close();
});
beforeEach(() => {
  fetches = [];
  warnings = [];
  clock = new ManualClock();
  const warn = (_: string, fields?: object) => warnings.push(JSON.stringify(fields));
  services = { clock, upstream, log: { info: () => {}, warn, error: () => {} } } as unknown as Services;
  configuration = configured();
  keys = json({ keys: [FIRST] });
});

const provider = () => new OpenIdKeys(`${origin}/.well-known/openid-configuration`);
const ids = async (set: ReturnType<OpenIdKeys["get"]>) => (await set)?.keys.map((key) => key.id);

test("many callers wait for one fetch", async () => {
  const openId = provider();
  const sets = await Promise.all(Array.from({ length: 50 }, () => ids(openId.get(services))));
  assert.deepEqual([sets.every((set) => set?.join() === "first"), fetches.length], [true, 2]);
});

test("unknown key ids ask again at most every 30 seconds", async () => {
  const openId = provider();
  await openId.get(services);
  keys = json({ keys: [SECOND] });
  for (let i = 0; i < 100; i++) await openId.renewed(services);
  assert.equal(fetches.length, 2);
  clock.advance(30_000);
  const sets = await Promise.all(Array.from({ length: 100 }, () => ids(openId.renewed(services))));
  assert.deepEqual([sets.at(-1), fetches.length], [["second"], 4]);
});

test("keys are fetched anew every hour, while the old ones serve; a key that is gone is gone", async () => {
  const openId = provider();
  const { version } = (await openId.get(services)) ?? assert.fail();
  clock.advance(HOUR);
  assert.equal(openId.current(services)?.version, version);
  await openId.renewed(services);
  assert.equal(openId.current(services)?.version, version, "the same keys keep their version");
  clock.advance(HOUR);
  keys = json({ keys: [SECOND] });
  openId.current(services);
  await openId.renewed(services);
  assert.deepEqual(await ids(openId.get(services)), ["second"]);
  assert.notEqual(openId.current(services)?.version, version);
});

const bad: Record<string, () => void> = {
  "an error": () => (configuration = (r) => void r.writeHead(500).end("no")),
  HTML: () => (configuration = (r) => void r.writeHead(200, { "Content-Type": "text/html" }).end("<html></html>")),
  "a redirect": () => (configuration = (r) => void r.writeHead(302, { Location: "/elsewhere" }).end()),
  "a broken connection": () => (configuration = (r) => void r.socket?.destroy()),
  "no issuer": () => (configuration = configured({ issuer: undefined })),
  "keys over http at another host": () => (configuration = configured({ jwks_uri: "http://169.254.169.254/keys" })),
  "keys at an address within": () => (configuration = configured({ jwks_uri: "https://10.0.0.1/keys" })),
  "keys at the address of metadata": () => (configuration = configured({ jwks_uri: "https://169.254.169.254/keys" })),
  "keys on loopback, in other digits": () => (configuration = configured({ jwks_uri: "https://0x7f.1/keys" })),
  "keys on loopback, IPv6": () => (configuration = configured({ jwks_uri: "https://[::1]/keys" })),
  "keys on localhost": () => (configuration = configured({ jwks_uri: "https://localhost./keys" })),
  "keys behind a password": () => (configuration = configured({ jwks_uri: "https://a:b@keys.example/keys" })),
  "keys at another port": () => (configuration = configured({ jwks_uri: "http://127.0.0.1:1/keys" })),
  "keys that redirect": () => (keys = (r) => void r.writeHead(302, { Location: `${origin}/keys2` }).end()),
  "weak keys only": () =>
    (keys = json({ keys: [generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" })] })),
  "JSON that is no object": () => (keys = json("keys")),
  "bytes that are no text": () => (keys = (r) => void r.end(Buffer.of(0x7b, 0xff, 0xfe, 0x7d))),
  "another issuer than before": () => (configuration = configured({ issuer: "https://evil.example" })),
  "keys at no URL": () => (configuration = configured({ jwks_uri: "keys" })),
  "keys in a file": () => (configuration = configured({ jwks_uri: "file:///etc/passwd" })),
  "no keys": () => (keys = json({ keys: [] })),
  "keys that are no list": () => (keys = json({ keys: { 0: FIRST } })),
  "keys for encryption only": () =>
    (keys = json({ keys: [jwk("enc", { use: "enc" }), jwk("ops", { key_ops: ["encrypt"] })] })),
  "secrets as keys": () =>
    (keys = json({ keys: [{ kty: "oct", k: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }] })),
  "a null among the keys": () => (keys = json({ keys: [null, 1, "x"] })),
  "ten megabytes": () => (keys = (r) => void r.end(`{"keys":[],"x":"${"x".repeat(10_000_000)}"}`)),
  "ten megabytes in chunks": () =>
    (keys = (r) => {
      for (let i = 0; i < 100; i++) r.write("x".repeat(100_000));
      r.end();
    }),
};

for (const [what, become] of Object.entries(bad)) {
  test(`a provider with ${what}: no keys at first, later the last good ones for a day`, async () => {
    const openId = provider();
    become();
    if (what === "another issuer than before") {
      // The first word of a provider is believed: there is nothing to compare it with.
      configuration = configured();
      keys = (r) => void r.end("");
    }
    assert.equal(await openId.get(services), undefined);
    assert.equal(warnings.length, 1);
    const asked = fetches.length;
    await openId.get(services);
    assert.equal(fetches.length, asked, "it is not asked again at once");
    configuration = configured();
    keys = json({ keys: [FIRST] });
    clock.advance(30_000);
    assert.deepEqual(await ids(openId.get(services)), ["first"]);
    become();
    for (let hour = 0; hour < 23; hour++) {
      clock.advance(HOUR);
      openId.current(services);
      await openId.renewed(services);
      assert.deepEqual(await ids(openId.get(services)), ["first"]);
    }
    clock.advance(HOUR);
    assert.equal(openId.current(services), undefined);
    await openId.renewed(services);
  });
}

test("keys that are kept for want of newer ones are told of, with their end, until newer ones come", async () => {
  const told: (number | undefined)[] = [];
  const openId = provider();
  services = { ...services, tellKeptKeys: (url, until) => void (url === openId.url && told.push(until)) };
  const fetchedAt = clock.now();
  await openId.get(services);
  assert.deepEqual(told, []);
  keys = (response) => void response.writeHead(500).end();
  clock.advance(HOUR);
  await openId.renewed(services);
  assert.deepEqual(told.splice(0), [fetchedAt + 24 * HOUR]);
  keys = json({ keys: [FIRST] });
  clock.advance(30_000);
  await openId.renewed(services);
  assert.deepEqual(told, [undefined]);
});

test("what is no key does not spoil the others", async () => {
  keys = json({ keys: [null, 7, { kty: "RSA" }, FIRST] });
  assert.deepEqual(await ids(provider().get(services)), ["first"]);
});

test("a provider that signs with PSS alone says so in its document", async () => {
  const algorithmsOf = async (...algorithms: unknown[]) => {
    configuration = configured({ id_token_signing_alg_values_supported: algorithms });
    return (await provider().get(services))?.keys[0].algorithms[0];
  };
  assert.equal(await algorithmsOf("PS256", "ES256"), "PS256");
  assert.equal(await algorithmsOf("PS256", "RS256"), "RS256");
  assert.equal(await algorithmsOf(7, null), "RS256");
});

test("an issuer that moves is believed when the old keys are a day old", async () => {
  const openId = provider();
  await openId.get(services);
  configuration = configured({ issuer: "https://new.example" });
  clock.advance(HOUR);
  await openId.renewed(services);
  assert.equal(openId.current(services)?.issuer, "https://issuer.example");
  clock.advance(24 * HOUR);
  assert.equal((await openId.get(services))?.issuer, "https://new.example");
});

test("what is said of a provider: where its keys are from, how old they are, why there are no newer ones", async () => {
  const openId = provider();
  assert.match(openId.describe(services), /configuration: no keys$/);
  await openId.get(services);
  assert.match(openId.describe(services), /: keys of \d{4}-/);
  configuration = (r) => void r.writeHead(500).end();
  clock.advance(HOUR);
  await openId.renewed(services);
  assert.match(openId.describe(services), /: keys of .*; last attempt failed: .* answered 500$/);
});
