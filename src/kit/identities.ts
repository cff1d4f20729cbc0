/** Identities of the gateway itself, as policies and backends use them; implemented in src/secrets. */

/** Tokens of managed identities. */
export interface Identities {
  /**
   * An access token for a resource (application id URI or scope). Rejects with an Error whose message names what is missing.
   * @param clientId of a user-assigned identity; undefined: the system-assigned one, or what the environment says
   */
  token(resource: string, clientId: string | undefined): Promise<string>;
}

/** An access token of a credential store, with its claims. */
export interface GrantedToken {
  readonly accessToken: string;
  readonly claims: ReadonlyMap<string, unknown>;
}

/** The credential store: OAuth 2.0 authorizations that the settings name. */
export interface Authorizations {
  /** Rejects with an Error whose message names what is missing. */
  token(providerId: string, authorizationId: string): Promise<GrantedToken>;
}

/** Where nobody configured any: documents checked alone, tests. */
export const NO_IDENTITIES: Identities = {
  token: () => Promise.reject(new Error("There is no managed identity here.")),
};

export const NO_AUTHORIZATIONS: Authorizations = {
  token: () => Promise.reject(new Error("There is no credential store here.")),
};
