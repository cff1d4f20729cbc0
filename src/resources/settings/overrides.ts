/**
 * The sections of sallyport.yaml that complete or override resources of the extract: read and checked here, applied in
 * apply.ts.
 */
import type { DataNode } from "../documents/data-node.ts";
import { Fields, reportAt } from "../documents/fields.ts";
import { readServiceUrl } from "../service-url.ts";
import type { SubscriptionState } from "../snapshot.ts";
import { SUBSCRIPTION_STATES } from "../apiops/subscriptions.ts";
import { API_KEYS, BACKEND_KEYS, CERTIFICATE_KEYS, NAMED_VALUE_KEYS, SUBSCRIPTION_KEYS } from "./keys.ts";

/** A secret by its source, and where that stands. */
export interface SecretRef {
  readonly source: string;
  readonly node: DataNode;
}

/** One entry of a section: its name, and where the value stands. */
interface Named {
  readonly name: string;
  readonly node: DataNode;
}

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

export interface BackendOverride extends Named {
  readonly url: string | undefined;
  readonly validateCertificateChain: boolean | undefined;
  readonly validateCertificateName: boolean | undefined;
}

export interface ApiOverride extends Named {
  readonly serviceUrl: string | undefined;
}

export interface CertificateOverride extends Named {
  readonly certificate: SecretRef;
  readonly key: SecretRef | undefined;
}

export interface Overrides {
  readonly subscriptions: readonly SubscriptionOverride[];
  readonly namedValues: readonly NamedValueOverride[];
  readonly backends: readonly BackendOverride[];
  readonly apis: readonly ApiOverride[];
  readonly certificates: readonly CertificateOverride[];
}

export function readOverrides(root: Fields): Overrides {
  return {
    subscriptions: entriesOf(root, "subscriptions", SUBSCRIPTION_KEYS).map(readSubscription),
    namedValues: entriesOf(root, "namedValues", NAMED_VALUE_KEYS).map(readNamedValue),
    backends: entriesOf(root, "backends", BACKEND_KEYS).map(readBackend),
    apis: entriesOf(root, "apis", API_KEYS).map(readApi),
    certificates: entriesOf(root, "certificates", CERTIFICATE_KEYS).flatMap(readCertificate),
  };
}

interface Section extends Named {
  readonly root: Fields;
  /** The long form; undefined when the entry is a single value. */
  readonly fields: Fields | undefined;
}

function entriesOf(root: Fields, section: string, known: readonly string[]): Section[] {
  return root.entries(section).flatMap(([name, node]): Section[] => {
    if (node.kind === "scalar" && node.value !== null) return [{ name, node, root, fields: undefined }];
    if (node.kind !== "object") {
      reportAt(
        root.reading,
        node,
        "SP1004",
        `"${section}.${name}" must be a text, or an object with ${known.join(", ")}`,
      );
      return [];
    }
    const fields = new Fields(root.reading, node, `${section}.${name}.`);
    fields.rejectUnknown(known);
    return [{ name, node, root, fields }];
  });
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

function readBackend({ name, node, root, fields }: Section): BackendOverride {
  return {
    name,
    node,
    url: url(root, `backends.${name}`, fields === undefined ? node : fields.get("url")),
    validateCertificateChain: fields?.boolean("validateCertificateChain"),
    validateCertificateName: fields?.boolean("validateCertificateName"),
  };
}

function readApi({ name, node, root, fields }: Section): ApiOverride {
  return { name, node, serviceUrl: url(root, `apis.${name}`, fields === undefined ? node : fields.get("serviceUrl")) };
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
  if (certificate === undefined) fields.missing("certificate", "A PEM file, such as certificate: tls/client.crt.");
  return certificate === undefined ? [] : [{ name, node, certificate, key: secret(fields, "key") }];
}

function secret(fields: Fields, name: string): SecretRef | undefined {
  const node = fields.get(name);
  return node === undefined || fields.string(name) === undefined ? undefined : secretOf(node);
}

function secretOf(node: DataNode): SecretRef | undefined {
  return node.kind === "scalar" ? { source: node.text, node } : undefined;
}

function url(root: Fields, path: string, node: DataNode | undefined): string | undefined {
  if (node?.kind !== "scalar") return undefined;
  const read = readServiceUrl(node.text);
  if ("url" in read) return read.url;
  reportAt(root.reading, node, "SP1006", `The URL of "${path}" ${read.problem}`);
  return undefined;
}
