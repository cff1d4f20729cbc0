/** The host of a URI: its kind and its canonical form. */
import { domainToASCII, domainToUnicode } from "node:url";
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from "./ip-text.ts";

/** System.UriHostNameType. */
export const UriHostNameType = { Unknown: 0, Basic: 1, Dns: 2, IPv4: 3, IPv6: 4 } as const;

export interface Host {
  readonly kind: number;
  /** Lower case; an IPv6 address in brackets. */
  readonly text: string;
  /** The scope of an IPv6 address with its `%`, which the text lacks. */
  readonly scope?: string;
}

/** A DNS name: labels of letters, digits, hyphens and underscores that begin with a letter or digit. */
export function isDnsName(text: string): boolean {
  if (text === "" || !/^[A-Za-z0-9\-_.\u3002\uff0e\uff61\u00a0-\uffef]+$/.test(text)) return false;
  const labels = text.split(/[.\u3002\uff0e\uff61]/);
  if (labels.length > 1 && labels.at(-1) === "") labels.pop();
  return labels.every((label) => /^[A-Za-z0-9\u00a0-\uffef]/.test(label) && labelLength(label) <= 63);
}

/** Length in the ASCII form, as .NET estimates it. */
function labelLength(label: string): number {
  if (/^[\0-\x7f]*$/.test(label)) return label.length;
  return label.length + 4 + label.replace(/[\0-\xff]/g, "").length;
}

/** An IPv6 address without brackets, perhaps with a scope. */
function parseScoped(text: string): Host | undefined {
  const percent = text.indexOf("%");
  const raw = parseIPv6(percent < 0 ? text : text.slice(0, percent));
  const scope = percent < 0 ? "" : text.slice(percent);
  return raw && { kind: UriHostNameType.IPv6, text: `[${formatIPv6(raw)}]`, scope };
}

/** Reads an internet host; undefined when it is none. */
export function parseHost(text: string): Host | undefined {
  if (text.startsWith("[")) return text.endsWith("]") ? parseScoped(text.slice(1, -1)) : undefined;
  const v4 = parseIPv4(text);
  if (v4) return { kind: UriHostNameType.IPv4, text: formatIPv4(v4) };
  if (!isDnsName(text)) return undefined;
  return { kind: UriHostNameType.Dns, text: lowerHost(text) };
}

function lowerHost(text: string): string {
  const isAscii = /^[\0-\x7f]*$/.test(text);
  if (isAscii) return text.toLowerCase() === "loopback" ? "localhost" : text.toLowerCase();
  return domainToUnicode(text) || text.toLowerCase();
}

/** The form for DNS: Uri.IdnHost. */
export function idnHost(host: Host): string {
  if (host.kind === UriHostNameType.IPv6) return host.text.slice(1, -1) + (host.scope ?? "");
  if (host.kind !== UriHostNameType.Dns) return host.text;
  return domainToASCII(host.text) || host.text;
}

/** Uri.CheckHostName. */
export function checkHostName(name: string | null): number {
  if (name === null || name === "" || name.length > 0x7fff) return UriHostNameType.Unknown;
  if (name.startsWith("[") && name.endsWith("]")) return parseScoped(name.slice(1, -1)) ? UriHostNameType.IPv6 : 0;
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(name) && parseIPv4(name)) return UriHostNameType.IPv4;
  if (isDnsName(name)) return UriHostNameType.Dns;
  return parseScoped(name) ? UriHostNameType.IPv6 : UriHostNameType.Unknown;
}
