/**
 * The sections of sallyport.yaml that make `Settings`: listeners, admin, deployment, limits, http, access log, stores.
 */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { placeOf } from "../documents/data-node.ts";
import type { Fields } from "../documents/fields.ts";
import { defaultSettings } from "../empty-snapshot.ts";
import type { ListenerSettings, Settings } from "../snapshot.ts";
import {
  ACCESS_LOG_KEYS,
  ADMIN_KEYS,
  DEPLOYMENT_KEYS,
  HTTP_BOUNDS,
  LIMIT_BOUNDS,
  LISTENER_KEYS,
  STORE_KEYS,
  TLS_KEYS,
} from "./keys.ts";

/** A listener whose certificate is still a name of a place. */
export interface ListenerDraft extends Omit<ListenerSettings, "tls"> {
  readonly tls: TlsSources | undefined;
}

export interface TlsSources {
  readonly certificate: string;
  readonly key: string;
  readonly minVersion: "1.2" | "1.3";
  /** Where mistakes in them are reported. */
  readonly fields: Fields;
}

export interface GatewaySettings extends Omit<Settings, "listeners" | "dev"> {
  readonly listeners: readonly ListenerDraft[];
}

/** What the command line says of the first listener, over the settings. */
export interface ListenerOverride {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly insecure?: boolean | undefined;
}

export function readGatewaySettings(root: Fields, folder: string, override: ListenerOverride): GatewaySettings {
  const defaults = defaultSettings();
  checkStores(root);
  return {
    listeners: readListeners(root, override),
    admin: readAdmin(root),
    deployment: readDeployment(root, defaults.deployment),
    limits: readNumbers(root, "limits", defaults.limits, LIMIT_BOUNDS),
    http: readHttp(root, defaults.http),
    accessLog: readAccessLog(root, folder, defaults.accessLog),
  };
}

function readListeners(root: Fields, override: ListenerOverride): ListenerDraft[] {
  const given = root.objects("listeners");
  if (root.get("listeners")?.kind === "list" && given.length === 0)
    root.wrongValue("listeners", "is an empty list", "Name one listener, or leave it out.");
  if (given.length === 0)
    return [overridden({ ...defaultSettings().listeners[0], tls: undefined }, override, root, false)];
  const listeners = given.map((fields, i) => readListener(fields, i, i === 0 ? override : {}));
  const names = new Set<string>();
  for (const [i, { name }] of listeners.entries()) {
    if (names.has(name))
      given[i].wrongValue("name", `"${name}" is taken by another listener`, "Give each listener its own name.");
    names.add(name);
  }
  return listeners;
}

function readListener(fields: Fields, index: number, override: ListenerOverride): ListenerDraft {
  fields.rejectUnknown(LISTENER_KEYS);
  const tls = readTls(fields);
  const draft: ListenerDraft = {
    name: fields.string("name") ?? (index === 0 ? "default" : `listener-${index + 1}`),
    host: fields.string("host") ?? "127.0.0.1",
    port: fields.integer("port", 0, 65_535) ?? (tls === undefined ? 8080 : 8443),
    hostnames: readHostnames(fields),
    tls,
  };
  return overridden(draft, override, fields, fields.boolean("insecure") ?? false);
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

function reportInsecure(fields: Fields, what: string, host: string): void {
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
  const names = fields.strings("hostnames").map((name) => name.toLowerCase().replace(/\.$/, ""));
  const wrong = names.find((name) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name));
  if (wrong !== undefined)
    fields.wrongValue(
      "hostnames",
      `holds "${wrong}", which is no host name`,
      "Such as api.example.com; no port, no scheme, no wildcard.",
    );
  return names;
}

function readTls(listener: Fields): TlsSources | undefined {
  const fields = listener.object("tls");
  if (fields === undefined) return undefined;
  fields.rejectUnknown(TLS_KEYS);
  const certificate = fields.requiredString("certificate", "A PEM file: certificate: tls/server.crt");
  const key = fields.requiredString("key", "A PEM file: key: tls/server.key");
  const minVersion = fields.oneOf("minVersion", ["1.2", "1.3"]) ?? "1.2";
  return certificate === undefined || key === undefined ? undefined : { certificate, key, minVersion, fields };
}

function readAdmin(root: Fields): Settings["admin"] {
  const fields = root.object("admin");
  if (fields === undefined) return undefined;
  fields.rejectUnknown(ADMIN_KEYS);
  const host = fields.string("host") ?? "127.0.0.1";
  const port = fields.integer("port", 0, 65_535);
  if (fields.get("port") === undefined) fields.missing("port", "Such as port: 9090.");
  if (!isLoopback(host) && fields.boolean("insecure") !== true) reportInsecure(fields, "The admin listener", host);
  return port === undefined ? undefined : { host, port };
}

function readDeployment(root: Fields, defaults: Settings["deployment"]): Settings["deployment"] {
  const fields = root.object("deployment");
  fields?.rejectUnknown(DEPLOYMENT_KEYS);
  return {
    region: fields?.string("region") ?? defaults.region,
    serviceName: fields?.string("serviceName") ?? defaults.serviceName,
    gatewayId: fields?.string("gatewayId") ?? defaults.gatewayId,
  };
}

type Bounds<T> = { readonly [K in keyof T]: readonly [number, number] };

function readNumbers<T extends Readonly<Record<string, number>>>(
  root: Fields,
  section: string,
  defaults: T,
  bounds: Bounds<T>,
): T {
  const fields = root.object(section);
  if (fields === undefined) return defaults;
  fields.rejectUnknown(Object.keys(bounds));
  return Object.fromEntries(
    Object.entries(bounds).map(([name, [min, max]]) => [name, fields.integer(name, min, max) ?? defaults[name]]),
  ) as T;
}

function readHttp(root: Fields, defaults: Settings["http"]): Settings["http"] {
  const http = readNumbers(root, "http", defaults, HTTP_BOUNDS);
  if (http.requestTimeoutMs < http.headersTimeoutMs) {
    root
      .object("http")
      ?.wrongValue(
        root.object("http")?.get("requestTimeoutMs") === undefined ? "headersTimeoutMs" : "requestTimeoutMs",
        `leaves the whole request (${http.requestTimeoutMs} ms) less time than its headers (${http.headersTimeoutMs} ms)`,
      );
  }
  return http;
}

function readAccessLog(root: Fields, folder: string, defaults: Settings["accessLog"]): Settings["accessLog"] {
  const node = root.get("accessLog");
  if (node?.kind === "scalar" && typeof node.value === "boolean") return { enabled: node.value, file: undefined };
  const fields = root.object("accessLog");
  fields?.rejectUnknown(ACCESS_LOG_KEYS);
  const file = fields?.string("file");
  return {
    enabled: fields?.boolean("enabled") ?? defaults.enabled,
    file: file === undefined ? undefined : resolve(folder, file),
  };
}

function checkStores(root: Fields): void {
  const fields = root.object("stores");
  fields?.rejectUnknown(STORE_KEYS);
  for (const name of STORE_KEYS) {
    const store = fields?.string(name);
    if (store === undefined || store === "memory") continue;
    // The URL of a store may hold a password: only its scheme is named.
    const what = /^[a-z][a-z0-9+.-]*:/i.exec(store)?.[0] ?? "that";
    fields?.wrongValue(
      name,
      `names a store of kind ${what}, which is not supported yet`,
      "Write memory, or leave it out.",
    );
  }
}
