/** The section `listeners` of sallyport.yaml: where callers connect, who may, by which names, and what they reach there. */
import { isIP } from "node:net";
import { type IpRange, parseRange } from "../../base/ip-address.ts";
import { type DataNode, placeOf } from "../documents/data-node.ts";
import { type Fields, type Reading, reportAt } from "../documents/fields.ts";
import { defaultSettings } from "../empty-snapshot.ts";
import type { Names } from "../names.ts";
import type { ListenerSettings } from "../snapshot.ts";
import { readTlsSources, type TlsSources } from "./listener-tls.ts";
import { LISTENER_KEYS } from "./keys.ts";

/** A listener whose certificates are still names of places, and whose APIs have not been looked up. */
export interface ListenerDraft extends Omit<ListenerSettings, "tls" | "apis"> {
  readonly tls: TlsSources | undefined;
  /** Undefined: all. */
  readonly apis?: readonly DataNode[];
}

/** What the command line says of the first listener, over the settings. */
export interface ListenerOverride {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly insecure?: boolean | undefined;
}

/** Callers of an internal listener, unless it says otherwise: this machine, private networks (RFC 1918, RFC 4193), link-local addresses. */
const INTERNAL_CLIENTS = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1",
  "fc00::/7",
  "fe80::/10",
];
const HOST_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export function readListeners(root: Fields, override: ListenerOverride): ListenerDraft[] {
  const given = root.objects("listeners");
  if (root.get("listeners")?.kind === "list" && given.length === 0)
    root.wrongValue("listeners", "is an empty list", "Name one listener, or leave it out.");
  if (given.length === 0) {
    const { name, host, port, hostnames } = defaultSettings().listeners[0];
    return [overridden({ name, host, port, hostnames, tls: undefined }, override, root, false)];
  }
  const hasAuthorities = (root.object("clientCertificates")?.list("authorities").length ?? 0) > 0;
  const listeners = given.map((fields, i) => readListener(fields, i, i === 0 ? override : {}, hasAuthorities));
  const names = new Set<string>();
  for (const [i, { name }] of listeners.entries()) {
    if (names.has(name))
      given[i].wrongValue("name", `"${name}" is taken by another listener`, "Give each listener its own name.");
    names.add(name);
  }
  return listeners;
}

/** @param hasAuthorities clientCertificates names authorities for all listeners */
function readListener(
  fields: Fields,
  index: number,
  override: ListenerOverride,
  hasAuthorities: boolean,
): ListenerDraft {
  fields.rejectUnknown(LISTENER_KEYS);
  const hostnames = readHostnames(fields);
  const tls = readTlsSources(fields, hostnames, hasAuthorities);
  const draft: ListenerDraft = {
    name: fields.string("name") ?? (index === 0 ? "default" : `listener-${index + 1}`),
    host: fields.string("host") ?? "127.0.0.1",
    port: fields.integer("port", 0, 65_535) ?? (tls === undefined ? 8080 : 8443),
    hostnames,
    tls,
    ...readCallers(fields),
    ...(fields.get("apis") === undefined ? {} : { apis: fields.list("apis") }),
  };
  return overridden(draft, override, fields, fields.boolean("insecure") ?? false);
}

/** Ids as the extract spells them; names that it lacks are reported. */
export function apisOf(nodes: readonly DataNode[], names: Names, reading: Reading): readonly string[] {
  return nodes.flatMap((node) => {
    const name = node.kind === "scalar" ? node.text : "";
    const id = names.find(name);
    if (id !== undefined) return [id];
    const { message, hint } = names.unknown(name);
    reportAt(reading, node, "SP1102", message, hint);
    return [];
  });
}

/** Who may call, and who may say who called. Only what is given, so that a listener without all this is told by its absence. */
function readCallers(fields: Fields): Partial<ListenerDraft> {
  const network = fields.oneOf("network", ["external", "internal"]);
  const isInternal = network === "internal";
  const allowedClients =
    fields.get("allowedClients") === undefined && isInternal ? INTERNAL_CLIENTS : readRanges(fields, "allowedClients");
  const trustedProxies = readRanges(fields, "trustedProxies");
  const proxyProtocol = fields.boolean("proxyProtocol") ?? false;
  const clientAddressFrom = fields.oneOf("clientAddressFrom", ["X-Forwarded-For", "Forwarded"]);
  const clientCertificateHeader = fields.string("clientCertificateHeader");
  if (clientCertificateHeader !== undefined && !HEADER_NAME.test(clientCertificateHeader))
    fields.wrongValue("clientCertificateHeader", "is not the name of a header", "Such as X-Client-Cert.");
  for (const name of ["proxyProtocol", "clientAddressFrom", "clientCertificateHeader"]) {
    const isSet = name === "proxyProtocol" ? proxyProtocol : fields.get(name) !== undefined;
    if (isSet && trustedProxies.length === 0)
      fields.wrongValue(name, "says what proxies tell, but none is trusted", "Name them in trustedProxies.");
  }
  return {
    ...(network === undefined ? {} : { network }),
    ...(allowedClients.length === 0 ? {} : { allowedClients }),
    ...(trustedProxies.length === 0 ? {} : { trustedProxies }),
    ...(proxyProtocol ? { proxyProtocol } : {}),
    ...(clientAddressFrom === undefined ? {} : { clientAddressFrom }),
    ...(clientCertificateHeader === undefined ? {} : { clientCertificateHeader }),
  };
}

/** Addresses and ranges as texts that parse. */
export function readRanges(fields: Fields, name: string): readonly string[] {
  const ranges = fields.strings(name);
  if (fields.get(name)?.kind === "list" && ranges.length === 0)
    fields.wrongValue(name, "is an empty list: nobody would be on it", "Name a range, or leave it out.");
  for (const text of ranges) {
    const range: IpRange | { problem: string } = parseRange(text);
    if ("problem" in range) fields.wrongValue(name, `holds a mistake: ${range.problem}`, "Such as 10.0.0.0/8.");
  }
  return ranges.filter((text) => !("problem" in parseRange(text)));
}

/** Plain HTTP is for this machine alone, unless the author says otherwise in so many words. */
function overridden(
  draft: ListenerDraft,
  override: ListenerOverride,
  fields: Fields,
  isInsecure: boolean,
): ListenerDraft {
  const listener = { ...draft, host: override.host ?? draft.host, port: override.port ?? draft.port };
  const isAllowed = override.insecure ?? isInsecure;
  if (listener.tls === undefined && !isAllowed && !isLoopback(listener.host))
    reportInsecure(fields, `The listener "${listener.name}"`, listener.host);
  return listener;
}

export function reportInsecure(fields: Fields, what: string, host: string): void {
  const { source, diagnostics } = fields.reading;
  const node = fields.get("host");
  diagnostics.error(
    "SP1202",
    `${what} would serve plain HTTP on ${host}, beyond this machine: keys and tokens could be read on the way`,
    {
      ...(node === undefined ? {} : placeOf(source, node.start, node.end)),
      hint: "Give it tls (certificate and key); behind a proxy that ends TLS set insecure: true (run --insecure).",
    },
  );
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function readHostnames(fields: Fields): string[] {
  const names = fields.strings("hostnames").map(plainHostName);
  const wrong = names.find((name) => !isHostName(name));
  if (wrong !== undefined)
    fields.wrongValue(
      "hostnames",
      `holds "${wrong}", which is no host name`,
      "Such as api.example.com; no port, no scheme, no wildcard.",
    );
  return names;
}

/** The one spelling in which names are compared. */
export function plainHostName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

export function isHostName(name: string): boolean {
  return HOST_NAME.test(name);
}
