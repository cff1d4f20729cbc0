/**
 * Header fields that belong to one connection and never pass a gateway (RFC 9110 section 7.6.1). Names may have any case; nearly all
 * are settled by their length and first letter, so that the usual field costs no new string.
 */

/** True for fields of the connection: removed in both directions. */
export function isHopByHop(name: string): boolean {
  // The lower-case bit makes a letter of either case the small one.
  const first = name.charCodeAt(0) | 0x20;
  switch (name.length) {
    case 2:
      return first === T && name.toLowerCase() === "te";
    case 7:
      if (first === U) return name.toLowerCase() === "upgrade";
      return first === T && name.toLowerCase() === "trailer";
    case 8:
      return first === T && name.toLowerCase() === "trailers";
    case 10:
      if (first === C) return name.toLowerCase() === "connection";
      return first === K && name.toLowerCase() === "keep-alive";
    case 14:
      return first === H && name.toLowerCase() === "http2-settings";
    case 16:
      return first === P && name.toLowerCase() === "proxy-connection";
    case 17:
      return first === T && name.toLowerCase() === "transfer-encoding";
    case 18:
      return first === P && name.toLowerCase() === "proxy-authenticate";
    case 19:
      return first === P && name.toLowerCase() === "proxy-authorization";
    default:
      return false;
  }
}

/** True for the one field of a connection that belongs to an answer: what 426 asks the client to change to (RFC 9110 section 15.5.22). */
export function isUpgradeOffer(status: number, name: string): boolean {
  return status === 426 && name.length === 7 && name.toLowerCase() === "upgrade";
}

/** True for the length of a message: computed from the body by whoever writes it, never copied. */
export function isContentLength(name: string): boolean {
  return name.length === 14 && (name.charCodeAt(0) | 0x20) === C && name.toLowerCase() === "content-length";
}

/** True for the expectation of a request, which the front has met or refused. */
export function isExpect(name: string): boolean {
  return name.length === 6 && (name.charCodeAt(0) | 0x20) === E && name.toLowerCase() === "expect";
}

const C = 0x63;
const E = 0x65;
const H = 0x68;
const K = 0x6b;
const P = 0x70;
const T = 0x74;
const U = 0x75;

/** Names listed by a Connection field, in lower case. */
export function connectionOptions(value: string): string[] {
  return value
    .toLowerCase()
    .split(",")
    .map((option) => option.trim())
    .filter((option) => option !== "");
}
