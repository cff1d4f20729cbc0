/** Uri.GetComponents and GetLeftPart: parts of a URI put together again. */
import { argument, argumentOutOfRange } from "./exceptions-thrown.ts";
import type { Uri } from "./uri.ts";
import { unescapeData, unescapeSafely } from "./uri-escape.ts";
import { idnHost } from "./uri-host.ts";

/** System.UriComponents. */
const Scheme = 1;
const UserInfo = 2;
const Host = 4;
const Port = 8;
const Path = 16;
const Query = 32;
const Fragment = 64;
const StrongPort = 128;
const NormalizedHost = 256;
const KeepDelimiter = 0x4000_0000;
const SerializationInfoString = -0x8000_0000;

/** System.UriFormat. */
const UriEscaped = 1;
const Unescaped = 2;
const SafeUnescaped = 3;

/** Uri.GetComponents. */
export function getComponents(uri: Uri, components: number, format: number): string {
  if (components === SerializationInfoString) return uri.isAbsolute ? uri.absoluteUri : uri.original;
  const known = 0x1ff | KeepDelimiter;
  if (components & ~known) throw argumentOutOfRange("components");
  if (format < UriEscaped || format > SafeUnescaped) throw argumentOutOfRange("format");
  const { scheme, userInfo, host, port, isDefaultPort, query, fragment } = uri.parts;
  const wanted = components & ~KeepDelimiter;
  const keep = (components & KeepDelimiter) !== 0;
  const has = (flag: number) => (wanted & flag) !== 0;
  const form = (text: string, isQuery = false) =>
    format === UriEscaped ? text : format === Unescaped ? unescapeData(text) : unescapeSafely(text, isQuery);
  const showsPort = has(StrongPort) ? port >= 0 : has(Port) && !isDefaultPort;
  // A component on its own comes without what separates it from others.
  if (!keep) {
    if (wanted === Scheme) return scheme;
    if (wanted === UserInfo) return form(userInfo);
    if (wanted === Path) return form(uri.parts.path.slice(1));
    if (wanted === Query) return form(query.slice(1), true);
    if (wanted === Fragment) return form(fragment.slice(1));
    if (wanted === Port || wanted === StrongPort) return showsPort ? String(port) : "";
  }
  let text = has(Scheme) ? uri.prefix : "";
  if (has(UserInfo) && userInfo !== "") text += `${form(userInfo)}@`;
  if (has(Host | NormalizedHost)) text += has(NormalizedHost) ? idnHost(host) : host.text;
  if (showsPort) text += `:${port}`;
  if (has(Path)) text += form(uri.parts.path);
  if (has(Query)) text += form(query, true);
  if (has(Fragment)) text += form(fragment);
  return text;
}

/** Uri.GetLeftPart(UriPartial). */
export function getLeftPart(uri: Uri, part: number): string {
  const { path, query, hasAuthority } = uri.parts;
  const start = uri.prefix + uri.fullAuthority;
  switch (part) {
    case 0:
      return uri.prefix;
    case 1:
      // Without `//` there is no authority to show.
      return hasAuthority ? start : "";
    case 2:
      return start + path;
    case 3:
      return start + path + query;
    default:
      throw argument(`The subcomponent, ${part}, of this uri is not valid.`, "part");
  }
}
