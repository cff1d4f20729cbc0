/** rewrite-uri: the path (and query) that the backend gets instead of the caller's. */
import { bool, string } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { parseQuery, wirePath, wireQuery } from "../kit/url.ts";

export const rewriteUri = definePolicy({
  name: "rewrite-uri",
  sections: ["inbound", "backend"],
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Rewrites the path and query sent to the backend.",
  reference: "https://learn.microsoft.com/azure/api-management/rewrite-uri-policy",
  attributes: {
    template: string({
      required: true,
      expression: true,
      doc: "New path with optional query; {name} stands for a matched parameter.",
    }),
    "copy-unmatched-params": bool({
      default: true,
      expression: true,
      doc: "Whether the caller's query parameters that the operation's template does not name are added.",
    }),
  },
  compile({ template, copyUnmatchedParams }, context) {
    if (template.constant?.includes("#")) context.error("A rewritten URI has no fragment", { attribute: "template" });
    return (x) => {
      const filled = template.constant === undefined ? template.get(x) : fill(template.constant, x);
      const mark = filled.indexOf("?");
      const path = wirePath(mark < 0 ? filled : filled.slice(0, mark));
      if (path === undefined)
        throw new PolicyFault("InvalidUri", "The rewritten path holds something a path must not hold.");
      let query = mark < 0 ? "" : wireQuery(filled.slice(mark + 1));
      if (copyUnmatchedParams.get(x)) query = withUnmatched(query, x);
      x.rewrite(path, query);
      return undefined;
    };
  },
});

/** Replaces `{name}` by the matched parameter, encoded so that it stays where it is put. */
function fill(template: string, x: Exchange): string {
  if (!template.includes("{")) return template;
  return template.replace(/\{(\*?)([^{}?*]+)\*?\}/g, (whole, star: string, name: string) => {
    const value = x.route.matchedParameters.get(name);
    if (value === undefined) return whole;
    const encoded = encodeURIComponent(value.toWellFormed());
    return star ? encoded.replaceAll("%2F", "/") : encoded;
  });
}

/** Adds the caller's query parameters that neither the operation's template nor the new query names. */
function withUnmatched(query: string, x: Exchange): string {
  const current = x.request.url.query;
  if (current === "") return query;
  const named = new Set<string>();
  const templateQuery = x.route.operation.urlTemplate.split("?")[1];
  for (const source of [templateQuery ?? "", query])
    for (const [name] of parseQuery(source)) named.add(name.toLowerCase());
  if (named.size === 0) return current;
  const rest = current.split("&").filter((part) => !named.has(parseQuery(part)[0]?.[0].toLowerCase()));
  return query === "" ? rest.join("&") : [query, ...rest].join("&");
}
