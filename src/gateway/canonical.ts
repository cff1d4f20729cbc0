/**
 * The one view of a request, computed once from its raw headers: routing, authorising, logging and forwarding look at nothing else.
 * Nearly all bypasses of gateways come from a check and a forward that read one request in two ways; so what has two readings is refused.
 */
import { Headers } from "../http/headers.ts";
import type { IncomingRequest } from "../http/front.ts";
import { type Authority, isDigits, parseAuthority } from "../http/authority.ts";
import { connectionOptions } from "../http/hop-by-hop.ts";
import { RequestUrl } from "../kit/url.ts";
import type { ForwardedCaller } from "./client-address.ts";
import { canonicalPath, isCanonicalQuery } from "./canonical-path.ts";
import {
  CONNECTION,
  DROP,
  HOST,
  headerKind,
  MAX_FORWARDS,
  mayBeRemovedByConnection,
  PASS,
  SINGLE,
  TRACE,
  VIA,
} from "./header-kinds.ts";

export interface CanonicalRequest {
  readonly url: RequestUrl;
  /** What policies see and backends get, unless policies change it. */
  readonly headers: Headers;
  /** True when the caller asked for a trace. */
  readonly wantsTrace: boolean;
  /** The one address of the caller: what policies, limits and the log see. */
  readonly clientAddress: string;
}

/** Why a request has no canonical form. */
export interface Rejection {
  readonly status: number;
  /** Code for logs: `PathAmbiguous`. */
  readonly reason: string;
  readonly message: string;
  /** For the log, not for the caller. */
  readonly detail?: string;
}

const reject = (status: number, reason: string, message: string): Rejection => ({ status, reason, message });

const HOST_INVALID = reject(400, "HostInvalid", "The Host header is missing or invalid.");
const HOST_MISMATCH = reject(400, "HostMismatch", "The request target and the Host header name different hosts.");
const SCHEME_MISMATCH = reject(
  400,
  "SchemeMismatch",
  "The scheme of the request target is not that of the connection.",
);
const PATH_AMBIGUOUS = reject(400, "PathAmbiguous", "The path of the request is ambiguous or invalid.");
const QUERY_INVALID = reject(400, "QueryInvalid", "The query of the request is invalid.");
const DUPLICATE = reject(400, "DuplicateHeader", "A header field that has one value was sent twice.");
const LOOP = reject(508, "LoopDetected", "The request has passed this gateway too often.");

/** A request that comes round this often goes round for ever. */
const MAX_ROUNDS = 3;
const ONE_MAX_FORWARDS = 1 << (MAX_FORWARDS - SINGLE);
/** What a longer way is cut to: nothing goes through so many, and it is written without an exponent. */
const MOST_FORWARDS = 255;

export function isRejection(result: CanonicalRequest | Rejection): result is Rejection {
  return "status" in result;
}

/**
 * @param pseudonym how this process signs in Via: unlike any other's, so that a loop shows
 * @param forwarded what a trusted proxy in front says of the caller
 */
export function canonicalize(
  request: IncomingRequest,
  pseudonym: string,
  forwarded?: ForwardedCaller,
): CanonicalRequest | Rejection {
  const { raw } = request.headers;
  const out: string[] = [];
  let host: string | undefined;
  let options: string | undefined;
  let singles = 0;
  let rounds = 0;
  let wantsTrace = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    const kind = headerKind(name);
    if (kind >= SINGLE) {
      const bit = 1 << (kind - SINGLE);
      if ((singles & bit) !== 0) return DUPLICATE;
      singles |= bit;
    } else if (kind === DROP) {
      continue;
    } else if (kind !== PASS) {
      const value = raw[i + 1];
      if (kind === HOST) {
        if (host !== undefined) return HOST_INVALID;
        host = value;
        continue;
      }
      if (kind === CONNECTION) {
        options = options === undefined ? value : `${options},${value}`;
        continue;
      }
      if (kind === TRACE) {
        wantsTrace ||= value.toLowerCase() === "true";
        continue;
      }
      if (kind === VIA) rounds += occurrences(value, pseudonym);
    }
    out.push(name, raw[i + 1]);
  }
  if (rounds >= MAX_ROUNDS) return LOOP;
  const headers = new Headers(out);
  const isForUs = (singles & ONE_MAX_FORWARDS) !== 0 && request.method === "OPTIONS" && !goesFurther(headers);
  const url = canonicalUrl(request, host, forwarded?.scheme, isForUs);
  if (!(url instanceof RequestUrl)) return url;
  if (options !== undefined) removeListed(headers, options, forwarded !== undefined);
  const address = request.remoteAddress;
  out.push(
    "X-Forwarded-For",
    forwarded?.chain ?? address,
    "X-Forwarded-Proto",
    url.scheme,
    "X-Forwarded-Host",
    forwarded?.host ?? url.authority,
    "Via",
    `${request.httpVersion} ${pseudonym}`,
  );
  return { url, headers, wantsTrace, clientAddress: forwarded?.address ?? address };
}

/**
 * Counts this gateway in Max-Forwards, which OPTIONS brings to be told by one of those on the way what it can do (RFC 9110 section 7.6.2).
 * @returns false when this gateway is the one that is asked
 */
function goesFurther(headers: Headers): boolean {
  const left = headers.first("max-forwards") ?? "";
  if (!isDigits(left)) return true;
  if (Number(left) === 0) return false;
  headers.set("Max-Forwards", String(Math.min(Number(left) - 1, MOST_FORWARDS)));
  return true;
}

/**
 * @param outerScheme by which a proxy in front was called
 * @param isForUs it asks about this gateway, whatever path it names
 */
function canonicalUrl(
  request: IncomingRequest,
  host: string | undefined,
  outerScheme: string | undefined,
  isForUs: boolean,
): RequestUrl | Rejection {
  const scheme = request.tls === undefined ? "http" : "https";
  let { target } = request;
  let authority: Authority | undefined;
  if (host !== undefined) {
    authority = parseAuthority(host);
    if (authority === undefined) return HOST_INVALID;
  } else if (request.httpVersion !== "1.0") {
    return HOST_INVALID;
  }
  const outer = outerScheme ?? scheme;
  // The server as a whole, which OPTIONS asks for (RFC 9112 section 3.2.4).
  if (target === "*") return urlOf(outer, authority, target, "");
  if (target.charCodeAt(0) !== 0x2f) {
    const absolute = splitAbsolute(target);
    if (absolute === undefined) return PATH_AMBIGUOUS;
    if (absolute.scheme !== scheme) return SCHEME_MISMATCH;
    const named = parseAuthority(absolute.authority);
    if (named === undefined) return HOST_INVALID;
    if (authority !== undefined && !isSame(authority, named, scheme)) return HOST_MISMATCH;
    authority = named;
    // How a proxy is asked about the whole of a server (RFC 9112 section 3.2.4).
    if (absolute.rest === "" && request.method === "OPTIONS") return urlOf(outer, authority, "*", "");
    target = absolute.rest.startsWith("/") ? absolute.rest : `/${absolute.rest}`;
  }
  if (isForUs) return urlOf(outer, authority, "*", "");
  const question = target.indexOf("?");
  const path = canonicalPath(question < 0 ? target : target.slice(0, question));
  if (path === undefined) return PATH_AMBIGUOUS;
  const query = question < 0 ? "" : target.slice(question + 1);
  if (!isCanonicalQuery(query)) return QUERY_INVALID;
  return urlOf(outer, authority, path, query);
}

function urlOf(scheme: string, authority: Authority | undefined, path: string, query: string): RequestUrl {
  return new RequestUrl(scheme, authority?.host ?? "", authority?.port ?? defaultPort(scheme), path, query);
}

function defaultPort(scheme: string): number {
  return scheme === "https" ? 443 : 80;
}

function isSame(a: Authority, b: Authority, scheme: string): boolean {
  return a.host === b.host && (a.port ?? defaultPort(scheme)) === (b.port ?? defaultPort(scheme));
}

function splitAbsolute(target: string): { scheme: string; authority: string; rest: string } | undefined {
  const colon = target.indexOf("://");
  if (colon < 0) return undefined;
  const start = colon + 3;
  let end = start;
  while (end < target.length && target[end] !== "/" && target[end] !== "?" && target[end] !== "#") end++;
  return {
    scheme: target.slice(0, colon).toLowerCase(),
    authority: target.slice(start, end),
    rest: target.slice(end),
  };
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** @param isVouchedFor a trusted proxy sent it */
function removeListed(headers: Headers, options: string, isVouchedFor: boolean): void {
  const lower = options.toLowerCase();
  if (lower === "keep-alive" || lower === "close") return;
  for (const name of connectionOptions(lower)) if (mayBeRemovedByConnection(name, isVouchedFor)) headers.remove(name);
}
