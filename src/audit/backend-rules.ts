/** What is looked for where a request leaves the gateway: whether the backend can tell it from others, and the way there is safe. */
import type { Backend, Snapshot } from "../resources/snapshot.ts";
import type { Places } from "../resources/places.ts";
import { isLoopback } from "./entrances.ts";
import type { Place } from "./finding.ts";
import type { Found } from "./findings.ts";
import type { State, Target, Walked } from "./walk.ts";

export interface BackendView {
  readonly walked: Walked;
  readonly snapshot: Snapshot;
  readonly places: Places;
  /** Where the API says where its backend is. */
  readonly place: Place;
}

export function* backendRules(view: BackendView): Generator<Found> {
  const { walked } = view;
  if (!walked.reachesBackend) return;
  for (const target of walked.end.targets) yield* ofTarget(view, target);
  yield* ofCalls(view);
}

function* ofTarget(view: BackendView, target: Target): Generator<Found> {
  if (target === "none") return;
  const { end } = view.walked;
  if (target === "computed") {
    if (!end.sure.has("credential")) yield bare(end, view.place, "The backend that an expression chooses");
    if (forwardsToken(end)) yield forwarded(view.place, "the backend that an expression chooses");
    return;
  }
  if ("backend" in target) {
    for (const entity of singlesOf(target.backend, view.snapshot)) yield* ofEntity(view, entity);
    return;
  }
  yield* ofUrl(end, target.url, view.place);
  if (!end.sure.has("credential")) yield bare(end, view.place, `The backend at ${shown(target.url)}`);
  if (forwardsToken(end)) yield forwarded(view.place, shown(target.url));
}

function* ofEntity({ walked, places, place }: BackendView, entity: Backend): Generator<Found> {
  const { end } = walked;
  const sought = { kind: "backends", id: entity.id } as const;
  const at = places.of(sought) ?? place;
  const name = `The backend "${entity.id}"`;
  yield* ofUrl(end, entity.url, places.of(sought, "url") ?? at);
  const hasCredentials = hasAny(entity.credentials);
  if (!hasCredentials && !end.sure.has("credential")) yield bare(end, at, name);
  if (!entity.validateCertificateChain || !entity.validateCertificateName) {
    const what = entity.validateCertificateChain ? "name" : "chain";
    yield { code: "SA3003", place: at, reason: `${name} is trusted whatever the ${what} of its certificate` };
  }
  if (forwardsToken(end) && (!hasCredentials || entity.forwardAuthorization === true))
    yield forwarded(at, `the backend "${entity.id}"`);
}

function* ofUrl(end: State, url: string, place: Place): Generator<Found> {
  if (!url.startsWith("http:") || isLoopback(new URL(url).hostname)) return;
  const what = end.sure.has("credential") ? "its credentials, tokens and data" : "tokens and data";
  yield { code: "SA3002", place, reason: `${shown(url)} is called over plain HTTP: ${what} travel in the open` };
}

/** Requests that policies send. */
function* ofCalls({ walked }: BackendView): Generator<Found> {
  for (const { door, facts } of walked.met) {
    if (door.kind !== "call" || door.url === undefined || facts.silenced.has("SA3002")) continue;
    const { file, line, policy } = facts.place;
    if (!URL.canParse(door.url) || !door.url.startsWith("http:") || isLoopback(new URL(door.url).hostname)) continue;
    yield { code: "SA3002", place: { file, line }, reason: `<${policy}> calls ${shown(door.url)} over plain HTTP` };
  }
}

function bare({ some }: State, place: Place, what: string): Found {
  const isSometimes = some.has("credential");
  const shows = isSometimes
    ? "a certificate or credential in some branches only"
    : "neither a certificate nor a credential";
  return { code: "SA3001", place, isSometimes, reason: `${what} is shown ${shows}` };
}

function forwardsToken({ carriesCallers, sure }: State): boolean {
  return carriesCallers && sure.has("token in Authorization");
}

function forwarded(place: Place, to: string): Found {
  return { code: "SA3004", place, reason: `The caller's validated token goes on to ${to}` };
}

/** A pool stands for its members. */
function singlesOf(id: string, { backends }: Snapshot): readonly Backend[] {
  const entity = backends.get(id);
  if (entity === undefined) return [];
  if (entity.pool === undefined) return [entity];
  return entity.pool.members.flatMap((member) => backends.get(member.id) ?? []);
}

function hasAny(credentials: Backend["credentials"]): boolean {
  if (credentials === undefined) return false;
  const { header, query, authorization, certificateIds, certificateThumbprints, managedIdentity } = credentials;
  const count = header.size + query.size + certificateIds.length + (certificateThumbprints?.length ?? 0);
  return count > 0 || authorization !== undefined || managedIdentity !== undefined;
}

/** Without what may be secret in it. */
function shown(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "an address";
}
