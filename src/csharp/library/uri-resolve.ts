/** Relative references: resolving them (RFC 3986 5.2) and finding them (Uri.MakeRelativeUri). */
import type { UriParts } from "./uri-parse.ts";

/** What resolving needs to know of the base. */
interface Base {
  readonly parts: UriParts;
  readonly prefix: string;
  readonly fullAuthority: string;
}

/** The text of the absolute URI that a reference means in relation to a base. */
export function resolve(base: Base, reference: string): string {
  const { path, query, scheme } = base.parts;
  const start = base.prefix + base.fullAuthority;
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
