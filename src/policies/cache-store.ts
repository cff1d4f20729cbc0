/** cache-store: keeps the response of a GET request that cache-lookup did not find. */
import { bool, int } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { currentResponse } from "./shared/current-message.ts";
import { collecting, encodeResponse, lookups, MAX_CACHED_BYTES, setCacheControl } from "./shared/response-cache.ts";

export const cacheStore = definePolicy({
  name: "cache-store",
  sections: ["outbound"],
  scopes: ALL_SCOPES,
  category: "Caching",
  summary: "Stores the response in the cache.",
  reference: "https://learn.microsoft.com/azure/api-management/cache-store-policy",
  attributes: {
    duration: int({ required: true, expression: true, min: 0, doc: "Seconds to keep the response." }),
    "cache-response": bool({
      expression: true,
      doc: "true keeps this response whatever its status; left out, only responses with 200 are kept.",
    }),
  },
  compile({ duration, cacheResponse }) {
    return (x) => {
      const state = lookups.get(x);
      const response = currentResponse(x);
      const isKept = cacheResponse === undefined ? isKeepable(x) : cacheResponse.get(x);
      const seconds = duration.get(x);
      if (state === undefined || !isKept || seconds <= 0) return undefined;
      const expiresAt = x.clock.now() + seconds * 1000;
      setCacheControl(response.headers, state, seconds);
      response.body = collecting(response.body, MAX_CACHED_BYTES, (bytes) => {
        const kept = encodeResponse(response, bytes, expiresAt);
        // A cache that fails costs a call to the backend, never the response.
        state.stored = state.cache.put(state.key, kept, seconds * 1000, kept.length);
      });
      return undefined;
    };
  },
});

/** A session that a response opens is its caller's alone. */
function isKeepable(x: Exchange): boolean {
  return x.response?.status === 200 && !x.response.headers.has("set-cookie");
}
