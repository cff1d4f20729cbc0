/** Which cache a caching policy uses. Without an external cache configured, every type is the internal one. */
import { oneOf } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import type { Cache } from "../../kit/services.ts";

export const cachingType = oneOf(["internal", "external", "prefer-external"], {
  default: "prefer-external",
  doc: "internal | external | prefer-external.",
});

export type CachingType = "internal" | "external" | "prefer-external";

export function cacheOf({ services }: Exchange, type: CachingType): Cache {
  return type === "internal" ? services.cache : (services.externalCache ?? services.cache);
}

/** Values of cache-store-value live apart from cached responses. */
export function valueKey(key: string): string {
  return `value:${key}`;
}
