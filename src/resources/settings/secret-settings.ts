/**
 * The sections `identity`, `secrets` and `authorities` of sallyport.yaml: who the gateway is, and where its secrets are. What is secret in
 * them comes from the environment or files alone: a vault cannot hold the key to itself.
 */
import { isAbsolute, resolve } from "node:path";
import { readCertificateMaterial } from "../../base/pki/certificate-material.ts";
import { DEFAULT_SECRET_SETTINGS, type SecretSettings, type VaultSettings } from "../../secrets/settings.ts";
import { isPlaceholder, vaultKindOf } from "../../secrets/vaults.ts";
import type { DataNode } from "../documents/data-node.ts";
import { type Fields, type Reading, reportAt } from "../documents/fields.ts";
import {
  AWS_KEYS,
  BACKUP_KEYS,
  GOOGLE_KEYS,
  HASHICORP_KEYS,
  IDENTITY_KEYS,
  KEY_VAULT_KEYS,
  SECRETS_BOUNDS,
  SECRETS_KEYS,
} from "./keys.ts";
import type { SecretReader } from "./secrets.ts";
import { secret, secretOf } from "./sections.ts";

const DAY_MS = 86_400_000;

/** The part of SecretReader that these sections need. */
export type SettingSecrets = Pick<SecretReader, "reading" | "read" | "readFile" | "readAuthorities">;

/** Reads no secret: for environments that are not the chosen one, whose secrets are elsewhere. */
export function unread(reading: Reading): SettingSecrets {
  const nothing = () => Promise.resolve(undefined);
  return { reading, read: nothing, readFile: nothing, readAuthorities: nothing };
}

/** @param folder what relative paths start from */
export async function readSecretSettings(
  root: Fields,
  folder: string,
  secrets: SettingSecrets,
): Promise<SecretSettings> {
  const reader = new LocalReader(secrets);
  const fields = root.object("secrets");
  fields?.rejectUnknown(SECRETS_KEYS);
  const defaults = DEFAULT_SECRET_SETTINGS;
  const number = (name: keyof typeof SECRETS_BOUNDS) => {
    const [min, max] = SECRETS_BOUNDS[name];
    return fields?.integer(name, min, max);
  };
  const days = number("expiryWarningDays");
  return {
    identity: await readIdentity(root.object("identity"), reader),
    vaults: {
      refreshMs: number("refreshMs") ?? defaults.vaults.refreshMs,
      timeoutMs: number("timeoutMs") ?? defaults.vaults.timeoutMs,
      backup: await readBackup(fields?.object("backup"), folder, reader),
      keyVault: readKeyVault(fields?.object("keyVault")),
      aws: await readAws(fields?.object("aws"), reader),
      google: await readGoogle(fields?.object("google"), reader),
      hashicorp: await readHashicorp(fields?.object("vault"), folder, reader),
    },
    expiryWarningMs: days === undefined ? defaults.expiryWarningMs : days * DAY_MS,
  };
}

class LocalReader {
  readonly #secrets: SettingSecrets;

  constructor(secrets: SettingSecrets) {
    this.#secrets = secrets;
  }

  async read(fields: Fields | undefined, name: string): Promise<string | undefined> {
    const ref = fields && secret(fields, name);
    if (fields === undefined || ref === undefined) return undefined;
    if (vaultKindOf(ref.source) === undefined) return this.#secrets.read(ref);
    fields.wrongValue(name, "is in a vault, which it is needed to open", "Take it from env:NAME or file:PATH.");
    return undefined;
  }

  /** PEM of a certificate with its key, out of PEM or PFX. */
  async readCertificate(fields: Fields | undefined, name: string): Promise<string | undefined> {
    const ref = fields && secret(fields, name);
    if (ref === undefined) return undefined;
    const content = await this.#secrets.readFile(ref);
    if (content === undefined) return undefined;
    const material = readCertificateMaterial(content, (await this.read(fields, "certificatePassword")) ?? "");
    if (!("problem" in material)) return `${material.certificate}${material.key ?? ""}`;
    reportAt(this.#secrets.reading, ref.node, "SP1203", material.problem, material.hint);
    return undefined;
  }
}

async function readIdentity(fields: Fields | undefined, reader: LocalReader): Promise<SecretSettings["identity"]> {
  fields?.rejectUnknown(IDENTITY_KEYS);
  return {
    kind: fields?.oneOf("kind", ["client", "workload", "managed"]),
    tenantId: fields?.string("tenantId"),
    clientId: fields?.string("clientId"),
    clientSecret: await reader.read(fields, "clientSecret"),
    certificate: await reader.readCertificate(fields, "certificate"),
    authorityHost: httpsUrl(fields, "authorityHost"),
    expiresAt: dateOf(fields, "expires"),
  };
}

/** A day such as 2027-01-31, or a moment; ms since the epoch. */
export function dateOf(fields: Fields | undefined, name: string): number | undefined {
  const text = fields?.string(name);
  if (text === undefined) return undefined;
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  fields?.wrongValue(name, "is no date", "Such as 2027-01-31.");
  return undefined;
}

function httpsUrl(fields: Fields | undefined, name: string): string | undefined {
  const text = fields?.string(name);
  if (text === undefined) return undefined;
  if (URL.canParse(text) && new URL(text).protocol === "https:") return text;
  fields?.wrongValue(name, "is no https URL");
  return undefined;
}

function anyUrl(fields: Fields | undefined, name: string): string | undefined {
  const text = fields?.string(name);
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  fields?.wrongValue(name, "is no http or https URL");
  return undefined;
}

async function readBackup(
  fields: Fields | undefined,
  folder: string,
  reader: LocalReader,
): Promise<VaultSettings["backup"]> {
  if (fields === undefined) return undefined;
  fields.rejectUnknown(BACKUP_KEYS);
  const file = fields.requiredString("file", "Such as file: /var/lib/sallyport/secrets.backup.");
  if (fields.get("key") === undefined) fields.missing("key", "Such as key: env:SALLYPORT_BACKUP_KEY.");
  const key = await reader.read(fields, "key");
  return file === undefined || key === undefined ? undefined : { file: resolve(folder, file), key };
}

function readKeyVault(fields: Fields | undefined): VaultSettings["keyVault"] {
  fields?.rejectUnknown(KEY_VAULT_KEYS);
  return { verifyResource: fields?.boolean("verifyResource") ?? true };
}

async function readAws(fields: Fields | undefined, reader: LocalReader): Promise<VaultSettings["aws"]> {
  fields?.rejectUnknown(AWS_KEYS);
  return {
    region: fields?.string("region"),
    endpoint: anyUrl(fields, "endpoint"),
    accessKeyId: await reader.read(fields, "accessKeyId"),
    secretAccessKey: await reader.read(fields, "secretAccessKey"),
    sessionToken: await reader.read(fields, "sessionToken"),
  };
}

async function readGoogle(fields: Fields | undefined, reader: LocalReader): Promise<VaultSettings["google"]> {
  fields?.rejectUnknown(GOOGLE_KEYS);
  const given = await reader.read(fields, "credentials");
  const credentials = given !== undefined && isPlaceholder(given) ? undefined : given;
  if (credentials !== undefined && !isJson(credentials))
    fields?.wrongValue("credentials", "is no JSON", "Give the credentials file: file:google.json.");
  return {
    endpoint: anyUrl(fields, "endpoint"),
    credentials: credentials !== undefined && isJson(credentials) ? credentials : undefined,
  };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

async function readHashicorp(
  fields: Fields | undefined,
  folder: string,
  reader: LocalReader,
): Promise<VaultSettings["hashicorp"]> {
  fields?.rejectUnknown(HASHICORP_KEYS.vault);
  const role = fields?.object("appRole");
  const kubernetes = fields?.object("kubernetes");
  role?.rejectUnknown(HASHICORP_KEYS.appRole);
  kubernetes?.rejectUnknown(HASHICORP_KEYS.kubernetes);
  const roleId = await reader.read(role, "roleId");
  const secretId = await reader.read(role, "secretId");
  if (role !== undefined && role.get("roleId") === undefined) role.missing("roleId");
  if (role !== undefined && role.get("secretId") === undefined) role.missing("secretId");
  const name = kubernetes?.requiredString("role");
  const tokenFile = kubernetes?.string("tokenFile") ?? "/var/run/secrets/kubernetes.io/serviceaccount/token";
  return {
    address: anyUrl(fields, "address"),
    namespace: fields?.string("namespace"),
    mount: fields?.string("mount") ?? "secret",
    token: await reader.read(fields, "token"),
    appRole:
      roleId === undefined || secretId === undefined
        ? undefined
        : { mount: role?.string("mount") ?? "approle", roleId, secretId },
    kubernetes:
      name === undefined
        ? undefined
        : {
            mount: kubernetes?.string("mount") ?? "kubernetes",
            role: name,
            tokenFile: isAbsolute(tokenFile) ? tokenFile : resolve(folder, tokenFile),
          },
  };
}

/** PEM of the authorities trusted beside the public ones: a file, or a list of them. */
export async function readAuthorities(root: Fields, secrets: SettingSecrets): Promise<string | undefined> {
  const node = root.get("authorities");
  if (node === undefined) return undefined;
  const nodes: readonly DataNode[] = node.kind === "list" ? node.items : [node];
  const refs = nodes.flatMap((item) => secretOf(item) ?? []);
  if (refs.length < nodes.length) root.wrongValue("authorities", "must be a PEM file, or a list of them");
  const texts = await Promise.all(refs.map((ref) => secrets.readAuthorities(ref)));
  return texts.filter((text) => text !== undefined).join("\n");
}

/** Every text of the settings in force that names a secret in a vault. */
export function vaultSourcesIn(node: DataNode): string[] {
  if (node.kind === "list") return node.items.flatMap(vaultSourcesIn);
  if (node.kind === "object") {
    const entries = [...node.entries].filter(([name]) => name !== "environments");
    return entries.flatMap(([, { value }]) => vaultSourcesIn(value));
  }
  return typeof node.value === "string" && vaultKindOf(node.value) !== undefined ? [node.value] : [];
}
