/** System.UriBuilder. https://learn.microsoft.com/dotnet/api/system.uribuilder */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { createUri, type Uri, UriKind, uriFormatError } from "./uri.ts";
import { escapeComponent } from "./uri-escape.ts";

/** Schemes without `//`. */
const OPAQUE = new Set(["mailto", "news", "uuid"]);

export class UriBuilder extends CsObject {
  #scheme = "http";
  #host = "localhost";
  #port = -1;
  #path = "/";
  #query = "";
  #fragment = "";
  userName = "";
  password = "";

  override get type(): Type {
    return type("System.UriBuilder");
  }

  static fromUri(uri: Uri | null): UriBuilder {
    if (uri === null) throw argumentNull("uri");
    const { scheme, host, port, userInfo, query, fragment } = uri.parts;
    const builder = new UriBuilder();
    builder.#scheme = scheme;
    builder.#host = host.text;
    builder.#port = port;
    builder.#path = uri.absolutePath;
    builder.#query = query;
    builder.#fragment = fragment;
    const colon = userInfo.indexOf(":");
    builder.userName = colon < 0 ? userInfo : userInfo.slice(0, colon);
    builder.password = colon < 0 ? "" : userInfo.slice(colon + 1);
    return builder;
  }

  /** A text without a scheme is taken for a host. */
  static fromText(text: string | null): UriBuilder {
    if (text === null) throw argumentNull("uri");
    const uri = createUri(text, UriKind.RelativeOrAbsolute);
    return UriBuilder.fromUri(uri.isAbsolute ? uri : createUri(`http://${text}`));
  }

  get scheme(): string {
    return this.#scheme;
  }

  set scheme(value: string | null) {
    const name = (value ?? "").split(":")[0].toLowerCase();
    if (name !== "" && !/^[a-z][a-z0-9+\-.]*$/.test(name)) {
      throw argument("Invalid URI: The URI scheme is not valid.", "value");
    }
    this.#scheme = name;
  }

  get host(): string {
    return this.#host;
  }

  /** An IPv6 address gets brackets. */
  set host(value: string | null) {
    const text = value ?? "";
    this.#host = text.includes(":") && !text.startsWith("[") ? `[${text}]` : text;
  }

  get port(): number {
    return this.#port;
  }

  set port(value: number) {
    if (value < -1 || value > 65535) throw argumentOutOfRange("value");
    this.#port = value;
  }

  get path(): string {
    return this.#path;
  }

  set path(value: string | null) {
    this.#path = escapeComponent((value || "/").replaceAll("\\", "/"));
  }

  get query(): string {
    return this.#query;
  }

  set query(value: string | null) {
    this.#query = prefixed(value, "?");
  }

  get fragment(): string {
    return this.#fragment;
  }

  set fragment(value: string | null) {
    this.#fragment = prefixed(value, "#");
  }

  /** Query or fragment, told apart by the first character. */
  set extra(value: string) {
    if (value === "") return;
    if (value.startsWith("#")) {
      this.fragment = value;
      return;
    }
    if (!value.startsWith("?")) throw argument("Extra portion of URI not valid.", "extraValue");
    const hash = value.indexOf("#");
    this.query = hash < 0 ? value : value.slice(0, hash);
    if (hash >= 0) this.fragment = value.slice(hash);
  }

  override toText(): string {
    if (this.userName === "" && this.password !== "") {
      throw uriFormatError("Invalid URI: The username:password construct is badly formed.");
    }
    const separator = OPAQUE.has(this.#scheme) || (this.#host === "" && this.#scheme !== "file") ? ":" : "://";
    const user = this.userName + (this.password === "" ? "" : `:${this.password}`);
    const port = this.#port >= 0 && this.#host !== "" ? `:${this.#port}` : "";
    const slash = this.#path !== "" && !this.#path.startsWith("/") && this.#host !== "" ? "/" : "";
    const authority = (user === "" ? "" : `${user}@`) + this.#host + port;
    const start = this.#scheme === "" ? "" : this.#scheme + separator;
    return start + authority + slash + this.#path + this.#query + this.#fragment;
  }

  get uri(): Uri {
    return createUri(this.toText());
  }

  override equals(other: unknown): boolean {
    return other !== null && this.uri.equals(other instanceof UriBuilder ? other.uri : String(other));
  }

  override hash(): number {
    return this.uri.hash();
  }
}

function prefixed(value: string | null, prefix: string): string {
  if (value === null || value === "") return "";
  return value.startsWith(prefix) ? value : prefix + value;
}

function fromParts(
  scheme: string | null,
  host: string | null,
  port = -1,
  path: string | null = "/",
  extra: string | null = "",
): UriBuilder {
  const builder = new UriBuilder();
  builder.scheme = scheme;
  builder.host = host;
  builder.port = port;
  builder.path = path;
  builder.extra = extra ?? "";
  return builder;
}

type Self = UriBuilder;

implement("System.UriBuilder", {
  "new()": () => new UriBuilder(),
  "new(string)": UriBuilder.fromText,
  "new(Uri)": UriBuilder.fromUri,
  "new(string,string)": fromParts,
  "new(string,string,int)": fromParts,
  "new(string,string,int,string)": fromParts,
  "new(string,string,int,string,string)": fromParts,
  Scheme: (self: Self) => self.scheme,
  "Scheme=": (self: Self, value: string | null) => {
    self.scheme = value;
  },
  Host: (self: Self) => self.host,
  "Host=": (self: Self, value: string | null) => {
    self.host = value;
  },
  Port: (self: Self) => self.port,
  "Port=": (self: Self, value: number) => {
    self.port = value;
  },
  Path: (self: Self) => self.path,
  "Path=": (self: Self, value: string | null) => {
    self.path = value;
  },
  Query: (self: Self) => self.query,
  "Query=": (self: Self, value: string | null) => {
    self.query = value;
  },
  Fragment: (self: Self) => self.fragment,
  "Fragment=": (self: Self, value: string | null) => {
    self.fragment = value;
  },
  UserName: (self: Self) => self.userName,
  "UserName=": (self: Self, value: string | null) => {
    self.userName = value ?? "";
  },
  Password: (self: Self) => self.password,
  "Password=": (self: Self, value: string | null) => {
    self.password = value ?? "";
  },
  Uri: (self: Self) => self.uri,
  "ToString()": (self: Self) => self.toText(),
  "Equals(object)": (self: Self, other: unknown) => self.equals(other),
  "GetHashCode()": (self: Self) => self.hash(),
});
