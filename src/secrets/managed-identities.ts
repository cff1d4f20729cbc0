/**
 * Tokens of the gateway's own identities: one request at a time for each, kept, renewed before they expire, and used to their very end
 * while the identity endpoint is away.
 */
import type { Clock } from "../base/clock.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import { appRegistrationOf, azureCredential, type TokenCredential } from "./azure-credentials.ts";
import type { ExpiryWatch } from "./expiry-watch.ts";
import { type Notes, reasonOf } from "./notes.ts";
import { type Lasting, Renewed, renewalTime } from "./renewed.ts";
import type { IdentitySettings } from "./settings.ts";

const TIMEOUT_MS = 20_000;
/** Expressions can make up resources. */
const MAX_TOKENS = 1_000;

export interface ManagedIdentitiesOptions {
  readonly settings: IdentitySettings;
  readonly clock: Clock;
  readonly notes: Notes;
  readonly expiries: ExpiryWatch;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What identity services are reached through. */
  readonly fence: VendorFence;
}

export class ManagedIdentities {
  readonly #options: ManagedIdentitiesOptions;
  #settings: IdentitySettings;
  #fence: VendorFence;
  #credentials = new Map<string, Promise<TokenCredential>>();
  #tokens = new Map<string, Renewed<string>>();

  constructor(options: ManagedIdentitiesOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#fence = options.fence;
  }

  /** New settings come into force; tokens of an identity that stays the same are kept. */
  configure(settings: IdentitySettings, fence: VendorFence): void {
    const isSame = fence === this.#fence && JSON.stringify(settings) === JSON.stringify(this.#settings);
    if (isSame) return;
    this.#settings = settings;
    this.#fence = fence;
    this.#credentials = new Map();
    this.#tokens = new Map();
  }

  /** The credential itself, for clients of the vendor. */
  credential(clientId: string | undefined): Promise<TokenCredential> {
    const key = clientId ?? "";
    let credential = this.#credentials.get(key);
    if (credential === undefined) {
      credential = azureCredential(this.#settings, clientId, this.#options.env, this.#fence);
      if (this.#credentials.size >= MAX_TOKENS) this.#credentials.clear();
      this.#credentials.set(key, credential);
      credential.catch(() => this.#credentials.delete(key));
    }
    return credential;
  }

  /** See Identities in src/kit. */
  token(resource: string, clientId: string | undefined): Promise<string> {
    const key = `${clientId ?? ""}\0${resource}`;
    let token = this.#tokens.get(key);
    if (token === undefined) {
      const renewed: Renewed<string> = new Renewed(this.#options.clock, () =>
        this.#fetch(resource, clientId).catch((error: unknown) => {
          throw this.#noted(error, resource, clientId, renewed.isValid);
        }),
      );
      token = renewed;
      if (this.#tokens.size >= MAX_TOKENS) this.#tokens.delete(this.#tokens.keys().next().value as string);
      this.#tokens.set(key, token);
    }
    return token.get();
  }

  async #fetch(resource: string, clientId: string | undefined): Promise<Lasting<string>> {
    const scope = resource.endsWith("/.default") ? resource : `${resource}/.default`;
    const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
    const tooLate = new Promise<never>((_, reject) =>
      abortSignal.addEventListener("abort", () => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} seconds`))),
    );
    const credential = await this.credential(clientId);
    const token = await Promise.race([credential.getToken(scope, { abortSignal }), tooLate]);
    if (token === null) throw new Error("the identity has no token for it");
    const own = appRegistrationOf(this.#settings, this.#options.env);
    if (own !== undefined) this.#options.expiries.works("app registration", own);
    const { expiresOnTimestamp: expiresAt, refreshAfterTimestamp } = token;
    const renewAt = renewalTime(this.#options.clock.now(), expiresAt, refreshAfterTimestamp);
    return { value: token.token, expiresAt, renewAt };
  }

  #noted(error: unknown, resource: string, clientId: string | undefined, kept: boolean): Error {
    const explained = this.#explained(error, resource, clientId);
    const fields = { resource, clientId, kept, error: explained.message };
    this.#options.notes.warn("A token of the gateway's identity could not be had", fields);
    return explained;
  }

  /** In words an operator can act on, without what may be secret. */
  #explained(error: unknown, resource: string, clientId: string | undefined): Error {
    const reason = firstLine(reasonOf(error));
    const own = appRegistrationOf(this.#settings, this.#options.env) ?? this.#settings.clientId ?? clientId ?? "";
    // https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    const hint = reason.includes("AADSTS7000222")
      ? `${this.#options.expiries.expired("app registration", own)}: make a new one. `
      : "";
    const who = clientId === undefined ? "" : ` with the identity ${clientId}`;
    return new Error(`${hint}No token for ${resource}${who}: ${reason}`, { cause: error });
  }
}

const MAX_REASON = 500;

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0].slice(0, MAX_REASON);
}
