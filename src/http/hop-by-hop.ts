/** Header fields that belong to one connection and never pass a gateway (RFC 9110 section 7.6.1), and those it computes itself. */

/** True for fields of the connection: removed in both directions. The name may have any case; most are settled by their length. */
export function isHopByHop(name: string): boolean {
  switch (name.length) {
    case 2:
      return name.toLowerCase() === "te";
    case 7: {
      const lower = name.toLowerCase();
      return lower === "upgrade" || lower === "trailer";
    }
    case 8:
      return name.toLowerCase() === "trailers";
    case 10: {
      const lower = name.toLowerCase();
      return lower === "connection" || lower === "keep-alive";
    }
    case 14:
      return name.toLowerCase() === "http2-settings";
    case 16:
      return name.toLowerCase() === "proxy-connection";
    case 17:
      return name.toLowerCase() === "transfer-encoding";
    case 18:
      return name.toLowerCase() === "proxy-authenticate";
    case 19:
      return name.toLowerCase() === "proxy-authorization";
    default:
      return false;
  }
}

/** True for the length of a message: computed from the body by whoever writes it, never copied. */
export function isContentLength(name: string): boolean {
  return name.length === 14 && name.toLowerCase() === "content-length";
}

/** Names listed by a Connection field, in lower case. */
export function connectionOptions(value: string): string[] {
  return value
    .toLowerCase()
    .split(",")
    .map((option) => option.trim())
    .filter((option) => option !== "");
}
