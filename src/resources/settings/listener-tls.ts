/**
 * `tls` of a listener: the certificate for callers who name no host or an unknown one, those for single host names, and whether callers
 * must show one of their own. First the names of the places, then, when all settings are read, what stands there.
 */
import { isPlaceholder } from "../../secrets/vaults.ts";
import type { DataNode } from "../documents/data-node.ts";
import { Fields, reportAt } from "../documents/fields.ts";
import type { ListenerTls, TlsIdentitySettings } from "../snapshot.ts";
import { HSTS_KEYS, TLS_HOSTNAME_KEYS, TLS_KEYS } from "./keys.ts";
import { isHostName, plainHostName } from "./listener-settings.ts";
import type { SecretReader } from "./secrets.ts";
import type { SecretRef } from "./sections.ts";

/** An identity whose certificate is still the name of a place. */
interface IdentitySources {
  readonly certificate: SecretRef | undefined;
  readonly key: SecretRef | undefined;
  readonly clientCertificate: TlsIdentitySettings["clientCertificate"];
  readonly authorities: readonly SecretRef[];
  readonly crls: readonly SecretRef[];
  /** Where mistakes in it are reported. */
  readonly fields: Fields;
}

export interface TlsSources extends IdentitySources {
  readonly minVersion: "1.2" | "1.3";
  readonly hostnames: ReadonlyMap<string, IdentitySources>;
  readonly http2: boolean;
  readonly hsts: string | undefined;
}

const PEM_HINT = (name: string) => `A PEM file: ${name}: tls/server.${name === "key" ? "key" : "crt"}`;

/**
 * @param names `hostnames` of the listener; empty: any
 * @param hasAuthorities clientCertificates names authorities for all listeners
 */
export function readTlsSources(
  listener: Fields,
  names: readonly string[],
  hasAuthorities: boolean,
): TlsSources | undefined {
  const fields = listener.object("tls");
  if (fields === undefined) return undefined;
  fields.rejectUnknown(TLS_KEYS);
  for (const name of ["certificate", "key"]) if (fields.get(name) === undefined) fields.missing(name, PEM_HINT(name));
  const sources = {
    ...readIdentity(fields, hasAuthorities),
    minVersion: fields.oneOf("minVersion", ["1.2", "1.3"]) ?? ("1.2" as const),
    hostnames: readHostnames(fields, names, hasAuthorities),
    http2: fields.boolean("http2") ?? false,
    hsts: readHsts(fields),
  };
  return sources.certificate === undefined || sources.key === undefined ? undefined : sources;
}

function readIdentity(fields: Fields, hasAuthorities: boolean): IdentitySources {
  const clientCertificate = fields.oneOf("clientCertificate", ["none", "optional", "required"]);
  const authorities = readRefs(fields, "authorities");
  if (clientCertificate === "required" && authorities.length === 0 && !hasAuthorities)
    fields.wrongValue(
      "clientCertificate",
      "is required, but nobody could show one",
      "Name the authorities of callers.",
    );
  return {
    certificate: readRef(fields, "certificate"),
    key: readRef(fields, "key"),
    clientCertificate,
    authorities,
    crls: readRefs(fields, "crls"),
    fields,
  };
}

function readHostnames(tls: Fields, served: readonly string[], hasAuthorities: boolean): Map<string, IdentitySources> {
  const result = new Map<string, IdentitySources>();
  for (const [written, node] of tls.entries("hostnames")) {
    const name = plainHostName(written);
    const problem = !isHostName(name)
      ? "is no host name"
      : served.length > 0 && !served.includes(name)
        ? "is not among the hostnames of the listener"
        : result.has(name)
          ? "is there twice"
          : undefined;
    if (problem !== undefined)
      reportAt(tls.reading, node, "SP1006", `"${tls.path("hostnames")}.${written}" ${problem}`);
    if (node.kind !== "object") {
      reportAt(tls.reading, node, "SP1004", `"${tls.path("hostnames")}.${written}" must be an object`);
      continue;
    }
    const fields = new Fields(tls.reading, node, `${tls.path("hostnames")}.${written}.`);
    fields.rejectUnknown(TLS_HOSTNAME_KEYS);
    if ((fields.get("certificate") === undefined) !== (fields.get("key") === undefined)) {
      const name = fields.get("key") === undefined ? "key" : "certificate";
      fields.missing(name, PEM_HINT(name));
    }
    result.set(name, readIdentity(fields, hasAuthorities));
  }
  return result;
}

function readRef(fields: Fields, name: string): SecretRef | undefined {
  const source = fields.string(name);
  const node = fields.get(name);
  return source === undefined || node === undefined ? undefined : { source, node };
}

/** One source or a list of them. */
function readRefs(fields: Fields, name: string): readonly SecretRef[] {
  const node = fields.get(name);
  if (node === undefined) return [];
  const items: readonly DataNode[] = node.kind === "list" ? node.items : [node];
  const texts = node.kind === "list" ? fields.strings(name) : [fields.string(name) ?? ""];
  return items.length === texts.length ? texts.map((source, i) => ({ source, node: items[i] })) : [];
}

/** RFC 6797: `true`, or how long (seconds) browsers shall insist on TLS. */
function readHsts(fields: Fields): string | undefined {
  const node = fields.get("hsts");
  if (node?.kind === "scalar" && typeof node.value === "boolean") return node.value ? "max-age=31536000" : undefined;
  const hsts = fields.object("hsts");
  if (hsts === undefined) return undefined;
  hsts.rejectUnknown(HSTS_KEYS);
  const directives = [`max-age=${hsts.integer("maxAge", 0, 10 * 31_536_000) ?? 31_536_000}`];
  if (hsts.boolean("includeSubDomains") === true) directives.push("includeSubDomains");
  if (hsts.boolean("preload") === true) directives.push("preload");
  return directives.join("; ");
}

/** What stands at the places. Undefined, and reported, when the listener's own certificate cannot be had. */
export async function fetchTls(secrets: SecretReader, sources: TlsSources): Promise<ListenerTls | undefined> {
  const { minVersion, http2, hsts } = sources;
  const own = await fetchIdentity(secrets, sources, undefined);
  const hostnames = new Map<string, TlsIdentitySettings>();
  for (const [name, identity] of sources.hostnames) {
    const fetched = await fetchIdentity(secrets, identity, own);
    if (fetched !== undefined) hostnames.set(name, fetched);
  }
  if (own === undefined) return undefined;
  return {
    ...own,
    minVersion,
    ...(hostnames.size === 0 ? {} : { hostnames }),
    ...(http2 ? { http2 } : {}),
    ...(hsts === undefined ? {} : { hsts }),
  };
}

/** @param own what a host name without a certificate of its own presents */
async function fetchIdentity(
  secrets: SecretReader,
  sources: IdentitySources,
  own: TlsIdentitySettings | undefined,
): Promise<TlsIdentitySettings | undefined> {
  const certificate = sources.certificate === undefined ? own?.certificate : await secrets.readPem(sources.certificate);
  const key = sources.key === undefined ? own?.key : await secrets.readPem(sources.key);
  const authorities = await joined(secrets, sources.authorities, "CERTIFICATE");
  const crls = await joined(secrets, sources.crls, "X509 CRL");
  // One without the other was reported when the settings were read.
  const isHalf = (sources.certificate === undefined) !== (sources.key === undefined);
  if (certificate === undefined || key === undefined || isHalf) return undefined;
  if (sources.certificate !== undefined && !secrets.checkPair(certificate, key, sources.fields)) return undefined;
  const { clientCertificate } = sources;
  return {
    certificate,
    key,
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(authorities === undefined ? {} : { authorities }),
    ...(crls === undefined ? {} : { crls }),
  };
}

async function joined(secrets: SecretReader, refs: readonly SecretRef[], label: string): Promise<string | undefined> {
  const texts: string[] = [];
  for (const ref of refs) {
    const text = await secrets.readPem(ref);
    if (text === undefined) continue;
    if (text.includes(`-----BEGIN ${label}-----`) || isPlaceholder(text)) texts.push(text);
    else reportAt(secrets.reading, ref.node, "SP1203", `There is no ${label} in it`, `PEM: -----BEGIN ${label}-----`);
  }
  return texts.length === 0 ? undefined : texts.join("\n");
}
