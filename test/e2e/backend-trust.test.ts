/** T6: backends that are not who they should be. Nothing is sent to them, callers learn nothing, and the log says why. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { SERVER } from "../support/certificates.ts";
import { ENGINES, withEngine } from "../support/engine.ts";
import { opensslVersion, TestAuthority } from "../support/openssl.ts";
import { RawClient, type RawResponse } from "../support/raw-client.ts";
import { api, operation, policy, snapshot } from "../support/snapshot.ts";
import { TlsBackend } from "../support/tls-backend.ts";

const openssl = await opensslVersion();

for (const engine of ENGINES) {
  describe(`engine ${engine}`, { skip: openssl === undefined && "there is no openssl to make certificates" }, () => {
    const backends: TlsBackend[] = [];
    let authority: TestAuthority;
    let gateway: TestGateway;

    before(async () => {
      authority = await TestAuthority.create("backends");
      const named = (names: readonly string[], more: object = {}) =>
        authority.issue("backend", { usage: "serverAuth", names, ...more });
      const identities = [
        await named(["DNS:localhost"]),
        await named(["DNS:localhost"], { from: "20200101000000Z", until: "20210101000000Z" }),
        await named(["DNS:localhost"], { from: "20900101000000Z", until: "20910101000000Z" }),
        await named(["DNS:elsewhere.example"]),
        SERVER,
      ];
      for (const identity of identities) backends.push(await TlsBackend.start(identity));
      const urls = backends.map(({ url }) => url);
      const apis = [
        ["good", urls[0]],
        // The same server, under a name that its certificate does not have.
        ["address", urls[0].replace("localhost", "127.0.0.1")],
        ["expired", urls[1]],
        ["early", urls[2]],
        ["misnamed", urls[3]],
        ["unknown", urls[4]],
      ].map(([id, serviceUrl]) =>
        api(id, {
          serviceUrl,
          operations: [operation("POST", "/*")],
          policy: policy({ backend: "<forward-request />" }),
        }),
      );
      const configuration = { ...snapshot({ apis }), authorities: authority.certificate };
      const settings = withEngine(engine, configuration.settings);
      const { program, diagnostics } = loadProgram({ ...configuration, settings }, policies);
      assert.deepEqual(diagnostics, []);
      gateway = await startGateway(program, settings);
    });

    after(async () => {
      await gateway.close();
      for (const backend of backends) backend.close();
    });

    async function send(id: string): Promise<RawResponse> {
      const client = await RawClient.open(gateway.port);
      client.write(`POST /${id}/x HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecret`);
      const response = await client.response("POST");
      client.close();
      return response;
    }

    const seen = () => backends.reduce((count, backend) => count + backend.seen.length, 0);

    test("a backend with a certificate of its authority and name is sent what callers ask", async () => {
      assert.equal((await send("good")).status, 200);
      assert.equal(seen(), 1);
    });

    for (const [id, why] of [
      ["expired", "its certificate has expired"],
      ["early", "its certificate is not valid yet"],
      ["misnamed", "its certificate is for other names"],
      ["unknown", "its certificate comes from an authority that is not (known|trusted)"],
    ]) {
      test(`T6 ${id}: nothing is sent, and the log says that ${why}`, async () => {
        const before = seen();
        gateway.records.length = 0;
        const response = await send(id);
        assert.deepEqual([response.status, seen()], [500, before]);
        assert.equal(response.body, '{ "statusCode": 500, "message": "Internal server error" }');
        const [{ lastError }] = gateway.records;
        assert.equal(lastError?.reason, "BackendConnectionFailure");
        assert.match(lastError?.message ?? "", new RegExp(`could not be trusted: ${why}\\.$`));
      });
    }

    test("T6 a session made with a host is not taken up under another name", async () => {
      // Many connections, so that tickets are at hand.
      await Promise.all(Array.from({ length: 5 }, () => send("good")));
      const before = seen();
      assert.deepEqual([(await send("address")).status, seen()], [500, before]);
      assert.match(gateway.records.at(-1)?.lastError?.message ?? "", /for other names/);
      assert.equal((await send("good")).status, 200);
    });
  });
}
