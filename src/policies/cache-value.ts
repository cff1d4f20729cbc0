/** cache-value: a value from the cache, or made by policies of its own and then kept; many who miss it wait for one who makes it. */
import { int, object, string } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Cache } from "../kit/services.ts";
import { type Outcome, PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { cacheOf, cachingType } from "./shared/caching-type.ts";
import { flightsOf, type Land } from "./shared/single-flight.ts";

/** A value with the time when it is due to be made anew, while it may still be used: wall time, ms. */
interface Kept {
  /** As `toCacheable` has made it. */
  readonly value: unknown;
  readonly refreshAt: number;
}

/** Bytes stay bytes, so that others can read them: with the time before them. */
function keptOf(value: unknown, refreshAt: number): Kept | Uint8Array {
  if (!(value instanceof Uint8Array)) return { value, refreshAt };
  const bytes = Buffer.allocUnsafe(8 + value.length);
  bytes.writeDoubleLE(refreshAt);
  bytes.set(value, 8);
  return bytes;
}

function keptFrom(found: unknown): Kept | undefined {
  if (!(found instanceof Uint8Array)) return found as Kept | undefined;
  if (found.length < 9) return undefined;
  const refreshAt = Buffer.from(found.buffer, found.byteOffset, 8).readDoubleLE();
  return { value: found.subarray(8), refreshAt };
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
  compile({ key, variableName, expiresAfter, refreshAfter, defaultValue, cachingType, children }, context) {
    const [expires, refreshes] = [expiresAfter.constant, refreshAfter?.constant];
    if (expires !== undefined && refreshes !== undefined && refreshes >= expires)
      context.error("refresh-after is less than expires-after, or has no effect", { attribute: "refresh-after" });

    const make = async (x: Exchange, cache: Cache, name: string, land: Land): Promise<Outcome> => {
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
        await cache.put(
          name,
          keptOf(x.variables.toCacheable(value), now + refreshMs),
          lifeMs,
          x.variables.sizeOf(value),
        );
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

    /** Sets the variable; false when there is nothing that can be used. */
    const use = (x: Exchange, kept: Kept | undefined): boolean => {
      const value = kept === undefined ? undefined : x.variables.fromCacheable(kept.value);
      if (value === undefined) return false;
      x.variables.set(variableName, value);
      return true;
    };

    return async (x): Promise<Outcome> => {
      const name = `kept:${key.get(x)}`;
      const cache = cacheOf(x, cachingType);
      const flights = flightsOf(cache);
      const now = x.clock.monotonic();
      const found = keptFrom(await cache.get(name));
      if (use(x, found)) {
        // Due: the first who sees it makes it anew; whoever comes meanwhile uses what is there.
        const isDue = found !== undefined && found.refreshAt <= x.clock.now();
        const land = isDue ? await flights.boardIfFree(name, now) : undefined;
        return land === undefined ? undefined : make(x, cache, name, land);
      }
      const land = await flights.board(name, now);
      if (land !== undefined) return make(x, cache, name, land);
      return use(x, keptFrom(await cache.get(name))) ? undefined : make(x, cache, name, () => {});
    };
  },
});
