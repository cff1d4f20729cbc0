/** cache-value: a value from the cache, or made by policies of its own and then kept; many who miss it wait for one who makes it. */
import { int, object, string } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { type Outcome, PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { cachingType } from "./shared/caching-type.ts";
import { flightsOf } from "./shared/single-flight.ts";

/** A value with the time when it is due to be made anew, while it may still be used: wall time, ms. */
interface Kept {
  readonly value: unknown;
  readonly refreshAt: number;
}

export const cacheValue = definePolicy({
  name: "cache-value",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Caching",
  summary: "Sets a variable from the cache, or by policies whose result is then kept.",
  reference: "https://github.com/Azure/azure-api-management-policy-toolkit",
  attributes: {
    key: string({ required: true, expression: true, doc: "Key of the value." }),
    "variable-name": string({ required: true, doc: "Variable that receives the value; <value> sets it on a miss." }),
    "expires-after": int({ required: true, expression: true, min: 1, doc: "Seconds to keep the value." }),
    "refresh-after": int({
      expression: true,
      min: 1,
      doc: "Seconds after which one request makes it anew while others use the old one.",
    }),
    "default-value": object({ expression: true, doc: "Value of the variable when <value> sets none, or fails." }),
    "caching-type": cachingType,
  },
  children: { value: { min: 1, steps: true } },
  compile({ key, variableName, expiresAfter, refreshAfter, defaultValue, children }, context) {
    const [expires, refreshes] = [expiresAfter.constant, refreshAfter?.constant];
    if (expires !== undefined && refreshes !== undefined && refreshes >= expires)
      context.error("refresh-after is less than expires-after, or has no effect", { attribute: "refresh-after" });

    const make = async (x: Exchange, name: string, land: (isKept: boolean) => void): Promise<Outcome> => {
      let isKept = false;
      try {
        x.variables.remove(variableName);
        const outcome = await children.value.steps.run(x);
        if (outcome !== undefined) return outcome;
        if (!x.variables.has(variableName)) return fallBack(x, undefined);
        const value = x.variables.get(variableName);
        const now = x.clock.now();
        const lifeMs = expiresAfter.get(x) * 1000;
        const refreshMs = refreshAfter === undefined ? lifeMs : refreshAfter.get(x) * 1000;
        const kept: Kept = { value: x.variables.toCacheable(value), refreshAt: now + refreshMs };
        await x.services.cache.put(name, kept, lifeMs, x.variables.sizeOf(value));
        isKept = true;
        return undefined;
      } catch (error) {
        return fallBack(x, error);
      } finally {
        land(isKept);
      }
    };

    /** @param error why there is no value; undefined: the policies set none */
    const fallBack = (x: Exchange, error: unknown): Outcome => {
      if (defaultValue === undefined) {
        throw (
          error ??
          new PolicyFault("CacheValueNotSet", `The policies of <value> did not set the variable "${variableName}".`)
        );
      }
      x.variables.set(variableName, defaultValue.get(x));
      return undefined;
    };

    return async (x): Promise<Outcome> => {
      const name = `kept:${key.get(x)}`;
      const flights = flightsOf(x.services.cache);
      let found = (await x.services.cache.get(name)) as Kept | undefined;
      if (found === undefined) {
        const underWay = flights.underWay(name);
        if (underWay !== undefined) {
          await underWay;
          found = (await x.services.cache.get(name)) as Kept | undefined;
        }
      }
      const now = x.clock.monotonic();
      if (found === undefined) return make(x, name, flights.begin(name, now) ?? (() => {}));
      // Due: the first who sees it makes it anew; whoever comes meanwhile uses what is there.
      const land = found.refreshAt <= x.clock.now() ? flights.begin(name, now) : undefined;
      if (land !== undefined) return make(x, name, land);
      x.variables.set(variableName, x.variables.fromCacheable(found.value));
      return undefined;
    };
  },
});
