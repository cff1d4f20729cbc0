/** cache-remove-value: forgets the value of a key. */
import { string } from "../kit/attributes.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { cacheOf, cachingType, valueKey } from "./shared/caching-type.ts";

export const cacheRemoveValue = definePolicy({
  name: "cache-remove-value",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Caching",
  summary: "Removes a value from the cache.",
  reference: "https://learn.microsoft.com/azure/api-management/cache-remove-value-policy",
  attributes: {
    key: string({ required: true, expression: true, doc: "Key of the value." }),
    "caching-type": cachingType,
  },
  compile({ key, cachingType }) {
    return (x) => {
      const removed = cacheOf(x, cachingType).remove(valueKey(key.get(x)));
      return removed instanceof Promise ? removed.then(() => undefined) : undefined;
    };
  },
});
