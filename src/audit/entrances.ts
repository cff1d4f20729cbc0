/**
 * How a caller can come to an operation: without a key, through a product that is open, or with a key of each scope that reaches the API.
 * The product decides which plan runs. The same rules as gateway/subscription.ts, for all callers at once.
 */
import type { Api, ListenerSettings, Product, Snapshot } from "../resources/snapshot.ts";
import type { Check, State, Target } from "./walk.ts";

export interface Entrance {
  readonly product: Product | null;
  readonly hasKey: boolean;
  /** `without a key`, `with a key of the product "x"`. */
  readonly words: string;
}

export function entrancesOf(api: Api, snapshot: Snapshot): readonly Entrance[] {
  const products = [...snapshot.products.values()].filter((product) => product.apis.has(api.id));
  const open = products.find((product) => product.isPublished && !product.subscriptionRequired);
  const entrances: Entrance[] = [];
  if (open !== undefined)
    entrances.push({ product: open, hasKey: false, words: `without a key, through the open product "${open.id}"` });
  else if (!api.subscriptionRequired) entrances.push({ product: null, hasKey: false, words: "without a key" });
  for (const product of products)
    if (product.subscriptionRequired || hasSubscription(product, snapshot))
      entrances.push({ product, hasKey: true, words: `with a key of the product "${product.id}"` });
  const wide = snapshot.subscriptions.find(
    ({ scope, state }) =>
      state === "active" && (scope.kind === "api" ? scope.api === api.id : scope.kind !== "product"),
  );
  // Where nobody has come in so far, the next one will do so with a key of the API.
  if (wide !== undefined || entrances.length === 0)
    entrances.push({ product: null, hasKey: true, words: "with a key that belongs to no product" });
  return entrances;
}

function hasSubscription(product: Product, snapshot: Snapshot): boolean {
  return snapshot.subscriptions.some(
    ({ scope, state }) => state === "active" && scope.kind === "product" && scope.product === product.id,
  );
}

/** What is known of a request when its first policy begins. */
export function startOf(api: Api, entrance: Entrance, snapshot: Snapshot): State {
  const checks = new Set<Check>(entrance.hasKey ? ["key"] : []);
  const { settings } = snapshot;
  const listeners = settings.listeners.filter(({ apis }) => apis === undefined || apis.includes(api.id));
  if (listeners.length > 0) {
    if (listeners.every(demandsCertificate)) checks.add("client certificate");
    if (listeners.every(isRestricted)) checks.add("address");
  }
  return {
    sure: checks,
    some: checks,
    targets: targetsOf(api),
    carriesCallers: (api.mcp ?? api.agent)?.settings.forwardAuthorization ?? true,
    isModel: false,
  };
}

/** Where a request goes when no policy says otherwise. Tools go where their operations do. */
function targetsOf({ serviceUrl, mcp, agent }: Api): readonly Target[] {
  if (agent !== undefined) return [...new Set([agent.rpcUrl, agent.cardUrl])].map((url) => ({ url }));
  if (mcp?.backendId !== undefined) return [{ backend: mcp.backendId }];
  return [serviceUrl === undefined || mcp?.tools !== undefined ? "none" : { url: serviceUrl }];
}

function demandsCertificate({ tls }: ListenerSettings): boolean {
  if (tls === undefined) return false;
  return [tls, ...(tls.hostnames?.values() ?? [])].every((identity) => identity.clientCertificate === "required");
}

/** Internal, or for listed callers. One on loopback may well have a proxy before it that lets everybody in. */
function isRestricted({ network, allowedClients }: ListenerSettings): boolean {
  return network === "internal" || allowedClients !== undefined;
}

/** A host that no other machine reaches. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
