/** What scanners find of a listener with TLS: nothing (abuse case T1). sslscan where it is installed, else single handshakes by openssl. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { FORWARDING, programOf, startGateway, type TestGateway } from "../support/gateway.ts";
import { SERVER } from "../support/certificates.ts";
import { opensslVersion } from "../support/openssl.ts";
import { snapshot } from "../support/snapshot.ts";
import { defaultSettings } from "../../src/resources/empty-snapshot.ts";

const run = promisify(execFile);

async function isInstalled(command: string): Promise<boolean> {
  return run(command, ["--version"]).then(
    () => true,
    () => false,
  );
}

const noSslscan = (await isInstalled("sslscan")) ? false : "sslscan is not installed";
const noOpenssl = (await opensslVersion()) === undefined ? "openssl is not installed" : false;

function start(minVersion: "1.2" | "1.3"): Promise<TestGateway> {
  const tls = { ...SERVER, minVersion, http2: true };
  const listeners = defaultSettings().listeners.map((listener) => ({ ...listener, tls }));
  return startGateway(programOf(snapshot({ settings: { listeners } }), FORWARDING));
}

describe("T1", () => {
  let standard: TestGateway;
  let strict: TestGateway;
  before(async () => {
    standard = await start("1.2");
    strict = await start("1.3");
  });
  after(async () => {
    await standard.close();
    await strict.close();
  });

  test("sslscan: six suites with forward secrecy and authenticated encryption, nothing old", {
    skip: noSslscan,
  }, async () => {
    const { stdout } = await run("sslscan", ["--no-colour", `127.0.0.1:${standard.port}`]);
    const suites = [...stdout.matchAll(/^(?:Preferred|Accepted)\s+(\S+)\s+\d+ bits\s+(\S+)/gm)].map(
      ([, version, suite]) => `${version} ${suite}`,
    );
    assert.deepEqual(suites.sort(), [
      "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256",
      "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384",
      "TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305",
      "TLSv1.3 TLS_AES_128_GCM_SHA256",
      "TLSv1.3 TLS_AES_256_GCM_SHA384",
      "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256",
    ]);
    for (const line of ["SSLv2     disabled", "SSLv3     disabled", "TLSv1.0   disabled", "TLSv1.1   disabled"])
      assert.ok(stdout.includes(line), line);
    assert.match(stdout, /Session renegotiation not supported/);
    assert.doesNotMatch(stdout, /(?<!not )vulnerable to heartbleed/);
  });

  test("sslscan: TLS 1.3 alone where that is the least", { skip: noSslscan }, async () => {
    const { stdout } = await run("sslscan", ["--no-colour", `127.0.0.1:${strict.port}`]);
    assert.match(stdout, /TLSv1\.2 {3}disabled/);
    assert.match(stdout, /TLSv1\.3 {3}enabled/);
  });

  test("openssl: what is old is refused", { skip: noOpenssl }, async () => {
    const handshake = async (port: number, ...options: string[]): Promise<boolean> => {
      const child = run("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, ...options], { timeout: 10_000 });
      child.child.stdin?.end("Q\n");
      return child.then(
        ({ stdout }) => !/Cipher is \(NONE\)/.test(stdout),
        () => false,
      );
    };
    const weak = "ALL:COMPLEMENTOFALL@SECLEVEL=0";
    assert.equal(await handshake(standard.port, "-tls1_2"), true);
    assert.equal(await handshake(standard.port, "-tls1_3"), true);
    assert.equal(await handshake(strict.port, "-tls1_2"), false);
    for (const options of [
      ["-tls1", "-cipher", weak],
      ["-tls1_1", "-cipher", weak],
      ["-tls1_2", "-cipher", "AES128-GCM-SHA256@SECLEVEL=0"],
      ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256@SECLEVEL=0"],
      ["-tls1_2", "-cipher", "DHE@SECLEVEL=0"],
      ["-tls1_2", "-cipher", "NULL:aNULL@SECLEVEL=0"],
      ["-tls1_3", "-groups", "secp521r1"],
    ])
      assert.equal(await handshake(standard.port, ...options), false, options.join(" "));
  });
});
