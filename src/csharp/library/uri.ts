/** System.Uri. https://learn.microsoft.com/dotnet/api/system.uri */
import { CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { argumentNull, argumentOutOfRange, invalidOperation } from "./exceptions-thrown.ts";
import { hashString } from "./string.ts";
import { unescapeData, unescapeSafely } from "./uri-escape.ts";
import { mayBeRelative, parseAbsolute, trimBlanks, UriErrors, type UriParts } from "./uri-parse.ts";
import { resolve } from "./uri-resolve.ts";

/** System.UriKind. */
export const UriKind = { RelativeOrAbsolute: 0, Absolute: 1, Relative: 2 } as const;

export class Uri extends CsObject {
  readonly original: string;
  readonly #parts: UriParts | null;

  /** @param parts null of a relative URI */
  constructor(original: string, parts: UriParts | null) {
    super();
    this.original = original;
    this.#parts = parts;
  }

  override get type(): Type {
    return type("System.Uri");
  }

  get isAbsolute(): boolean {
    return this.#parts !== null;
  }

  /** Parts of an absolute URI; InvalidOperationException for a relative one. */
  get parts(): UriParts {
    if (!this.#parts) throw invalidOperation("This operation is not supported for a relative URI.");
    return this.#parts;
  }

  /** `user@host:port` as it stands behind the slashes. */
  get fullAuthority(): string {
    const { userInfo } = this.parts;
    return (userInfo === "" ? "" : `${userInfo}@`) + this.authority;
  }

  /** `host:port`, the port only when it is not the default. */
  get authority(): string {
    const { host, port, isDefaultPort } = this.parts;
    return isDefaultPort || port < 0 ? host.text : `${host.text}:${port}`;
  }

  /** `https://` or `mailto:`. */
  get prefix(): string {
    const { scheme, hasAuthority } = this.parts;
    return scheme + (hasAuthority ? "://" : ":");
  }

  /** Path as AbsolutePath shows it: a Windows path without the leading slash. */
  get absolutePath(): string {
    const { path, isDosPath } = this.parts;
    return isDosPath ? path.slice(1) : path;
  }

  get absoluteUri(): string {
    const { path, query, fragment } = this.parts;
    return this.prefix + this.fullAuthority + path + query + fragment;
  }

  get localPath(): string {
    const { scheme, host, isDosPath } = this.parts;
    const path = unescapeData(this.absolutePath);
    if (scheme !== "file") return path;
    if (isDosPath) return path.replaceAll("/", "\\");
    return host.text === "" ? path : `\\\\${host.text}${path.replaceAll("/", "\\")}`;
  }

  /** For people: escapes that do not matter are decoded. */
  override toText(): string {
    if (!this.#parts) return this.original;
    const { path, query, fragment } = this.#parts;
    const start = this.prefix + unescapeSafely(this.fullAuthority, false);
    return start + unescapeSafely(path, false) + unescapeSafely(query, true) + unescapeSafely(fragment, false);
  }

  /** What counts for equality: neither user information nor fragment. */
  get #identity(): string {
    if (!this.#parts) return this.original;
    const { scheme, userInfo, path, query } = this.#parts;
    const user = scheme === "mailto" ? `${userInfo}@` : "";
    return this.prefix + user + this.authority + path + query;
  }

  override equals(other: unknown): boolean {
    const uri = typeof other === "string" ? tryCreateUri(other, UriKind.RelativeOrAbsolute) : other;
    if (!(uri instanceof Uri) || uri.isAbsolute !== this.isAbsolute) return false;
    return uri.#identity === this.#identity;
  }

  override hash(): number {
    return hashString(this.#identity);
  }
}

/** A URI, or the message of the UriFormatException. */
function readUri(text: string, kind: number): Uri | string {
  const parts = parseAbsolute(text);
  if (typeof parts !== "string") {
    if (kind !== UriKind.Relative) {
      // On Unix a path with a slash in front is a file, unless a relative URI is asked for.
      return new Uri(text, parts);
    }
    if (parts.isImplicitFile && text.startsWith("/")) return new Uri(text, null);
    return "A relative URI cannot be created because the 'uriString' parameter represents an absolute URI.";
  }
  if (kind !== UriKind.Absolute && mayBeRelative(parts)) return new Uri(text, null);
  return parts;
}

/** new Uri(string, UriKind): UriFormatException. */
export function createUri(text: string | null, kind: number = UriKind.Absolute): Uri {
  if (text === null) throw argumentNull("uriString");
  checkKind(kind);
  const uri = readUri(text, kind);
  if (typeof uri === "string") throw uriFormatError(uri);
  return uri;
}

function checkKind(kind: number): void {
  if (kind >= UriKind.RelativeOrAbsolute && kind <= UriKind.Relative) return;
  throw new CsException("System.ArgumentException", `The value '${kind}' passed for the UriKind parameter is invalid.`);
}

export function uriFormatError(message: string): CsException {
  return new CsException("System.UriFormatException", message);
}

/** Uri.TryCreate(string, UriKind). */
export function tryCreateUri(text: string | null, kind: number): Uri | undefined {
  if (text === null) return undefined;
  checkKind(kind);
  const uri = readUri(text, kind);
  return typeof uri === "string" ? undefined : uri;
}

/** new Uri(Uri, string). */
export function combineUri(base: Uri | null, relative: string | null): Uri {
  if (base === null) throw argumentNull("baseUri");
  if (!base.isAbsolute) throw argumentOutOfRange("baseUri");
  const uri = tryCombine(base, relative ?? "");
  if (typeof uri === "string") throw uriFormatError(uri);
  return uri;
}

/** The relative reference resolved, or why it cannot be. */
export function tryCombine(base: Uri, relative: string): Uri | string {
  const read = relative === "" ? UriErrors.empty : parseAbsolute(relative);
  if (typeof read !== "string" && !read.isImplicitFile) return new Uri(relative, read);
  if (typeof read === "string" && !mayBeRelative(read)) return read;
  const text = resolve(base, trimBlanks(relative));
  const parts = parseAbsolute(text);
  return typeof parts === "string" ? parts : new Uri(text, parts);
}
