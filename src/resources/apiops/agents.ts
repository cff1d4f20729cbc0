/**
 * APIs of type `mcp` and `a2a`: tools made of operations, servers and agents that are passed through.
 * https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/apis
 * https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/apis/tools
 */
import { closest } from "../../base/closest.ts";
import {
  type A2aAgent,
  DEFAULT_MCP_SETTINGS,
  type McpEndpoints,
  type McpServer,
  type McpTool,
} from "../agent-protocols.ts";
import { placeOf } from "../documents/data-node.ts";
import { Fields, reportAt } from "../documents/fields.ts";
import type { Names } from "../names.ts";
import { readServiceUrl } from "../service-url.ts";
import type { Api } from "../snapshot.ts";
import { toolInput } from "../specification/tool-input.ts";
import { type Extract, type Item, itemsIn, kindOf, lastSegment } from "./layout.ts";
import { inputOf } from "./operations.ts";

/** A server whose tools refer to operations that may not be read yet. */
export interface McpDraft {
  readonly server: Omit<McpServer, "tools">;
  /** Undefined: a server that is passed through. */
  readonly tools: readonly ToolDraft[] | undefined;
}

interface ToolDraft {
  readonly name: string;
  readonly description: string | undefined;
  readonly operationId: string;
  readonly fields: Fields;
}

const TOOL_NAME = /^[A-Za-z0-9_-]{1,128}$/;
const MAX_TOOLS = 1_000;

export async function readMcp(extract: Extract, item: Item, properties: Fields): Promise<McpDraft> {
  const given = properties.objects("mcpTools");
  const resources = await toolResources(extract, item);
  const tools = [...given.flatMap((fields) => toolOf(fields, "name")), ...resources];
  const own = properties.object("mcpProperties");
  const transport = own?.oneOf("transportType", ["streamable", "sse"]) ?? "streamable";
  const backendId = properties.string("backendId");
  const isPassedThrough = backendId !== undefined || own !== undefined;
  reportMetadata(properties);
  if (tools.length > MAX_TOOLS) properties.wrongValue("mcpTools", `holds more than ${MAX_TOOLS} tools`);
  if (given.length + resources.length > 0 && backendId !== undefined)
    properties.wrongValue(
      "backendId",
      "is for an existing server, but this one has tools made of operations",
      "Remove the tools, or remove backendId.",
    );
  return {
    server: {
      transport,
      endpoints: own && endpointsOf(own, transport),
      backendId: backendId === undefined ? undefined : lastSegment(backendId),
      settings: DEFAULT_MCP_SETTINGS,
    },
    tools: tools.length > 0 || !isPassedThrough ? tools : undefined,
  };
}

/** Tools as resources of their own: apis/<id>/tools/<tool>/toolInformation.json. */
async function toolResources(extract: Extract, item: Item): Promise<ToolDraft[]> {
  const folders = item.listing.folders.filter((name) => kindOf(name) === "tools").map((name) => `${item.path}/${name}`);
  const tools: ToolDraft[] = [];
  for (const tool of await itemsIn(extract, folders)) {
    const file = tool.listing.files.find((name) => /toolInformation\.json$/i.test(name));
    if (file === undefined) {
      extract.folder.diagnostics.error("SP1101", `${tool.path} has no toolInformation.json`, {
        file: tool.path,
        hint: "Extract again, or remove the folder.",
      });
      continue;
    }
    const fields = (await extract.folder.readFields(`${tool.path}/${file}`))?.object("properties");
    if (fields !== undefined) tools.push(...toolOf(fields, "displayName"));
  }
  return tools;
}

function toolOf(fields: Fields, nameProperty: string): ToolDraft[] {
  const name = fields.requiredString(nameProperty);
  const operationId = fields.requiredString(
    "operationId",
    "The operation that the tool calls, such as /apis/orders/operations/list-orders.",
  );
  if (name === undefined || operationId === undefined) return [];
  if (!TOOL_NAME.test(name)) {
    const proposal = name.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 128);
    fields.wrongValue(
      nameProperty,
      `is "${name}", which is no name of a tool`,
      `Letters, digits, _ and -, 128 at most${proposal === "" ? "" : `: ${proposal}`}.`,
    );
    return [];
  }
  return [{ name, description: fields.string("description") || undefined, operationId, fields }];
}

/** A list with names, or an object by name: both are met. */
function endpointsOf(properties: Fields, transport: "streamable" | "sse"): McpEndpoints | undefined {
  const node = properties.get("endpoints");
  if (node === undefined) return undefined;
  const entries: (readonly [string | undefined, Fields])[] =
    node.kind === "list"
      ? properties.objects("endpoints").map((fields) => [fields.string("name"), fields])
      : properties
          .entries("endpoints")
          .flatMap(([name, value]) =>
            value.kind === "object"
              ? [[name, new Fields(properties.reading, value, `mcpProperties.endpoints.${name}.`)]]
              : [],
          );
  const template = (...names: string[]) => {
    const fields = entries.find(([name]) => name !== undefined && names.includes(name.toLowerCase()))?.[1];
    const text = fields?.requiredString("uriTemplate");
    if (text === undefined || /^\/[^?#{}\\\s]*$/.test(text)) return text;
    fields?.wrongValue("uriTemplate", `is "${text}", which is no path`, "It begins with a slash, such as /mcp.");
    return undefined;
  };
  const endpoints = { message: template("message", "mcp"), sse: transport === "sse" ? template("sse") : undefined };
  if (endpoints.message === undefined || (transport === "sse" && endpoints.sse === undefined)) {
    const wanted = transport === "sse" ? '"sse" and "message"' : '"message"';
    properties.wrongValue(
      "endpoints",
      `does not have ${wanted}`,
      'Such as {"name": "message", "uriTemplate": "/mcp"}.',
    );
    return undefined;
  }
  return { message: endpoints.message, sse: endpoints.sse };
}

/** With everything read, each tool finds its operation. */
export function resolveTools(extract: Extract, drafts: ReadonlyMap<Api, McpDraft>, apis: readonly Api[], names: Names) {
  const current = new Map(apis.filter((api) => api.isCurrent).map((api) => [api.id, api]));
  return apis.map((api): Api => {
    const draft = drafts.get(api);
    if (draft === undefined) return api;
    const tools = draft.tools?.flatMap((tool) => resolved(extract, tool, current, names));
    const seen = new Map<string, ToolDraft>();
    for (const tool of draft.tools ?? []) {
      if (seen.has(tool.name))
        reportAt(
          tool.fields.reading,
          tool.fields.node,
          "SP1103",
          `API "${api.id}" has two tools "${tool.name}"`,
          "Rename or remove one of them.",
        );
      seen.set(tool.name, tool);
    }
    if (tools?.length === 0)
      extract.folder.diagnostics.warning("SP1110", `MCP server "${api.id}" has no tools`, {
        file: `apis/${api.id}/apiInformation.json`,
        hint: "Add mcpTools, or name the existing server by backendId, or by serviceUrl with mcpProperties.",
      });
    return { ...api, mcp: { ...draft.server, tools } };
  });
}

function resolved(extract: Extract, tool: ToolDraft, apis: ReadonlyMap<string, Api>, names: Names): McpTool[] {
  const { fields, name } = tool;
  const match = /(?:^|\/)apis\/([^/]+)\/operations\/([^/]+)\/?$/i.exec(tool.operationId);
  if (match === null) {
    fields.wrongValue("operationId", `is "${tool.operationId}"`, "Such as /apis/orders/operations/list-orders.");
    return [];
  }
  const id = names.find(match[1].replace(/;rev=\d+$/, ""));
  if (id === undefined) {
    const { message, hint } = names.unknown(match[1]);
    fields.wrongValue("operationId", `is "${tool.operationId}". ${message}`, hint);
    return [];
  }
  const api = apis.get(id);
  if (api === undefined || api.type !== "http") {
    const why = api === undefined ? "is not served" : `is of type ${api.type}`;
    fields.wrongValue("operationId", `names API "${id}", which ${why}`, "Tools are made of operations of HTTP APIs.");
    return [];
  }
  const operation = api.operations.find((o) => o.id.toLowerCase() === match[2].toLowerCase());
  if (operation === undefined) {
    const known = api.operations.map((o) => o.id);
    const near = closest(match[2], known);
    fields.wrongValue(
      "operationId",
      `names the operation "${match[2]}" that API "${id}" does not have`,
      near === undefined ? `Its operations: ${known.slice(0, 8).join(", ") || "none"}.` : `Did you mean "${near}"?`,
    );
    return [];
  }
  const input = inputOf(operation);
  if (/^multipart\//i.test(input.body?.contentType ?? "")) {
    extract.folder.diagnostics.warning("SP1110", `The tool "${name}" is not offered: its operation takes files`, {
      ...placeOf(fields.reading.source, fields.node.start),
      hint: "Tools send JSON, forms and texts. Remove it, or give the operation another content type.",
    });
    return [];
  }
  const description = tool.description ?? (input.description || operation.name);
  return [{ name, description, api: id, operation: operation.id, input: toolInput(input, operation.urlTemplate) }];
}

/** What another setting says here: a promise in the extract that is not kept must be told. */
function reportMetadata(properties: Fields): void {
  const authentication = properties.object("authenticationSettings");
  const node = authentication?.get("returnProtectedResourceMetadata");
  if (node?.kind !== "scalar" || node.value !== true) return;
  reportAt(
    properties.reading,
    node,
    "SP1110",
    "Protected resource metadata is served from sallyport.yaml alone",
    "Add: mcp: {<API>: {authorization: {servers: [https://login.example.com]}}}",
    "warning",
  );
}

/** An agent that is passed through; undefined when its addresses are missing, which is reported. */
export function readA2a(properties: Fields): A2aAgent | undefined {
  const card = properties.object("a2aProperties");
  const rpc = properties.object("jsonRpcProperties");
  if (card === undefined) properties.missing("a2aProperties", "It names the agent's card: agentCardBackendUrl.");
  if (rpc === undefined) properties.missing("jsonRpcProperties", "It names the agent's address: backendUrl.");
  const cardUrl = card && urlOf(card, "agentCardBackendUrl");
  const rpcUrl = rpc && urlOf(rpc, "backendUrl");
  if (card === undefined || rpc === undefined || cardUrl === undefined || rpcUrl === undefined) return undefined;
  const path = (fields: Fields, name: string, otherwise: string) =>
    `/${(fields.string(name) ?? otherwise).replace(/^\/+|\/+$/g, "")}`;
  return {
    cardUrl,
    cardPath: path(card, "agentCardPath", "/.well-known/agent-card.json"),
    rpcPath: path(rpc, "path", "/"),
    rpcUrl,
    settings: DEFAULT_MCP_SETTINGS,
  };
}

function urlOf(fields: Fields, name: string): string | undefined {
  const text = fields.requiredString(name);
  if (text === undefined) return undefined;
  const read = readServiceUrl(text);
  if ("url" in read && /^https?:/i.test(read.url)) return read.url;
  fields.wrongValue(name, "url" in read ? "is not an http or https URL" : read.problem);
  return undefined;
}
