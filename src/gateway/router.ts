/**
 * Finds the API and operation of a request: by host name, the longest API path, version, revision, then the operation's template and
 * method. Built once for a configuration; nothing here depends on who calls.
 *
 * An API's protocols (http, https) are not enforced: the gateway often stands behind a proxy that ends TLS, and a listener without
 * TLS must be asked for in the settings. WebSocket APIs answer handshakes only.
 */
import type { Headers } from "../http/headers.ts";
import type { RequestUrl } from "../kit/url.ts";
import type { Api, Operation, Snapshot, VersionSet } from "../resources/snapshot.ts";
import { OperationTable, operationsOf } from "./operation-table.ts";

export interface ApiMatch {
  readonly api: Api;
  /** As requested, without trailing slash: `/orders/v1`, "" for an API without path. */
  readonly apiPath: string;
  /** What follows, with leading slash. */
  readonly operationPath: string;
}

export interface RouteMatch extends ApiMatch {
  readonly operation: Operation;
  readonly matchedParameters: ReadonlyMap<string, string>;
}

/** An API as one path leads to it. */
interface Entry {
  readonly current: Api | undefined;
  readonly revisions: ReadonlyMap<string, Api>;
  /** Carries the version; undefined when the path alone decides. */
  readonly version:
    | { readonly scheme: "Header" | "Query"; readonly parameter: string; readonly value: string }
    | undefined;
}

class Node {
  readonly children = new Map<string, Node>();
  entries: Entry[] | undefined;
}

/** `;rev=3` at the end of a segment. */
const REVISION = /^(.*);rev=([^;]+)$/i;

export class Router {
  readonly #root = new Node();
  readonly #hosts: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #tables = new Map<Api, OperationTable>();

  constructor(snapshot: Snapshot) {
    this.#hosts = new Map(
      snapshot.settings.listeners.map((l) => [l.name, new Set(l.hostnames.map((h) => h.toLowerCase()))]),
    );
    for (const revisions of byId(snapshot.apis)) this.#add(revisions, snapshot.versionSets);
  }

  /** Only names that a listener serves are answered; a listener without names serves all. */
  servesHost(listener: string, host: string): boolean {
    const hosts = this.#hosts.get(listener);
    return hosts === undefined || hosts.size === 0 || hosts.has(host);
  }

  /** The API that a path leads to; undefined when there is none, or not in the version or revision asked for. */
  api(url: RequestUrl, headers: Headers): ApiMatch | undefined {
    const { path } = url;
    let node = this.#root;
    let best: Node | undefined = node.entries === undefined ? undefined : node;
    let bestEnd = 0;
    let revision: string | undefined;
    for (let start = 1; start < path.length; ) {
      const slash = path.indexOf("/", start);
      const end = slash < 0 ? path.length : slash;
      const segment = path.slice(start, end).toLowerCase();
      let next = node.children.get(segment);
      const asked = next === undefined && segment.includes(";") ? REVISION.exec(segment) : null;
      if (asked !== null) {
        // The revision ends the API's path: what follows is the operation's.
        next = asked[1] === "" && start === 1 ? node : node.children.get(asked[1]);
        if (next?.entries === undefined) return undefined;
        best = next;
        bestEnd = end;
        revision = asked[2];
        break;
      }
      if (next === undefined) break;
      node = next;
      if (node.entries !== undefined) {
        best = node;
        bestEnd = end;
      }
      start = end + 1;
    }
    const api = best?.entries && resolve(best.entries, revision, url, headers);
    if (api === undefined) return undefined;
    return { api, apiPath: path.slice(0, bestEnd), operationPath: bestEnd === path.length ? "/" : path.slice(bestEnd) };
  }

  /** The operation of an API for a method. */
  operation(match: ApiMatch, method: string, url: RequestUrl): RouteMatch | undefined {
    const { api, apiPath, operationPath } = match;
    const found = this.#table(api).match(method, operationPath, url);
    if (found === undefined) return undefined;
    return { api, apiPath, operationPath, operation: found.operation, matchedParameters: found.parameters };
  }

  #table(api: Api): OperationTable {
    let table = this.#tables.get(api);
    if (table === undefined) {
      table = new OperationTable(operationsOf(api));
      this.#tables.set(api, table);
    }
    return table;
  }

  /** @param revisions of one API */
  #add(revisions: readonly Api[], versionSets: ReadonlyMap<string, VersionSet>): void {
    // Path, version and the like hold for all revisions as the current one has them.
    const lead = revisions.find((api) => api.isCurrent) ?? revisions[0];
    const set = lead.versionSetId === undefined ? undefined : versionSets.get(lead.versionSetId);
    const entry: Entry = {
      current: revisions.find((api) => api.isCurrent),
      revisions: new Map(revisions.map((api) => [api.revision.toLowerCase(), api])),
      version: versionOf(lead, set),
    };
    for (const path of pathsOf(lead, set)) {
      const node = this.#node(path);
      node.entries ??= [];
      node.entries.push(entry);
    }
  }

  #node(path: string): Node {
    let node = this.#root;
    for (const segment of path.toLowerCase().split("/")) {
      if (segment === "") continue;
      let child = node.children.get(segment);
      if (child === undefined) {
        child = new Node();
        node.children.set(segment, child);
      }
      node = child;
    }
    return node;
  }
}

function* byId(apis: readonly Api[]): Iterable<readonly Api[]> {
  const groups = new Map<string, Api[]>();
  for (const api of apis) {
    const group = groups.get(api.id);
    if (group === undefined) groups.set(api.id, [api]);
    else group.push(api);
  }
  yield* groups.values();
}

function versionOf(api: Api, set: VersionSet | undefined): Entry["version"] {
  if (set === undefined || set.scheme === "Segment" || set.parameter === undefined || !api.version) return undefined;
  return { scheme: set.scheme, parameter: set.parameter, value: api.version.toLowerCase() };
}

/** An extract may keep a path that ends in the version already: then it is served as written, and with the version after it. */
export function pathsOf(api: Api, set: VersionSet | undefined): string[] {
  if (set?.scheme !== "Segment" || !api.version) return [api.path];
  const versioned = `${api.path}/${api.version}`;
  return `/${api.path}`.toLowerCase().endsWith(`/${api.version.toLowerCase()}`) ? [api.path, versioned] : [versioned];
}

function resolve(
  entries: readonly Entry[],
  revision: string | undefined,
  url: RequestUrl,
  headers: Headers,
): Api | undefined {
  let isVersionAsked = false;
  let original: Entry | undefined;
  for (const entry of entries) {
    if (entry.version === undefined) {
      original ??= entry;
      continue;
    }
    const { scheme, parameter, value } = entry.version;
    const asked = scheme === "Header" ? headers.first(parameter) : url.parameter(parameter)[0];
    if (asked === undefined) continue;
    if (asked.trim().toLowerCase() === value) return revisionOf(entry, revision);
    isVersionAsked = true;
  }
  // A version that does not exist is not the unversioned API.
  return isVersionAsked || original === undefined ? undefined : revisionOf(original, revision);
}

function revisionOf(entry: Entry, revision: string | undefined): Api | undefined {
  if (revision === undefined) return entry.current;
  const api = entry.revisions.get(revision);
  return api?.isOnline || api?.isCurrent ? api : undefined;
}
