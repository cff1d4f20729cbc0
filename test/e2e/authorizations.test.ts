/**
 * The credential store against a real OpenID provider: consent by `sallyport authorize`, refresh tokens that change at every use, kept
 * encrypted, and get-authorization-context in a gateway that runs.
 */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import Provider from "oidc-provider";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { sallyport, startSallyport } from "../support/cli.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

let server: Server;
let issuer: string;
/** Forms that came to the token endpoint. */
const asked: URLSearchParams[] = [];
let backend: RecordingBackend;

before(async () => {
  backend = await RecordingBackend.start();
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...jwk, kid: "k1", use: "sig", alg: "RS256" } as never] },
    cookies: { keys: ["for tests"] },
    clients: [
      {
        client_id: "gateway",
        client_secret: "gateway:secret",
        application_type: "native",
        redirect_uris: ["http://127.0.0.1/callback"],
        grant_types: ["authorization_code", "refresh_token"],
      },
    ],
    rotateRefreshToken: true,
    pkce: { required: () => true },
    // Short-lived: half-way through a token is renewed, so that refreshing can be seen.
    ttl: {
      AccessToken: 2,
      RefreshToken: 3600,
      Interaction: 60,
      Session: 60,
      Grant: 3600,
      IdToken: 60,
      AuthorizationCode: 60,
    },
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (request.url?.startsWith("/token")) {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => asked.push(new URLSearchParams(Buffer.concat(chunks).toString())));
    }
    void answer(request, response);
  });
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await backend.close();
});

/** What a browser does, and the person before it: signs in, consents, is sent on. Answers the last page. */
async function browse(start: string): Promise<{ status: number; text: string }> {
  const cookies = new Map<string, string>();
  let next: { url: string; form?: string } = { url: start };
  for (let steps = 0; steps < 20; steps++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response: Response = await fetch(next.url, {
      redirect: "manual",
      headers: { cookie, ...(next.form ? { "Content-Type": "application/x-www-form-urlencoded" } : {}) },
      ...(next.form === undefined ? {} : { method: "POST", body: next.form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    const text = await response.text();
    if (location !== null) {
      next = { url: new URL(location, next.url).href };
      continue;
    }
    const action = /<form[^>]*action="([^"]+)"/.exec(text)?.[1];
    if (action === undefined) return { status: response.status, text };
    const prompt = /name="prompt" value="([^"]+)"/.exec(text)?.[1] ?? "";
    next = { url: new URL(action, next.url).href, form: `prompt=${prompt}&login=somebody&password=x` };
  }
  throw new Error("the provider sends the browser round in circles");
}

const INBOUND = `<get-authorization-context provider-id="idp" authorization-id="main" context-variable-name="auth" />
  <set-header name="Authorization"><value>@("Bearer " + ((Authorization)context.Variables["auth"]).AccessToken)</value></set-header>`;

async function configuration(t: TestContext): Promise<{ folder: string; store: string }> {
  const store = "state/authorizations";
  const folder = await writeFolder({
    serviceUrl: backend.url,
    policies: { api: `<policies><inbound><base />${INBOUND}</inbound></policies>` },
    settings: {
      authorizations: {
        store: { file: store, key: "env:STORE_KEY" },
        providers: {
          idp: {
            authorizationUrl: `${issuer}/auth`,
            tokenUrl: `${issuer}/token`,
            scopes: ["openid", "offline_access"],
            authorizationParameters: { prompt: "consent" },
            connections: { main: { clientId: "gateway", clientSecret: "env:CLIENT_SECRET" } },
          },
        },
      },
    },
  });
  t.after(() => removeFolder(folder));
  return { folder, store: join(folder, store) };
}

const env = { STORE_KEY: "a key of the store", CLIENT_SECRET: "gateway:secret" };

test("authorize connects; a gateway that runs uses it, renews, and survives a restart", async (t) => {
  const { folder, store } = await configuration(t);
  const gateway = startSallyport(t, ["run", folder, "--workers", "1"], { env });
  const [, origin] = await gateway.said(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  const call = (at: string) => fetch(`${at}/t/items/1`, { headers: { "Ocp-Apim-Subscription-Key": KEY } });
  assert.equal((await call(origin)).status, 500);

  const consent = startSallyport(t, ["authorize", folder, "idp/main", "--port", "0"], { env });
  const [, address] = await consent.said(/\n {2}(http:\/\/127\.0\.0\.1:\d+\/auth\?\S+)/);
  const url = new URL(address);
  assert.deepEqual(
    [url.searchParams.get("code_challenge_method"), url.searchParams.get("scope")],
    ["S256", "openid offline_access"],
  );
  const redirect = url.searchParams.get("redirect_uri") ?? "";
  assert.equal((await fetch(`${redirect}?code=stolen&state=guessed`)).status, 400);
  const page = await browse(address);
  assert.deepEqual([page.status, page.text], [200, "Connected. You may close this page."]);
  const ended = await consent.ended;
  assert.deepEqual([ended.code, /Connected: idp\/main\./.test(ended.err)], [0, true]);

  const tokens = new Set<string | undefined>();
  while (tokens.size < 3) {
    const response = await call(origin);
    // Until the pause after the first failure is over.
    if (response.status === 200) tokens.add(backend.take().at(-1)?.headers.get("authorization"));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const refreshTokens = asked
    .filter((form) => form.get("grant_type") === "refresh_token")
    .map((f) => f.get("refresh_token"));
  assert.equal(new Set(refreshTokens).size, refreshTokens.length, "each refresh token is used once");
  gateway.process.kill("SIGTERM");
  const { out, err } = await gateway.ended;
  const sealed = (await readFile(store)).toString("latin1");
  for (const secret of [...tokens, ...refreshTokens, "gateway:secret"]) {
    const bare = (secret ?? "").replace("Bearer ", "");
    assert.ok(!out.includes(bare) && !err.includes(bare) && !sealed.includes(bare));
  }

  const again = startSallyport(t, ["run", folder, "--workers", "1"], { env });
  const [, second] = await again.said(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  assert.equal((await call(second)).status, 200);
});

test("what is not connected, or not to be connected, says so", async (t) => {
  const { folder } = await configuration(t);
  const gateway = startSallyport(t, ["run", folder, "--workers", "1"], { env });
  const [, origin] = await gateway.said(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  await fetch(`${origin}/t/items/1`, { headers: { "Ocp-Apim-Subscription-Key": KEY } });
  gateway.process.kill("SIGTERM");
  assert.match((await gateway.ended).out, /idp\/main is not connected yet: sallyport authorize FOLDER idp\/main/);
  const unknown = await sallyport(["authorize", folder, "idp/other", "--port", "0"], { env });
  assert.deepEqual([unknown.code, /has no connection "other"/.test(unknown.err)], [1, true]);
  assert.equal((await sallyport(["authorize", folder], { env })).code, 2);
});
