import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { type Bench, bench, run } from "../../../test/support/run-policy.ts";
import { signedToken } from "../../../test/support/tokens.ts";
import { speaksFor } from "./jwt-issuers.ts";

const TENANT = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
const a = generateKeyPairSync("rsa", { modulusLength: 2048 });
const b = generateKeyPairSync("rsa", { modulusLength: 2048 });

interface Document {
  readonly issuer: string;
  readonly key: KeyObject;
  /** `issuer` of the key in the key set. */
  readonly keyIssuer?: string;
}

/** Documents by name; `a` and `a2` share a key, as Entra's versions 1 and 2 do. */
const documents: Record<string, Document> = {
  a: { issuer: "https://a", key: a.publicKey },
  a2: { issuer: "https://a2", key: a.publicKey },
  b: { issuer: "https://b", key: b.publicKey },
  "claims-a": { issuer: "https://a", key: b.publicKey },
  entra: { issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`, key: a.publicKey },
  many: {
    issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
    key: a.publicKey,
    keyIssuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
  },
};

const server = createServer((request, response) => {
  const [, name, what] = (request.url ?? "").split("/");
  const origin = `http://${request.headers.host}`;
  const found = documents[name];
  // One whose address begins with its issuer, as the specification of discovery wants it.
  const issuer = name === "home" ? `${origin}/home` : found?.issuer;
  const key = name === "home" ? a.publicKey : found?.key;
  if (name === "claims-home") {
    const stolen = { issuer: `${origin}/home`, jwks_uri: `${origin}/b/keys` };
    response.end(JSON.stringify(stolen));
  } else if (key === undefined) response.writeHead(404).end();
  else if (what === "keys")
    response.end(JSON.stringify({ keys: [{ ...key.export({ format: "jwk" }), issuer: found?.keyIssuer }] }));
  else response.end(JSON.stringify({ issuer, jwks_uri: `${origin}/${name}/keys` }));
});

let world: Bench;
let origin = "";
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world = bench();
});
after(async () => {
  await world.close();
  server.close();
});

async function judge(names: string[], issuers: string[], claims: object, key: KeyObject): Promise<string> {
  const configs = names.map((name) => `<openid-config url="${origin}/${name}/.well-known/openid-configuration" />`);
  const list = issuers.map((issuer) => `<issuer>${issuer}</issuer>`).join("");
  const xml = `<validate-jwt header-name="Authorization">${configs.join("")}${list && `<issuers>${list}</issuers>`}</validate-jwt>`;
  const headers = { Authorization: `Bearer ${signedToken("RS256", key, claims)}` };
  const { lastError } = await run(xml, { context: { request: { headers } }, bench: world });
  return lastError?.reason ?? "passed";
}

const REFUSED = "TokenIssuerNotAllowed";

test("without a list each provider speaks for its own issuer; documents may share keys", async () => {
  const names = ["a", "a2", "b"];
  assert.equal(await judge(names, [], { iss: "https://a" }, a.privateKey), "passed");
  assert.equal(await judge(names, [], { iss: "https://a2" }, a.privateKey), "passed");
  assert.equal(await judge(names, [], { iss: "https://b" }, b.privateKey), "passed");
  assert.equal(await judge(names, [], { iss: "https://b" }, a.privateKey), REFUSED);
  assert.equal(await judge(names, [], { iss: "https://a" }, b.privateKey), REFUSED);
  assert.equal(await judge(names, [], {}, a.privateKey), REFUSED);
});

test("with a list too: both issuers are accepted, but each from its own provider alone", async () => {
  const issuers = ["https://a", "https://b", "https://c"];
  const names = ["a", "b"];
  assert.equal(await judge(names, issuers, { iss: "https://a" }, a.privateKey), "passed");
  assert.equal(await judge(names, issuers, { iss: "https://b" }, b.privateKey), "passed");
  assert.equal(await judge(names, issuers, { iss: "https://a" }, b.privateKey), REFUSED);
  assert.equal(await judge(names, issuers, { iss: "https://b" }, a.privateKey), REFUSED);
  assert.equal(await judge(names, issuers, { iss: "https://c" }, a.privateKey), REFUSED, "nobody's issuer");
  assert.equal(await judge(names, ["https://a"], { iss: "https://b" }, b.privateKey), REFUSED, "not listed");
});

test("with one provider the list says what it may issue", async () => {
  assert.equal(
    await judge(["a"], ["https://public.example"], { iss: "https://public.example" }, a.privateKey),
    "passed",
  );
  assert.equal(await judge(["a"], ["https://public.example"], { iss: "https://a" }, a.privateKey), REFUSED);
});

test("a document that claims an issuer which is at home elsewhere does not get it", async () => {
  const home = `${origin}/home`;
  const names = ["home", "claims-home"];
  assert.equal(await judge(names, [home], { iss: home }, a.privateKey), "passed");
  assert.equal(await judge(names, [home], { iss: home }, b.privateKey), REFUSED);
});

test("Entra: the version 2 document vouches for version 1 tokens of its tenant", async () => {
  const v1 = `https://sts.windows.net/${TENANT}/`;
  const names = ["entra", "b"];
  assert.equal(await judge(names, [v1], { iss: v1 }, a.privateKey), "passed");
  assert.equal(await judge(names, [v1], { iss: v1 }, b.privateKey), REFUSED);
});

test("Entra's many tenants: a template is nobody's issuer; the list says whose tokens pass", async () => {
  const iss = `https://login.microsoftonline.com/${TENANT}/v2.0`;
  assert.equal(await judge(["many"], [], { iss, tid: TENANT }, a.privateKey), REFUSED);
  assert.equal(await judge(["many"], [iss], { iss, tid: TENANT }, a.privateKey), "passed");
  assert.equal(await judge(["many"], [iss], { iss, tid: "x" }, a.privateKey), REFUSED, "tid and issuer differ");
  const literal = "https://login.microsoftonline.com/{tenantid}/v2.0";
  assert.equal(await judge(["many"], [iss], { iss: literal }, a.privateKey), REFUSED);
});

test("who speaks for whom", () => {
  const other = "72f988bf-86f1-41af-91ab-2d7cd011db47";
  const v2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;
  const v1 = `https://sts.windows.net/${TENANT}/`;
  assert.equal(speaksFor(v2, v1, undefined), true);
  assert.equal(speaksFor(v1, v2, undefined), true);
  assert.equal(speaksFor(`https://login.microsoftonline.us/${TENANT}/v2.0`, v1, undefined), true);
  const china = `https://login.partner.microsoftonline.cn/${TENANT}/v2.0`;
  assert.equal(speaksFor(china, `https://sts.chinacloudapi.cn/${TENANT}/`, undefined), true);
  assert.equal(speaksFor(china, v1, undefined), false, "another cloud");
  assert.equal(speaksFor(v2, `https://sts.windows.net/${other}/`, undefined), false);
  assert.equal(speaksFor(v2, v1.slice(0, -1), undefined), false);
  assert.equal(speaksFor(v2, `${v2}/`, undefined), false);
  assert.equal(speaksFor("https://login.microsoftonline.com/{tenantid}/v2.0", v1, TENANT), true);
  assert.equal(speaksFor("https://login.microsoftonline.com/{tenantid}/v2.0", v1, other), false);
});
