/** The names that sallyport.yaml knows, by section: what the readers accept and what the editors' schema lists. */

export const ROOT_KEYS = [
  "listeners",
  "admin",
  "deployment",
  "limits",
  "http",
  "accessLog",
  "stores",
  "subscriptions",
  "namedValues",
  "backends",
  "apis",
  "certificates",
  "environments",
] as const;

export const LISTENER_KEYS = ["name", "host", "port", "hostnames", "tls", "insecure"] as const;
export const TLS_KEYS = ["certificate", "key", "minVersion"] as const;
export const ADMIN_KEYS = ["host", "port", "insecure"] as const;
export const DEPLOYMENT_KEYS = ["region", "serviceName", "gatewayId"] as const;
export const ACCESS_LOG_KEYS = ["enabled", "file"] as const;
export const STORE_KEYS = ["counters", "cache", "locks"] as const;
export const SUBSCRIPTION_KEYS = ["primaryKey", "secondaryKey", "name", "scope", "state", "allowTracing"] as const;
export const NAMED_VALUE_KEYS = ["value", "secret"] as const;
export const BACKEND_KEYS = ["url", "validateCertificateChain", "validateCertificateName"] as const;
export const API_KEYS = ["serviceUrl"] as const;
export const CERTIFICATE_KEYS = ["certificate", "key"] as const;

/** Numbers with their bounds (inclusive); bytes, milliseconds or a count, as the name says. */
export const LIMIT_BOUNDS = {
  bufferedBodyBytes: [0, 1024 ** 3],
  upstreamTimeoutMs: [1, 86_400_000],
  drainGraceMs: [0, 3_600_000],
  lameDuckMs: [0, 600_000],
} as const;

export const HTTP_BOUNDS = {
  maxHeaderBytes: [8 * 1024, 64 * 1024],
  maxHeaderCount: [10, 1_000],
  headersTimeoutMs: [100, 600_000],
  requestTimeoutMs: [100, 86_400_000],
  keepAliveTimeoutMs: [0, 3_600_000],
  writeIdleTimeoutMs: [100, 3_600_000],
  maxConnections: [1, 1_000_000],
} as const;
