/** What the settings say of identities and vaults, with the secrets in it already fetched. */

/** Who the gateway is to Microsoft Entra ID. Everything undefined: as the environment says. */
export interface IdentitySettings {
  /** Undefined: the first that the environment offers, in the order client, workload, managed. */
  readonly kind: "client" | "workload" | "managed" | undefined;
  readonly tenantId: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  /** PEM of certificate and key, instead of a client secret. */
  readonly certificate: string | undefined;
  /** `https://login.microsoftonline.us` and the like. */
  readonly authorityHost: string | undefined;
  /** When the client secret expires, ms since the epoch. */
  readonly expiresAt: number | undefined;
}

export interface VaultSettings {
  /** Time after which values are asked for again. */
  readonly refreshMs: number;
  /** Longest wait for one answer. */
  readonly timeoutMs: number;
  readonly backup: { readonly file: string; readonly key: string } | undefined;
  readonly keyVault: {
    /** False for private clouds whose vaults lie outside the domain that tokens are for. */
    readonly verifyResource: boolean;
  };
  readonly aws: {
    readonly region: string | undefined;
    readonly endpoint: string | undefined;
    readonly accessKeyId: string | undefined;
    readonly secretAccessKey: string | undefined;
    readonly sessionToken: string | undefined;
  };
  readonly google: {
    readonly endpoint: string | undefined;
    /** Text of a credentials file (service account, workload identity federation). */
    readonly credentials: string | undefined;
  };
  readonly hashicorp: HashicorpSettings;
}

export interface HashicorpSettings {
  readonly address: string | undefined;
  readonly namespace: string | undefined;
  /** Mount point of the KV engine, version 2. */
  readonly mount: string;
  readonly token: string | undefined;
  readonly appRole: { readonly mount: string; readonly roleId: string; readonly secretId: string } | undefined;
  readonly kubernetes: { readonly mount: string; readonly role: string; readonly tokenFile: string } | undefined;
}

/** Connections of the credential store. */
export interface AuthorizationSettings {
  /** Where refresh tokens are kept. */
  readonly store: { readonly file: string; readonly key: string } | undefined;
  /** By `PROVIDER/CONNECTION`. */
  readonly connections: ReadonlyMap<string, ConnectionSettings>;
}

export interface ConnectionSettings {
  readonly tokenUrl: string;
  /** Undefined: client credentials; else authorization code. */
  readonly authorizationUrl: string | undefined;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** The secret goes into the form instead of the Authorization header. */
  readonly isSecretInForm: boolean;
  readonly scopes: readonly string[];
  /** To begin with, until the store has one. */
  readonly refreshToken: string | undefined;
  readonly tokenParameters: Readonly<Record<string, string>>;
  readonly authorizationParameters: Readonly<Record<string, string>>;
  /** When the client secret expires, ms since the epoch. */
  readonly expiresAt: number | undefined;
}

/** Who may use connections by a token of their own, by `PROVIDER/CONNECTION`: service principals of Microsoft Entra, ids in lower case. */
export type AccessPolicies = ReadonlyMap<string, readonly { readonly tenantId: string; readonly objectId: string }[]>;

export interface SecretSettings {
  readonly identity: IdentitySettings;
  readonly vaults: VaultSettings;
  readonly expiryWarningMs: number;
}

export const DEFAULT_SECRET_SETTINGS: SecretSettings = {
  identity: {
    kind: undefined,
    tenantId: undefined,
    clientId: undefined,
    clientSecret: undefined,
    certificate: undefined,
    authorityHost: undefined,
    expiresAt: undefined,
  },
  vaults: {
    refreshMs: 4 * 3_600_000,
    timeoutMs: 10_000,
    backup: undefined,
    keyVault: { verifyResource: true },
    aws: {
      region: undefined,
      endpoint: undefined,
      accessKeyId: undefined,
      secretAccessKey: undefined,
      sessionToken: undefined,
    },
    google: { endpoint: undefined, credentials: undefined },
    hashicorp: {
      address: undefined,
      namespace: undefined,
      mount: "secret",
      token: undefined,
      appRole: undefined,
      kubernetes: undefined,
    },
  },
  expiryWarningMs: 30 * 86_400_000,
};
