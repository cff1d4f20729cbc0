/** Members of System.Uri. */
import { type Ref, strings } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { compareStrings, optionsOf } from "./string-comparison.ts";
import { combineUri, createUri, tryCombine, tryCreateUri, Uri } from "./uri.ts";
import { getComponents, getLeftPart } from "./uri-components.ts";
import { escapeData, escapeUri, hexEscape, isHexDigit, unescapeData } from "./uri-escape.ts";
import { checkHostName, idnHost, UriHostNameType } from "./uri-host.ts";
import { pathDifference } from "./uri-resolve.ts";

function textOf(relative: Uri | null): string | null {
  return relative && (relative.isAbsolute ? relative.absoluteUri : relative.original);
}

function tryCreateRelative(base: Uri | null, relative: string | null, result: Ref): boolean {
  const uri = base === null || relative === null || !base.isAbsolute ? null : tryCombine(base, relative);
  result.v = uri instanceof Uri ? uri : null;
  return uri instanceof Uri;
}

/** Is the original text already as the URI has to be written? */
function isWellFormed(uri: Uri): boolean {
  const text = uri.original;
  if (/[\s"<>\\^`{|}\x00-\x1f\x7f]/.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return false;
  if (!uri.isAbsolute) return !/^[^/?#]*:/.test(text);
  const { isImplicitFile, scheme } = uri.parts;
  return !isImplicitFile && !(scheme === "file" && !/^file:\/\/[^/]*\//i.test(text)) && !/#.*#/.test(text);
}

function isLoopback(uri: Uri): boolean {
  const { host, scheme } = uri.parts;
  if (host.text === "") return scheme === "file";
  if (host.kind === UriHostNameType.IPv4) return host.text.startsWith("127.");
  return host.text === "localhost" || host.text === "[::1]";
}

/** AbsolutePath cut behind each slash. */
function segments(uri: Uri): string[] {
  return uri.parts.path.match(/[^/]*\/|[^/]+$/g) ?? [];
}

function samePlace(a: Uri, b: Uri): boolean {
  return a.parts.scheme === b.parts.scheme && a.parts.host.text === b.parts.host.text && a.parts.port === b.parts.port;
}

function makeRelative(self: Uri, other: Uri | null): Uri {
  if (other === null) throw argumentNull("uri");
  const [from, to] = [self.parts, other.parts];
  if (!samePlace(self, other)) return other;
  let path = pathDifference(from.path, to.path);
  if (/^[^/]*:/.test(path)) path = `./${path}`;
  return new Uri(path + to.query + to.fragment, null);
}

function isBaseOf(self: Uri, other: Uri | null): boolean {
  if (other === null) throw argumentNull("uri");
  if (!self.isAbsolute) return false;
  const target = other.isAbsolute ? other : combineUri(self, other.original);
  if (!samePlace(self, target)) return false;
  const { path } = self.parts;
  return target.parts.path.startsWith(path.slice(0, path.lastIndexOf("/") + 1));
}

function compareUris(a: Uri | null, b: Uri | null, components: number, format: number, comparison: number): number {
  const text = (uri: Uri | null) => uri && getComponents(uri, components, format);
  if (a?.isAbsolute === false || b?.isAbsolute === false) {
    return compareStrings(textOf(a), textOf(b), optionsOf(comparison));
  }
  return compareStrings(text(a), text(b), optionsOf(comparison));
}

function required(text: string | null, parameter: string): string {
  if (text === null) throw argumentNull(parameter);
  return text;
}

function fromHex(unit: number): number {
  if (!isHexDigit(unit)) throw argument("Value does not fall within the expected range.", "digit");
  return Number.parseInt(String.fromCharCode(unit), 16);
}

function isHexEncoding(pattern: string | null, index: number): boolean {
  const text = required(pattern, "pattern");
  return text[index] === "%" && isHexDigit(text.charCodeAt(index + 1)) && isHexDigit(text.charCodeAt(index + 2));
}

function hexUnescape(pattern: string | null, index: Ref): number {
  const text = required(pattern, "pattern");
  const at = index.v as number;
  if (at < 0 || at >= text.length) throw argumentOutOfRange("index");
  const escaped = isHexEncoding(text, at);
  index.v = at + (escaped ? 3 : 1);
  return escaped ? Number.parseInt(text.slice(at + 1, at + 3), 16) : text.charCodeAt(at);
}

function schemeNames(): Record<string, () => string> {
  const names = "File Ftp Ftps Gopher Http Https Mailto News Nntp Sftp Ssh Telnet Ws Wss";
  const known = Object.fromEntries(names.split(" ").map((name) => [`UriScheme${name}`, () => name.toLowerCase()]));
  return { ...known, UriSchemeNetPipe: () => "net.pipe", UriSchemeNetTcp: () => "net.tcp" };
}

implement("System.Uri", {
  "new(string)": (text: string | null) => createUri(text),
  "new(string,UriKind)": createUri,
  "new(string,bool)": (text: string | null) => createUri(text),
  "new(Uri,string)": combineUri,
  "new(Uri,string,bool)": combineUri,
  "new(Uri,Uri)": (base: Uri | null, relative: Uri | null) => combineUri(base, textOf(relative)),
  ...schemeNames(),
  SchemeDelimiter: () => "://",

  AbsolutePath: (self: Uri) => self.absolutePath,
  AbsoluteUri: (self: Uri) => self.absoluteUri,
  Authority: (self: Uri) => self.authority,
  DnsSafeHost: (self: Uri) =>
    self.parts.host.kind === UriHostNameType.IPv6 ? idnHost(self.parts.host) : self.parts.host.text,
  Fragment: (self: Uri) => self.parts.fragment,
  Host: (self: Uri) => self.parts.host.text,
  HostNameType: (self: Uri) => self.parts.host.kind || (self.parts.scheme === "file" ? UriHostNameType.Basic : 0),
  IdnHost: (self: Uri) => idnHost(self.parts.host),
  IsAbsoluteUri: (self: Uri) => self.isAbsolute,
  IsDefaultPort: (self: Uri) => self.parts.isDefaultPort,
  IsFile: (self: Uri) => self.parts.scheme === "file",
  IsLoopback: isLoopback,
  IsUnc: (self: Uri) => self.parts.scheme === "file" && self.parts.host.text !== "",
  LocalPath: (self: Uri) => self.localPath,
  OriginalString: (self: Uri) => self.original,
  PathAndQuery: (self: Uri) => self.absolutePath + self.parts.query,
  Port: (self: Uri) => self.parts.port,
  Query: (self: Uri) => self.parts.query,
  Scheme: (self: Uri) => self.parts.scheme,
  Segments: (self: Uri) => strings(segments(self)),
  UserEscaped: () => false,
  UserInfo: (self: Uri) => self.parts.userInfo,

  "ToString()": (self: Uri) => self.toText(),
  "Equals(object)": (self: Uri, other: unknown) => self.equals(other),
  "GetHashCode()": (self: Uri) => self.hash(),
  "op_Equality(Uri,Uri)": (a: Uri | null, b: Uri | null) => a === b || (a?.equals(b) ?? false),
  "op_Inequality(Uri,Uri)": (a: Uri | null, b: Uri | null) => a !== b && !a?.equals(b),
  "Compare(*)": compareUris,
  "GetComponents(UriComponents,UriFormat)": getComponents,
  "GetLeftPart(UriPartial)": getLeftPart,
  "IsBaseOf(Uri)": isBaseOf,
  "MakeRelativeUri(Uri)": makeRelative,
  "MakeRelative(Uri)": (self: Uri, other: Uri | null) => textOf(makeRelative(self, other)),
  "IsWellFormedOriginalString()": isWellFormed,

  "TryCreate(string,UriKind,Uri&)": (text: string | null, kind: number, result: Ref) => {
    const uri = tryCreateUri(text, kind);
    result.v = uri ?? null;
    return uri !== undefined;
  },
  "TryCreate(Uri,string,Uri&)": tryCreateRelative,
  "TryCreate(Uri,Uri,Uri&)": (base: Uri | null, relative: Uri | null, result: Ref) =>
    tryCreateRelative(base, textOf(relative), result),
  "IsWellFormedUriString(string,UriKind)": (text: string | null, kind: number) => {
    const uri = tryCreateUri(text, kind);
    return uri !== undefined && isWellFormed(uri);
  },
  "EscapeDataString(string)": (text: string | null) => escapeData(required(text, "stringToEscape")),
  "EscapeUriString(string)": (text: string | null) => escapeUri(required(text, "stringToEscape")),
  "UnescapeDataString(string)": (text: string | null) => unescapeData(required(text, "stringToUnescape")),
  "CheckHostName(string)": checkHostName,
  "CheckSchemeName(string)": (name: string | null) => name !== null && /^[A-Za-z][A-Za-z0-9+\-.]*$/.test(name),
  "FromHex(char)": fromHex,
  "HexEscape(char)": (unit: number) => {
    if (unit > 255) throw argumentOutOfRange("character");
    return hexEscape(unit);
  },
  "HexUnescape(string,int&)": hexUnescape,
  "IsHexDigit(char)": isHexDigit,
  "IsHexEncoding(string,int)": isHexEncoding,
});
