/** Relative references: resolving them (RFC 3986 5.2) and finding them (Uri.MakeRelativeUri). */
import type { UriParts } from "./uri-parse.ts";

/** What resolving needs to know of the base. */
interface Base {
  readonly parts: UriParts;
  readonly prefix: string;
  readonly fullAuthority: string;
}

/** The text of the absolute URI that a reference means in relation to a base; `http:x` means `x` where the base is of that scheme. */
export function resolve(base: Base, relative: string): string {
  const { path, query, scheme } = base.parts;
  const start = base.prefix + base.fullAuthority;
  const own = /^([a-z][a-z0-9+.-]+):/i.exec(relative);
  if (own !== null && own[1].toLowerCase() !== scheme) return relative;
  const reference = own === null ? relative : relative.slice(own[0].length);
  if (/^(\/\/|\\\\)/.test(reference)) return `${scheme}:${reference}`;
  if (/^[/\\]/.test(reference)) return start + reference;
  if (reference === "") return start + path + query;
  if (reference.startsWith("#")) return start + path + query + reference;
  if (reference.startsWith("?")) return start + path + reference;
  return start + path.slice(0, path.lastIndexOf("/") + 1) + reference;
}

/** The way from one path to another; both begin with a slash. */
export function pathDifference(from: string, to: string): string {
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) common++;
  if (common === 0) return to;
  if (common === from.length && common === to.length) return "";
  const lastSlash = to.slice(0, common).lastIndexOf("/");
  const up = "../".repeat(from.slice(common).split("/").length - 1);
  // From a file to its own directory.
  if (up === "" && to.length - 1 === lastSlash) return "./";
  return up + to.slice(lastSlash + 1);
}
