/**
 * The sections of sallyport.yaml that complete or override resources of the extract: read and checked here, applied in
 * apply.ts.
 */
import { type Fields, reportAt } from "../documents/fields.ts";
import type { SubscriptionState } from "../snapshot.ts";
import { SUBSCRIPTION_STATES } from "../apiops/subscriptions.ts";
import { type BackendOverride, readBackend } from "./backend-overrides.ts";
import { API_KEYS, BACKEND_KEYS, CERTIFICATE_KEYS, NAMED_VALUE_KEYS, SUBSCRIPTION_KEYS } from "./keys.ts";
import { type McpOverride, readMcpSettings } from "./mcp-settings.ts";
import { entriesOf, type Named, type SecretRef, type Section, secret, secretOf, urlOf } from "./sections.ts";

export interface SubscriptionOverride extends Named {
  /** Undefined for the short form, which gives the primary key alone. */
  readonly fields: Fields | undefined;
  readonly primaryKey: SecretRef | undefined;
  readonly secondaryKey: SecretRef | undefined;
  readonly displayName: string | undefined;
  readonly state: SubscriptionState | undefined;
  readonly allowTracing: boolean | undefined;
}

export interface NamedValueOverride extends Named {
  readonly value: SecretRef | undefined;
  readonly isSecret: boolean | undefined;
}

export interface ApiOverride extends Named {
  readonly serviceUrl: string | undefined;
}

export interface CertificateOverride extends Named {
  /** PEM; undefined: it comes in a PFX file. */
  readonly certificate: SecretRef | undefined;
  readonly key: SecretRef | undefined;
  /** PKCS #12, as a file or in base64. */
  readonly pfx: SecretRef | undefined;
  readonly password: SecretRef | undefined;
}

export interface Overrides {
  readonly subscriptions: readonly SubscriptionOverride[];
  readonly namedValues: readonly NamedValueOverride[];
  readonly backends: readonly BackendOverride[];
  readonly apis: readonly ApiOverride[];
  readonly mcp: readonly McpOverride[];
  readonly certificates: readonly CertificateOverride[];
}

export function readOverrides(root: Fields): Overrides {
  return {
    subscriptions: entriesOf(root, "subscriptions", SUBSCRIPTION_KEYS).map(readSubscription),
    namedValues: entriesOf(root, "namedValues", NAMED_VALUE_KEYS).map(readNamedValue),
    backends: entriesOf(root, "backends", BACKEND_KEYS).map(readBackend),
    apis: entriesOf(root, "apis", API_KEYS).map(readApi),
    mcp: readMcpSettings(root),
    certificates: entriesOf(root, "certificates", CERTIFICATE_KEYS).flatMap(readCertificate),
  };
}

function readSubscription({ name, node, fields }: Section): SubscriptionOverride {
  return {
    name,
    node,
    fields,
    primaryKey: fields === undefined ? secretOf(node) : secret(fields, "primaryKey"),
    secondaryKey: fields && secret(fields, "secondaryKey"),
    displayName: fields?.string("name"),
    state: fields?.oneOf("state", SUBSCRIPTION_STATES),
    allowTracing: fields?.boolean("allowTracing"),
  };
}

function readNamedValue({ name, node, fields }: Section): NamedValueOverride {
  if (fields === undefined) return { name, node, value: secretOf(node), isSecret: undefined };
  if (fields.get("value") === undefined) fields.missing("value", "Such as value: env:NAME.");
  return { name, node, value: secret(fields, "value"), isSecret: fields.boolean("secret") };
}

function readApi({ name, node, root, fields }: Section): ApiOverride {
  return {
    name,
    node,
    serviceUrl: urlOf(root, `apis.${name}`, fields === undefined ? node : fields.get("serviceUrl")),
  };
}

function readCertificate({ name, node, root, fields }: Section): CertificateOverride[] {
  if (fields === undefined) {
    reportAt(
      root.reading,
      node,
      "SP1004",
      `"certificates.${name}" must be an object with ${CERTIFICATE_KEYS.join(", ")}`,
    );
    return [];
  }
  const certificate = secret(fields, "certificate");
  const pfx = secret(fields, "pfx");
  if ((certificate === undefined) === (pfx === undefined)) {
    fields.missing("certificate", "Give a PEM file, such as certificate: tls/client.crt, or a PFX file as pfx.");
    return [];
  }
  return [{ name, node, certificate, key: secret(fields, "key"), pfx, password: secret(fields, "password") }];
}
