/**
 * Tokens of the gateway's own identities: one request at a time for each, kept, renewed before they expire, and used to their very end
 * while the identity endpoint is away.
 */
import type { Clock } from "../base/clock.ts";
import { appRegistrationOf, azureCredential, type TokenCredential } from "./azure-credentials.ts";
import type { ExpiryWatch } from "./expiry-watch.ts";
import { type Notes, reasonOf } from "./notes.ts";
import type { IdentitySettings } from "./settings.ts";

/** A token is renewed so long before its end, unless the issuer says when. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** After a failed attempt callers get the same answer for so long. */
const COOL_DOWN_MS = 5_000;
const TIMEOUT_MS = 20_000;
/** Expressions can make up resources. */
const MAX_TOKENS = 1_000;

interface Kept {
  token: string;
  expiresAt: number;
  renewAt: number;
  pending: Promise<string> | undefined;
  failure: Error | undefined;
  /** Monotonic time of the last failure. */
  failedAt: number;
}

export interface ManagedIdentitiesOptions {
  readonly settings: IdentitySettings;
  readonly clock: Clock;
  readonly notes: Notes;
  readonly expiries: ExpiryWatch;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class ManagedIdentities {
  readonly #options: ManagedIdentitiesOptions;
  #settings: IdentitySettings;
  #credentials = new Map<string, Promise<TokenCredential>>();
  #tokens = new Map<string, Kept>();

  constructor(options: ManagedIdentitiesOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** New settings come into force; tokens of an identity that stays the same are kept. */
  configure(settings: IdentitySettings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.#credentials = new Map();
    this.#tokens = new Map();
  }

  /** The credential itself, for clients of the vendor. */
  credential(clientId: string | undefined): Promise<TokenCredential> {
    const key = clientId ?? "";
    let credential = this.#credentials.get(key);
    if (credential === undefined) {
      credential = azureCredential(this.#settings, clientId, this.#options.env);
      if (this.#credentials.size >= MAX_TOKENS) this.#credentials.clear();
      this.#credentials.set(key, credential);
      credential.catch(() => this.#credentials.delete(key));
    }
    return credential;
  }

  /** See Identities in src/kit. */
  token(resource: string, clientId: string | undefined): Promise<string> {
    const key = `${clientId ?? ""}\0${resource}`;
    const kept = this.#tokens.get(key) ?? this.#keep(key);
    const now = this.#options.clock.now();
    if (now < kept.renewAt) return Promise.resolve(kept.token);
    const isCooling = this.#options.clock.monotonic() - kept.failedAt < COOL_DOWN_MS;
    if (kept.pending === undefined && !isCooling) kept.pending = this.#renew(kept, resource, clientId);
    if (now < kept.expiresAt) return Promise.resolve(kept.token);
    return kept.pending ?? Promise.reject(kept.failure);
  }

  #keep(key: string): Kept {
    const kept: Kept = {
      token: "",
      expiresAt: 0,
      renewAt: 0,
      pending: undefined,
      failure: undefined,
      failedAt: Number.NEGATIVE_INFINITY,
    };
    if (this.#tokens.size >= MAX_TOKENS) this.#tokens.delete(this.#tokens.keys().next().value as string);
    this.#tokens.set(key, kept);
    return kept;
  }

  #renew(kept: Kept, resource: string, clientId: string | undefined): Promise<string> {
    const { clock, notes } = this.#options;
    const renewal = this.#fetch(resource, clientId).then(
      ({ token, expiresOnTimestamp, refreshAfterTimestamp }) => {
        kept.token = token;
        kept.expiresAt = expiresOnTimestamp;
        kept.renewAt = renewalTime(clock.now(), expiresOnTimestamp, refreshAfterTimestamp);
        kept.pending = undefined;
        kept.failure = undefined;
        return token;
      },
      (error: unknown) => {
        kept.pending = undefined;
        kept.failedAt = clock.monotonic();
        kept.failure = this.#explained(error, resource, clientId);
        notes.warn("A token of the gateway's identity could not be had", {
          resource,
          clientId,
          kept: clock.now() < kept.expiresAt,
          error: kept.failure.message,
        });
        throw kept.failure;
      },
    );
    // Whoever still has a valid token does not wait for this.
    renewal.catch(() => undefined);
    return renewal;
  }

  async #fetch(resource: string, clientId: string | undefined) {
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
    return token;
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

/** When to renew: as the issuer says, else some minutes before the end; half-way when it is short-lived. */
function renewalTime(now: number, expiresAt: number, refreshAfter: number | undefined): number {
  const latest = Math.max(expiresAt - RENEW_BEFORE_MS, now + (expiresAt - now) / 2);
  return refreshAfter === undefined ? latest : Math.min(refreshAfter, latest);
}

const MAX_REASON = 500;

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0].slice(0, MAX_REASON);
}
