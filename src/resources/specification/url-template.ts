/**
 * URL templates of operations: `/items/{id}`, `/files/*`, `/files/{*path}`, `/search?q={q}`. Their parameters have
 * unique names; a wildcard stands at the end of the path.
 */

/** What is wrong with a template, as the rest of a sentence; undefined when it is well-formed. */
export function templateProblem(template: string): string | undefined {
  const question = template.indexOf("?");
  const path = question < 0 ? template : template.slice(0, question);
  if (!path.startsWith("/")) return "does not begin with a slash";
  if (template.includes("#")) return "holds a fragment";
  const withoutParameters = template.replace(/\{[^{}]*\}/g, "");
  if (/[{}]/.test(withoutParameters)) return "has a brace without its other half";
  const names = new Set<string>();
  for (const [, inner] of template.matchAll(/\{([^{}]*)\}/g)) {
    const name = inner.replace(/^\*/, "").toLowerCase();
    if (name === "") return "has a parameter without a name";
    if (names.has(name)) return `names the parameter "${inner}" twice`;
    names.add(name);
  }
  const segments = path.split("/");
  const wildcard = segments.findIndex((segment) => /^(\*|\{\*[^}]*\})$/.test(segment));
  if (wildcard >= 0 && wildcard < segments.length - 1) return "has a wildcard before its end";
  return undefined;
}

/**
 * Templates of one shape answer to the same requests: names of parameters do not matter, nor does the order of the
 * query.
 */
export function templateShape(template: string): string {
  const [path, query = ""] = template.split("?", 2);
  const shape = path
    .replace(/\{\*[^}]*\}/g, "*")
    .replace(/\{[^}]*\}/g, "{}")
    .replace(/\/+$/, "");
  const pairs = query
    .toLowerCase()
    .split("&")
    .map((pair) => pair.replace(/\{[^}]*\}/g, "{}"));
  return `${shape}?${pairs
    .filter((p) => p !== "")
    .sort()
    .join("&")}`;
}
