/**
 * A real APIOps extract (Azure/apiops, MIT) is served as it is, with a settings file beside it that supplies keys and points the backends
 * at a local server. The extract is not part of the project: set SALLYPORT_SAMPLES, or have it in ../shared/samples.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

const project = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const folder = join(process.env.SALLYPORT_SAMPLES ?? join(project, "../shared/samples"), "apiops");
const absent = existsSync(folder) ? false : `the sample extract is not at ${folder}`;

const PRODUCT_KEY = "key-of-subscription-one-0001";
const SECOND_KEY = "key-of-product-two-000000003";
const API_KEY = "key-of-subscription-two-00002";

describe("the APIOps sample", { skip: absent }, () => {
  let backend: RecordingBackend;
  let gateway: RunningGateway | undefined;
  let settingsFolder: string;

  before(async () => {
    backend = await RecordingBackend.start();
    settingsFolder = await mkdtemp(join(tmpdir(), "sallyport-sample-"));
    const to = (path: string) => ({ serviceUrl: `${backend.url}/${path}` });
    const settings = {
      listeners: [{ name: "sample", host: "127.0.0.1", port: 0 }],
      subscriptions: {
        subscription1: PRODUCT_KEY,
        subscription2: { primaryKey: "env:SAMPLE_KEY" },
        partner: { primaryKey: SECOND_KEY, scope: "/products/product2" },
      },
      backends: { backend1: { url: `${backend.url}/backend1` }, backend2: { url: `${backend.url}/backend2` } },
      apis: {
        "basic-api": to("basic"),
        "revisioned-api": to("revision"),
        "versioned-api-v1": to("v1"),
        "versioned-api-v2": to("v2"),
        "graphql-api": to("graphql"),
        "soap-api": to("soap"),
      },
      namedValues: { "intranet-proxy-url": `${backend.url}/intranet` },
      accessLog: { enabled: false },
    };
    const settingsFile = join(settingsFolder, "sallyport.yaml");
    await writeFile(settingsFile, stringify(settings));
    gateway = await startGateway({ folder, settingsFile, env: { SAMPLE_KEY: API_KEY }, watch: false });
  });

  after(async () => {
    await gateway?.stop();
    await backend.close();
    await rm(settingsFolder, { recursive: true });
  });

  async function call(path: string, key?: string, init: RequestInit = {}) {
    backend.take();
    const headers = { ...init.headers, ...(key === undefined ? {} : { "Ocp-Apim-Subscription-Key": key }) };
    const response = await fetch(`http://127.0.0.1:${gateway?.addresses[0].port}${path}`, { ...init, headers });
    return { status: response.status, body: await response.text(), upstream: backend.take()[0] };
  }

  test("basic-api: backend entity, headers, query parameter, key at API scope", async () => {
    const { status, upstream } = await call("/basic-api/items?a=1", API_KEY);
    assert.equal(status, 200);
    assert.equal(upstream.path, "/basic/items?a=1&source=get-items");
    const post = await call("/basic-api/items", API_KEY, {
      method: "POST",
      body: "the legacy word",
      headers: { "Content-Type": "text/plain" },
    });
    assert.equal(post.upstream.method, "POST");
    assert.equal(post.upstream.headers.get("x-operation"), "create-item");
  });

  test("the current revision answers without ;rev, the other with it, each with its own policies", async () => {
    const current = await call("/revisioned-api/revision", PRODUCT_KEY);
    assert.deepEqual(
      [current.status, current.upstream.path, current.upstream.headers.get("x-revision")],
      [200, "/revision/revision", "1"],
    );
    const second = await call("/revisioned-api;rev=2/revision", PRODUCT_KEY);
    assert.deepEqual([second.status, second.upstream.headers.get("x-revision")], [200, "2"]);
    const details = await call("/revisioned-api;rev=2/revision/details", PRODUCT_KEY);
    assert.deepEqual(
      [details.status, details.upstream.path, details.upstream.headers.get("x-api-revision")],
      [200, "/intranet/revision/details", "2"],
    );
    assert.equal((await call("/revisioned-api/revision/details", PRODUCT_KEY)).status, 404);
  });

  test("both versions, each in its product", async () => {
    const one = await call("/versioned-api/v1/version", PRODUCT_KEY);
    assert.deepEqual(
      [one.status, one.upstream.path, one.upstream.headers.get("x-product")],
      [200, "/v1/version", "product1"],
    );
    // Version 2 is served in product2, whose own ip-filter lets one address in: not this machine's.
    const two = await call("/versioned-api/v2/version", SECOND_KEY);
    assert.deepEqual([two.status, two.upstream], [403, undefined]);
    // product1's key does not open an API of product2.
    assert.equal((await call("/versioned-api/v2/version", PRODUCT_KEY)).status, 401);
  });

  test("keys are asked for, and only where the extract says so", async () => {
    const without = await call("/basic-api/items");
    assert.deepEqual([without.status, without.upstream], [401, undefined]);
    assert.match(without.body, /missing subscription key/);
    const wrong = await call("/basic-api/items", "wrong-key");
    assert.match(wrong.body, /invalid subscription key/);
    assert.equal((await call("/nothing/here", PRODUCT_KEY)).status, 404);
  });

  test("policies of wider scopes are in force where documents let them: the global ip-filter closes the rest", async () => {
    const graphql = await call("/graphql-api", undefined, {
      method: "POST",
      body: "{}",
      headers: { "Content-Type": "application/json" },
    });
    assert.deepEqual([graphql.status, graphql.upstream], [403, undefined]);
  });
});
