/** Reads absolute URIs as System.Uri of .NET 8 does on Unix: schemes, hosts, ports, canonical paths. */
import { spend } from "../runtime/budget.ts";
import { escapeComponent, toIri } from "./uri-escape.ts";
import { type Host, parseHost, UriHostNameType } from "./uri-host.ts";

export interface UriParts {
  /** Lower case. */
  readonly scheme: string;
  /** `//` comes behind the scheme. */
  readonly hasAuthority: boolean;
  readonly userInfo: string;
  readonly host: Host;
  /** -1: none and no default. */
  readonly port: number;
  readonly isDefaultPort: boolean;
  /** Canonical and escaped, as are query (with `?`) and fragment (with `#`). */
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
  /** A Windows path such as `C:\x`. */
  readonly isDosPath: boolean;
  /** A path without a scheme in the original text. */
  readonly isImplicitFile: boolean;
}

/** Why a text is no absolute URI. */
export const UriErrors = {
  empty: "Invalid URI: The URI is empty.",
  format: "Invalid URI: The format of the URI could not be determined.",
  scheme: "Invalid URI: The URI scheme is not valid.",
  authority: "Invalid URI: The Authority/Host could not be parsed.",
  host: "Invalid URI: The hostname could not be parsed.",
  port: "Invalid URI: Invalid port specified.",
  tooLong: "Invalid URI: The Uri string is too long.",
  dosPath: "Invalid URI: A Dos path must be rooted, for example, 'c:\\\\'.",
} as const;

/** An error that says "this may be a relative reference". */
export function mayBeRelative(error: string): boolean {
  const { empty, format, scheme, authority } = UriErrors;
  return error === empty || error === format || error === scheme || error === authority;
}

interface Syntax {
  /** Default port, -1 for none. */
  readonly port: number;
  /** `//host` must come, may come, or may not. */
  readonly authority: "must" | "may" | "never";
  readonly emptyHost: boolean;
  /** `?` begins a query. */
  readonly query: boolean;
  /** `\` is `/`, and dot segments go. */
  readonly filePath: boolean;
}

const HTTP: Omit<Syntax, "port"> = { authority: "must", emptyHost: false, query: true, filePath: true };
const FTP: Omit<Syntax, "port"> = { authority: "must", emptyHost: false, query: false, filePath: true };

const SYNTAXES: ReadonlyMap<string, Syntax> = new Map([
  ["http", { ...HTTP, port: 80 }],
  ["https", { ...HTTP, port: 443 }],
  ["ws", { ...HTTP, port: 80 }],
  ["wss", { ...HTTP, port: 443 }],
  ["ftp", { ...FTP, port: 21 }],
  ["file", { ...HTTP, port: -1, emptyHost: true }],
  ["gopher", { ...HTTP, port: 70, query: false, filePath: false }],
  ["nntp", { ...HTTP, port: 119, query: false, filePath: false }],
  ["telnet", { ...HTTP, port: 23, query: false, filePath: false }],
  ["ldap", { ...HTTP, port: 389, authority: "may", emptyHost: true, filePath: false }],
  ["net.tcp", { ...HTTP, port: 808 }],
  ["net.pipe", { ...HTTP, port: -1 }],
  ["mailto", { port: 25, authority: "never", emptyHost: true, query: true, filePath: false }],
  ["news", { port: -1, authority: "never", emptyHost: true, query: false, filePath: false }],
  ["uuid", { port: -1, authority: "never", emptyHost: true, query: false, filePath: false }],
]);
const UNKNOWN: Syntax = { port: -1, authority: "may", emptyHost: true, query: true, filePath: true };

const NO_HOST: Host = { kind: UriHostNameType.Unknown, text: "" };
const NOTHING = { userInfo: "", host: NO_HOST, port: -1, isDefaultPort: true, query: "", fragment: "" };

const MAX_LENGTH = 0xfff0;

/** Without blanks, tabs and line ends around. */
export function trimBlanks(text: string): string {
  const isBlank = (at: number) => " \t\r\n".includes(text[at]);
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}

/** Parts of an absolute URI, or why it is none. */
export function parseAbsolute(original: string): UriParts | string {
  spend(original.length >> 4);
  if (original.length >= MAX_LENGTH) return UriErrors.tooLong;
  const text = trimBlanks(original);
  if (text === "") return UriErrors.empty;
  if (/^\/(?![/\\])/.test(text)) return unixPath(text);
  if (text.length < 3) return UriErrors.format;
  if (/^[A-Za-z][:|]/.test(text)) return dosPath(text);
  if (/^[/\\]{2}/.test(text)) return uncPath(text);
  const colon = text.indexOf(":");
  if (colon <= 0 || text.startsWith("\\")) return UriErrors.format;
  const scheme = text.slice(0, colon);
  if (!/^[A-Za-z][A-Za-z0-9+\-.]*$/.test(scheme)) return UriErrors.scheme;
  return withScheme(scheme.toLowerCase(), text.slice(colon + 1));
}

function withScheme(scheme: string, rest: string): UriParts | string {
  const syntax = SYNTAXES.get(scheme) ?? UNKNOWN;
  if (scheme === "mailto") return mailto(rest, syntax);
  const slashes = syntax.authority === "must" ? /^[/\\]{2}/ : /^\/\//;
  if (!slashes.test(rest)) {
    if (scheme === "file") return fileWithoutAuthority(rest);
    if (syntax.authority === "must") return UriErrors.authority;
    return finish(scheme, syntax, { ...NOTHING, hasAuthority: false }, rest);
  }
  if (syntax.authority === "never") return finish(scheme, syntax, { ...NOTHING, hasAuthority: false }, rest);
  if (scheme === "file" && /^[/\\]{2,}[A-Za-z][:|]/.test(rest)) {
    return fileWithoutAuthority(rest.replace(/^[/\\]+/, ""));
  }
  const end = rest.slice(2).search(syntax.filePath ? /[/\\?#]/ : /[/?#]/);
  const authority = end < 0 ? rest.slice(2) : rest.slice(2, end + 2);
  const read = parseAuthority(authority, syntax);
  if (typeof read === "string") return read;
  return finish(scheme, syntax, { ...read, hasAuthority: true }, end < 0 ? "" : rest.slice(end + 2));
}

type Authority = Pick<UriParts, "userInfo" | "host" | "port" | "isDefaultPort">;

/** `user@host:port`. */
function parseAuthority(text: string, syntax: Syntax): Authority | string {
  const at = text.lastIndexOf("@");
  const userInfo = at < 0 ? "" : escapeComponent(toIri(text.slice(0, at), false));
  const rest = text.slice(at + 1);
  const colon = rest.startsWith("[") ? rest.indexOf(":", rest.indexOf("]")) : rest.indexOf(":");
  const hostText = colon < 0 ? rest : rest.slice(0, colon);
  const portText = colon < 0 ? "" : rest.slice(colon + 1);
  if (hostText === "") {
    if (!syntax.emptyHost || portText !== "") return UriErrors.host;
    return { userInfo, host: NO_HOST, port: syntax.port, isDefaultPort: true };
  }
  const host = parseHost(hostText);
  if (!host) return UriErrors.host;
  if (!/^[0-9]*$/.test(portText) || Number(portText) > 65535) return UriErrors.port;
  const port = portText === "" ? syntax.port : Number(portText);
  return { userInfo, host, port, isDefaultPort: port === syntax.port };
}

type Head = Authority & Pick<UriParts, "hasAuthority">;

/** Splits path, query and fragment, and makes them canonical. */
function finish(scheme: string, syntax: Syntax, head: Head, rest: string): UriParts {
  const hash = rest.indexOf("#");
  const beforeHash = hash < 0 ? rest : rest.slice(0, hash);
  const mark = syntax.query ? beforeHash.indexOf("?") : -1;
  const rawPath = mark < 0 ? beforeHash : beforeHash.slice(0, mark);
  const path = canonicalPath(rawPath, syntax, head.hasAuthority);
  return {
    scheme,
    ...head,
    path,
    query: mark < 0 ? "" : `?${escapeComponent(toIri(beforeHash.slice(mark + 1), true))}`,
    fragment: hash < 0 ? "" : `#${escapeComponent(toIri(rest.slice(hash + 1), false), "#")}`,
    isDosPath: false,
    isImplicitFile: false,
  };
}

function canonicalPath(raw: string, syntax: Syntax, hasAuthority: boolean): string {
  let path = toIri(raw, false);
  if (syntax.filePath) path = path.replaceAll("\\", "/");
  if (hasAuthority && !path.startsWith("/") && (path !== "" || syntax.filePath)) path = `/${path}`;
  if (syntax.filePath && path.startsWith("/")) path = removeDotSegments(path);
  return escapeComponent(path, "?#");
}

/** RFC 3986 5.2.4 for a path that begins with a slash. */
export function removeDotSegments(path: string): string {
  if (!/\/\.{1,2}(\/|$)/.test(path)) return path;
  const out: string[] = [];
  const segments = path.slice(1).split("/");
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    if (segment === "..") out.pop();
    if (segment !== "." && segment !== "..") out.push(segment);
    else if (isLast) out.push("");
  });
  return `/${out.join("/")}`;
}

function mailto(rest: string, syntax: Syntax): UriParts | string {
  const end = rest.search(/[/?#]/);
  const address = end < 0 ? rest : rest.slice(0, end);
  const at = address.lastIndexOf("@");
  const host = at < 0 ? undefined : parseHost(address.slice(at + 1));
  const head = { ...NOTHING, hasAuthority: false, port: 25 };
  if (!host) return finish("mailto", syntax, head, rest);
  const userInfo = escapeComponent(toIri(address.slice(0, at), false));
  return finish("mailto", syntax, { ...head, userInfo, host }, end < 0 ? "" : rest.slice(end));
}

const FILE = { ...NOTHING, scheme: "file", hasAuthority: true, isDosPath: false, isImplicitFile: true };

/** `/a/b`: a file; `?` and `#` are part of its name. */
function unixPath(text: string): UriParts {
  return { ...FILE, path: escapeComponent(removeDotSegments(toIri(text, false)), "?#\\") };
}

/** `C:\a`. */
function dosPath(text: string): UriParts | string {
  if (!/^.[:|][/\\]/.test(text)) return UriErrors.dosPath;
  const path = `/${text[0]}:${text.slice(2).replaceAll("\\", "/")}`;
  return { ...FILE, path: escapeComponent(removeDotSegments(path), "?#"), isDosPath: true };
}

/** `\\server\share`. */
function uncPath(text: string): UriParts | string {
  const [, server, path] = /^..([^/\\]*)(.*)$/s.exec(text) as RegExpExecArray;
  if (server === "") return text.startsWith("/") ? unixPath(text) : UriErrors.host;
  const host = parseHost(server);
  if (!host) return UriErrors.host;
  const canonical = escapeComponent(removeDotSegments(path.replaceAll("\\", "/") || "/"), "?#");
  return { ...FILE, host, path: canonical };
}

/** `file:C:/a`, `file:///C:/a`: only Windows paths may come without a host. */
function fileWithoutAuthority(rest: string): UriParts | string {
  const path = rest.replace(/^[/\\]+/, "");
  if (!/^[A-Za-z][:|]/.test(path)) return UriErrors.authority;
  if (!/^..[/\\]/.test(path)) return UriErrors.dosPath;
  const syntax = SYNTAXES.get("file") as Syntax;
  const plain = `/${path[0]}:${path.slice(2)}`;
  return { ...finish("file", syntax, { ...NOTHING, hasAuthority: true }, plain), isDosPath: true };
}
