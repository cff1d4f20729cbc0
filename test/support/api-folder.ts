/** Writes a small configuration in the layout of the APIOps extractor into a temporary folder: one API, one product, one subscription. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";

export const KEY = "0123456789abcdef0123456789abcdef";

export interface FolderOptions {
  /** Base URL of the API's backend. */
  readonly serviceUrl: string;
  /** Policy documents by scope. */
  readonly policies?: {
    readonly global?: string;
    readonly product?: string;
    readonly api?: string;
    readonly operation?: string;
  };
  readonly fragments?: Readonly<Record<string, string>>;
  readonly namedValues?: Readonly<Record<string, string>>;
  /** Backend entities: id -> properties. */
  readonly backends?: Readonly<Record<string, object>>;
  /** More of sallyport.yaml. */
  readonly settings?: object;
  /** More properties of the API. */
  readonly api?: object;
  /** More paths of the API definition. */
  readonly paths?: object;
}

/** Operations that every test configuration has; `operation` policies belong to `item`. */
const PATHS = {
  "/items/{id}": {
    get: {
      operationId: "item",
      responses: { "200": { description: "", content: { "application/json": { example: { id: 1 } } } } },
    },
    post: { operationId: "post-item", responses: { "200": { description: "" } } },
    put: { operationId: "put-item", responses: { "200": { description: "" } } },
    delete: { operationId: "delete-item", responses: { "204": { description: "" } } },
  },
  "/search": {
    get: {
      operationId: "search",
      parameters: [{ name: "q", in: "query", required: true, schema: { type: "string" } }],
    },
  },
};

/** Resolves with the folder's path; remove it with `removeFolder`. */
export async function writeFolder(options: FolderOptions): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "sallyport-test-"));
  const write = async (path: string, content: string | object) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), typeof content === "string" ? content : JSON.stringify(content, null, 2));
  };
  const { policies = {} } = options;
  const api = {
    path: "t",
    apiRevision: "1",
    displayName: "Test API",
    protocols: ["https"],
    serviceUrl: options.serviceUrl,
    subscriptionRequired: true,
  };
  await write("apis/test/apiInformation.json", { properties: { ...api, ...options.api } });
  await write(
    "apis/test/specification.yaml",
    stringify({ openapi: "3.0.1", info: { title: "t", version: "1" }, paths: { ...PATHS, ...options.paths } }),
  );
  await write("products/gold/productInformation.json", {
    properties: { displayName: "Gold", state: "published", subscriptionRequired: true },
  });
  await write("products/gold/apis/test/productApiInformation.json", {});
  await write("subscriptions/s1/subscriptionInformation.json", {
    properties: { displayName: "Subscription one", scope: "/products/gold", state: "active", allowTracing: true },
  });
  if (policies.global) await write("policy.xml", policies.global);
  if (policies.product) await write("products/gold/policy.xml", policies.product);
  if (policies.api) await write("apis/test/policy.xml", policies.api);
  if (policies.operation) await write("apis/test/operations/item/policy.xml", policies.operation);
  for (const [id, xml] of Object.entries(options.fragments ?? {})) {
    await write(`policy fragments/${id}/policy.xml`, xml);
    await write(`policy fragments/${id}/policyFragmentInformation.json`, { properties: {} });
  }
  for (const [name, value] of Object.entries(options.namedValues ?? {})) {
    await write(`named values/${name}/namedValueInformation.json`, {
      properties: { displayName: name, secret: false, value },
    });
  }
  for (const [id, properties] of Object.entries(options.backends ?? {})) {
    await write(`backends/${id}/backendInformation.json`, { properties: { protocol: "http", ...properties } });
  }
  const settings = {
    listeners: [{ name: "test", host: "127.0.0.1", port: 0 }],
    subscriptions: { s1: { primaryKey: KEY, allowTracing: true } },
    accessLog: { enabled: false },
    ...options.settings,
  };
  await write("sallyport.yaml", stringify(settings));
  return root;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
