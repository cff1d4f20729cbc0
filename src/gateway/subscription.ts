/**
 * Subscription keys: who calls, and under which product. Keys are looked up by their SHA-256 and confirmed in constant time, right ones
 * and wrong ones on one path, so that the time tells nothing about how much of a guess was right, and a stolen table of digests opens
 * nothing.
 *
 * Where Microsoft's pages disagree, the stricter reading holds: a key of an unpublished product works (keys do not change with the
 * product's state), but an unpublished product opens nothing to callers without a key.
 */
import { hash, timingSafeEqual } from "node:crypto";
import { Headers } from "../http/headers.ts";
import { Refusal } from "../kit/outcome.ts";
import type { RequestUrl } from "../kit/url.ts";
import type { Api, Product, Snapshot, Subscription } from "../resources/snapshot.ts";

/** What a key, or the lack of one, allows. */
export interface Admission {
  readonly product: Product | null;
  readonly subscription: Subscription | null;
  /** The key that was presented. */
  readonly key: string | null;
}

export type KeyProblem = "missing" | "invalid";

const NO_KEY: PresentedKey = { key: undefined };
const KEYLESS: Admission = { product: null, subscription: null, key: null };

const MESSAGES: Record<KeyProblem, { reason: string; text: string }> = {
  missing: {
    reason: "SubscriptionKeyNotFound",
    text: "Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API.",
  },
  invalid: {
    reason: "SubscriptionKeyInvalid",
    text: "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.",
  },
};

/** What a request presented: one key, none, or several that differ. */
export type PresentedKey = { readonly key: string | undefined } | "conflicting";

interface KnownKey {
  readonly digest: Buffer;
  readonly subscriptions: readonly Subscription[];
}

/** What a wrong key is compared with. */
const NOBODY: KnownKey = { digest: Buffer.alloc(32), subscriptions: [] };
const UNKNOWN: readonly Subscription[] = [];

export class SubscriptionKeys {
  /** By digest, as text. */
  readonly #byDigest = new Map<string, KnownKey>();
  /**
   * Keys that were right before, as they were presented: saves their digest. A guess never meets it before it is right, so its time
   * tells nothing.
   */
  readonly #seen = new Map<string, readonly Subscription[]>();
  readonly #products: ReadonlyMap<string, Product>;
  /** The product through which an API may be called without a key, by API id. */
  readonly #openProducts = new Map<string, Product>();

  constructor(snapshot: Snapshot) {
    this.#products = snapshot.products;
    for (const subscription of snapshot.subscriptions) {
      for (const key of new Set([subscription.primaryKey, subscription.secondaryKey])) {
        if (key) this.#add(key, subscription);
      }
    }
    for (const product of snapshot.products.values()) {
      if (product.subscriptionRequired || !product.isPublished) continue;
      for (const api of product.apis) if (!this.#openProducts.has(api)) this.#openProducts.set(api, product);
    }
  }

  /** Rules: https://learn.microsoft.com/azure/api-management/api-management-subscriptions */
  admit(api: Api, presented: PresentedKey, now: number): Admission | KeyProblem {
    if (presented === "conflicting") return "invalid";
    const { key } = presented;
    if (key === undefined) {
      const product = this.#openProducts.get(api.id);
      if (product !== undefined) return { product, subscription: null, key: null };
      return api.subscriptionRequired ? "missing" : KEYLESS;
    }
    for (const subscription of this.#find(key)) {
      if (!isUsable(subscription, now)) continue;
      const product = this.#scope(subscription, api);
      if (product !== undefined) return { product, subscription, key };
    }
    return "invalid";
  }

  /** True when the key belongs to a usable subscription that may see traces, whatever its scope. */
  allowsTracing(key: string, now: number): boolean {
    return this.#find(key).some((subscription) => subscription.allowTracing && isUsable(subscription, now));
  }

  /** Undefined: the subscription does not reach the API. Only keys of a product bring its policies with them. */
  #scope(subscription: Subscription, api: Api): Product | null | undefined {
    const { scope } = subscription;
    switch (scope.kind) {
      case "service":
      case "all-apis":
        return null;
      case "api":
        return scope.api === api.id ? null : undefined;
      case "product": {
        const product = this.#products.get(scope.product);
        return product?.apis.has(api.id) ? product : undefined;
      }
    }
  }

  #add(key: string, subscription: Subscription): void {
    const digest = digestOf(key);
    const name = digest.toString("latin1");
    const others = this.#byDigest.get(name)?.subscriptions ?? [];
    this.#byDigest.set(name, { digest, subscriptions: [...others, subscription] });
  }

  #find(key: string): readonly Subscription[] {
    const seen = this.#seen.get(key);
    if (seen !== undefined) return seen;
    const digest = digestOf(key);
    const known = this.#byDigest.get(digest.toString("latin1")) ?? NOBODY;
    if (!timingSafeEqual(known.digest, digest)) return UNKNOWN;
    // Not more than there are keys: only right ones get here.
    this.#seen.set(key, known.subscriptions);
    return known.subscriptions;
  }
}

/** SHA-256: 32 bytes. */
export function digestOf(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

/** In the same time, whatever is presented. */
export function isKeyOf(digest: Buffer, key: string): boolean {
  return timingSafeEqual(digest, digestOf(key));
}

function isUsable(subscription: Subscription, now: number): boolean {
  if (subscription.state !== "active") return false;
  if (subscription.startAt !== undefined && now < subscription.startAt) return false;
  return subscription.endAt === undefined || now < subscription.endAt;
}

/**
 * Takes the key out of header and query, where neither policies nor backends shall find it. The query counts when the header is
 * absent; keys that differ are refused rather than chosen between.
 */
export function takeKey(api: Api, headers: Headers, url: RequestUrl): PresentedKey {
  const { subscriptionKeyHeader, subscriptionKeyQuery } = api;
  const inHeader = takeFrom(headers, subscriptionKeyHeader);
  if (url.query === "" || !mayHold(url.query, subscriptionKeyQuery)) return inHeader;
  const values = url.parameter(subscriptionKeyQuery);
  if (values.length === 0) return inHeader;
  url.setParameter(subscriptionKeyQuery, []);
  if (inHeader === "conflicting") return inHeader;
  return oneOf(inHeader.key === undefined ? values : [inHeader.key, ...values]);
}

function takeFrom(headers: Headers, name: string): PresentedKey {
  const values = headers.take(name);
  return values.length === 0 ? NO_KEY : oneOf(values);
}

function oneOf(values: readonly string[]): PresentedKey {
  if (values.length === 1 && values[0] !== "") return { key: values[0] };
  const keys = values.filter((key) => key !== "");
  return keys.some((key) => key !== keys[0]) ? "conflicting" : { key: keys[0] };
}

/** Spares the parsing of most queries; an escaped name may hide anything. */
function mayHold(query: string, name: string): boolean {
  return query.includes("%") || query.includes("+") || query.toLowerCase().includes(name.toLowerCase());
}

export function keyRefusal(problem: KeyProblem, api: Api, apiUrl: string): Refusal {
  const { reason, text } = MESSAGES[problem];
  const challenge = `AzureApiManagementKey realm="${apiUrl}",name="${api.subscriptionKeyHeader}",type="header"`;
  return new Refusal(401, reason, text, {
    source: "authorization",
    headers: new Headers(["WWW-Authenticate", challenge]),
  });
}
