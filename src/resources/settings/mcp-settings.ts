/** The section `mcp` of sallyport.yaml: by API, what an MCP server or an agent is told beside its resource in the extract. */
import { DEFAULT_MCP_SETTINGS, type McpSettings, type ResourceAuthorization } from "../agent-protocols.ts";
import { type Fields, type Reading, reportAt } from "../documents/fields.ts";
import type { Names } from "../names.ts";
import { readServiceUrl } from "../service-url.ts";
import type { Api } from "../snapshot.ts";
import { MCP_AUTHORIZATION_KEYS, MCP_KEYS } from "./keys.ts";
import { entriesOf, type Named } from "./sections.ts";

export interface McpOverride extends Named {
  readonly settings: McpSettings;
}

const BYTES = [1_024, 1024 ** 3] as const;
/** RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export function readMcpSettings(root: Fields): McpOverride[] {
  return entriesOf(root, "mcp", MCP_KEYS).flatMap(({ name, node, fields }) => {
    if (fields !== undefined) return [{ name, node, settings: settingsOf(fields) }];
    reportAt(root.reading, node, "SP1004", `"mcp.${name}" must be an object with ${MCP_KEYS.join(", ")}`);
    return [];
  });
}

function settingsOf(fields: Fields): McpSettings {
  const defaults = DEFAULT_MCP_SETTINGS;
  return {
    authorization: readAuthorization(fields.object("authorization")),
    origins: fields.strings("origins").flatMap((text) => originOf(fields, text)),
    maxRequestBytes: fields.integer("maxRequestBytes", ...BYTES) ?? defaults.maxRequestBytes,
    maxResponseBytes: fields.integer("maxResponseBytes", ...BYTES) ?? defaults.maxResponseBytes,
    forwardAuthorization: fields.boolean("forwardAuthorization") ?? defaults.forwardAuthorization,
    checkArguments: fields.boolean("checkArguments") ?? defaults.checkArguments,
  };
}

function originOf(fields: Fields, text: string): string[] {
  if (text === "*") return [text];
  if (URL.canParse(text) && new URL(text).origin === text.toLowerCase()) return [text.toLowerCase()];
  fields.wrongValue("origins", `holds "${text}", which is no origin`, 'Such as https://app.example.com, or "*".');
  return [];
}

function readAuthorization(fields: Fields | undefined): ResourceAuthorization | undefined {
  if (fields === undefined) return undefined;
  fields.rejectUnknown(MCP_AUTHORIZATION_KEYS);
  const servers = fields.strings("servers").filter((text) => isUrl(fields, "servers", text));
  if (fields.list("servers").length === 0) fields.missing("servers", "Such as servers: [https://login.example.com].");
  const scopes = fields.strings("scopes");
  const wrong = scopes.find((scope) => !SCOPE.test(scope));
  if (wrong !== undefined) fields.wrongValue("scopes", `holds "${wrong}", which is no scope`);
  const resource = fields.string("resource");
  if (resource !== undefined) isUrl(fields, "resource", resource);
  return { servers, scopes, resource };
}

function isUrl(fields: Fields, name: string, text: string): boolean {
  const read = readServiceUrl(text);
  if ("url" in read && /^https?:/i.test(read.url)) return true;
  fields.wrongValue(name, `holds "${text}", which is no http or https URL`, "Such as https://login.example.com.");
  return false;
}

/** Lays the settings over the APIs they name. */
export function applyMcp(
  apis: readonly Api[],
  names: Names,
  overrides: readonly McpOverride[],
  reading: Reading,
): readonly Api[] {
  const settings = new Map<string, McpSettings>();
  for (const override of overrides) {
    const id = names.find(override.name);
    const api = apis.find((known) => known.id === id);
    if (id === undefined) {
      const { message, hint } = names.unknown(override.name);
      reportAt(reading, override.node, "SP1102", message, hint);
    } else if (api !== undefined && api.mcp === undefined && api.agent === undefined)
      reportAt(reading, override.node, "SP1006", `API "${id}" is neither of type mcp nor of type a2a`);
    else settings.set(id, override.settings);
  }
  if (settings.size === 0) return apis;
  return apis.map((api) => {
    const own = settings.get(api.id);
    if (own === undefined) return api;
    if (api.mcp !== undefined) return { ...api, mcp: { ...api.mcp, settings: own } };
    return api.agent === undefined ? api : { ...api, agent: { ...api.agent, settings: own } };
  });
}
