/** set-backend-service: sends the request to another base URL or to a backend entity. */
import { string } from "../kit/attributes.ts";
import type { Backend, Exchange } from "../kit/exchange.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, type CompileContext, definePolicy } from "../kit/policy.ts";
import { isCallersWord } from "../kit/doors.ts";

export const setBackendService = definePolicy({
  name: "set-backend-service",
  sections: ["inbound", "backend"],
  scopes: ALL_SCOPES,
  category: "Routing",
  summary: "Changes the backend of a request.",
  reference: "https://learn.microsoft.com/azure/api-management/set-backend-service-policy",
  attributes: {
    "base-url": string({ expression: true, doc: "New base URL, without a trailing slash." }),
    "backend-id": string({ expression: true, doc: "Id of a backend entity." }),
  },
  compile({ baseUrl, backendId }, context) {
    if ((baseUrl === undefined) === (backendId === undefined)) {
      context.error("Give either base-url or backend-id", {
        hint: 'For example <set-backend-service backend-id="orders" />.',
      });
      return () => undefined;
    }
    if (backendId !== undefined) {
      if (backendId.constant !== undefined) checkBackend(backendId.constant, context);
      return (x) => useBackend(backendId.get(x), x);
    }
    if (baseUrl?.constant !== undefined && !context.isLoose && !isBaseUrl(baseUrl.constant)) {
      context.error(`"${baseUrl.constant}" is not an http or https URL`, { attribute: "base-url" });
    }
    const byUrl = new Map(
      [...context.snapshot.backends.values()].filter((b) => b.type === "Single").map((b) => [b.url, b]),
    );
    const fixed = baseUrl?.constant?.replace(/\/+$/, "");
    return (x) => {
      const url = fixed ?? (baseUrl?.get(x) ?? "").replace(/\/+$/, "");
      if (fixed === undefined && !isBaseUrl(url))
        throw new PolicyFault("InvalidBackend", "The base URL is not an http or https URL.");
      // An inherited backend entity can be replaced only by another entity, not by a URL.
      if (x.backend !== null && !byUrl.has(url)) return undefined;
      x.setBackend(url, byUrl.get(url) ?? null);
      return undefined;
    };
  },
  doors({ baseUrl, backendId }) {
    const chosen = baseUrl ?? backendId;
    if (chosen === undefined) return [];
    return [{ kind: "backend", url: baseUrl?.constant, id: backendId?.constant, isCallersWord: isCallersWord(chosen) }];
  },
});

function checkBackend(id: string, context: CompileContext): Backend | undefined {
  const backend = context.snapshot.backends.get(id);
  if (backend === undefined && !context.isLoose) {
    context.error(`There is no backend "${id}"`, { attribute: "backend-id", hint: 'Add it to the folder "backends".' });
  }
  for (const member of backend?.pool?.members ?? []) {
    const single = context.snapshot.backends.get(member.id);
    if (single === undefined || single.type === "Pool") {
      const what = single === undefined ? "which does not exist" : "which is a pool itself";
      context.error(`The pool "${id}" has the member "${member.id}", ${what}`, {
        attribute: "backend-id",
        hint: "Members of a pool are backends of type Single.",
      });
    }
  }
  return backend;
}

function useBackend(id: string, x: Exchange): undefined {
  const backend = x.snapshot.backends.get(id);
  // The first member stands for its pool until forward-request has chosen one.
  const { members } = backend?.pool ?? {};
  const url = members === undefined ? backend?.url : x.snapshot.backends.get(members[0]?.id)?.url;
  if (backend === undefined || url === undefined)
    throw new PolicyFault("InvalidBackend", `There is no backend "${id}" that could be used.`);
  x.setBackend(url, backend);
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}
