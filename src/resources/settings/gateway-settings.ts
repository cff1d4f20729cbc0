/**
 * The sections of sallyport.yaml that make `Settings`: listeners, admin, deployment, limits, http, access log, stores.
 */
import { resolve } from "node:path";
import type { Fields } from "../documents/fields.ts";
import { defaultSettings } from "../empty-snapshot.ts";
import type { Settings } from "../snapshot.ts";
import { type AiDraft, readAi } from "./ai-settings.ts";
import { type ClientCertificateDraft, readClientCertificates, readEntra } from "./callers.ts";
import {
  ACCESS_LOG_KEYS,
  ADMIN_KEYS,
  DEPLOYMENT_KEYS,
  HTTP_BOUNDS,
  HTTP_ENGINES,
  HTTP_KEYS,
  LIMIT_BOUNDS,
  LIMIT_KEYS,
  OVERLOAD_BOUNDS,
  RATE_LIMIT_ALGORITHMS,
} from "./keys.ts";
import { type OtlpDraft, readOtlpTelemetry } from "./otlp-settings.ts";
import { readSecurityEvents, type SecurityEventDraft } from "./security-event-settings.ts";
import { readStores, type StoreDraft } from "./store-settings.ts";
import { type EgressDraft, readEgress } from "./egress-settings.ts";
import { readServiceBus } from "./service-bus-settings.ts";
import {
  isLoopback,
  type ListenerDraft,
  type ListenerOverride,
  readListeners,
  reportInsecure,
} from "./listener-settings.ts";

export type { ListenerDraft, ListenerOverride } from "./listener-settings.ts";

export interface GatewaySettings
  extends Omit<
    Settings,
    "listeners" | "egress" | "stores" | "ai" | "dev" | "clientCertificates" | "securityEvents" | "otlp"
  > {
  readonly otlp: OtlpDraft | undefined;
  readonly securityEvents: SecurityEventDraft | undefined;
  readonly egress: EgressDraft;
  readonly stores: StoreDraft;
  readonly ai: AiDraft;
  readonly listeners: readonly ListenerDraft[];
  readonly clientCertificates: ClientCertificateDraft;
}

export function readGatewaySettings(root: Fields, folder: string, override: ListenerOverride): GatewaySettings {
  const defaults = defaultSettings();
  return {
    listeners: readListeners(root, override),
    egress: readEgress(root),
    stores: readStores(root, folder),
    serviceBus: readServiceBus(root),
    ai: readAi(root, folder),
    workers: root.integer("workers", 1, 60),
    admin: readAdmin(root),
    entra: readEntra(root),
    clientCertificates: readClientCertificates(root),
    deployment: readDeployment(root, defaults.deployment),
    limits: readLimits(root, defaults.limits),
    http: readHttp(root, defaults.http),
    overload: readNumbers(root, "overload", defaults.overload, OVERLOAD_BOUNDS),
    accessLog: readAccessLog(root, folder, defaults.accessLog),
    securityEvents: readSecurityEvents(root, folder),
    otlp: readOtlpTelemetry(root),
  };
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
  others: readonly string[] = [],
): T {
  const fields = root.object(section);
  if (fields === undefined) return defaults;
  fields.rejectUnknown([...others, ...Object.keys(bounds)]);
  return Object.fromEntries(
    Object.entries(bounds).map(([name, [min, max]]) => [name, fields.integer(name, min, max) ?? defaults[name]]),
  ) as T;
}

function readLimits(root: Fields, { rateLimitAlgorithm, ...defaults }: Settings["limits"]): Settings["limits"] {
  const limits = readNumbers(root, "limits", defaults, LIMIT_BOUNDS, LIMIT_KEYS);
  const chosen = root.object("limits")?.oneOf("rateLimitAlgorithm", RATE_LIMIT_ALGORITHMS);
  return { ...limits, rateLimitAlgorithm: chosen ?? rateLimitAlgorithm };
}

function readHttp(root: Fields, { engine: usual, ...defaults }: Settings["http"]): Settings["http"] {
  const http = readNumbers(root, "http", defaults, HTTP_BOUNDS, HTTP_KEYS);
  const engine = root.object("http")?.oneOf("engine", HTTP_ENGINES) ?? usual;
  if (http.requestTimeoutMs < http.headersTimeoutMs) {
    root
      .object("http")
      ?.wrongValue(
        root.object("http")?.get("requestTimeoutMs") === undefined ? "headersTimeoutMs" : "requestTimeoutMs",
        `leaves the whole request (${http.requestTimeoutMs} ms) less time than its headers (${http.headersTimeoutMs} ms)`,
      );
  }
  return { engine, ...http };
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
