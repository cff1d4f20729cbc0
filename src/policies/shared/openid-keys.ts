/**
 * The signing keys an OpenID provider publishes: fetched once for all policies that name it, refreshed hourly, kept through outages.
 * An unknown key id asks again at most every 30 seconds, however many tokens carry one.
 * https://openid.net/specs/openid-connect-discovery-1_0.html
 */
import type { JsonWebKey } from "node:crypto";
import { parseIp } from "../../base/ip-address.ts";
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import type { Services } from "../../kit/services.ts";
import { KeyExchange, type Outcome, type Published } from "./key-exchange.ts";
import { fromJwk, type KeyProblem, type RsaFamily, type VerificationKey } from "./jwt-keys.ts";

/** Keys are fetched anew before they are an hour old; older ones are waited for, but not for long. */
const AHEAD_MS = 50 * 60_000;
const MAX_AGE_MS = 3_600_000;
const PATIENCE_MS = 2_000;
const RETRY_MS = 30_000;
const KEEP_MS = 24 * 3_600_000;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
const MAX_KEYS = 100;

export interface KeySet {
  /** Address of the configuration document. */
  readonly url: string;
  /** As the document states it; Entra's multi-tenant documents have `{tenantid}` in it. */
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
  /** Wall time of the last good fetch, ms since the epoch, and why the last one failed. */
  #fetchedAtWall = 0;
  #failure = "";
  /** Of the last one who asked. */
  #services: Services | undefined;
  /** A fetch under way has tried the callers' patience. */
  #isSlow = false;

  constructor(url: string) {
    this.url = url;
  }

  /** The keys known now; undefined before the first fetch or a day after the last good one. Starts a refresh when one is due. */
  current(services: Services): KeySet | undefined {
    const now = services.clock.monotonic();
    if (now - this.#fetchedAt >= AHEAD_MS && now - this.#triedAt >= RETRY_MS) this.#refresh(services);
    return this.#isKept(services) ? this.#current : undefined;
  }

  /** The keys are older than they should be and newer ones are on their way: `get` would wait. Not so in an outage. */
  isOverdue(services: Services): boolean {
    return services.clock.monotonic() - this.#fetchedAt >= MAX_AGE_MS && this.#failure === "" && !this.#isSlow;
  }

  /** The keys, waiting for a first fetch under way, and for a little while when they are overdue. */
  async get(services: Services): Promise<KeySet | undefined> {
    const known = this.current(services);
    if (known === undefined) await this.#pending;
    else if (this.isOverdue(services)) await this.#pendingForAWhile();
    else return known;
    return this.current(services);
  }

  async #pendingForAWhile(): Promise<void> {
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#isSlow = this.#pending !== undefined;
      resolve();
    }, PATIENCE_MS);
    await Promise.race([this.#pending, patience]);
    clearTimeout(timer);
  }

  /** The keys after asking the provider again for an unknown key id, unless that was done moments ago. */
  async renewed(services: Services): Promise<KeySet | undefined> {
    if (this.#pending === undefined && services.clock.monotonic() - this.#triedAt >= RETRY_MS) this.#refresh(services);
    await this.#pending;
    return this.current(services);
  }

  /** Where the keys are from, how old they are, and what keeps newer ones away: for those who look into a refusal. */
  describe(services: Services): string {
    const set = this.current(services);
    const keys = set === undefined ? "no keys" : `keys of ${new Date(this.#fetchedAtWall).toISOString()}`;
    return `${this.url}: ${keys}${this.#failure === "" ? "" : `; last attempt failed: ${this.#failure}`}`;
  }

  #refresh(services: Services): void {
    if (this.#pending !== undefined) return;
    this.#services = services;
    this.#triedAt = services.clock.monotonic();
    this.#pending = exchange()
      // A thread that has no keys yet takes those of another; one that misses a key wants newer ones.
      .obtain(this.url, this.#current === undefined ? AHEAD_MS : RETRY_MS, services, () =>
        fetchPublished(services, this.url),
      )
      .then((published) => this.#take(published, services))
      .catch((error: Error) => {
        // A thread that comes late to an outage has what the others have.
        const kept = this.#current === undefined ? exchange().lastGood(this.url) : undefined;
        if (kept !== undefined) this.#take(kept, services);
        this.#failed(error.message, services);
        services.log.warn("OpenID keys could not be fetched", {
          url: this.url,
          error: error.message,
          kept: this.#current !== undefined,
        });
      })
      .finally(() => {
        this.#pending = undefined;
        this.#isSlow = false;
      });
  }

  /** What another thread has found out. */
  heard({ published }: Outcome): void {
    const services = this.#services;
    // Who has never been asked has no clock yet, and who waits hears of it all the same.
    if (services === undefined || this.#pending !== undefined) return;
    this.#triedAt = services.clock.monotonic();
    try {
      if ("problem" in published) this.#failed(published.problem, services);
      else this.#take(published, services);
    } catch (error) {
      this.#failed((error as Error).message, services);
    }
  }

  #take(published: Published, services: Services): void {
    const { issuer, family, keys: list } = published;
    // Tokens are bound to the issuer: who can change it for a moment must not speak for somebody else from then on.
    if (this.#current !== undefined && this.#isKept(services) && issuer !== this.#current.issuer)
      throw new Error(`the document names another issuer than before: ${issuer.slice(0, 200)}`);
    const keys = list.map((jwk) => fromJwk(jwk as JsonWebKey, family)).filter(isUsable);
    if (keys.length === 0) throw new Error("the key set holds no key for signatures");
    const digest = JSON.stringify([issuer, family, list]);
    if (digest !== this.#digest) {
      this.#current = { url: this.url, issuer, keys, version: (this.#current?.version ?? 0) + 1 };
      this.#digest = digest;
    }
    this.#fetchedAt = services.clock.monotonic() - Math.max(0, services.clock.now() - published.fetchedAt);
    this.#fetchedAtWall = published.fetchedAt;
    if (this.#failure !== "") services.tellKeptKeys?.(this.url, undefined);
    this.#failure = "";
  }

  #failed(problem: string, services: Services): void {
    this.#failure = problem.slice(0, 200);
    if (this.#current !== undefined) services.tellKeptKeys?.(this.url, this.#fetchedAtWall + KEEP_MS);
  }

  #isKept(services: Services): boolean {
    return services.clock.monotonic() - this.#fetchedAt < KEEP_MS;
  }
}

async function fetchPublished(services: Services, address: string): Promise<Published> {
  const configuration = await fetchJson(services, address);
  const { issuer, jwks_uri: keysUrl } = configuration;
  if (typeof issuer !== "string" || typeof keysUrl !== "string")
    throw new Error("the document names no issuer and jwks_uri");
  const problem = keysUrlProblem(keysUrl, address);
  if (problem !== undefined) throw new Error(problem);
  const { keys } = await fetchJson(services, keysUrl);
  const list = Array.isArray(keys) ? keys.slice(0, MAX_KEYS).filter(isRecord) : [];
  return { issuer, keys: list, family: rsaFamily(configuration), fetchedAt: services.clock.now() };
}

const isUsable = (key: VerificationKey | KeyProblem): key is VerificationKey => !("problem" in key);

/** A provider that signs with PSS alone says so in its document; its keys may leave it out. */
function rsaFamily(configuration: Record<string, unknown>): RsaFamily | undefined {
  const { id_token_signing_alg_values_supported: algorithms } = configuration;
  if (!Array.isArray(algorithms)) return undefined;
  const has = (family: RsaFamily) => algorithms.some((alg) => typeof alg === "string" && alg.startsWith(family));
  return has("PS") && !has("RS") ? "PS" : undefined;
}

/**
 * Keys come over https, or from the very origin of the configuration document (a provider on loopback or within a cluster). A document
 * from elsewhere must not point the gateway at addresses inside.
 */
function keysUrlProblem(keysUrl: string, configurationUrl: string): string | undefined {
  if (!URL.canParse(keysUrl)) return "jwks_uri is no URL";
  const url = new URL(keysUrl);
  if (url.origin !== "null" && url.origin === new URL(configurationUrl).origin) return undefined;
  if (url.protocol !== "https:") return "jwks_uri does not use https";
  if (url.username !== "" || url.password !== "") return "jwks_uri holds credentials";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (parseIp(host) !== undefined || /(^|\.)localhost\.?$/i.test(host))
    return "jwks_uri names another host by its address, or this machine";
  return undefined;
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

/** Outcomes of other threads go to the providers that policies have asked here before. */
let shared: KeyExchange | undefined;
function exchange(): KeyExchange {
  shared ??= new KeyExchange((outcome) => providers.get(outcome.url)?.heard(outcome));
  return shared;
}

/** One per provider for the whole thread; an expression may make addresses up, so their number is bounded. */
const providers = new Map<string, OpenIdKeys>();
const MAX_PROVIDERS = 200;

export function openIdKeys(url: string): OpenIdKeys {
  // From now on this thread hears what others fetch.
  exchange();
  let provider = providers.get(url);
  if (provider === undefined) {
    if (providers.size >= MAX_PROVIDERS) providers.delete(providers.keys().next().value as string);
    provider = new OpenIdKeys(url);
    providers.set(url, provider);
  }
  return provider;
}
