/** cache-store: keeps the response of a GET request that cache-lookup did not find. */
import { bool, int } from "../kit/attributes.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { currentResponse } from "./shared/current-message.ts";
import {
  collecting,
  encodeResponse,
  isKeepable,
  lookups,
  MAX_CACHED_BYTES,
  setCacheControl,
} from "./shared/response-cache.ts";

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
      doc: "true keeps this response whatever it says of itself; left out, only responses with 200 that do not forbid it are kept.",
    }),
  },
  compile({ duration, cacheResponse }) {
    return (x) => {
      const state = lookups.get(x);
      const response = currentResponse(x);
      const isKept = isKeepable(response, cacheResponse?.get(x));
      const seconds = duration.get(x);
      if (state === undefined || !isKept || seconds <= 0) return undefined;
      const expiresAt = x.clock.now() + seconds * 1000;
      setCacheControl(response.headers, state, seconds);
      response.body = collecting(response.body, MAX_CACHED_BYTES, (bytes) => {
        const kept = encodeResponse(response, bytes, expiresAt, state.headers);
        // A cache that fails costs a call to the backend, never the response.
        state.stored = state.cache.put(state.key, kept, seconds * 1000, kept.length);
      });
      return undefined;
    };
  },
});
