/** The URL of a request as policies change it: parts kept as they go on the wire (percent-encoded), the query parsed only when asked for. */

/** The same few origins are written for every request; one text each also spares look-ups by it the hashing. */
const origins = new Map<string, { readonly scheme: string; readonly port: number; readonly origin: string }>();
const MAX_ORIGINS = 1_000;

export class RequestUrl {
  /** "http" or "https". */
  scheme: string;
  /** Lower case, without port. */
  host: string;
  port: number;
  /** Canonical, percent-encoded, with leading slash. */
  path: string;
  /** Without the question mark. */
  #query: string;
  #parameters: [name: string, value: string][] | undefined;

  constructor(scheme: string, host: string, port: number, path: string, query: string) {
    this.scheme = scheme;
    this.host = host;
    this.port = port;
    this.path = path;
    this.#query = query;
  }

  /** An absolute http, https, ws or wss URL. Throws TypeError for anything that is no URL. */
  static parse(text: string): RequestUrl {
    const url = new URL(text);
    const scheme = url.protocol.slice(0, -1);
    const isSecure = scheme === "https" || scheme === "wss";
    const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port);
    return new RequestUrl(scheme, url.hostname, port, url.pathname, url.search.slice(1));
  }

  clone(): RequestUrl {
    return new RequestUrl(this.scheme, this.host, this.port, this.path, this.query);
  }

  get isDefaultPort(): boolean {
    return this.port === (this.scheme === "https" ? 443 : 80);
  }

  get origin(): string {
    const known = origins.get(this.host);
    if (known !== undefined && known.port === this.port && known.scheme === this.scheme) return known.origin;
    const origin = `${this.scheme}://${this.authority}`;
    if (origins.size >= MAX_ORIGINS) origins.clear();
    origins.set(this.host, { scheme: this.scheme, port: this.port, origin });
    return origin;
  }

  /** Host with the port when it is not the scheme's default. */
  get authority(): string {
    return this.isDefaultPort ? this.host : `${this.host}:${this.port}`;
  }

  get query(): string {
    return this.#query;
  }

  set query(query: string) {
    this.#query = query;
    this.#parameters = undefined;
  }

  get pathAndQuery(): string {
    return this.#query === "" ? this.path : `${this.path}?${this.#query}`;
  }

  toString(): string {
    return this.origin + this.pathAndQuery;
  }

  /** Decoded name-value pairs in order. */
  get parameters(): readonly (readonly [name: string, value: string])[] {
    this.#parameters ??= parseQuery(this.#query);
    return this.#parameters;
  }

  /** Values of a parameter; names compare without case, as APIM does. */
  parameter(name: string): string[] {
    if (this.#query === "") return [];
    const wanted = name.toLowerCase();
    return this.parameters.filter(([n]) => n.toLowerCase() === wanted).map(([, v]) => v);
  }

  /** Replaces all values of a parameter; an empty list removes it. Untouched parameters keep their bytes. */
  setParameter(name: string, values: readonly string[]): void {
    const wanted = name.toLowerCase();
    const kept =
      this.#query === "" ? [] : this.#query.split("&").filter((part) => queryName(part).toLowerCase() !== wanted);
    for (const value of values) kept.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
    this.query = kept.join("&");
  }
}

function queryName(part: string): string {
  const equals = part.indexOf("=");
  return decodeComponent(equals < 0 ? part : part.slice(0, equals));
}

/** Parses `a=1&b=2` (application/x-www-form-urlencoded) into decoded pairs; malformed escapes stay as they are. */
export function parseQuery(query: string): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  if (query === "") return pairs;
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    if (equals < 0) pairs.push([decodeComponent(part), ""]);
    else pairs.push([decodeComponent(part.slice(0, equals)), decodeComponent(part.slice(equals + 1))]);
  }
  return pairs;
}

function decodeComponent(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Dot segments as some server may see them: escaped, between escaped slashes, or with path parameters (`..;x`). */
const DOT_SEGMENT = /(^|\/|\\|%2f|%5c)(\.|%2e){1,2}((;|%3b)[^/]*)?(\/|%2f|%5c|$)/i;

/**
 * Makes a path fit for the wire, or says why it must not be sent: what was authorised is what the backend sees, so nothing a backend
 * could resolve differently (dot segments, backslashes, control characters) passes.
 * @returns the path with a leading slash, percent-encoded; undefined when it is refused
 */
export function wirePath(path: string): string | undefined {
  const slashed = path.startsWith("/") ? path : `/${path}`;
  if (/[\x00-\x1f\x7f\\#?]/.test(slashed) || slashed.startsWith("//")) return undefined;
  if (DOT_SEGMENT.test(slashed)) return undefined;
  // RFC 3986 section 3.3 pchar; existing escapes stay.
  return slashed.replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+/g, encodeURIComponentStrict);
}

/** Makes a query fit for the wire: escapes what RFC 3986 section 3.4 does not allow, leaves existing escapes. */
export function wireQuery(query: string): string {
  return query.replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+/g, encodeURIComponentStrict);
}

function encodeURIComponentStrict(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
