/**
 * Who called, when proxies stand in between: they append the address they were called from to X-Forwarded-For or Forwarded (RFC 7239),
 * and the right-most one that no trusted proxy has is the caller's. What stands left of it the caller may have made up. A list with
 * anything else than addresses says nothing: then the peer itself is the caller.
 */
import { type IpRangeSet, ipText, parseIp } from "../base/ip-address.ts";
import type { IncomingRequest } from "../http/front.ts";
import { parseAuthority } from "../http/authority.ts";

export interface ForwardedCaller {
  readonly address: string;
  /** X-Forwarded-For for the backend: the caller and the proxies behind it, the last one included. */
  readonly chain: string;
  /** As the proxy was called; undefined when it does not say. */
  readonly scheme: "http" | "https" | undefined;
  readonly host: string | undefined;
}

const MAX_HOPS = 50;
const FORWARDED_FOR = /^for=("?)([^"]*)\1$/i;

/** Undefined when the peer is no trusted proxy: then nothing it says counts. */
export function forwardedCaller(
  request: IncomingRequest,
  trusted: IpRangeSet,
  from: "X-Forwarded-For" | "Forwarded",
): ForwardedCaller | undefined {
  const { headers, remoteAddress } = request;
  const peer = parseIp(remoteAddress);
  if (peer === undefined || !trusted.has(peer)) return undefined;
  const values = headers.all(from).join(",");
  const hops = values === "" ? [] : from === "Forwarded" ? forwardedHops(values) : values.split(",");
  const chain = believed(hops, trusted);
  const scheme = headers.joined("X-Forwarded-Proto")?.trim().toLowerCase();
  const host = headers.joined("X-Forwarded-Host")?.trim();
  return {
    address: chain[0] ?? remoteAddress,
    chain: [...chain, remoteAddress].join(", "),
    scheme: scheme === "http" || scheme === "https" ? scheme : undefined,
    host: host !== undefined && parseAuthority(host) !== undefined ? host : undefined,
  };
}

/** From the caller to the proxy next to the peer; empty when what was sent is no list of addresses. */
function believed(hops: readonly string[], trusted: IpRangeSet): string[] {
  const chain: string[] = [];
  for (let i = hops.length - 1; i >= 0 && chain.length < MAX_HOPS; i--) {
    const text = plainHop(hops[i]);
    const address = text === undefined ? undefined : parseIp(text);
    if (address === undefined) return [];
    chain.unshift(ipText(address));
    if (!trusted.has(address)) break;
  }
  return chain;
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711` -> the address. */
function plainHop(hop: string): string | undefined {
  const text = hop.trim();
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    return end > 0 && isPortOrNothing(text.slice(end + 1)) ? text.slice(1, end) : undefined;
  }
  const colon = text.indexOf(":");
  if (colon < 0 || text.includes(":", colon + 1)) return text;
  return isPortOrNothing(text.slice(colon)) ? text.slice(0, colon) : undefined;
}

function isPortOrNothing(text: string): boolean {
  return text === "" || /^:\d{1,5}$/.test(text);
}

/** The `for` of each element; an element without one, or a list that cannot be read, yields something that is no address. */
function forwardedHops(list: string): string[] {
  return list.split(",").map((element) => {
    const parameters = element.split(";").map((part) => FORWARDED_FOR.exec(part.trim())?.[2]);
    const found = parameters.filter((value) => value !== undefined);
    return found.length === 1 ? found[0] : "";
  });
}
