/** The section `authorizations` of sallyport.yaml: OAuth 2.0 providers and connections of the credential store. */
import { resolve } from "node:path";
import type { AccessPolicies, AuthorizationSettings, ConnectionSettings } from "../../secrets/settings.ts";
import { Fields, reportAt } from "../documents/fields.ts";
import { ACCESS_POLICY_KEYS, AUTHORIZATIONS_KEYS, BACKUP_KEYS, CONNECTION_KEYS, PROVIDER_KEYS } from "./keys.ts";
import { dateOf, type SettingSecrets } from "./secret-settings.ts";
import { secret } from "./sections.ts";

/** @param folder what relative paths start from */
export async function readAuthorizations(
  root: Fields,
  folder: string,
  secrets: SettingSecrets,
): Promise<AuthorizationSettings & { readonly accessPolicies: AccessPolicies }> {
  const fields = root.object("authorizations");
  fields?.rejectUnknown(AUTHORIZATIONS_KEYS);
  const connections = new Map<string, ConnectionSettings>();
  const accessPolicies = new Map<string, AccessPolicy[]>();
  for (const [providerId, provider] of objectsIn(fields, "providers")) {
    provider.rejectUnknown(PROVIDER_KEYS);
    const read = readProvider(provider);
    for (const [id, connection] of objectsIn(provider, "connections")) {
      connection.rejectUnknown(CONNECTION_KEYS);
      accessPolicies.set(`${providerId}/${id}`, readAccessPolicies(connection));
      const settings = read && (await readConnection(read, connection, secrets));
      if (settings !== undefined) connections.set(`${providerId}/${id}`, settings);
    }
  }
  return { store: await readStore(fields?.object("store"), folder, secrets), connections, accessPolicies };
}

type AccessPolicy = NonNullable<ReturnType<AccessPolicies["get"]>>[number];

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function readAccessPolicies(connection: Fields): AccessPolicy[] {
  const node = connection.get("accessPolicies");
  if (node === undefined) return [];
  if (node.kind !== "list") {
    connection.wrongValue("accessPolicies", "must be a list", "Of objects with tenantId and objectId.");
    return [];
  }
  return node.items.flatMap((item, i): AccessPolicy[] => {
    const path = `${connection.path("accessPolicies")}[${i}]`;
    if (item.kind !== "object") {
      reportAt(connection.reading, item, "SP1004", `"${path}" must be an object with tenantId and objectId`);
      return [];
    }
    const fields = new Fields(connection.reading, item, `${path}.`);
    fields.rejectUnknown(ACCESS_POLICY_KEYS);
    const [tenantId, objectId] = ACCESS_POLICY_KEYS.map((name) => {
      const text = fields.requiredString(name);
      if (text === undefined || GUID.test(text)) return text?.toLowerCase();
      fields.wrongValue(name, "is no GUID");
      return undefined;
    });
    return tenantId === undefined || objectId === undefined ? [] : [{ tenantId, objectId }];
  });
}

function objectsIn(fields: Fields | undefined, name: string): [string, Fields][] {
  if (fields === undefined) return [];
  return fields.entries(name).flatMap(([key, node]): [string, Fields][] => {
    if (node.kind === "object") return [[key, new Fields(fields.reading, node, `${fields.path(name)}.${key}.`)]];
    reportAt(fields.reading, node, "SP1004", `"${fields.path(name)}.${key}" must be an object`);
    return [];
  });
}

type Provider = Omit<ConnectionSettings, "clientId" | "clientSecret" | "refreshToken" | "expiresAt">;

function readProvider(fields: Fields): Provider | undefined {
  const tokenUrl = urlOf(fields, "tokenUrl");
  if (fields.get("tokenUrl") === undefined) fields.missing("tokenUrl", "The provider's token endpoint.");
  const provider = {
    authorizationUrl: urlOf(fields, "authorizationUrl"),
    isSecretInForm: fields.oneOf("clientAuthentication", ["header", "form"]) === "form",
    scopes: fields.strings("scopes"),
    tokenParameters: textsIn(fields, "tokenParameters"),
    authorizationParameters: textsIn(fields, "authorizationParameters"),
  };
  return tokenUrl === undefined ? undefined : { tokenUrl, ...provider };
}

function urlOf(fields: Fields, name: string): string | undefined {
  const text = fields.string(name);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback)) return text;
  fields.wrongValue(name, "is no https URL", "Plain http is for this machine alone: secrets go there.");
  return undefined;
}

function textsIn(fields: Fields, name: string): Record<string, string> {
  const texts = fields.entries(name).flatMap(([key, node]) => (node.kind === "scalar" ? [[key, node.text]] : []));
  return Object.fromEntries(texts);
}

async function readConnection(
  provider: Provider,
  fields: Fields,
  secrets: SettingSecrets,
): Promise<ConnectionSettings | undefined> {
  const clientId = fields.requiredString("clientId");
  const secretRef = secret(fields, "clientSecret");
  const refreshRef = secret(fields, "refreshToken");
  if (secretRef === undefined && provider.authorizationUrl === undefined)
    fields.missing("clientSecret", "Client credentials need one, such as clientSecret: env:NAME.");
  const clientSecret = secretRef && (await secrets.read(secretRef));
  const refreshToken = refreshRef && (await secrets.read(refreshRef));
  if (clientId === undefined || (secretRef !== undefined && clientSecret === undefined)) return undefined;
  const scopes = fields.get("scopes") === undefined ? provider.scopes : fields.strings("scopes");
  return { ...provider, clientId, clientSecret, refreshToken, scopes, expiresAt: dateOf(fields, "expires") };
}

async function readStore(
  fields: Fields | undefined,
  folder: string,
  secrets: SettingSecrets,
): Promise<AuthorizationSettings["store"]> {
  if (fields === undefined) return undefined;
  fields.rejectUnknown(BACKUP_KEYS);
  const file = fields.requiredString("file", "Such as file: /var/lib/sallyport/authorizations.");
  const ref = secret(fields, "key");
  if (ref === undefined) fields.missing("key", "Such as key: env:SALLYPORT_STORE_KEY.");
  const key = ref && (await secrets.read(ref));
  return file === undefined || key === undefined ? undefined : { file: resolve(folder, file), key };
}
