/** Jwt, BasicAuthCredentials and Authorization: members, and the extension methods of string that make them. They give null for bad input, never throw. */
import { ReadOnlyMap } from "../../csharp/library/collection-protocol.ts";
import { dateTimeFromUnixMs } from "../../csharp/library/date-time.ts";
import { implement } from "../../csharp/library/define.ts";
import { hostClass } from "../../csharp/runtime/object.ts";
import { type Ref, strings } from "../../csharp/runtime/values.ts";
import { arrayOf, type } from "../../csharp/types.ts";
import { Authorization } from "../../kit/authorization.ts";
import { Jwt, parseJwt } from "../../kit/jwt.ts";
import { objectMap } from "./dictionaries.ts";

const STRING = type("System.String");

export class BasicCredentials {
  readonly userId: string;
  readonly password: string;

  constructor(userId: string, password: string) {
    this.userId = userId;
    this.password = password;
  }
}

/** `Basic dXNlcjpwYXNz` (RFC 7617) -> credentials. */
function parseBasic(text: string | null): BasicCredentials | null {
  const match = text === null ? null : /^\s*Basic\s+([A-Za-z0-9+/]+={0,2})\s*$/i.exec(text);
  if (match === null) return null;
  const decoded = Buffer.from(match[1], "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? null : new BasicCredentials(decoded.slice(0, colon), decoded.slice(colon + 1));
}

const jwtOf = (text: string | null) => (text === null ? null : (parseJwt(text) ?? null));

function intoRef<T>(out: Ref<T | null>, value: T | null): boolean {
  out.v = value;
  return value !== null;
}

implement("ApimExtensions", {
  "AsBasic(string)": parseBasic,
  "TryParseBasic(string,BasicAuthCredentials&)": (text: string | null, out: Ref<BasicCredentials | null>) =>
    intoRef(out, parseBasic(text)),
  "AsJwt(string)": jwtOf,
  "TryParseJwt(string,Jwt&)": (text: string | null, out: Ref<Jwt | null>) => intoRef(out, jwtOf(text)),
});

implement("Authorization", {
  AccessToken: (self: Authorization) => self.accessToken,
  Claims: (self: Authorization) => objectMap("Authorization.Claims", self.claims),
});

implement("BasicAuthCredentials", {
  UserId: (self: BasicCredentials) => self.userId,
  Password: (self: BasicCredentials) => self.password,
});

/** Claims as IReadOnlyDictionary<string, string[]>. */
function claimsOf(jwt: Jwt): ReadOnlyMap {
  const arrays = new Map([...jwt.claims].map(([name, values]) => [name, strings([...values])]));
  return new ReadOnlyMap(arrays, { keyType: STRING, valueType: arrayOf(STRING) });
}

const date = (ms: number | undefined) => (ms === undefined ? null : dateTimeFromUnixMs(ms));

implement("Jwt", {
  Algorithm: (self: Jwt) => self.algorithm,
  Audiences: (self: Jwt) => strings([...self.audiences]),
  Claims: claimsOf,
  ExpirationTime: (self: Jwt) => date(self.expiresAt),
  Id: (self: Jwt) => self.id ?? null,
  IssuedAt: (self: Jwt) => date(self.issuedAt),
  Issuer: (self: Jwt) => self.issuer ?? null,
  NotBefore: (self: Jwt) => date(self.notBefore),
  Subject: (self: Jwt) => self.subject ?? null,
  Type: (self: Jwt) => self.type,
});

hostClass(Authorization, "Authorization");
hostClass(BasicCredentials, "BasicAuthCredentials");
hostClass(Jwt, "Jwt");
