/**
 * The credential store: access tokens of OAuth 2.0 providers, by client credentials or by a refresh token that somebody's consent left
 * (`sallyport authorize`). Refresh tokens are kept encrypted on disk, where a provider that changes them at every use has the new one
 * written before the access token is used.
 * https://learn.microsoft.com/azure/api-management/credentials-overview, RFC 6749, RFC 7636
 */
import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import type { ExpiryWatch } from "./expiry-watch.ts";
import { type Notes, reasonOf } from "./notes.ts";
import { type Lasting, Renewed, renewalTime } from "./renewed.ts";
import { SealedMap } from "./sealed-map.ts";
import type { AuthorizationSettings, ConnectionSettings } from "./settings.ts";

/** Posts a form and gives the answer; rejects when there is none. */
export type PostForm = (
  url: string,
  headers: readonly (readonly [string, string])[],
  form: string,
) => Promise<{ readonly status: number; readonly text: string }>;

export interface Granted {
  readonly accessToken: string;
  readonly claims: ReadonlyMap<string, unknown>;
}

/** A token without a stated lifetime is taken to live so long. */
const DEFAULT_LIFE_MS = 3_600_000;

export interface CredentialStoreOptions {
  readonly clock: Clock;
  readonly notes: Notes;
  readonly expiries: ExpiryWatch;
}

export class CredentialStore {
  /** How providers are reached. */
  post: PostForm = () => Promise.reject(new Error("the gateway is not running"));
  readonly #options: CredentialStoreOptions;
  #settings: AuthorizationSettings = { store: undefined, connections: new Map() };
  #store: SealedMap | undefined;
  #tokens = new Map<string, Renewed<Granted>>();

  constructor(options: CredentialStoreOptions) {
    this.#options = options;
  }

  /** New settings come into force; tokens of connections that stay the same are kept. */
  configure(settings: AuthorizationSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    if (JSON.stringify(before.store) !== JSON.stringify(settings.store))
      this.#store = settings.store && new SealedMap(settings.store);
    for (const name of this.#tokens.keys()) {
      const isSame = JSON.stringify(before.connections.get(name)) === JSON.stringify(settings.connections.get(name));
      if (!isSame) this.#tokens.delete(name);
    }
    this.#options.expiries.report(
      "authorizations",
      [...settings.connections].flatMap(([name, { expiresAt }]) =>
        expiresAt === undefined ? [] : [{ kind: "app registration" as const, name, expiresAt }],
      ),
    );
  }

  /** See Authorizations in src/kit. */
  token(providerId: string, authorizationId: string): Promise<Granted> {
    const name = `${providerId}/${authorizationId}`;
    let token = this.#tokens.get(name);
    if (token === undefined) {
      const connection = this.#settings.connections.get(name);
      if (connection === undefined) return Promise.reject(new Error(this.#unknown(providerId, name)));
      const renewed: Renewed<Granted> = new Renewed(this.#options.clock, () =>
        this.#fetch(name, connection).catch((error: unknown) => {
          this.#options.notes.warn("A token of the credential store could not be had", {
            authorization: name,
            kept: renewed.isValid,
            error: reasonOf(error),
          });
          throw error;
        }),
      );
      token = renewed;
      this.#tokens.set(name, token);
    }
    return token.get();
  }

  /** Where to send the person whose consent is wanted, and how to turn what comes back into a refresh token. */
  begin(
    name: string,
    redirectUri: string,
  ): { readonly url: string; readonly state: string; readonly finish: (code: string) => Promise<void> } {
    const connection = this.#settings.connections.get(name);
    if (connection === undefined) throw new Error(this.#unknown(name.split("/", 1)[0], name));
    const { authorizationUrl, clientId, scopes } = connection;
    if (authorizationUrl === undefined) throw new Error(`${name} uses client credentials: nobody's consent is needed`);
    const store = this.#store;
    if (store === undefined) throw new Error("the setting authorizations.store says where refresh tokens are kept");
    const state = randomBytes(16).toString("base64url");
    const verifier = randomBytes(32).toString("base64url");
    const url = new URL(authorizationUrl);
    const parameters = {
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      state,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
      ...connection.authorizationParameters,
    };
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
    const finish = async (code: string) => {
      const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier };
      const answer = await this.#ask(name, connection, form);
      if (typeof answer.refresh_token !== "string")
        throw new Error(`${name} gave no refresh token: does it want a scope such as offline_access?`);
      await store.set(name, answer.refresh_token);
    };
    return { url: url.href, state, finish };
  }

  #unknown(providerId: string, name: string): string {
    const known = [...this.#settings.connections.keys()];
    const isProvider = known.some((other) => other.startsWith(`${providerId}/`));
    return isProvider
      ? `The credential provider "${providerId}" has no connection "${name.slice(providerId.length + 1)}"`
      : `There is no credential provider "${providerId}": add it to sallyport.yaml under authorizations.providers`;
  }

  async #fetch(name: string, connection: ConnectionSettings): Promise<Lasting<Granted>> {
    const answer =
      connection.authorizationUrl === undefined
        ? await this.#ask(name, connection, { grant_type: "client_credentials", ...scopeOf(connection) })
        : await this.#refresh(name, connection);
    if (typeof answer.access_token !== "string") throw new Error(`${name} answered without an access token`);
    this.#options.expiries.works("app registration", name);
    const now = this.#options.clock.now();
    const lifeMs = Number(answer.expires_in) * 1000;
    const expiresAt = now + (lifeMs > 0 ? lifeMs : DEFAULT_LIFE_MS);
    const claims = claimsOf(answer.id_token) ?? claimsOf(answer.access_token) ?? new Map();
    return { value: { accessToken: answer.access_token, claims }, expiresAt, renewAt: renewalTime(now, expiresAt) };
  }

  async #refresh(name: string, connection: ConnectionSettings): Promise<TokenAnswer> {
    const stored = (await this.#store?.get(name)) ?? connection.refreshToken;
    if (stored === undefined) throw new Error(`${name} is not connected yet: sallyport authorize FOLDER ${name}`);
    try {
      return await this.#refreshWith(name, connection, stored);
    } catch (error) {
      // Another process may have used it up, and left a new one.
      const current = await this.#store?.get(name);
      if (!(error instanceof Refused) || error.code !== "invalid_grant") throw error;
      if (current !== undefined && current !== stored) return this.#refreshWith(name, connection, current);
      throw new Error(`${name} must be connected again (${error.message}): sallyport authorize FOLDER ${name}`, {
        cause: error,
      });
    }
  }

  async #refreshWith(name: string, connection: ConnectionSettings, refreshToken: string): Promise<TokenAnswer> {
    const form = { grant_type: "refresh_token", refresh_token: refreshToken };
    const answer = await this.#ask(name, connection, form);
    const next = answer.refresh_token;
    if (typeof next === "string" && next !== refreshToken) await this.#store?.set(name, next);
    return answer;
  }

  async #ask(
    name: string,
    connection: ConnectionSettings,
    form: Readonly<Record<string, string>>,
  ): Promise<TokenAnswer> {
    const { tokenUrl, clientId, clientSecret, isSecretInForm, tokenParameters } = connection;
    const fields = new URLSearchParams({ ...tokenParameters, ...form });
    const headers: [string, string][] = [
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["Accept", "application/json"],
    ];
    if (clientSecret === undefined || isSecretInForm) fields.set("client_id", clientId);
    if (clientSecret !== undefined && isSecretInForm) fields.set("client_secret", clientSecret);
    // RFC 6749 section 2.3.1: both are form-encoded before they are put together.
    if (clientSecret !== undefined && !isSecretInForm)
      headers.push([
        "Authorization",
        `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString("base64")}`,
      ]);
    const { status, text } = await this.post(tokenUrl, headers, fields.toString());
    const answer = parseAnswer(text);
    if (status === 200 && answer !== undefined) return answer;
    throw this.#refused(name, tokenUrl, status, answer);
  }

  #refused(name: string, tokenUrl: string, status: number, answer: TokenAnswer | undefined): Error {
    const code = typeof answer?.error === "string" ? answer.error.slice(0, 100) : "";
    const words = typeof answer?.error_description === "string" ? answer.error_description : "";
    const description = words.split(/\r?\n/, 1)[0].slice(0, 300);
    const isExpired = description.includes("AADSTS7000222");
    const hint = isExpired ? `${this.#options.expiries.expired("app registration", name)}: make a new one. ` : "";
    const what = [code, description].filter((part) => part !== "").join(": ");
    return new Refused(code, `${hint}${new URL(tokenUrl).host} answered ${status}${what === "" ? "" : ` ${what}`}`);
  }
}

/** The provider's own no. */
class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "Refused";
    this.code = code;
  }
}

interface TokenAnswer {
  readonly access_token?: unknown;
  readonly refresh_token?: unknown;
  readonly id_token?: unknown;
  readonly expires_in?: unknown;
  readonly error?: unknown;
  readonly error_description?: unknown;
}

function parseAnswer(text: string): TokenAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function scopeOf({ scopes }: ConnectionSettings): Readonly<Record<string, string>> {
  return scopes.length === 0 ? {} : { scope: scopes.join(" ") };
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+");
}

/** Claims of a token that is a JWT, as texts; it comes from the provider itself, so its signature has nothing to add. */
function claimsOf(token: unknown): ReadonlyMap<string, unknown> | undefined {
  const parts = typeof token === "string" ? token.split(".") : [];
  if (parts.length !== 3) return undefined;
  const payload = parseAnswer(Buffer.from(parts[1], "base64url").toString("utf8"));
  if (payload === undefined) return undefined;
  return new Map(
    Object.entries(payload).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
