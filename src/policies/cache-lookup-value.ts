/** cache-lookup-value: reads a value by key into a variable; a miss without default leaves the variable unset. */
import { object, string } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { cacheOf, cachingType, valueKey } from "./shared/caching-type.ts";

export const cacheLookupValue = definePolicy({
  name: "cache-lookup-value",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Caching",
  summary: "Reads a cached value into a variable.",
  reference: "https://learn.microsoft.com/azure/api-management/cache-lookup-value-policy",
  attributes: {
    key: string({ required: true, expression: true, doc: "Key of the value." }),
    "variable-name": string({ required: true, doc: "Variable that receives the value." }),
    "default-value": object({ expression: true, doc: "Value of the variable when there is none in the cache." }),
    "caching-type": cachingType,
  },
  compile({ key, variableName, defaultValue, cachingType }) {
    const assign = (x: Exchange, found: unknown) => {
      const value = found === undefined ? undefined : x.variables.fromCacheable(found);
      if (value !== undefined) x.variables.set(variableName, value);
      else if (defaultValue !== undefined) x.variables.set(variableName, defaultValue.get(x));
      return undefined;
    };
    return (x) => {
      const found = cacheOf(x, cachingType).get(valueKey(key.get(x)));
      return found instanceof Promise ? found.then((value) => assign(x, value)) : assign(x, found);
    };
  },
});
