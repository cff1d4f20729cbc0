/** `backends` of sallyport.yaml: another address, trust in private authorities, and what lets the gateway in. */
import type { DataNode } from "../documents/data-node.ts";
import { type Fields, reportAt } from "../documents/fields.ts";
import { Names } from "../names.ts";
import type { Backend, BackendCredentials, HealthCheck, ManagedIdentityUse } from "../snapshot.ts";
import { readHealthCheck } from "./health-check.ts";
import { AUTHORIZATION_KEYS, MANAGED_IDENTITY_KEYS } from "./keys.ts";
import type { SecretReader } from "./secrets.ts";
import { type Named, type SecretRef, type Section, secret, secretOf, urlOf, warnOfNewName } from "./sections.ts";

export interface BackendOverride extends Named {
  readonly url: string | undefined;
  readonly validateCertificateChain: boolean | undefined;
  readonly validateCertificateName: boolean | undefined;
  /** PEM. */
  readonly authorities: SecretRef | undefined;
  readonly forwardAuthorization: boolean | undefined;
  readonly certificateId: string | undefined;
  readonly header: SecretsByName | undefined;
  readonly query: SecretsByName | undefined;
  readonly authorization: { readonly scheme: string; readonly parameter: SecretRef } | undefined;
  readonly managedIdentity: ManagedIdentityUse | undefined;
  readonly healthCheck: HealthCheck | undefined;
}

type SecretsByName = ReadonlyMap<string, readonly SecretRef[]>;

export function readBackend({ name, node, root, fields }: Section): BackendOverride {
  return {
    name,
    node,
    url: urlOf(root, `backends.${name}`, fields === undefined ? node : fields.get("url")),
    validateCertificateChain: fields?.boolean("validateCertificateChain"),
    validateCertificateName: fields?.boolean("validateCertificateName"),
    authorities: fields && secret(fields, "authorities"),
    forwardAuthorization: fields?.boolean("forwardAuthorization"),
    certificateId: fields?.string("certificate"),
    header: fields && secretsByName(fields, "header"),
    query: fields && secretsByName(fields, "query"),
    authorization: authorizationOf(fields?.object("authorization")),
    managedIdentity: managedIdentityOf(fields?.object("managedIdentity")),
    healthCheck: fields && readHealthCheck(fields),
  };
}

function secretsByName(fields: Fields, name: string): SecretsByName | undefined {
  if (fields.get(name) === undefined) return undefined;
  return new Map(fields.entries(name).map(([key, node]) => [key, refsOf(node)]));
}

function refsOf(node: DataNode): SecretRef[] {
  if (node.kind === "list") return node.items.flatMap(refsOf);
  const ref = node.kind === "scalar" && node.value !== null ? secretOf(node) : undefined;
  return ref === undefined ? [] : [ref];
}

function authorizationOf(fields: Fields | undefined): BackendOverride["authorization"] {
  fields?.rejectUnknown(AUTHORIZATION_KEYS);
  const scheme = fields?.requiredString("scheme", "Such as scheme: Bearer.");
  const parameter = fields && secret(fields, "parameter");
  if (fields !== undefined && parameter === undefined) fields.missing("parameter", "Such as parameter: env:TOKEN.");
  return scheme === undefined || parameter === undefined ? undefined : { scheme, parameter };
}

export function managedIdentityOf(fields: Fields | undefined): ManagedIdentityUse | undefined {
  fields?.rejectUnknown(MANAGED_IDENTITY_KEYS);
  const resource = fields?.requiredString("resource", "The application id URI that tokens are for.");
  return resource === undefined ? undefined : { resource, clientId: fields?.string("clientId") };
}

/** A backend that the extract lacks is added. */
export async function applyBackends(
  backends: ReadonlyMap<string, Backend>,
  overrides: readonly BackendOverride[],
  secrets: SecretReader,
): Promise<Map<string, Backend>> {
  const result = new Map(backends);
  const names = new Names("backend", backends.keys());
  for (const override of overrides) {
    const id = names.find(override.name) ?? override.name;
    const below = result.get(id);
    if (below === undefined) warnOfNewName(secrets.reading, "backend", override, backends.keys());
    if (below === undefined && override.url === undefined) {
      const { message, hint } = names.unknown(override.name);
      reportAt(secrets.reading, override.node, "SP1102", `${message}, and without a URL none can be added`, hint);
      continue;
    }
    if (override.healthCheck !== undefined && below?.type === "Pool")
      reportAt(secrets.reading, override.node, "SP1006", `"${id}" is a pool: give its members a healthCheck`);
    result.set(id, await overridden(below ?? newBackend(id), override, secrets));
  }
  return result;
}

async function overridden(below: Backend, override: BackendOverride, secrets: SecretReader): Promise<Backend> {
  const { authorities } = override;
  return {
    ...below,
    url: override.url ?? below.url,
    validateCertificateChain: override.validateCertificateChain ?? below.validateCertificateChain,
    validateCertificateName: override.validateCertificateName ?? below.validateCertificateName,
    authorities: (authorities && (await secrets.readAuthorities(authorities))) ?? below.authorities,
    forwardAuthorization: override.forwardAuthorization ?? below.forwardAuthorization,
    healthCheck: override.healthCheck ?? below.healthCheck,
    credentials: await credentialsOf(below.credentials, override, secrets),
  };
}

const NONE: BackendCredentials = { header: new Map(), query: new Map(), authorization: undefined, certificateIds: [] };

/** Each kind of credential takes the place of the extract's of that kind. */
async function credentialsOf(
  below: BackendCredentials | undefined,
  override: BackendOverride,
  secrets: SecretReader,
): Promise<BackendCredentials | undefined> {
  const { certificateId, header, query, authorization, managedIdentity } = override;
  const given = [certificateId, header, query, authorization, managedIdentity];
  if (given.every((kind) => kind === undefined)) return below;
  const parameter = authorization && (await secrets.read(authorization.parameter));
  return {
    ...(below ?? NONE),
    ...(certificateId === undefined ? {} : { certificateIds: [certificateId] }),
    ...(header === undefined ? {} : { header: await valuesOf(header, secrets) }),
    ...(query === undefined ? {} : { query: await valuesOf(query, secrets) }),
    ...(authorization === undefined || parameter === undefined
      ? {}
      : { authorization: { scheme: authorization.scheme, parameter } }),
    ...(managedIdentity === undefined ? {} : { managedIdentity }),
  };
}

async function valuesOf(byName: SecretsByName, secrets: SecretReader): Promise<Map<string, readonly string[]>> {
  const result = new Map<string, readonly string[]>();
  for (const [name, refs] of byName) {
    const values = await Promise.all(refs.map((ref) => secrets.read(ref)));
    result.set(
      name,
      values.filter((value) => value !== undefined),
    );
  }
  return result;
}

function newBackend(id: string): Backend {
  const checks = { validateCertificateChain: true, validateCertificateName: true };
  return {
    id,
    title: id,
    url: "",
    protocol: "http",
    type: "Single",
    credentials: undefined,
    ...checks,
    properties: {},
  };
}
