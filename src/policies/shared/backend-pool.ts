/**
 * Which member of a pool a call goes to: by priority, then by weight in turn, never to one whose breaker is open, and on a retry to
 * another than before. Callers with an affinity cookie stay with their member while it can be called.
 */
import { hash } from "node:crypto";
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import type { Backend, Exchange, PoolMember } from "../../kit/exchange.ts";
import { ResponseMessage } from "../../kit/message.ts";
import { admit } from "./circuit-breaker.ts";

/** The pool behind the member that a request uses. */
interface PoolUse {
  readonly pool: Backend;
  readonly member: Backend;
  readonly tried: ReadonlySet<string>;
}

const uses = new WeakMap<Exchange, PoolUse>();

/**
 * Decides where the next call of a request goes, and points the request there. Answers the response for the caller when no backend may
 * be called now.
 */
export function route(x: Exchange): ResponseMessage | undefined {
  const { backend } = x;
  if (backend === null) return undefined;
  const use = uses.get(x);
  const isRetry = use !== undefined && use.member === backend;
  const pool = isRetry ? use.pool : backend.type === "Pool" ? backend : undefined;
  if (pool === undefined) {
    const waitMs = admit(x, backend);
    return waitMs > 0 ? unavailable("Backend", waitMs) : undefined;
  }
  const tried = isRetry ? use.tried : new Set<string>();
  let chosen = choose(x, pool, tried);
  // Nobody else may be called: one that was tried may be, rather than none.
  if (!isMember(chosen) && tried.size > 0) chosen = choose(x, pool, NOBODY) ?? chosen;
  if (!isMember(chosen)) return unavailable("Backend pool", chosen ?? 1_000);
  uses.set(x, { pool, member: chosen, tried: new Set([...tried, chosen.id]) });
  if (x.backend !== chosen) x.setBackend(chosen.url, chosen);
  keepAffinity(x, pool, chosen);
  return undefined;
}

const NOBODY: ReadonlySet<string> = new Set();

function isMember(chosen: Backend | number | undefined): chosen is Backend {
  return typeof chosen === "object";
}

/** In turns by weight; one for each pool of a configuration and thread. */
interface Turns {
  /** Members by priority, the most important first. */
  readonly groups: readonly (readonly Turn[])[];
  readonly byCookie: ReadonlyMap<string, Backend>;
}

interface Turn {
  readonly backend: Backend;
  readonly weight: number;
  credit: number;
}

const turnsOf = new WeakMap<Backend, Turns>();

function turns(x: Exchange, pool: Backend): Turns {
  let known = turnsOf.get(pool);
  if (known === undefined) {
    known = makeTurns(x, pool);
    turnsOf.set(pool, known);
  }
  return known;
}

function makeTurns(x: Exchange, pool: Backend): Turns {
  const members = (pool.pool?.members ?? []).flatMap((member) => {
    const backend = x.snapshot.backends.get(member.id);
    return backend === undefined ? [] : [{ member, backend }];
  });
  const isEqual = members.every(({ member }) => member.weight === 0);
  const groups = Map.groupBy(members, ({ member }) => member.priority);
  const toTurn = ({ member, backend }: { member: PoolMember; backend: Backend }): Turn => ({
    backend,
    weight: isEqual ? 1 : member.weight,
    credit: 0,
  });
  return {
    groups: [...groups].sort(([a], [b]) => a - b).map(([, group]) => group.map(toTurn)),
    byCookie: new Map(members.map(({ backend }) => [cookieValue(pool, backend), backend])),
  };
}

/** A member; or the least ms until one may be called; undefined when all have been tried. */
function choose(x: Exchange, pool: Backend, tried: ReadonlySet<string>): Backend | number | undefined {
  const { groups, byCookie } = turns(x, pool);
  const preferred = byCookie.get(affinityOf(x, pool) ?? "");
  if (preferred !== undefined && !tried.has(preferred.id) && admit(x, preferred) <= 0) return preferred;
  let leastMs: number | undefined;
  for (const group of groups) {
    let candidates = group.filter(({ backend }) => !tried.has(backend.id));
    while (candidates.length > 0) {
      const turn = next(candidates);
      const waitMs = admit(x, turn.backend);
      if (waitMs <= 0) return turn.backend;
      leastMs = Math.min(leastMs ?? waitMs, waitMs);
      candidates = candidates.filter((candidate) => candidate !== turn);
    }
  }
  return leastMs;
}

/** Smooth weighted round robin: heavy members come often, but not in a row. */
function next(candidates: readonly Turn[]): Turn {
  let total = 0;
  let best = candidates[0];
  for (const candidate of candidates) {
    candidate.credit += candidate.weight;
    total += candidate.weight;
    if (candidate.credit > best.credit) best = candidate;
  }
  best.credit -= total;
  return best;
}

function affinityOf(x: Exchange, pool: Backend): string | undefined {
  const name = pool.pool?.affinityCookie;
  if (name === undefined) return undefined;
  for (const header of x.request.headers.all("Cookie")) {
    for (const pair of header.split(";")) {
      const at = pair.indexOf("=");
      if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
  }
  return undefined;
}

/** Tells callers nothing but that it is the same one. */
function cookieValue(pool: Backend, member: Backend): string {
  return hash("sha256", `${pool.id}/${member.id}`, "base64url").slice(0, 16);
}

function keepAffinity(x: Exchange, pool: Backend, member: Backend): void {
  const name = pool.pool?.affinityCookie;
  const value = cookieValue(pool, member);
  if (name === undefined || affinityOf(x, pool) === value) return;
  x.beforeResponse((settled) => {
    if (uses.get(settled)?.member !== member) return;
    const secure = settled.originalUrl.scheme === "https" ? "; Secure" : "";
    settled.response?.headers.append("Set-Cookie", `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}`);
  });
}

function unavailable(what: string, waitMs: number): ResponseMessage {
  const headers = Headers.of([
    ["Content-Type", "application/json"],
    ["Retry-After", String(Math.max(1, Math.ceil(waitMs / 1000)))],
  ]);
  const body = Body.text('{ "statusCode": 503, "message": "The service is temporarily unavailable" }');
  return new ResponseMessage(503, `${what} is temporarily unavailable`, headers, body);
}
