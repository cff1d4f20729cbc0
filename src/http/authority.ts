/**
 * The authority of a request: the value of Host, or what an absolute-form target names (RFC 9110 section 7.2, RFC 3986 section 3.2).
 * Anything but `host`, `host:port`, `[ipv6]` and `[ipv6]:port` is refused: userinfo, paths, lists and non-ASCII names are how two
 * readers of one request come to see two hosts.
 */
import { isIPv6 } from "node:net";

export interface Authority {
  /** Lower case; IPv6 in brackets. */
  readonly host: string;
  /** Undefined when the text names none. */
  readonly port: number | undefined;
}

const known = new Map<string, Authority | undefined>();
/** Few names are served, but clients may send any: the memory of parsed values is bounded. */
const MAX_KNOWN = 1_000;
const MAX_LENGTH = 261;

/** Undefined when the text is not an authority. */
export function parseAuthority(text: string): Authority | undefined {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const authority = parse(text);
  if (authority !== undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, authority);
  }
  return authority;
}

function parse(text: string): Authority | undefined {
  if (text.length === 0 || text.length > MAX_LENGTH) return undefined;
  const bracket = text.charCodeAt(0) === 0x5b ? text.indexOf("]") : -1;
  if (text.charCodeAt(0) === 0x5b && (bracket < 0 || !isIPv6(text.slice(1, bracket)))) return undefined;
  const colon = text.indexOf(":", bracket + 1);
  const hostEnd = colon < 0 ? text.length : colon;
  if (bracket >= 0 && hostEnd !== bracket + 1) return undefined;
  const port = colon < 0 ? undefined : parsePort(text.slice(colon + 1));
  if (port === null) return undefined;
  const host = text.slice(0, hostEnd).toLowerCase();
  if (bracket >= 0) return host.includes("%") ? undefined : { host, port };
  return isName(host) ? { host, port } : undefined;
}

/** Undefined: no port (an empty one is allowed by RFC 3986); null: not a port. */
function parsePort(text: string): number | undefined | null {
  if (text === "") return undefined;
  if (text.length > 5 || !isDigits(text)) return null;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : null;
}

/** Letters, digits, hyphens and underscores in labels between single dots. The rooted form `name.` is another spelling of a name: refused. */
function isName(host: string): boolean {
  if (host.length === 0 || host.length > 253) return false;
  let labelStart = 0;
  for (let i = 0; i <= host.length; i++) {
    const code = i === host.length ? 0x2e : host.charCodeAt(i);
    if (code === 0x2e) {
      if (i === labelStart || i - labelStart > 63) return false;
      labelStart = i + 1;
      continue;
    }
    const isLetter = code >= 0x61 && code <= 0x7a;
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isLetter && !isDigit && code !== 0x2d && code !== 0x5f) return false;
  }
  return true;
}

export function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > 0;
}
