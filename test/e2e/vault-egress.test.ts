/**
 * Vaults and identity services behind the fence: the vendors' own clients keep the egress rules of the very configuration that is being
 * loaded, judged on the address that a name resolves to. The names of this test are resolved as it says.
 */
import assert from "node:assert/strict";
import dns, { type LookupOptions } from "node:dns";
import { connect } from "node:net";
import { createServer, type Server } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, type TestContext, test } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { loadFolder } from "../../src/resources/load.ts";
import { Keyring } from "../../src/secrets/keyring.ts";
import { SILENT } from "../../src/secrets/notes.ts";
import { contextTrusting } from "../../src/secrets/trust.ts";
import { removeFolder, writeFolder } from "../support/api-folder.ts";
import { AUTHORITY } from "../support/certificates.ts";
import { addFiles } from "../support/config-folder.ts";
import { IdentityEndpoint, KeyVaultServer } from "../support/vaults/key-vault.ts";
import { AwsServer, GoogleServer, HashicorpServer } from "../support/vaults/others.ts";

const METADATA = "169.254.169.254";
const NAMES = new Map([
  ["vault.contoso.example", "127.0.0.1"],
  ["rebound.contoso.example", METADATA],
]);
const resolver = dns.lookup;
const servers = { keyVault: {} as KeyVaultServer, identity: {} as IdentityEndpoint };
/** Imported when names are resolved as this test says. */
let vendorFence: typeof import("../../src/http/vendor-fence.ts").vendorFence;
let aws: AwsServer;
let google: GoogleServer;
let hashicorp: HashicorpServer;

before(async () => {
  const answering = (name: string, options: LookupOptions, callback: (...found: unknown[]) => void) => {
    const address = NAMES.get(name);
    if (address === undefined) resolver(name, options, callback as never);
    else if (options.all === true) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  };
  dns.lookup = answering as typeof dns.lookup;
  syncBuiltinESMExports();
  ({ vendorFence } = await import("../../src/http/vendor-fence.ts"));
  [servers.keyVault, servers.identity, aws, google, hashicorp] = await Promise.all([
    KeyVaultServer.start(),
    IdentityEndpoint.start(),
    AwsServer.start(),
    GoogleServer.start(),
    HashicorpServer.start(),
  ]);
  servers.keyVault.values.set("s", "of-key-vault");
  aws.values.set("s", "of-aws");
  google.values.set("projects/p/secrets/s/versions/latest", "of-google");
  hashicorp.values.set("s", JSON.stringify({ only: "of-vault" }));
  hashicorp.tokens.add("hvs.given");
  for (const [name, value] of Object.entries(servers.identity.env)) process.env[name] = value;
});
beforeEach(() => {
  for (const server of [servers.keyVault, servers.identity, aws, google, hashicorp]) server.asked.length = 0;
});
after(() => {
  dns.lookup = resolver;
  syncBuiltinESMExports();
  for (const name of Object.keys(servers.identity.env)) delete process.env[name];
  for (const server of [servers.keyVault, servers.identity, aws, google, hashicorp]) server.close();
});

/** What a load of these settings says; undefined: it has no mistakes. */
async function said(t: TestContext, settings: object, env: Record<string, string> = {}): Promise<string | undefined> {
  const folder = await writeFolder({
    serviceUrl: "https://shop.example",
    settings: { authorities: "ca.pem", ...settings },
  });
  t.after(() => removeFolder(folder));
  await addFiles(folder, { "ca.pem": AUTHORITY, "subject-token": google.subjectToken });
  const everything = { ...servers.identity.env, ...env, GOOGLE: google.credentials(`${folder}/subject-token`) };
  const keyring = new Keyring({ clock: systemClock, notes: SILENT, env: everything });
  const { diagnostics } = await loadFolder(folder, {
    keyring,
    env: everything,
    fence: (egress, authorities) => vendorFence(egress, contextTrusting(authorities)),
  });
  return diagnostics.find(({ severity }) => severity === "error")?.message;
}

/** Settings by which each vault is asked at a host, by the scheme that its test server speaks. */
function asking(kind: string, host: string): object {
  const port = (url: string) => new URL(url).port;
  const fast = { timeoutMs: 3_000 };
  switch (kind) {
    case "keyvault":
      return {
        namedValues: { n: `keyvault:https://${host}:${port(servers.keyVault.url)}/secrets/s` },
        secrets: { ...fast, keyVault: { verifyResource: false } },
      };
    case "aws": {
      const endpoint = `http://${host}:${port(aws.url)}`;
      const own = { region: "eu-central-1", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "literal:x" };
      return { namedValues: { n: "aws:s" }, secrets: { ...fast, aws: { endpoint, ...own } } };
    }
    case "gcp": {
      const endpoint = `http://${host}:${port(google.url)}`;
      return {
        namedValues: { n: "gcp:projects/p/secrets/s" },
        secrets: { ...fast, google: { endpoint, credentials: "env:GOOGLE" } },
      };
    }
    default: {
      const address = `http://${host}:${port(hashicorp.url)}`;
      return { namedValues: { n: "vault:s" }, secrets: { ...fast, vault: { address, token: "literal:hvs.given" } } };
    }
  }
}

const KINDS = ["keyvault", "aws", "gcp", "vault"];
// The certificate of Key Vault's test server names localhost.
const hostOf = (kind: string) => (kind === "keyvault" ? "localhost" : "vault.contoso.example");

for (const kind of KINDS) {
  test(`${kind}: a host that the settings name passes, in a private network, too`, async (t) => {
    assert.equal(await said(t, asking(kind, hostOf(kind))), undefined);
  });

  test(`${kind}: where only listed hosts may be called, it must be listed`, async (t) => {
    const egress = { private: "listed", allow: ["127.0.0.2"] };
    assert.match(
      (await said(t, { ...asking(kind, hostOf(kind)), egress })) ?? "",
      /The egress rules do not allow calls to https?:\/\/[a-z.]+:\d+, a private address/,
    );
    const listed = { ...egress, allow: [hostOf(kind), "127.0.0.1"] };
    assert.equal(await said(t, { ...asking(kind, hostOf(kind)), egress: listed }), undefined);
  });

  test(`${kind}: a name that leads to a metadata service is refused, whatever names it`, async (t) => {
    const egress = { allow: ["rebound.contoso.example"] };
    const message = await said(t, { ...asking(kind, "rebound.contoso.example"), egress });
    assert.match(
      message ?? "",
      /The egress rules do not allow calls to https?:\/\/rebound\.contoso\.example:\d+, a link-local/,
    );
  });
}

test("the identity service of the machine is for its own client alone", async (t) => {
  const { identity, keyVault } = servers;
  const egress = { allow: ["localhost"], private: "listed" };
  // An identity of its own: the vendor's client keeps tokens for the whole process.
  const namedValues = { n: `keyvault:${keyVault.url}/secrets/s?identity=own-1` };
  assert.equal(await said(t, { ...asking("keyvault", "localhost"), namedValues, egress }), undefined);
  assert.ok(identity.asked.length > 0, "asked for a token, though nothing lists it");
  const message = await said(t, { ...asking("vault", METADATA) });
  assert.match(message ?? "", /do not allow calls to http:\/\/169\.254\.169\.254:\d+, a link-local address/);
});

test("vaults are asked through the egress proxy; its credentials cannot be in one", async (t) => {
  const asked: string[] = [];
  const proxy: Server = createServer().on("connect", (request, socket, head) => {
    asked.push(`${request.url} ${request.headers["proxy-authorization"]}`);
    const through = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      through.write(head);
      through.pipe(socket).pipe(through);
    });
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => proxy.close());
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const withProxy = (password: string) => ({ egress: { proxy: { url, username: "u", password } } });
  const of = `Basic ${Buffer.from("u:p").toString("base64")}`;
  for (const kind of KINDS) {
    asked.length = 0;
    assert.equal(await said(t, { ...asking(kind, "localhost"), ...withProxy("literal:p") }), undefined, kind);
    assert.match(asked[0] ?? "", /^localhost:\d+ /, kind);
    assert.ok(asked.every((line) => line.endsWith(of)));
  }
  assert.match((await said(t, withProxy("vault:s"))) ?? "", /in a vault, which they are needed to reach/);
});

test("a load that is refused changes nothing of identities and authorities", async (t) => {
  const folder = await writeFolder({ serviceUrl: "https://shop.example", settings: { authorities: "ca.pem" } });
  t.after(() => removeFolder(folder));
  await addFiles(folder, { "ca.pem": AUTHORITY });
  const keyring = new Keyring({ clock: systemClock, notes: SILENT, env: servers.identity.env });
  const load = (fence = vendorFence) => loadFolder(folder, { keyring, fence: (egress) => fence(egress) });
  const trusted = async () => (await import("node:tls")).getCACertificates("default").includes(AUTHORITY.trim());
  await load();
  assert.equal(await trusted(), false, "reading alone trusts nobody");
  keyring.activate();
  const before = await trusted();
  await addFiles(folder, { "sallyport.yaml": "identity: { kind: managed, clientId: other }\nnonsense: 1\n" });
  const { snapshot } = await load();
  assert.equal(snapshot, undefined);
  assert.equal(await trusted(), before);
  const resource = "https://resource.of.refused.load";
  await keyring.identities.token(resource, undefined);
  const last = servers.identity.asked.find(({ url }) => url.searchParams.get("resource") === resource);
  assert.equal(last?.url.searchParams.get("client_id"), null);
});
