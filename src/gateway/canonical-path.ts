/**
 * The canonical form of a path (RFC 3986 section 6.2.2): escapes of unreserved characters decoded, other escapes in upper case,
 * characters that need escapes escaped. What servers are known to read differently has no canonical form and is refused: escaped
 * slashes, backslashes and NULs (also escaped twice), dot segments, empty segments, control characters, fragments, broken UTF-8.
 */

const PERCENT = 1;
/** Characters that a URL must not hold as they are, and that mean nothing else: they are escaped. */
const ESCAPE = 2;
const FORBIDDEN = 4;
/** Forbidden in a query. */
const QUERY_FORBIDDEN = 8;

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  if (code <= 0x20 || code === 0x7f || char === "#") CLASSES[code] = FORBIDDEN | QUERY_FORBIDDEN;
  else if (char === "\\" || char === "?") CLASSES[code] = FORBIDDEN;
  else if ('"<>[]^`{|}'.includes(char)) CLASSES[code] = ESCAPE;
  else if (char === "%") CLASSES[code] = PERCENT;
}

/** Undefined when the path is ambiguous or invalid. The result starts with a slash. */
export function canonicalPath(path: string): string | undefined {
  let classes = 0;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    classes |= code < 128 ? CLASSES[code] : FORBIDDEN;
  }
  if ((classes & FORBIDDEN) !== 0 || path.charCodeAt(0) !== 0x2f) return undefined;
  const canonical = classes === 0 ? path : normalizeEscapes(path);
  return canonical === undefined || hasAmbiguousSegment(canonical) ? undefined : canonical;
}

/** Queries go on byte for byte; only what no URL may hold is refused. */
export function isCanonicalQuery(query: string): boolean {
  for (let i = 0; i < query.length; i++) {
    const code = query.charCodeAt(i);
    if (code >= 128 || (CLASSES[code] & QUERY_FORBIDDEN) !== 0) return false;
  }
  return true;
}

/** Empty segments, and dot segments with or without path parameters (`..;x` is `..` to some servers). */
function hasAmbiguousSegment(path: string): boolean {
  if (path.includes("//")) return true;
  for (let at = path.indexOf("/."); at >= 0; at = path.indexOf("/.", at + 2)) {
    const after = path.charCodeAt(at + 2) === 0x2e ? at + 3 : at + 2;
    if (after >= path.length) return true;
    const code = path.charCodeAt(after);
    if (code === 0x2f || code === 0x3b) return true;
  }
  return false;
}

/** Escapes that still mean a slash, backslash, dot or NUL after being decoded once more, or more often. */
const NESTED = /%25(?:25)*(?:2f|5c|2e|00)/i;

function normalizeEscapes(path: string): string | undefined {
  let out = "";
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (CLASSES[code] === ESCAPE) {
      out += escapeOf(code);
      continue;
    }
    if (code !== 0x25) {
      out += path[i];
      continue;
    }
    const byte = hexByte(path, i + 1);
    if (byte === undefined) return undefined;
    if (byte >= 0x80) {
      const end = endOfEscapedText(path, i);
      if (!isUtf8(path.slice(i, end))) return undefined;
      out += path.slice(i, end).toUpperCase();
      i = end - 1;
      continue;
    }
    if (byte < 0x20 || byte === 0x7f || byte === 0x2f || byte === 0x5c) return undefined;
    out += isUnreserved(byte) ? String.fromCharCode(byte) : escapeOf(byte);
    i += 2;
  }
  // Looked for in the result: the escapes may have been hidden under escapes of their own digits.
  return NESTED.test(out) ? undefined : out;
}

function escapeOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

function hexByte(text: string, at: number): number | undefined {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? undefined : high * 16 + low;
}

/** -1 when the code is none of a hexadecimal digit (NaN included: past the end). */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function isUnreserved(byte: number): boolean {
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x5f || byte === 0x7e;
}

/** Where a run of escaped bytes beyond ASCII ends. */
function endOfEscapedText(path: string, start: number): number {
  let end = start;
  while (path.charCodeAt(end) === 0x25) {
    const byte = hexByte(path, end + 1);
    if (byte === undefined || byte < 0x80) break;
    end += 3;
  }
  return end;
}

/** Rejects overlong forms, surrogates and truncated sequences. */
function isUtf8(escaped: string): boolean {
  try {
    decodeURIComponent(escaped);
    return true;
  } catch {
    return false;
  }
}
