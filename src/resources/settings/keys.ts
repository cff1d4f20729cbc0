/** The names that sallyport.yaml knows, by section: what the readers accept and what the editors' schema lists. */

export const ROOT_KEYS = [
  "listeners",
  "workers",
  "admin",
  "deployment",
  "limits",
  "http",
  "overload",
  "egress",
  "accessLog",
  "securityEvents",
  "telemetry",
  "stores",
  "serviceBus",
  "ai",
  "subscriptions",
  "namedValues",
  "backends",
  "apis",
  "mcp",
  "certificates",
  "clientCertificates",
  "entra",
  "identity",
  "secrets",
  "authorizations",
  "authorities",
  "environments",
] as const;

export const LISTENER_KEYS = [
  "name",
  "host",
  "port",
  "hostnames",
  "tls",
  "insecure",
  "network",
  "allowedClients",
  "trustedProxies",
  "clientAddressFrom",
  "proxyProtocol",
  "clientCertificateHeader",
  "apis",
] as const;
export const TLS_HOSTNAME_KEYS = ["certificate", "key", "clientCertificate", "authorities", "crls"] as const;
export const TLS_KEYS = [...TLS_HOSTNAME_KEYS, "minVersion", "hostnames", "http2", "hsts"] as const;
export const HSTS_KEYS = ["maxAge", "includeSubDomains", "preload"] as const;
export const EGRESS_KEYS = ["allow", "private", "public", "proxy", "localAddress"] as const;
export const SERVICE_BUS_KEYS = ["namespace", "endpoints"] as const;
export const EGRESS_PROXY_KEYS = ["url", "username", "password", "except"] as const;
export const CLIENT_CERTIFICATE_KEYS = ["authorities", "crls", "revocation"] as const;
export const ENTRA_KEYS = ["authority"] as const;
export const ADMIN_KEYS = ["host", "port", "insecure"] as const;
export const DEPLOYMENT_KEYS = ["region", "serviceName", "gatewayId"] as const;
export const SECURITY_EVENT_KEYS = ["file", "stdout", "otlp", "azureMonitor"] as const;
export const OTLP_KEYS = ["endpoint", "headers", "serviceName"] as const;
export const TELEMETRY_KEYS = ["otlp"] as const;
export const TELEMETRY_OTLP_KEYS = [
  "endpoint",
  "protocol",
  "headers",
  "serviceName",
  "resourceAttributes",
  "traces",
  "metrics",
  "logs",
  "samplingRatio",
  "intervalMs",
] as const;
export const OTLP_PROTOCOLS = ["http/json", "http/protobuf"] as const;
export const AZURE_MONITOR_KEYS = ["endpoint", "ruleId", "streamName", "clientId", "audience"] as const;
export const ACCESS_LOG_KEYS = ["enabled", "file"] as const;
export const AI_KEYS = [
  "apis",
  "providerErrors",
  "prices",
  "ledger",
  "messages",
  "askUsage",
  "reserveTokens",
  "semanticCache",
  "contentSafety",
  "backends",
  "guard",
] as const;
export const AI_SEMANTIC_CACHE_KEYS = [
  "store",
  "url",
  "maxBytes",
  "maxEntries",
  "tenants",
  "embeddingsModel",
  "timeoutMs",
] as const;
export const AI_CONTENT_SAFETY_KEYS = ["onFailure", "timeoutMs"] as const;
export const AI_LEDGER_KEYS = ["file", "postgres", "retentionDays"] as const;
export const AI_MESSAGE_KEYS = ["enabled", "file", "apis", "redact"] as const;
export const AI_BACKEND_KEYS = ["format", "models", "aws"] as const;
export const AI_AWS_KEYS = ["region", "accessKeyId", "secretAccessKey", "sessionToken"] as const;
export const AI_GUARD_KEYS = ["models", "maxTokens", "maxRequestBytes", "maxResponseBytes", "unknownFields"] as const;
export const PRICES_KEYS = ["currency", "models"] as const;
export const PRICE_KEYS = [
  "from",
  "prompt",
  "completion",
  "cached",
  "cacheWrite",
  "reasoning",
  "promptAudio",
  "completionAudio",
] as const;
export const STORE_KEYS = ["redis", "quotaFile", "rates", "quotas", "cacheBytes"] as const;
export const REDIS_KEYS = ["url", "mode", "onOutage", "deadlineMs", "cacheDeadlineMs", "prefix"] as const;
export const SUBSCRIPTION_KEYS = ["primaryKey", "secondaryKey", "name", "scope", "state", "allowTracing"] as const;
export const NAMED_VALUE_KEYS = ["value", "secret"] as const;
export const BACKEND_KEYS = [
  "url",
  "validateCertificateChain",
  "validateCertificateName",
  "authorities",
  "certificate",
  "header",
  "query",
  "authorization",
  "managedIdentity",
  "forwardAuthorization",
  "healthCheck",
] as const;
export const HEALTH_CHECK_KEYS = ["path", "statuses"] as const;
export const HEALTH_CHECK_BOUNDS = {
  intervalMs: [100, 3_600_000],
  timeoutMs: [10, 600_000],
  healthyAfter: [1, 100],
  unhealthyAfter: [1, 100],
} as const;
export const AUTHORIZATION_KEYS = ["scheme", "parameter"] as const;
export const MANAGED_IDENTITY_KEYS = ["resource", "clientId"] as const;
export const API_KEYS = ["serviceUrl"] as const;
export const MCP_KEYS = [
  "authorization",
  "origins",
  "maxRequestBytes",
  "maxResponseBytes",
  "forwardAuthorization",
  "checkArguments",
] as const;
export const MCP_AUTHORIZATION_KEYS = ["servers", "scopes", "resource"] as const;
export const CERTIFICATE_KEYS = ["certificate", "key", "pfx", "password"] as const;

/** Numbers with their bounds (inclusive); bytes, milliseconds or a count, as the name says. */
export const LIMIT_KEYS = ["rateLimitAlgorithm"] as const;
export const RATE_LIMIT_ALGORITHMS = ["sliding-window", "token-bucket"] as const;
export const LIMIT_BOUNDS = {
  bufferedBodyBytes: [0, 1024 ** 3],
  upstreamTimeoutMs: [1, 86_400_000],
  drainGraceMs: [0, 3_600_000],
  lameDuckMs: [0, 600_000],
  retryPercent: [0, 5_000],
} as const;

export const OVERLOAD_BOUNDS = {
  maxInFlight: [0, 1_000_000],
  maxLoopDelayMs: [0, 60_000],
} as const;

export const HTTP_KEYS = ["engine"] as const;
export const HTTP_ENGINES = ["native", "node"] as const;
export const HTTP_BOUNDS = {
  maxHeaderBytes: [8 * 1024, 64 * 1024],
  maxHeaderCount: [10, 1_000],
  headersTimeoutMs: [100, 600_000],
  requestTimeoutMs: [100, 86_400_000],
  keepAliveTimeoutMs: [0, 3_600_000],
  writeIdleTimeoutMs: [100, 3_600_000],
  maxConnections: [1, 1_000_000],
  maxConnectionsPerAddress: [0, 1_000_000],
} as const;

export const IDENTITY_KEYS = [
  "kind",
  "tenantId",
  "clientId",
  "clientSecret",
  "certificate",
  "certificatePassword",
  "authorityHost",
  "expires",
] as const;
export const SECRETS_BOUNDS = {
  refreshMs: [1_000, 7 * 86_400_000],
  timeoutMs: [100, 120_000],
  expiryWarningDays: [0, 365],
} as const;
export const SECRETS_KEYS = [
  "refreshMs",
  "timeoutMs",
  "expiryWarningDays",
  "backup",
  "keyVault",
  "aws",
  "google",
  "vault",
] as const;
export const BACKUP_KEYS = ["file", "key"] as const;
export const KEY_VAULT_KEYS = ["verifyResource"] as const;
export const AWS_KEYS = ["region", "endpoint", "accessKeyId", "secretAccessKey", "sessionToken"] as const;
export const GOOGLE_KEYS = ["endpoint", "credentials"] as const;
export const HASHICORP_KEYS = {
  vault: ["address", "namespace", "mount", "token", "appRole", "kubernetes"],
  appRole: ["roleId", "secretId", "mount"],
  kubernetes: ["role", "tokenFile", "mount"],
} as const;

export const AUTHORIZATIONS_KEYS = ["store", "providers"] as const;
export const PROVIDER_KEYS = [
  "tokenUrl",
  "authorizationUrl",
  "clientAuthentication",
  "scopes",
  "tokenParameters",
  "authorizationParameters",
  "connections",
] as const;
export const CONNECTION_KEYS = [
  "clientId",
  "clientSecret",
  "scopes",
  "refreshToken",
  "expires",
  "accessPolicies",
] as const;
export const ACCESS_POLICY_KEYS = ["tenantId", "objectId"] as const;
