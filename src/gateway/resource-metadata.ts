/**
 * Says where tokens for an API come from: protected resource metadata, and the challenge that leads to it.
 * https://www.rfc-editor.org/rfc/rfc9728
 */
import type { Exchange } from "../kit/exchange.ts";
import type { RequestUrl } from "../kit/url.ts";
import type { ResourceAuthorization } from "../resources/agent-protocols.ts";
import type { Api, Snapshot } from "../resources/snapshot.ts";
import { endpointsOf } from "./agent-operations.ts";
import { pathsOf } from "./router.ts";

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

interface Resource {
  readonly name: string;
  readonly authorization: ResourceAuthorization;
}

function authorizationOf({ mcp, agent }: Api): ResourceAuthorization | undefined {
  return (mcp ?? agent)?.settings.authorization;
}

/** The documents of one configuration, by path. */
export class ResourceMetadata {
  /** In lower case, as APIs are found. */
  readonly #resources = new Map<string, Resource>();

  constructor(snapshot: Snapshot) {
    for (const api of snapshot.apis) {
      const authorization = authorizationOf(api);
      if (authorization === undefined || !api.isCurrent) continue;
      const set = api.versionSetId === undefined ? undefined : snapshot.versionSets.get(api.versionSetId);
      for (const path of pathsOf(api, set))
        for (const endpoint of ["", ...endpointsOf(api)]) {
          const resource = `/${path}${endpoint}`.replace(/\/+$/, "").toLowerCase();
          this.#resources.set(resource, { name: api.name, authorization });
        }
    }
  }

  /** JSON of the document at this URL; undefined when there is none. */
  find({ origin, path }: RequestUrl): string | undefined {
    if (this.#resources.size === 0 || !path.startsWith(WELL_KNOWN)) return undefined;
    const resource = path.slice(WELL_KNOWN.length);
    const known = this.#resources.get(resource.replace(/\/$/, "").toLowerCase());
    if (known === undefined) return undefined;
    const { servers, scopes, resource: identifier } = known.authorization;
    return JSON.stringify({
      resource: identifier ?? origin + resource,
      authorization_servers: servers,
      ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
      bearer_methods_supported: ["header"],
      resource_name: known.name,
    });
  }
}

/** Adds to a 401 of an API with metadata where that is (RFC 9728 section 5.1). Another challenge that names some stays as it is. */
export function addChallenge(x: Exchange): void {
  const { response } = x;
  const authorization = authorizationOf(x.route.api);
  if (authorization === undefined || response?.status !== 401) return;
  const { headers } = response;
  const given = headers.all("WWW-Authenticate");
  if (given.some((value) => value.includes("resource_metadata="))) return;
  const { origin, path } = x.originalUrl;
  const scope = authorization.scopes.length === 0 ? "" : `, scope="${authorization.scopes.join(" ")}"`;
  const more = `resource_metadata="${origin}${WELL_KNOWN}${path.replace(/\/$/, "")}"${scope}`;
  const bearer = given.findIndex((value) => /^bearer\b/i.test(value));
  headers.remove("WWW-Authenticate");
  const challenges = bearer < 0 ? [`Bearer ${more}`, ...given] : given;
  for (const [i, value] of challenges.entries()) {
    const isJoined = i === bearer;
    headers.append("WWW-Authenticate", isJoined ? joined(value, more) : value);
  }
}

function joined(challenge: string, more: string): string {
  return /^bearer\s*$/i.test(challenge) ? `Bearer ${more}` : `${challenge}, ${more}`;
}
