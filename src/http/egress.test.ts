import assert from "node:assert/strict";
import { createServer, get } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { createServer as createHttpsServer, get as getSecure } from "node:https";
import { Backend } from "../../test/support/backend.ts";
import { AUTHORITY, SERVER } from "../../test/support/certificates.ts";
import { Body } from "./body.ts";
import { Egress, type EgressRefusal, type EgressRules } from "./egress.ts";
import { egressAgents } from "./egress-agents.ts";
import { Headers } from "./headers.ts";
import { NodeUpstream } from "./node-upstream.ts";
import { UpstreamError, type UpstreamRequest } from "./upstream.ts";

const DEFAULTS: EgressRules = { allow: [], private: "configured", public: "any" };

function rules(more: Partial<EgressRules>): EgressRules {
  return { ...DEFAULTS, ...more };
}

/** "allowed", or the network that was refused; without connecting anywhere. */
function verdict(host: string, given: Partial<EgressRules>, configured: readonly string[] = []): string {
  const refusals: EgressRefusal[] = [];
  const egress = new Egress(rules(given), (refusal) => refusals.push(refusal));
  egress.configure(new Set(configured));
  const { origin, hostname } = new URL(`http://${host}`);
  const error = egress.check(origin, hostname);
  assert.equal(error === undefined, refusals.length === 0, "a refusal is told");
  return refusals[0]?.network ?? "allowed";
}

test("other rules hold from then on, and who follows them is told of a change alone", () => {
  const egress = new Egress(rules({}));
  let told = 0;
  egress.onRules(() => told++);
  egress.configure(new Set(["http://127.0.0.1"]));
  assert.equal(egress.check("http://127.0.0.1", "127.0.0.1"), undefined);
  egress.take(rules({}));
  assert.equal(told, 0);
  egress.take(rules({ private: "listed" }));
  assert.equal(told, 1);
  assert.equal(egress.check("http://127.0.0.1", "127.0.0.1")?.failure, "denied");
  egress.take(rules({ private: "listed", allow: ["127.0.0.1"] }));
  assert.equal(egress.check("http://127.0.0.1", "127.0.0.1"), undefined);
});

test("U3 addresses in every spelling", () => {
  const cases: [host: string, verdict: string][] = [
    ["127.0.0.1", "private"],
    ["127.1", "private"],
    ["0x7f.1", "private"],
    ["0177.0.0.1", "private"],
    ["2130706433", "private"],
    ["１２７.０.０.１", "private"],
    ["0.0.0.0", "private"],
    ["[::]", "private"],
    ["[::1]", "private"],
    ["[::ffff:7f00:1]", "private"],
    ["[::ffff:10.0.0.1]", "private"],
    ["[64:ff9b::a00:1]", "private"],
    ["[2002:7f00:1::]", "private"],
    ["[fd12::1]", "private"],
    ["10.1.2.3", "private"],
    ["172.31.255.255", "private"],
    ["192.168.0.1", "private"],
    ["100.64.0.1", "private"],
    ["224.0.0.1", "private"],
    ["169.254.169.254", "link-local"],
    ["[::ffff:169.254.169.254]", "link-local"],
    ["[64:ff9b::a9fe:a9fe]", "link-local"],
    ["[fe80::1]", "link-local"],
    ["[fd00:ec2::254]", "link-local"],
    ["[fd20:ce::254]", "link-local"],
    ["168.63.129.16", "link-local"],
    ["100.100.100.200", "link-local"],
    ["203.0.113.7", "allowed"],
    ["172.32.0.1", "allowed"],
    ["[2606:4700::1]", "allowed"],
  ];
  for (const [host, expected] of cases) assert.equal(verdict(host, {}), expected, host);
});

test("who may be at a private address: listed, configured, any", () => {
  const own = ["http://10.0.0.5:8080"];
  assert.equal(verdict("10.0.0.5:8080", {}, own), "allowed");
  assert.equal(verdict("10.0.0.5:8081", {}, own), "private", "another port is another service");
  assert.equal(verdict("10.0.0.5:8080", { private: "listed" }, own), "private");
  assert.equal(verdict("10.0.0.5:8080", { private: "listed", allow: ["10.0.0.0/24"] }, own), "allowed");
  assert.equal(verdict("10.9.9.9", { private: "any" }), "allowed");
});

test("link-local addresses are open to those alone who list the address", () => {
  const metadata = "169.254.169.254";
  assert.equal(verdict(metadata, {}, [`http://${metadata}`]), "link-local");
  assert.equal(verdict(metadata, { private: "any" }), "link-local");
  assert.equal(verdict(metadata, { allow: ["*.169.254"] }), "link-local", "no name opens it");
  assert.equal(verdict(metadata, { allow: [metadata] }), "allowed");
});

test("who may be at a public address", () => {
  assert.equal(verdict("203.0.113.7", { public: "configured" }), "public");
  assert.equal(verdict("203.0.113.7", { public: "configured" }, ["http://203.0.113.7"]), "allowed");
  assert.equal(verdict("203.0.113.7", { public: "listed" }, ["http://203.0.113.7"]), "public");
  assert.equal(verdict("203.0.113.7", { public: "listed", allow: ["203.0.113.0/24"] }), "allowed");
});

describe("calls", () => {
  let backend: Backend;
  const closing: (() => void)[] = [];
  before(async () => {
    backend = await Backend.start();
  });
  after(async () => {
    for (const close of closing) close();
    await backend.close();
  });

  function upstreamOf(given: Partial<EgressRules>, configured: readonly string[] = []) {
    const refusals: EgressRefusal[] = [];
    const egress = new Egress(rules(given), (refusal) => refusals.push(refusal));
    egress.configure(new Set(configured));
    const upstream = new NodeUpstream(egress);
    closing.push(() => void upstream.close());
    return { upstream, refusals, egress };
  }

  const requestTo = (origin: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
    method: "GET",
    origin,
    path: "/",
    headers: new Headers(),
    body: Body.none,
    headersTimeoutMs: 5_000,
    ...more,
  });

  const isDenied = (error: unknown) => error instanceof UpstreamError && error.failure === "denied";

  test("U3 a name is judged by the addresses it has", async () => {
    const origin = `http://localhost:${backend.port}`;
    backend.seen.length = 0;
    for (const host of ["localhost", "LOCALHOST", "127.0.0.1"]) {
      const { upstream, refusals } = upstreamOf({});
      const target = new URL(`http://${host}:${backend.port}`).origin;
      await assert.rejects(upstream.request(requestTo(target)), isDenied);
      assert.equal(refusals[0].network, "private");
    }
    assert.equal(backend.seen.length, 0, "nothing was sent");
    for (const { upstream } of [
      upstreamOf({}, [origin]),
      upstreamOf({ allow: ["localhost"] }),
      upstreamOf({ allow: ["127.0.0.0/8", "::1"] }),
      upstreamOf({ private: "any" }),
    ]) {
      assert.equal((await upstream.request(requestTo(origin))).status, 200);
    }
  });

  test("a refusal names the origin, not the address behind it", async () => {
    const { upstream } = upstreamOf({});
    await assert.rejects(upstream.request(requestTo(`http://localhost:${backend.port}`)), (error: Error) => {
      assert.doesNotMatch(error.message, /127\.0\.0\.1|::1/);
      return error.message.includes("http://localhost");
    });
  });

  test("an upgrade passes the same fence", async () => {
    const { upstream } = upstreamOf({});
    await assert.rejects(upstream.upgrade(requestTo(backend.url)), isDenied);
  });

  test("calls start from the address that is bound", async () => {
    const { upstream } = upstreamOf({ private: "any", localAddress: "127.0.0.9" });
    let from = "";
    backend.answer = (request, response) => {
      from = request.socket.remoteAddress ?? "";
      response.end();
    };
    await upstream.request(requestTo(backend.url));
    backend.answer = undefined;
    assert.equal(from, "127.0.0.9");
  });

  /** A proxy that notes what it was asked for, and opens every tunnel to loopback. */
  async function startProxy(credentials?: string): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer();
    server.on("connect", (request, socket, head) => {
      const isAllowed =
        credentials === undefined ||
        request.headers["proxy-authorization"] === `Basic ${Buffer.from(credentials).toString("base64")}`;
      asked.push(`${request.url} ${isAllowed}`);
      if (!isAllowed) {
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        return;
      }
      const port = Number(request.url?.split(":").at(-1));
      const target = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        target.write(head);
        socket.pipe(target).pipe(socket);
      });
      target.on("error", () => socket.destroy());
      socket.on("error", () => target.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  test("calls go through the proxy, plain and TLS, and some hosts directly", async () => {
    const proxy = await startProxy("user:secret");
    const secure = createHttpsServer({ cert: SERVER.certificate, key: SERVER.key }, (_, response) =>
      response.end("tls"),
    );
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    closing.push(() => void secure.close());
    const securePort = (secure.address() as AddressInfo).port;
    const settings = { url: proxy.url, username: "user", password: "secret", except: ["127.0.0.1"] };
    const { upstream } = upstreamOf({ proxy: settings, allow: ["shop.example", "localhost", "127.0.0.1"] });
    assert.equal((await upstream.request(requestTo(`http://shop.example:${backend.port}`))).status, 200);
    const answer = await upstream.request(
      requestTo(`https://localhost:${securePort}`, { tls: { authorities: AUTHORITY } }),
    );
    assert.equal(Buffer.from(await answer.body.collect(100)).toString(), "tls");
    assert.equal((await upstream.request(requestTo(backend.url))).status, 200);
    assert.deepEqual(proxy.asked, [`shop.example:${backend.port} true`, `localhost:${securePort} true`]);
  });

  test("through a proxy, too, private addresses are refused; wrong credentials are told without them", async () => {
    const proxy = await startProxy("user:secret");
    const settings = { url: proxy.url, username: "user", password: "wrong-one", except: [] };
    const { upstream } = upstreamOf({ proxy: settings });
    for (const host of ["127.0.0.1", "localhost", "a.localhost", "169.254.169.254"])
      await assert.rejects(upstream.request(requestTo(`http://${host}`)), isDenied, host);
    assert.deepEqual(proxy.asked, []);
    await assert.rejects(upstream.request(requestTo("http://shop.example")), (error: Error) => {
      assert.match(error.message, /asks for other credentials \(407\)/);
      assert.doesNotMatch(error.message, /wrong-one/);
      return true;
    });
  });

  test("a proxy that a policy has chosen must pass the fence itself", async () => {
    const proxy = await startProxy();
    const call = requestTo(`http://shop.example:${backend.port}`, { proxy: { url: proxy.url } });
    await assert.rejects(upstreamOf({}).upstream.request(call), isDenied);
    assert.deepEqual(proxy.asked, []);
    assert.equal((await upstreamOf({}, [proxy.url]).upstream.request(call)).status, 200);
    assert.equal(proxy.asked.length, 1);
  });

  test("a proxy that hangs or is none ends in an error", async () => {
    const server = createTcpServer((socket) => socket.end("nonsense\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { upstream } = upstreamOf({ proxy: { url, except: [] } });
    await assert.rejects(
      upstream.request(requestTo("http://shop.example")),
      (error: unknown) => error instanceof UpstreamError && error.failure === "connect",
    );
  });

  test("agents for client libraries pass the same fence", async () => {
    const ask = (given: Partial<EgressRules>, url: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { egress } = upstreamOf(given);
        const agents = egressAgents(egress);
        closing.push(() => agents.http.destroy());
        get(url, { agent: agents.http }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on("error", reject);
      });
    await assert.rejects(ask({}, backend.url), isDenied);
    await assert.rejects(ask({}, `http://localhost:${backend.port}`), isDenied);
    await assert.rejects(ask({}, "http://169.254.169.254/latest/meta-data"), isDenied);
    assert.equal(await ask({ private: "any" }, `http://localhost:${backend.port}`), 200);
    const proxy = await startProxy();
    const settings = { url: proxy.url, except: [] };
    assert.equal(await ask({ proxy: settings }, `http://shop.example:${backend.port}`), 200);
    assert.equal(proxy.asked.length, 1);
  });

  test("agents reach TLS hosts through the proxy", async () => {
    const proxy = await startProxy();
    const secure = createHttpsServer({ cert: SERVER.certificate, key: SERVER.key }, (_, response) =>
      response.end("tls"),
    );
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    closing.push(() => void secure.close());
    const { egress } = upstreamOf({ proxy: { url: proxy.url, except: [] }, allow: ["localhost"] });
    const agents = egressAgents(egress);
    closing.push(() => agents.https.destroy());
    egress.configure(new Set([`https://localhost:${(secure.address() as AddressInfo).port}`]));
    const status = await new Promise((resolve, reject) => {
      const url = `https://localhost:${(secure.address() as AddressInfo).port}`;
      getSecure(url, { agent: agents.https, ca: AUTHORITY }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject);
    });
    assert.equal(status, 200);
    assert.equal(proxy.asked.length, 1);
  });
});
