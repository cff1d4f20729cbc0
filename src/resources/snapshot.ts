/**
 * A configuration as plain immutable data: what every reader (APIOps folder, settings file) produces and everything else consumes.
 * Names are those of the Azure API Management resource model.
 */
import type { SourceText } from "../base/source-text.ts";
import type { AccessPolicies } from "../secrets/settings.ts";
import type { A2aAgent, McpServer } from "./agent-protocols.ts";
import type { AiSettings, MessageDiagnostic } from "./ai-settings.ts";
import type { StoreSettings } from "./store-settings.ts";
import type {
  EgressSettings,
  OtlpSettings,
  OverloadSettings,
  SecurityEventSettings,
  ServiceBusSettings,
} from "./traffic-settings.ts";

export type { OtlpSettings, SecurityEventSettings } from "./traffic-settings.ts";

export interface Snapshot {
  /** Digest of everything read: identifies the configuration in logs. */
  readonly version: string;
  /** Folder the configuration was read from. */
  readonly folder: string;
  readonly apis: readonly Api[];
  readonly versionSets: ReadonlyMap<string, VersionSet>;
  readonly products: ReadonlyMap<string, Product>;
  readonly subscriptions: readonly Subscription[];
  readonly users: ReadonlyMap<string, User>;
  readonly groups: ReadonlyMap<string, Group>;
  /** By display name, which is what `{{...}}` refers to. */
  readonly namedValues: ReadonlyMap<string, NamedValue>;
  /** By fragment id. */
  readonly fragments: ReadonlyMap<string, PolicyDocument>;
  readonly backends: ReadonlyMap<string, Backend>;
  /** Certificates by id, from settings. */
  readonly certificates: ReadonlyMap<string, Certificate>;
  /** PEM of authorities trusted beside the public ones by everything that goes out. */
  readonly authorities?: string | undefined;
  /** Token endpoints of the credential store's providers. */
  readonly tokenUrls?: readonly string[];
  /** Who may use connections of the credential store, by `PROVIDER/CONNECTION`. */
  readonly accessPolicies?: AccessPolicies;
  /** Global (all APIs) policy document. */
  readonly policy: PolicyDocument | undefined;
  /** Resource kinds that were found but are not acted on yet, with their count: named in one line at start. */
  readonly ignored: ReadonlyMap<string, number>;
  readonly settings: Settings;
}

/** A policy document as it stands in its file. */
export interface PolicyDocument {
  readonly source: SourceText;
}

export type ApiType = "http" | "soap" | "graphql" | "websocket" | "mcp" | "a2a";

export interface Api {
  /** Resource name without revision: `basic-api`. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: ApiType;
  /** URL suffix without leading or trailing slash; may be empty. */
  readonly path: string;
  readonly protocols: readonly ("http" | "https" | "ws" | "wss")[];
  /** Backend base URL without trailing slash; undefined when only policies decide. */
  readonly serviceUrl: string | undefined;
  readonly revision: string;
  readonly isCurrent: boolean;
  readonly isOnline: boolean;
  /** Version identifier and set, when versioned. */
  readonly version: string | undefined;
  readonly versionSetId: string | undefined;
  readonly subscriptionRequired: boolean;
  readonly subscriptionKeyHeader: string;
  readonly subscriptionKeyQuery: string;
  readonly operations: readonly Operation[];
  /** Of APIs of type mcp. */
  readonly mcp?: McpServer | undefined;
  /** Of APIs of type a2a. */
  readonly agent?: A2aAgent | undefined;
  /** Absent: no diagnostic says anything of messages to and from models. */
  readonly messageDiagnostic?: MessageDiagnostic | undefined;
  readonly policy: PolicyDocument | undefined;
}

export interface Operation {
  readonly id: string;
  readonly name: string;
  /** Upper-case HTTP method. */
  readonly method: string;
  /** With leading slash: `/items/{id}`, `/files/*`, `/search?q={q}`. */
  readonly urlTemplate: string;
  /** Responses known from the API definition, for mock-response: by status code. */
  readonly responses: readonly OperationResponse[];
  readonly policy: PolicyDocument | undefined;
}

export interface OperationResponse {
  readonly status: number;
  readonly description: string;
  /** By content type: an example from the definition, or a sample made from its schema, as text. */
  readonly representations: readonly { readonly contentType: string; readonly example: string | undefined }[];
}

export interface VersionSet {
  readonly id: string;
  readonly name: string;
  readonly scheme: "Segment" | "Header" | "Query";
  /** Name of the header or query parameter. */
  readonly parameter: string | undefined;
}

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly isPublished: boolean;
  readonly subscriptionRequired: boolean;
  readonly approvalRequired: boolean;
  readonly subscriptionsLimit: number | undefined;
  /** Ids of its APIs (without revision). */
  readonly apis: ReadonlySet<string>;
  readonly groups: readonly string[];
  readonly policy: PolicyDocument | undefined;
}

export type SubscriptionScope =
  | { readonly kind: "service" }
  | { readonly kind: "all-apis" }
  | { readonly kind: "api"; readonly api: string }
  | { readonly kind: "product"; readonly product: string };

export type SubscriptionState = "submitted" | "active" | "suspended" | "rejected" | "cancelled" | "expired";

export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly scope: SubscriptionScope;
  readonly state: SubscriptionState;
  readonly allowTracing: boolean;
  readonly ownerId: string | undefined;
  /** Secrets: never logged. Undefined when the settings give no key. */
  readonly primaryKey: string | undefined;
  readonly secondaryKey: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly startAt: number | undefined;
  readonly endAt: number | undefined;
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly note: string;
  readonly registeredAt: number;
  readonly groups: readonly string[];
  readonly identities: readonly { readonly id: string; readonly provider: string }[];
}

export interface Group {
  readonly id: string;
  readonly name: string;
}

export interface NamedValue {
  /** Resource name. */
  readonly id: string;
  /** Display name: what policies refer to. */
  readonly name: string;
  /** Undefined when the extract has no value (a secret) and the settings give none: an error only where it is used. */
  readonly value: string | undefined;
  readonly isSecret: boolean;
}

export interface Backend {
  readonly id: string;
  readonly title: string;
  /** Without trailing slash. */
  readonly url: string;
  readonly protocol: "http" | "soap";
  readonly type: "Single" | "Pool";
  readonly credentials: BackendCredentials | undefined;
  readonly validateCertificateChain: boolean;
  readonly validateCertificateName: boolean;
  /** PEM of the authorities trusted for it, instead of the public ones. */
  readonly authorities?: string | undefined;
  /** The caller's Authorization goes on to it although it has credentials of its own. */
  readonly forwardAuthorization?: boolean | undefined;
  /** Its members; present where `type` is Pool. */
  readonly pool?: BackendPool | undefined;
  /** Any of them trips it. */
  readonly circuitBreakers?: readonly CircuitBreakerRule[] | undefined;
  /** Undefined: it is well until a call says otherwise. */
  readonly healthCheck?: HealthCheck | undefined;
  /** The parts not acted on yet (proxy ...), as read. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface HealthCheck {
  /** Below the backend's URL, with leading slash. */
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** So many good answers in a row, and so many bad ones, change what is thought of it. */
  readonly healthyAfter: number;
  readonly unhealthyAfter: number;
  /** Good answers, inclusive. */
  readonly statuses: readonly { readonly min: number; readonly max: number }[];
}

export interface BackendPool {
  readonly members: readonly PoolMember[];
  /** Callers who show this cookie go to the member that it names; undefined: no affinity. */
  readonly affinityCookie: string | undefined;
}

export interface PoolMember {
  /** Of a backend of type Single. */
  readonly id: string;
  /** Its share among the members of its priority; all 0: equal shares. */
  readonly weight: number;
  /** Members with a higher number are used only when none with a lower one can be. */
  readonly priority: number;
}

export interface CircuitBreakerRule {
  readonly name: string;
  /** So many failures within the interval trip it; or */
  readonly count: number | undefined;
  /** so many of a hundred calls. */
  readonly percentage: number | undefined;
  readonly intervalMs: number;
  /** What counts as a failure: answers with these statuses, inclusive, and calls that end by these reasons. */
  readonly statusRanges: readonly { readonly min: number; readonly max: number }[];
  readonly errorReasons: readonly string[];
  /** How long the backend is left alone. */
  readonly tripMs: number;
  /** The backend's own Retry-After goes before `tripMs`. */
  readonly acceptsRetryAfter: boolean;
}

export interface BackendCredentials {
  readonly header: ReadonlyMap<string, readonly string[]>;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly authorization: { readonly scheme: string; readonly parameter: string } | undefined;
  readonly certificateIds: readonly string[];
  /** Looked at when there are no ids. */
  readonly certificateThumbprints?: readonly string[];
  readonly managedIdentity?: ManagedIdentityUse | undefined;
}

/** A token of a managed identity for one resource. */
export interface ManagedIdentityUse {
  /** Application id URI, such as https://vault.azure.net. */
  readonly resource: string;
  /** Of a user-assigned identity; undefined: the system-assigned one, or what the environment says. */
  readonly clientId: string | undefined;
}

export interface Certificate {
  readonly id: string;
  /** PEM of the certificate (chain). Empty where a look at the configuration does without its secrets: see isUnread. */
  readonly certificate: string;
  /** PEM of the private key, when there is one. */
  readonly key: string | undefined;
}

/** sallyport.yaml after defaults; see docs/guide/settings.md. */
export interface Settings {
  readonly listeners: readonly ListenerSettings[];
  /** Gateway facts shown by context.Deployment. */
  readonly deployment: { readonly region: string; readonly serviceName: string; readonly gatewayId: string };
  readonly limits: {
    /** Bytes a policy may hold of one message body. */
    readonly bufferedBodyBytes: number;
    readonly upstreamTimeoutMs: number;
    readonly drainGraceMs: number;
    readonly lameDuckMs: number;
    /** Share of a backend's requests in the last seconds that `retry` may make again. */
    readonly retryPercent: number;
    /** How rate limits count: `token-bucket` is that of the v2 tiers. */
    readonly rateLimitAlgorithm: "sliding-window" | "token-bucket";
  };
  readonly http: {
    /** Which code speaks HTTP/1.1. */
    readonly engine: "native" | "node";
    readonly maxHeaderBytes: number;
    readonly maxHeaderCount: number;
    readonly headersTimeoutMs: number;
    readonly requestTimeoutMs: number;
    readonly keepAliveTimeoutMs: number;
    readonly writeIdleTimeoutMs: number;
    readonly maxConnections: number;
    /** 0: no bound. */
    readonly maxConnectionsPerAddress: number;
  };
  readonly overload: OverloadSettings;
  readonly egress: EgressSettings;
  readonly accessLog: { readonly enabled: boolean; readonly file: string | undefined };
  /** Undefined: nobody wants them. */
  readonly securityEvents?: SecurityEventSettings | undefined;
  /** Undefined: no traces, no metrics over OTLP. */
  readonly otlp?: OtlpSettings | undefined;
  /** Where Microsoft Entra is: an address without trailing slash. */
  readonly entra: { readonly authority: string };
  readonly clientCertificates: ClientCertificateSettings;
  readonly stores: StoreSettings;
  readonly serviceBus: ServiceBusSettings;
  readonly ai: AiSettings;
  /** Threads that serve requests; undefined: one for each core. */
  readonly workers: number | undefined;
  /** Health and metrics listener; undefined: health only under /status-0123456789abcdef of each listener. */
  readonly admin: { readonly host: string; readonly port: number } | undefined;
  /** Development mode: keys made and printed, tracing allowed to everyone. */
  readonly dev: boolean;
}

/** Who vouches for clients that present a certificate. */
export interface ClientCertificateSettings {
  /** PEM texts of trusted authorities. */
  readonly authorities: readonly string[];
  /** PEM texts of their revocation lists. */
  readonly crls: readonly string[];
  /** Whether every authority must have a current list, or only those that have any. */
  readonly revocation: "required" | "listed";
  /** A look at the configuration did without files that are not there: nothing can be said about them. */
  readonly isUnread?: boolean;
}

export interface ListenerSettings {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Host names served; empty: any. */
  readonly hostnames: readonly string[];
  readonly tls: ListenerTls | undefined;
  /** An internal one takes callers of private networks only, unless `allowedClients` says otherwise. */
  readonly network?: "external" | "internal";
  /** Addresses and ranges that may call; absent: all. */
  readonly allowedClients?: readonly string[];
  /** Addresses and ranges of proxies that are believed when they say who called. */
  readonly trustedProxies?: readonly string[];
  /** By which header they say so; default X-Forwarded-For. */
  readonly clientAddressFrom?: "X-Forwarded-For" | "Forwarded";
  /** Each connection begins with a PROXY header of one of them. */
  readonly proxyProtocol?: boolean;
  /** Header by which they hand on the certificate that a caller showed them. */
  readonly clientCertificateHeader?: string;
  /** Ids of the APIs served here; absent: all. */
  readonly apis?: readonly string[];
}

/** The certificate in itself is for callers who name no host, or one that has none of its own. */
export interface ListenerTls extends TlsIdentitySettings {
  readonly minVersion: "1.2" | "1.3";
  /** By host name. */
  readonly hostnames?: ReadonlyMap<string, TlsIdentitySettings>;
  readonly http2?: boolean;
  /** Value of Strict-Transport-Security. */
  readonly hsts?: string;
}

export interface TlsIdentitySettings {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Whether callers are asked for a certificate, and refused without; default none. */
  readonly clientCertificate?: "none" | "optional" | "required";
  /** PEM of the authorities of callers, and of their revocation lists; absent: those of `clientCertificates`. */
  readonly authorities?: string;
  readonly crls?: string;
}
