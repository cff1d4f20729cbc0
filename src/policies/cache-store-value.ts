/** cache-store-value: keeps a value under a key for some seconds. */
import { int, object, string } from "../kit/attributes.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { cacheOf, cachingType, valueKey } from "./shared/caching-type.ts";

export const cacheStoreValue = definePolicy({
  name: "cache-store-value",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Caching",
  summary: "Stores a value in the cache.",
  reference: "https://learn.microsoft.com/azure/api-management/cache-store-value-policy",
  attributes: {
    key: string({ required: true, expression: true, doc: "Key of the value." }),
    value: object({ required: true, expression: true, doc: "The value." }),
    duration: int({ required: true, expression: true, min: 0, doc: "Seconds to keep it." }),
    "caching-type": cachingType,
  },
  compile({ key, value, duration, cachingType }) {
    return (x) => {
      const seconds = duration.get(x);
      const content = value.get(x);
      if (content === null || seconds <= 0) return undefined;
      const cacheable = x.variables.toCacheable(content);
      const size = cacheable instanceof Uint8Array ? cacheable.length : x.variables.sizeOf(content);
      // Nobody waits for a store: a lookup that follows asks on the same connection, after it.
      void cacheOf(x, cachingType).put(valueKey(key.get(x)), cacheable, seconds * 1000, size);
      return undefined;
    };
  },
});
