/**
 * Why a request found no operation, in words for those who run the gateway: callers learn nothing but 404. Asked for only where somebody
 * listens, since anybody may call addresses that are not there.
 */
import type { Api, Snapshot } from "../resources/snapshot.ts";
import { operationsOf } from "./operation-table.ts";
import type { ApiMatch, Router } from "./router.ts";
import type { CanonicalRequest } from "./canonical.ts";

/** Names that are listed. */
const MAX_NAMED = 5;

export function whyNotFound(
  { url }: Pick<CanonicalRequest, "url">,
  method: string,
  match: ApiMatch | undefined,
  { router, snapshot }: { readonly router: Router; readonly snapshot: Snapshot },
): string {
  return match === undefined ? whyNoApi(url.path, snapshot) : whyNoOperation(method, match, url, router);
}

interface Paths {
  /** Of all APIs, longest first, in small letters, with slashes around them. */
  readonly prefixes: readonly (readonly [prefix: string, api: Api])[];
  readonly sentence: string;
}

/** Made once: anybody may ask for what is not there, and often. */
const known = new WeakMap<Snapshot, Paths>();

function pathsOf(snapshot: Snapshot): Paths {
  let paths = known.get(snapshot);
  if (paths === undefined) {
    const prefixes = snapshot.apis.map((api) => [withSlashes(api.path), api] as const);
    const names = new Set(snapshot.apis.map((api) => `/${api.path}`));
    paths = {
      prefixes: prefixes.sort(([a], [b]) => b.length - a.length),
      sentence: names.size === 0 ? "There is no API." : `No API is at this path; there are ${named(names)}.`,
    };
    known.set(snapshot, paths);
  }
  return paths;
}

function whyNoApi(path: string, snapshot: Snapshot): string {
  const asked = `${path.toLowerCase().replace(/;rev=[^/]*/, "")}/`;
  const { prefixes, sentence } = pathsOf(snapshot);
  const longest = prefixes.find(([prefix]) => asked.startsWith(prefix))?.[1];
  if (longest === undefined) return sentence;
  const { scheme, parameter } = snapshot.versionSets.get(longest.versionSetId ?? "") ?? {};
  const where = scheme === "Segment" ? "the path behind it" : `${scheme?.toLowerCase()} ${parameter}`;
  const versions = snapshot.apis.filter((api) => api.path === longest.path).flatMap(({ version }) => version ?? []);
  if (scheme !== undefined && versions.length > 0)
    return `The API at /${longest.path} wants its version in ${where}: ${named(new Set(versions))}.`;
  return `The API "${longest.id}" is not served by this listener, or not in the revision asked for.`;
}

function whyNoOperation(method: string, match: ApiMatch, url: CanonicalRequest["url"], router: Router): string {
  const operations = operationsOf(match.api);
  const methods = new Set(operations.map((operation) => operation.method));
  const others = [...methods].filter((other) => other !== method && router.operation(match, other, url) !== undefined);
  if (others.length > 0) return `${nameOf(match.api)} takes ${named(others)} at ${match.operationPath}, not ${method}.`;
  const all = operations.map((operation) => `${operation.method} ${operation.urlTemplate}`);
  const known = all.length === 0 ? "no operations" : named(all);
  return `${nameOf(match.api)} has no operation for ${method} ${match.operationPath}; it has ${known}.`;
}

function nameOf({ id }: Api): string {
  return `The API "${id}"`;
}

function withSlashes(path: string): string {
  return path === "" ? "/" : `/${path.toLowerCase()}/`;
}

function named(names: Iterable<string>): string {
  const list = [...names];
  const more = list.length - MAX_NAMED;
  return list.slice(0, MAX_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
