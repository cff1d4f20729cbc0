/** cache-lookup: answers GET requests with a stored response; nothing after it runs then. cache-store keeps what a miss fetched. */
import { bool, oneOf, string } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Outcome } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { cacheOf, cachingType } from "./shared/caching-type.ts";
import { decodeResponse, type LookupState, lookups, setCacheControl } from "./shared/response-cache.ts";
import { flightsOf, type Land } from "./shared/single-flight.ts";

export const cacheLookup = definePolicy({
  name: "cache-lookup",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Caching",
  summary: "Answers with a cached response where there is one.",
  reference: "https://learn.microsoft.com/azure/api-management/cache-lookup-policy",
  attributes: {
    "vary-by-developer": bool({ required: true, expression: true, doc: "A response for each developer and key." }),
    "vary-by-developer-groups": bool({ required: true, expression: true, doc: "A response for each set of groups." }),
    "caching-type": cachingType,
    "downstream-caching-type": oneOf(["none", "private", "public"], {
      default: "none",
      expression: true,
      doc: "What clients and proxies are told in Cache-Control.",
    }),
    "must-revalidate": bool({ default: true, expression: true, doc: "Whether Cache-Control says must-revalidate." }),
    "allow-private-response-caching": bool({
      default: false,
      expression: true,
      doc: "Whether requests with an Authorization header are cached.",
    }),
  },
  children: {
    "vary-by-header": { many: true, text: string({ required: true, doc: "Name of a request header." }) },
    "vary-by-query-parameter": {
      many: true,
      text: string({
        required: true,
        doc: "Names of query parameters, separated by semicolons; none at all: every parameter.",
      }),
    },
  },
  compile(config) {
    const { varyByDeveloper, varyByDeveloperGroups, downstreamCachingType, mustRevalidate } = config;
    const headers = sorted(config.children.varyByHeader.map((h) => h.text.trim().toLowerCase()));
    const declared = config.children.varyByQueryParameter.flatMap((q) => q.text.split(";").map((name) => name.trim()));
    const parameters = declared.length === 0 ? undefined : sorted(declared.filter((name) => name !== ""));
    const keyOf = (x: Exchange): string => {
      const parts = [x.route.api.id, x.originalUrl.origin, x.request.url.origin, x.request.url.path];
      for (const name of headers)
        parts.push(name, String(x.request.headers.all(name).length), ...x.request.headers.all(name));
      parts.push("?");
      for (const [name, value] of [...x.request.url.parameters].sort(byText))
        if (parameters === undefined || parameters.includes(name)) parts.push(name, value);
      const { user, subscription } = x.route;
      if (varyByDeveloper.get(x)) parts.push("developer", user?.id ?? "", subscription?.id ?? "");
      if (varyByDeveloperGroups.get(x)) parts.push("groups", ...sorted(user?.groups ?? []));
      // Lengths keep apart what only looks the same when it is joined.
      return `response:${parts.map((part) => `${part.length}:${part}`).join("")}`;
    };
    return (x): Outcome | Promise<Outcome> => {
      if (x.request.method !== "GET") return undefined;
      if (x.request.headers.has("authorization") && !config.allowPrivateResponseCaching.get(x)) return undefined;
      const state: LookupState = {
        cache: cacheOf(x, config.cachingType),
        key: keyOf(x),
        downstream: downstreamCachingType.get(x),
        mustRevalidate: mustRevalidate.get(x),
        headers: x.request.headers.clone(),
      };
      return lookUp(x, state, true);
    };
  },
});

function lookUp(x: Exchange, state: LookupState, mayWait: boolean): Outcome | Promise<Outcome> {
  const found = state.cache.get(state.key);
  return found instanceof Promise ? found.then((f) => judge(x, state, f, mayWait)) : judge(x, state, found, mayWait);
}

function judge(x: Exchange, state: LookupState, found: unknown, mayWait: boolean): Outcome | Promise<Outcome> {
  const hit = decodeResponse(found, x.clock.now(), state.headers);
  if (hit !== undefined) {
    x.trace?.add("cache-lookup", "Cache lookup resulted in a hit; remaining policies are skipped", {});
    setCacheControl(hit.response.headers, state, hit.remainingSeconds);
    x.response = hit.response;
    return "respond";
  }
  if (!mayWait) {
    lookups.set(x, state);
    return undefined;
  }
  const boarded = flightsOf(state.cache).board(state.key, x.clock.monotonic());
  return boarded instanceof Promise ? boarded.then((land) => fetch(x, state, land)) : fetch(x, state, boarded);
}

/** @param land undefined: somebody else has fetched it meanwhile, or tried to */
function fetch(x: Exchange, state: LookupState, land: Land | undefined): Outcome | Promise<Outcome> {
  if (land === undefined) return lookUp(x, state, false);
  lookups.set(x, state);
  // Whatever may happen to it, nobody waits longer than for this request.
  x.atEnd(async () => {
    await state.stored;
    land((await state.cache.get(state.key)) !== undefined);
  });
  return undefined;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function byText(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
