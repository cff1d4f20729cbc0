/** Which cache a caching policy uses. Without an external cache configured, every type is the internal one. */
import { oneOf } from "../../kit/attributes.ts";

export const cachingType = oneOf(["internal", "external", "prefer-external"], {
  default: "prefer-external",
  doc: "internal | external | prefer-external.",
});

/** Values of cache-store-value live apart from cached responses. */
export function valueKey(key: string): string {
  return `value:${key}`;
}
