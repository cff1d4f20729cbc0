/**
 * The signing keys an OpenID provider publishes: fetched once for all policies that name it, refreshed hourly, kept through outages.
 * An unknown key id asks again at most every 30 seconds, however many tokens carry one.
 * https://openid.net/specs/openid-connect-discovery-1_0.html
 */
import type { JsonWebKey } from "node:crypto";
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import type { Services } from "../../kit/services.ts";
import { fromJwk, type VerificationKey } from "./jwt-keys.ts";

const REFRESH_MS = 3_600_000;
const RETRY_MS = 30_000;
const KEEP_MS = 24 * 3_600_000;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
const MAX_KEYS = 100;

export interface KeySet {
  readonly issuer: string;
  readonly keys: readonly VerificationKey[];
  /** Changes when the keys do: what was verified with an older version is verified again. */
  readonly version: number;
}

export class OpenIdKeys {
  readonly url: string;
  #current: KeySet | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #pending: Promise<void> | undefined;
  #digest = "";

  constructor(url: string) {
    this.url = url;
  }

  /** The keys known now; undefined before the first fetch or a day after the last good one. Starts a refresh when one is due. */
  current(services: Services): KeySet | undefined {
    const now = services.clock.monotonic();
    if (now - this.#fetchedAt >= REFRESH_MS && now - this.#triedAt >= RETRY_MS) this.#refresh(services);
    return now - this.#fetchedAt < KEEP_MS ? this.#current : undefined;
  }

  /** The keys, waiting for a first fetch under way. */
  async get(services: Services): Promise<KeySet | undefined> {
    const known = this.current(services);
    if (known !== undefined) return known;
    await this.#pending;
    return this.current(services);
  }

  /** The keys after asking the provider again for an unknown key id, unless that was done moments ago. */
  async renewed(services: Services): Promise<KeySet | undefined> {
    if (this.#pending === undefined && services.clock.monotonic() - this.#triedAt >= RETRY_MS) this.#refresh(services);
    await this.#pending;
    return this.current(services);
  }

  #refresh(services: Services): void {
    if (this.#pending !== undefined) return;
    this.#triedAt = services.clock.monotonic();
    this.#pending = this.#fetch(services)
      .catch((error: Error) => {
        services.log.warn("OpenID keys could not be fetched", {
          url: this.url,
          error: error.message,
          kept: this.#current !== undefined,
        });
      })
      .finally(() => {
        this.#pending = undefined;
      });
  }

  async #fetch(services: Services): Promise<void> {
    const configuration = await fetchJson(services, this.url);
    const { issuer, jwks_uri: keysUrl } = configuration;
    if (typeof issuer !== "string" || typeof keysUrl !== "string")
      throw new Error("the document names no issuer and jwks_uri");
    if (!isAllowedKeysUrl(keysUrl, this.url)) throw new Error("jwks_uri does not use https");
    const document = await fetchJson(services, keysUrl);
    const list = Array.isArray(document.keys) ? document.keys.slice(0, MAX_KEYS).filter(isRecord) : [];
    const keys = list.map((jwk) => fromJwk(jwk as JsonWebKey)).filter((k): k is VerificationKey => !("problem" in k));
    if (keys.length === 0) throw new Error("the key set holds no key for signatures");
    const digest = JSON.stringify([issuer, list]);
    if (digest !== this.#digest) {
      this.#current = { issuer, keys, version: (this.#current?.version ?? 0) + 1 };
      this.#digest = digest;
    }
    this.#fetchedAt = services.clock.monotonic();
  }
}

/** https, or the very origin of the configuration document (a provider on loopback during development). */
function isAllowedKeysUrl(keysUrl: string, configurationUrl: string): boolean {
  if (!URL.canParse(keysUrl)) return false;
  const url = new URL(keysUrl);
  return url.protocol === "https:" || url.origin === new URL(configurationUrl).origin;
}

async function fetchJson(services: Services, address: string): Promise<Record<string, unknown>> {
  const url = new URL(address);
  const response = await services.upstream.request({
    method: "GET",
    origin: url.origin,
    path: url.pathname + url.search,
    headers: Headers.of([["Accept", "application/json"]]),
    body: Body.none,
    headersTimeoutMs: TIMEOUT_MS,
    // For the whole of it: a provider that sends a byte now and then would keep every caller waiting.
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) {
    response.body.discard();
    throw new Error(`${url.origin} answered ${response.status}`);
  }
  const text = new TextDecoder("utf-8", { fatal: true }).decode(await response.body.collect(MAX_BYTES));
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error("the document is no JSON object");
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** One per provider for the whole process; an expression may make addresses up, so their number is bounded. */
const providers = new Map<string, OpenIdKeys>();
const MAX_PROVIDERS = 200;

export function openIdKeys(url: string): OpenIdKeys {
  let provider = providers.get(url);
  if (provider === undefined) {
    if (providers.size >= MAX_PROVIDERS) providers.delete(providers.keys().next().value as string);
    provider = new OpenIdKeys(url);
    providers.set(url, provider);
  }
  return provider;
}
