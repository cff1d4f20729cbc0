/** validate-jwt through the whole gateway, with the tokens of a real OpenID provider that rotates its keys, fails and misbehaves. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import Provider from "oidc-provider";
import { ManualClock } from "../../src/base/clock.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { Backend } from "../support/backend.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { api, operation, policy, snapshot } from "../support/snapshot.ts";

const RESOURCE = "https://orders.example";
const HALF_MINUTE = 30_000;
const HOUR = 3_600_000;

/** An OpenID provider on a port of its own, whose keys and manners the test may change. */
class Issuer {
  /** Replaces the answers of the provider. */
  behave: RequestListener | undefined;
  /** Documents that were asked for. */
  fetches = 0;
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;
  #answer: RequestListener = () => {};

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request, response) => {
      const isToken = request.method === "POST";
      if (!isToken) this.fetches++;
      if (this.behave !== undefined && !isToken) this.behave(request, response);
      else this.answer(request, response);
    });
    this.rotate("first");
  }

  /** What the provider itself answers. */
  answer(...[request, response]: Parameters<RequestListener>): void {
    void this.#answer(request, response);
  }

  static async start(): Promise<Issuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Issuer(server);
  }

  /** Signs with a new key of this id from now on, and publishes no other. */
  rotate(kid: string): void {
    const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
    const provider = new Provider(this.url, {
      jwks: { keys: [{ ...jwk, kid, use: "sig", alg: "RS256" } as never] },
      clients: [
        {
          client_id: "app",
          client_secret: "secret",
          grant_types: ["client_credentials"],
          redirect_uris: [],
          response_types: [],
        },
      ],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => RESOURCE,
          getResourceServerInfo: () => ({
            scope: "read",
            audience: "orders",
            accessTokenFormat: "jwt",
            accessTokenTTL: 90_000,
            jwt: { sign: { alg: "RS256" } },
          }),
        },
      },
    });
    this.#answer = provider.callback();
  }

  async token(): Promise<string> {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "app",
      client_secret: "secret",
      resource: RESOURCE,
    });
    const response = await fetch(`${this.url}/token`, { method: "POST", body });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

interface World {
  readonly issuer: Issuer;
  readonly clock: ManualClock;
  readonly gateway: TestGateway;
  /** Status of a call with this token. */
  call(token: string): Promise<number>;
}

let backend: Backend;
before(async () => {
  backend = await Backend.start();
});
after(() => backend.close());

async function withIssuer(use: (world: World) => Promise<void>): Promise<void> {
  const issuer = await Issuer.start();
  const inbound = `
    <validate-jwt header-name="Authorization" require-scheme="Bearer" output-token-variable-name="jwt">
      <openid-config url="${issuer.url}/.well-known/openid-configuration" />
      <audiences><audience>orders</audience></audiences>
    </validate-jwt>
    <set-header name="X-Client"><value>@(((Jwt)context.Variables["jwt"]).Claims["client_id"][0])</value></set-header>`;
  const orders = api("orders", {
    serviceUrl: backend.url,
    operations: [operation("GET", "/*")],
    policy: policy({ inbound, backend: "<forward-request />" }),
  });
  const { program, diagnostics } = loadProgram(snapshot({ apis: [orders] }), policies);
  assert.deepEqual(diagnostics, []);
  const clock = new ManualClock(Date.now());
  const gateway = await startGateway(program, undefined, clock);
  const call = async (token: string) => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/orders/1`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    await response.arrayBuffer();
    return response.status;
  };
  try {
    await use({ issuer, clock, gateway, call });
  } finally {
    await gateway.close();
    await issuer.close();
  }
}

const times = <T>(count: number, run: () => Promise<T>) => Promise.all(Array.from({ length: count }, run));
const statuses = (all: readonly number[]) => [...new Set(all)];

test("tokens of the provider pass, those of another do not, and the keys are fetched once", () =>
  withIssuer(async ({ issuer, call, gateway }) => {
    const token = await issuer.token();
    assert.deepEqual(statuses(await times(30, () => call(token))), [200]);
    assert.equal(backend.header("x-client"), "app");
    assert.equal(issuer.fetches, 2);
    await withIssuer(async (other) => {
      other.issuer.rotate("other");
      assert.equal(await call(await other.issuer.token()), 401);
    });
    assert.equal(await call(`${token.slice(0, -4)}AAAA`), 401);
    assert.equal(await call("random"), 401);
    const reasons = gateway.records.slice(-3).map((record) => record.lastError?.reason);
    assert.deepEqual(reasons, ["TokenSignatureKeyNotFound", "TokenSignatureInvalid", "JwtInvalid"]);
  }));

test("a rotation is noticed by the first token of the new key, and the old key is gone", () =>
  withIssuer(async ({ issuer, call, clock }) => {
    const old = await issuer.token();
    assert.equal(await call(old), 200);
    issuer.rotate("second");
    const fresh = await issuer.token();
    clock.advance(HALF_MINUTE);
    assert.deepEqual(statuses(await times(30, () => call(fresh))), [200]);
    assert.equal(issuer.fetches, 4);
    assert.equal(await call(old), 401, "remembered or not");
  }));

test("a key id that names another key from now on is noticed too", () =>
  withIssuer(async ({ issuer, call, clock }) => {
    assert.equal(await call(await issuer.token()), 200);
    issuer.rotate("first");
    const fresh = await issuer.token();
    assert.equal(await call(fresh), 401, "asked moments ago");
    clock.advance(HALF_MINUTE);
    assert.deepEqual(statuses(await times(30, () => call(fresh))), [200]);
    assert.equal(issuer.fetches, 4);
  }));

test("a flood of signatures that do not match asks the provider once in half a minute", () =>
  withIssuer(async ({ issuer, call, clock }) => {
    const good = await issuer.token();
    assert.equal(await call(good), 200);
    clock.advance(HALF_MINUTE);
    const forged = (n: number) => `${good.slice(0, -9)}${String(n).padStart(8, "A")}A`;
    assert.deepEqual(statuses(await Promise.all(Array.from({ length: 100 }, (_, n) => call(forged(n))))), [401]);
    assert.equal(issuer.fetches, 4);
  }));

test("a token removed with its key is refused within the hour, remembered or not", () =>
  withIssuer(async ({ issuer, call, clock }) => {
    const token = await issuer.token();
    assert.equal(await call(token), 200);
    issuer.rotate("second");
    clock.advance(HOUR);
    assert.equal(await call(token), 401);
  }));

test("a flood of unknown key ids asks the provider once in half a minute", () =>
  withIssuer(async ({ issuer, call, clock }) => {
    const good = await issuer.token();
    assert.equal(await call(good), 200);
    const [, payload, signature] = good.split(".");
    const forged = (kid: string) =>
      `${Buffer.from(JSON.stringify({ alg: "RS256", kid })).toString("base64url")}.${payload}.${signature}`;
    let n = 0;
    for (let round = 1; round <= 3; round++) {
      clock.advance(HALF_MINUTE);
      assert.deepEqual(statuses(await times(100, () => call(forged(`kid ${n++}`)))), [401]);
      assert.equal(issuer.fetches, 2 + 2 * round);
      assert.equal(await call(good), 200);
    }
  }));

const html = (_: unknown, response: ServerResponse) =>
  response.writeHead(200, { "Content-Type": "text/html" }).end("<html>Sign in</html>");
const misbehaviour: Record<string, RequestListener> = {
  "is down": (request) => request.socket.destroy(),
  "answers 500": (_, response) => response.writeHead(500).end("{}"),
  "answers HTML": html,
  redirects: (_, response) => response.writeHead(302, { Location: "/there" }).end(),
  "publishes ten megabytes": (_, response) => response.end(`{"issuer":"${"x".repeat(10_000_000)}"}`),
  "publishes no keys": (_, response) => response.end('{"keys":[]}'),
};

for (const [what, behave] of Object.entries(misbehaviour)) {
  test(`a provider that ${what}: good tokens pass for a day; at the start calls get 503, not 401`, () =>
    withIssuer(async ({ issuer, call, clock, gateway }) => {
      const token = await issuer.token();
      issuer.behave = behave;
      assert.equal(await call(token), 503);
      assert.equal(gateway.records.at(-1)?.lastError?.reason, "TokenSignatureKeyNotFound");
      issuer.behave = undefined;
      clock.advance(HALF_MINUTE);
      assert.equal(await call(token), 200);
      issuer.behave = behave;
      for (const wait of [HOUR, HOUR, 21 * HOUR]) {
        clock.advance(wait);
        assert.equal(await call(token), 200);
      }
      clock.advance(2 * HOUR);
      assert.equal(await call(await issuer.token()), 503, "a day is over");
    }));
}

test("callers of a slow provider wait together, and those with known keys do not wait", () =>
  withIssuer(async ({ issuer, call, clock }) => {
    const token = await issuer.token();
    const waiting: (() => void)[] = [];
    issuer.behave = (request, response) => {
      waiting.push(() => {
        issuer.behave = undefined;
        issuer.answer(request, response);
      });
    };
    const first = times(20, () => call(token));
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    waiting[0]();
    assert.deepEqual(statuses(await first), [200]);
    assert.equal(issuer.fetches, 2);
    issuer.behave = () => {};
    clock.advance(HOUR);
    assert.deepEqual(statuses(await times(20, () => call(token))), [200]);
  }));

test("a response under way runs to its end when the token expires meanwhile; the next call is refused", () =>
  withIssuer(async ({ issuer, call, clock, gateway }) => {
    const token = await issuer.token();
    let finish = () => {};
    backend.answer = (_request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write("data: first\n\n");
      finish = () => response.end("data: last\n\n");
    };
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${gateway.port}/orders/1`, { headers });
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, "data: first\n\n");
    clock.advance(26 * HOUR);
    assert.equal(await call(token), 401);
    assert.equal(gateway.records.at(-1)?.lastError?.reason, "TokenExpired");
    finish();
    assert.equal((await reader.read()).value, "data: last\n\n");
    assert.equal((await reader.read()).done, true);
    backend.answer = undefined;
  }));
