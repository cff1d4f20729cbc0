/**
 * APIs: apis/<id>[;rev=n]/apiInformation.json with its definition, operations and policies. A revision takes path,
 * protocols, name, key requirement and version from the current one; policies, operations and backend are its own.
 * https://learn.microsoft.com/azure/api-management/api-management-revisions
 */
import type { Fields } from "../documents/fields.ts";
import type { Names } from "../names.ts";
import { readServiceUrl } from "../service-url.ts";
import type { Api, ApiType, Operation, VersionSet } from "../snapshot.ts";
import { type McpDraft, readA2a, readMcp, resolveTools } from "./agents.ts";
import { messageDiagnosticOf } from "./diagnostics.ts";
import { readVersionSetProperties } from "./version-sets.ts";
import { type Extract, type Item, itemsIn, kindOf, lastSegment, policyOf, propertiesOf } from "./layout.ts";
import { operationItems, readHandshake, readOperations } from "./operations.ts";

const API_TYPES: readonly ApiType[] = ["http", "soap", "graphql", "websocket", "mcp", "a2a"];
const PROTOCOLS = ["http", "https", "ws", "wss"] as const;

/** What an API that is not served yet is left out for: callers get 404, which is safe, and a warning says so. */
interface Unserved {
  readonly kind: string;
  readonly hint: string;
}

export interface ReadApis {
  readonly apis: readonly Api[];
  /** Version sets that stand inside apiInformation.json. */
  readonly versionSets: readonly VersionSet[];
}

/** `names` receives every API's id, those that are not served included: references to them are fine. */
export async function readApis(
  extract: Extract,
  folders: readonly string[],
  versionSets: Names,
  names: Names,
): Promise<ReadApis> {
  const apis: Api[] = [];
  const inline: VersionSet[] = [];
  const servers = new Map<Api, McpDraft>();
  for (const item of await itemsIn(extract, folders)) {
    const { id, revision } = splitRevision(item.id);
    // One whose file has a mistake is there all the same: the mistake is reported, and nothing that follows from it.
    names.add(id);
    const properties = await propertiesOf(extract, item, "apiInformation.json");
    if (properties === undefined) continue;
    await countIgnored(extract, item);
    const set = inlineVersionSet(properties, versionSets);
    if (set !== undefined) inline.push(set);
    const unserved = await whyUnserved(extract, item, properties);
    if (unserved !== undefined) {
      extract.ignored.add(unserved.kind, 1);
      extract.folder.diagnostics.warning("SP1105", `API "${item.id}" is not served: ${unserved.hint}`, {
        file: item.path,
      });
      continue;
    }
    const api = await readApi(extract, item, id, revision, properties, versionSets);
    if (api.type === "mcp") servers.set(api, await readMcp(extract, item, properties));
    apis.push(api);
  }
  return { apis: reviseAll(extract, resolveTools(extract, servers, apis, names)), versionSets: inline };
}

async function readApi(
  extract: Extract,
  item: Item,
  id: string,
  revision: string | undefined,
  properties: Fields,
  versionSets: Names,
): Promise<Api> {
  const keyNames = properties.object("subscriptionKeyParameterNames");
  const type = typeOf(properties) ?? "http";
  const operations = await operationsOf(extract, item, type);
  if (type === "http" && operations.length === 0) {
    extract.folder.diagnostics.warning(
      "SP1108",
      `API "${item.id}" has no operations: every request to it is answered with 404`,
      {
        file: item.path,
        hint: "Add specification.yaml (OpenAPI) or operations/<id>/operationInformation.json.",
      },
    );
  }
  return {
    id,
    name: properties.string("displayName") ?? id,
    description: properties.string("description") ?? "",
    type,
    path: pathOf(properties),
    protocols: protocolsOf(properties, type),
    serviceUrl: serviceUrlOf(properties, "serviceUrl"),
    revision: revision ?? properties.string("apiRevision") ?? "1",
    isCurrent: properties.boolean("isCurrent") ?? revision === undefined,
    isOnline: properties.boolean("isOnline") ?? true,
    version: properties.string("apiVersion") || undefined,
    versionSetId: versionSetOf(properties, versionSets),
    subscriptionRequired: properties.boolean("subscriptionRequired") ?? true,
    subscriptionKeyHeader: keyNames?.string("header") ?? "Ocp-Apim-Subscription-Key",
    subscriptionKeyQuery: keyNames?.string("query") ?? "subscription-key",
    operations,
    ...(type === "a2a" ? { agent: readA2a(properties) } : {}),
    messageDiagnostic: await messageDiagnosticOf(extract, item),
    policy: await policyOf(extract, item),
  };
}

/** SOAP and GraphQL APIs are passed through as a whole: the router knows their one operation. */
function operationsOf(
  extract: Extract,
  item: Item,
  type: ApiType,
): Promise<readonly Operation[]> | readonly Operation[] {
  if (type === "http" || type === "mcp") return readOperations(extract, item);
  return type === "websocket" ? readHandshake(extract, item) : [];
}

function splitRevision(folderName: string): { id: string; revision: string | undefined } {
  const match = /^(.+);rev=(\d+)$/.exec(folderName);
  return match === null ? { id: folderName, revision: undefined } : { id: match[1], revision: match[2] };
}

async function whyUnserved(extract: Extract, item: Item, properties: Fields): Promise<Unserved | undefined> {
  const type = properties.string("type") ?? properties.string("apiType") ?? "http";
  const known = API_TYPES.find((t) => t === type.toLowerCase());
  if (known === undefined)
    return { kind: `APIs of type ${type}`, hint: `its type is ${type}, which is not supported yet.` };
  const resolvers = item.listing.folders.find((name) => kindOf(name) === "resolvers");
  if (resolvers !== undefined && (await extract.folder.list(`${item.path}/${resolvers}`)).folders.length > 0) {
    return { kind: "GraphQL APIs with resolvers", hint: "GraphQL resolvers are not supported yet." };
  }
  if (known === "soap" || known === "graphql" || known === "a2a") {
    const withPolicy = (await operationItems(extract, item)).find((o) => o.listing.files.includes("policy.xml"));
    if (withPolicy !== undefined) {
      return {
        kind: `${known} APIs with operation policies`,
        hint: `policies of single ${known} operations are not supported yet.`,
      };
    }
  }
  return undefined;
}

function typeOf(properties: Fields): ApiType | undefined {
  return properties.oneOf("type", API_TYPES) ?? properties.oneOf("apiType", API_TYPES);
}

function pathOf(properties: Fields): string {
  const text = properties.string("path") ?? "";
  const path = text.replace(/^\/+|\/+$/g, "");
  if (/[?#\\{}*\s]|\/\//.test(path)) {
    properties.wrongValue(
      "path",
      `is "${text}", which is no URL path`,
      "Letters, digits, -, _, ., ~ and single slashes.",
    );
  }
  return path;
}

function protocolsOf(properties: Fields, type: ApiType): Api["protocols"] {
  const given = properties.strings("protocols").map((p) => p.toLowerCase());
  const wrong = given.find((p) => !(PROTOCOLS as readonly string[]).includes(p));
  if (wrong !== undefined) properties.wrongValue("protocols", `holds "${wrong}", not one of ${PROTOCOLS.join(", ")}`);
  const protocols = PROTOCOLS.filter((p) => given.includes(p));
  return protocols.length > 0 ? protocols : [type === "websocket" ? "wss" : "https"];
}

/** A base URL, checked; undefined when absent, empty or wrong (which is reported). */
export function serviceUrlOf(properties: Fields, name: string): string | undefined {
  const text = properties.string(name);
  if (text === undefined || text.trim() === "") return undefined;
  const read = readServiceUrl(text);
  if ("url" in read) return read.url;
  properties.wrongValue(name, read.problem);
  return undefined;
}

function versionSetOf(properties: Fields, versionSets: Names): string | undefined {
  const text = properties.string("apiVersionSetId") ?? properties.object("apiVersionSet")?.string("id");
  if (text === undefined || text === "") return undefined;
  const id = lastSegment(text);
  const found = versionSets.find(id);
  if (found === undefined) {
    const { message, hint } = versionSets.unknown(id);
    properties.wrongValue("apiVersionSetId", `is "${text}". ${message}`, hint);
  }
  return found;
}

/** ARM may put the set itself into the API; one that the extract holds as a resource is known already. */
function inlineVersionSet(properties: Fields, versionSets: Names): VersionSet | undefined {
  const set = properties.object("apiVersionSet");
  const id = lastSegment(set?.string("id") ?? properties.string("apiVersionSetId") ?? "");
  if (set === undefined || id === "" || set.get("versioningScheme") === undefined || !versionSets.add(id))
    return undefined;
  return readVersionSetProperties(id, set);
}

async function countIgnored(extract: Extract, item: Item): Promise<void> {
  if (item.listing.files.includes("wiki.md")) extract.ignored.add("wikis", 1);
  for (const name of item.listing.folders) {
    // Tags of an API are references to tags that are counted already.
    if (kindOf(name) !== "tags" && kindOf(name) !== "tools")
      extract.ignored.addKind(kindOf(name), await extract.folder.list(`${item.path}/${name}`));
  }
}

/** One current revision per API; the others take from it what they share. */
function reviseAll(extract: Extract, apis: readonly Api[]): readonly Api[] {
  const { diagnostics } = extract.folder;
  const groups = Map.groupBy(apis, (api) => api.id.toLowerCase());
  return [...groups.values()].flatMap((group) => {
    const revisions = [...Map.groupBy(group, (api) => api.revision).values()].map((same) => {
      // apiops-cli writes the current revision a second time, as `;rev=n`.
      if (same.length > 1)
        diagnostics.warning(
          "SP1103",
          `Revision ${same[0].revision} of API "${same[0].id}" is there twice: the first is used`,
        );
      return same[0];
    });
    const current = revisions.filter((api) => api.isCurrent);
    if (current.length === 1) return revisions.map((api) => (api.isCurrent ? api : sharing(api, current[0])));
    const which = current.length === 0 ? "no current revision" : `${current.length} current revisions`;
    diagnostics.error("SP1103", `API "${group[0].id}" has ${which}`, {
      hint: 'Set "isCurrent" to true in exactly one of its apiInformation.json.',
    });
    return [];
  });
}

function sharing(api: Api, current: Api): Api {
  const { name, path, protocols, subscriptionRequired, version, versionSetId } = current;
  return { ...api, id: current.id, name, path, protocols, subscriptionRequired, version, versionSetId };
}
