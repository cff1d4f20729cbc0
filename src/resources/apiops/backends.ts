/**
 * Backends: backends/<id>/backendInformation.json.
 * https://learn.microsoft.com/azure/api-management/backends
 */
import type { DataNode } from "../documents/data-node.ts";
import { toPlain } from "../documents/data-node.ts";
import type { Fields } from "../documents/fields.ts";
import type { Backend, BackendCredentials, ManagedIdentityUse } from "../snapshot.ts";
import { breakersOf, poolOf } from "./backend-routing.ts";
import { serviceUrlOf } from "./apis.ts";
import { type Extract, itemsIn, lastSegment, propertiesOf } from "./layout.ts";

/** Parts that are kept as read, with the words for those that change how requests travel. */
const NOT_ACTED_ON: ReadonlyMap<string, string> = new Map([["proxy", "proxies of backends"]]);

export async function readBackends(extract: Extract, folders: readonly string[]): Promise<Map<string, Backend>> {
  const backends = new Map<string, Backend>();
  for (const item of await itemsIn(extract, folders)) {
    const properties = await propertiesOf(extract, item, "backendInformation.json");
    if (properties === undefined) continue;
    const type = properties.oneOf("type", ["Single", "Pool"]) ?? "Single";
    const url = serviceUrlOf(properties, "url");
    if (url === undefined && type === "Single" && properties.get("url") === undefined) {
      properties.missing("url", "Give the backend's base URL.");
    }
    const tls = properties.object("tls");
    const credentials = properties.object("credentials");
    backends.set(item.id, {
      id: item.id,
      title: properties.string("title") ?? item.id,
      url: url ?? "",
      protocol: properties.oneOf("protocol", ["http", "soap"]) ?? "http",
      type,
      credentials: credentials && credentialsOf(credentials),
      validateCertificateChain: tls?.boolean("validateCertificateChain") ?? true,
      validateCertificateName: tls?.boolean("validateCertificateName") ?? true,
      pool: type === "Pool" ? poolOf(properties) : undefined,
      circuitBreakers: breakersOf(properties),
      properties: otherProperties(extract, properties),
    });
  }
  return backends;
}

function credentialsOf(credentials: Fields): BackendCredentials {
  const authorization = credentials.object("authorization");
  const scheme = authorization?.requiredString("scheme");
  return {
    header: valuesByName(credentials, "header"),
    query: valuesByName(credentials, "query"),
    authorization: scheme === undefined ? undefined : { scheme, parameter: authorization?.string("parameter") ?? "" },
    certificateIds: credentials.strings("certificateIds").map(lastSegment),
    certificateThumbprints: credentials.strings("certificate"),
    managedIdentity: managedIdentityOf(credentials.object("managedIdentity")),
  };
}

function managedIdentityOf(fields: Fields | undefined): ManagedIdentityUse | undefined {
  const resource = fields?.requiredString("resource", "The application id URI that tokens are for.");
  return resource === undefined ? undefined : { resource, clientId: fields?.string("clientId") };
}

function valuesByName(credentials: Fields, name: string): Map<string, readonly string[]> {
  return new Map(credentials.entries(name).map(([key, node]) => [key, textsOf(node)]));
}

function textsOf(node: DataNode): string[] {
  if (node.kind === "list") return node.items.flatMap(textsOf);
  return node.kind === "scalar" && node.value !== null ? [node.text] : [];
}

function otherProperties(extract: Extract, properties: Fields): Readonly<Record<string, unknown>> {
  const kept: [string, unknown][] = [];
  for (const name of [...NOT_ACTED_ON.keys(), "resourceId", "description", "properties"]) {
    const node = properties.get(name);
    if (node === undefined) continue;
    const words = NOT_ACTED_ON.get(name);
    if (words !== undefined) extract.ignored.add(words, 1);
    kept.push([name, toPlain(node)]);
  }
  return Object.fromEntries(kept);
}
