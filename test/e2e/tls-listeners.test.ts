/**
 * TLS of listeners, end to end (abuse cases T1 to T7 and R1): certificates by host name, callers' certificates, rotation while requests
 * flow, connections that stand still. Certificates are made by openssl while the test runs.
 */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { Backend } from "../support/backend.ts";
import type { Identity } from "../support/certificates.ts";
import { addFiles, apiFiles, configFolder } from "../support/config-folder.ts";
import { opensslVersion, TestAuthority } from "../support/openssl.ts";

const version = await opensslVersion();
const skip = version === undefined ? "needs the openssl command" : false;

let authority: TestAuthority;
let clients: TestAuthority;
let backend: Backend;
let folder: string;
let gateway: RunningGateway;
let port: number;
let client: Identity;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Asked extends ConnectionOptions {
  /** Host header; default: the server name. */
  readonly host?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly localAddress?: string;
}

function ask({ host, path = "/open/items", headers, ...tls }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: "127.0.0.1",
        port,
        path,
        agent: false,
        ca: authority.certificate,
        headers: { Host: host ?? tls.servername ?? "127.0.0.1", ...headers },
        checkServerIdentity: () => undefined,
        ...tls,
        // Else Node takes it from the Host header.
        servername: tls.servername ?? "",
      },
      (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end();
  });
}

function handshake(options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options }, () => resolve(socket));
    socket.on("error", reject);
  });
}

/** Common name of the certificate the gateway shows for a server name. */
async function shownFor(servername: string | undefined): Promise<string> {
  const socket = await handshake({ servername });
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}

const pem = (path: string, identity: Identity) => ({
  [`tls/${path}.crt`]: identity.certificate,
  [`tls/${path}.key`]: identity.key,
});

const server = (...names: string[]) =>
  authority.issue(names[0], { usage: "serverAuth", names: names.map((name) => `DNS:${name}`) });

/** Tells the backend what certificate the caller has shown. */
const POLICY = `<policies><inbound><base /><set-header name="X-Shown"><value>
@(context.Request.Certificate == null ? "none" : context.Request.Certificate.Subject)</value></set-header></inbound>
<backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

const SETTINGS = `
listeners:
  - name: public
    port: 0
    trustedProxies: [127.0.0.77]
    clientCertificateHeader: X-Client-Cert
    tls:
      certificate: tls/default.crt
      key: tls/default.key
      hsts: { maxAge: 600, includeSubDomains: true }
      hostnames:
        api.example: { certificate: tls/api.crt, key: tls/api.key }
        Partner.Example.:
          certificate: tls/partner.crt
          key: tls/partner.key
          clientCertificate: required
          authorities: tls/clients.crt
          crls: [tls/clients.crl]
        maybe.example: { clientCertificate: optional, authorities: [tls/clients.crt] }
accessLog: false
`;

describe("listeners with TLS", { skip }, () => {
  before(async () => {
    authority = await TestAuthority.create("Test servers");
    clients = await TestAuthority.create("Test clients");
    client = await clients.issue("known client");
    backend = await Backend.start();
    folder = await configFolder({
      ...apiFiles("open", { serviceUrl: backend.url, subscriptionRequired: false }),
      "apis/open/policy.xml": POLICY,
      ...pem("default", await server("default.example")),
      ...pem("api", await server("api.example")),
      ...pem("partner", await server("partner.example")),
      "tls/clients.crt": clients.certificate,
      "tls/clients.crl": await clients.revocationList(),
      "sallyport.yaml": SETTINGS,
    });
    gateway = await startGateway({ folder, watch: false });
    port = gateway.addresses[0].port;
  });
  after(async () => {
    await gateway?.stop();
    await backend?.close();
  });

  test("T3 each name has its certificate, however it is written; unknown and no name the default", async () => {
    const cases: [servername: string | undefined, shown: string][] = [
      ["api.example", "api.example"],
      ["API.Example", "api.example"],
      ["api.example.", "api.example"],
      ["PARTNER.EXAMPLE.", "partner.example"],
      ["unknown.example", "default.example"],
      [undefined, "default.example"],
      ["maybe.example", "default.example"],
      [`${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.example`, "default.example"],
      ["__proto__", "default.example"],
    ];
    for (const [servername, shown] of cases) assert.equal(await shownFor(servername), shown, servername);
  });

  test("T4 a server name that is none ends the handshake at most", async () => {
    for (const servername of ["a\u0000b.example", "ä.example", "a".repeat(300)]) {
      await handshake({ servername }).then(
        (socket) => socket.destroy(),
        () => {},
      );
    }
    assert.equal((await ask({ servername: "api.example" })).status, 200);
  });

  test("T3 the host of a request is the one the connection was made for", async () => {
    assert.equal((await ask({ servername: "api.example", host: "API.example:8443" })).status, 200);
    for (const host of ["partner.example", "default.example", "127.0.0.1"]) {
      const { status, body } = await ask({ servername: "api.example", host });
      assert.deepEqual([status, JSON.parse(body).statusCode], [421, 421], host);
    }
    // Without a name: what needs rules of its own is not served, anything else is.
    assert.equal((await ask({ host: "partner.example", cert: client.certificate, key: client.key })).status, 421);
    assert.equal((await ask({ host: "maybe.example" })).status, 421);
    assert.equal((await ask({ host: "api.example" })).status, 200);
    assert.equal((await ask({})).status, 200);
  });

  test("browsers are told to insist on TLS, also with refusals", async () => {
    const found = "max-age=600; includeSubDomains";
    assert.equal((await ask({ servername: "api.example" })).headers["strict-transport-security"], found);
    const refused = await ask({ servername: "api.example", path: "/nothing" });
    assert.deepEqual([refused.status, refused.headers["strict-transport-security"]], [404, found]);
  });

  test("callers are asked for a certificate only by the names that want one", async () => {
    const cases: [servername: string, shown: string][] = [
      ["partner.example", "CN=known client"],
      ["maybe.example", "CN=known client"],
      ["api.example", "none"],
      ["unknown.example", "none"],
    ];
    for (const [servername, shown] of cases) {
      assert.equal((await ask({ servername, cert: client.certificate, key: client.key })).status, 200);
      assert.equal(backend.header("x-shown"), shown, servername);
    }
  });

  test("T2 a required certificate that is missing or not trusted is refused before anything else", async () => {
    const refused = async (identity: Identity | undefined, why: string) => {
      const shown = identity === undefined ? {} : { cert: identity.certificate, key: identity.key };
      backend.seen.length = 0;
      const { status } = await ask({ servername: "partner.example", ...shown, path: "/nowhere" });
      assert.equal(status, 403, why);
      assert.equal(backend.seen.length, 0);
    };
    const good = { cert: client.certificate, key: client.key };
    assert.equal((await ask({ servername: "partner.example", ...good })).status, 200);
    await refused(undefined, "none");
    await refused(await clients.issue("late", { from: "20200101000000Z", until: "20210101000000Z" }), "expired");
    await refused(await clients.issue("early", { from: "20900101000000Z", until: "20910101000000Z" }), "not yet valid");
    await refused(await clients.issue("server", { usage: "serverAuth" }), "for servers");
    await refused(await (await TestAuthority.create("Test clients")).issue("known client"), "of a namesake");
    let deep = await clients.intermediate("Level 1");
    let chain = deep.certificate;
    for (let level = 2; level <= 9; level++) {
      deep = await deep.intermediate(`Level ${level}`);
      chain = deep.certificate + chain;
    }
    const leaf = await deep.issue("leaf");
    await refused({ certificate: leaf.certificate + chain, key: leaf.key }, "ten authorities deep");
  });

  test("T2 old signatures and short keys do not pass the handshake, or not the gateway", async () => {
    for (const options of [{ digest: "sha1" }, { rsaBits: 1024 }]) {
      const weak = await clients.issue("weak", options);
      const outcome = await ask({
        servername: "partner.example",
        cert: weak.certificate,
        key: weak.key,
        ciphers: "DEFAULT@SECLEVEL=0",
      }).then(
        ({ status }) => status,
        () => "no handshake",
      );
      assert.ok(outcome === 403 || outcome === "no handshake", `${JSON.stringify(options)}: ${outcome}`);
    }
  });

  test("T2 a revoked certificate is refused as soon as the list says so, on connections that stand, too", async () => {
    const revoked = await clients.issue("soon revoked");
    const socket = await handshake({ servername: "partner.example", cert: revoked.certificate, key: revoked.key });
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => {});
    socket.resume();
    socket.write("GET /open/items HTTP/1.1\r\nHost: partner.example\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    await clients.revoke(revoked);
    await writeFile(join(folder, "tls/clients.crl"), await clients.revocationList());
    await gateway.reload();
    await closed;
    const again = await ask({ servername: "partner.example", cert: revoked.certificate, key: revoked.key });
    assert.equal(again.status, 403);
    assert.equal((await ask({ servername: "partner.example", cert: client.certificate, key: client.key })).status, 200);
  });

  test("T7 where callers show certificates, no session is taken up again", async () => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const shown = { cert: client.certificate, key: client.key };
      const options = { servername: "partner.example", maxVersion, ...shown };
      const first = await handshake(options);
      const session = await new Promise<Buffer | undefined>((resolve) => {
        first.once("session", resolve);
        first.write("GET /open/items HTTP/1.1\r\nHost: partner.example\r\n\r\n");
        first.once("data", () => setImmediate(() => resolve(first.getSession())));
      });
      first.destroy();
      const second = await handshake({ ...options, session });
      assert.equal(second.isSessionReused(), false, maxVersion);
      second.destroy();
    }
  });

  test("a certificate in a header is believed of the trusted proxy alone", async () => {
    const header = { "X-Client-Cert": encodeURIComponent(client.certificate) };
    assert.equal((await ask({ servername: "partner.example", headers: header })).status, 403);
    assert.equal((await ask({ servername: "maybe.example", headers: header })).status, 200);
    assert.equal(backend.header("x-shown"), "none");
    assert.equal((await ask({ servername: "maybe.example", headers: header, localAddress: "127.0.0.77" })).status, 200);
    assert.equal(backend.header("x-shown"), "CN=known client");
    assert.equal(backend.header("x-client-cert"), undefined, "it does not go on to the backend");
  });

  test("T5 who connects and says nothing, or trickles, is cut off", async () => {
    const standing = connectPlain(port, "127.0.0.1");
    const trickling = connectPlain(port, "127.0.0.1");
    // A record of 203 bytes: the time-out of Node, two minutes, would let half of it pass.
    const bytes = Buffer.concat([Buffer.from("16030100c8010000c40303", "hex"), Buffer.alloc(192)]);
    let sent = 0;
    const timer = setInterval(() => {
      if (sent < bytes.length) trickling.write(bytes.subarray(sent, ++sent));
    }, 1_000);
    const closed = [standing, trickling].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.on("error", () => {});
          socket.resume();
          socket.on("close", () => resolve());
        }),
    );
    await Promise.all(closed);
    clearInterval(timer);
    assert.ok(sent < bytes.length / 4, `${sent} bytes of a handshake had passed`);
  });

  test("D14 certificates change while requests flow; a pair that does not work is refused", async () => {
    let failed = 0;
    let asked = 0;
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        asked++;
        const status = await ask({ servername: "api.example" }).then(
          (answer) => answer.status,
          () => 0,
        );
        if (status !== 200) failed++;
      }
    })();
    for (let round = 1; round <= 3; round++) {
      const next = await authority.issue(`api round ${round}`, { usage: "serverAuth", names: ["DNS:api.example"] });
      await addFiles(folder, pem("api", next));
      const { program } = await gateway.reload();
      assert.ok(program, "taken up");
      assert.equal(await shownFor("api.example"), `api round ${round}`);
      // A key that is another's; a file half written.
      await writeFile(join(folder, "tls/api.key"), client.key);
      assert.equal((await gateway.reload()).program, undefined, "the whole load is refused");
      await writeFile(join(folder, "tls/api.crt"), next.certificate.slice(0, 200));
      assert.equal((await gateway.reload()).program, undefined);
      assert.equal(await shownFor("api.example"), `api round ${round}`);
      const late = await authority.issue("late", {
        usage: "serverAuth",
        from: "20200101000000Z",
        until: "20210101000000Z",
      });
      await addFiles(folder, pem("api", late));
      await gateway.reload();
      assert.equal(await shownFor("api.example"), `api round ${round}`, "an expired one does not replace a valid one");
    }
    isOver = true;
    await load;
    assert.equal(failed, 0, `of ${asked}`);
    assert.ok(asked > 10);
  });
});
