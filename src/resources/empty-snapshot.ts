/** A configuration with nothing in it and default settings: for documents checked alone, for `eval`, and as a start for tests. */
import { DEFAULT_AI_SETTINGS } from "./ai-settings.ts";
import type { Settings, Snapshot } from "./snapshot.ts";

export function defaultSettings(): Settings {
  return {
    listeners: [{ name: "default", host: "127.0.0.1", port: 8080, hostnames: [], tls: undefined }],
    deployment: { region: "local", serviceName: "sallyport", gatewayId: "managed" },
    limits: {
      bufferedBodyBytes: 2 * 1024 * 1024,
      upstreamTimeoutMs: 300_000,
      drainGraceMs: 30_000,
      lameDuckMs: 1_500,
      retryPercent: 20,
      rateLimitAlgorithm: "sliding-window",
    },
    http: {
      engine: "native",
      maxHeaderBytes: 16 * 1024,
      maxHeaderCount: 100,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
      keepAliveTimeoutMs: 65_000,
      writeIdleTimeoutMs: 60_000,
      maxConnections: 10_000,
      maxConnectionsPerAddress: 0,
    },
    overload: { maxInFlight: 0, maxLoopDelayMs: 250 },
    egress: { allow: [], private: "configured", public: "any", proxy: undefined, localAddress: undefined },
    accessLog: { enabled: true, file: undefined },
    admin: undefined,
    stores: { redis: undefined, quotaFile: undefined, rates: 65_536, quotas: 262_144, cacheBytes: 67_108_864 },
    ai: DEFAULT_AI_SETTINGS,
    serviceBus: { namespace: undefined, endpoints: new Map() },
    workers: undefined,
    entra: { authority: "https://login.microsoftonline.com" },
    clientCertificates: { authorities: [], crls: [], revocation: "required" },
    dev: false,
  };
}

export function emptySnapshot(settings: Settings = defaultSettings()): Snapshot {
  return {
    version: "empty",
    folder: "",
    apis: [],
    versionSets: new Map(),
    products: new Map(),
    subscriptions: [],
    users: new Map(),
    groups: new Map(),
    namedValues: new Map(),
    fragments: new Map(),
    backends: new Map(),
    certificates: new Map(),
    policy: undefined,
    ignored: new Map(),
    settings,
  };
}
