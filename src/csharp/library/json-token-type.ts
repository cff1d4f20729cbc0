/** The two enumerations of Json.NET that say what a token is: JTokenType of the tree, JsonToken of readers and writers. */

/** Newtonsoft.Json.Linq.JTokenType. */
export const JTokenType = {
  None: 0,
  Object: 1,
  Array: 2,
  Constructor: 3,
  Property: 4,
  Comment: 5,
  Integer: 6,
  Float: 7,
  String: 8,
  Boolean: 9,
  Null: 10,
  Undefined: 11,
  Date: 12,
  Raw: 13,
  Bytes: 14,
  Guid: 15,
  Uri: 16,
  TimeSpan: 17,
} as const;

export type JTokenType = (typeof JTokenType)[keyof typeof JTokenType];

const typeNames = Object.keys(JTokenType);

/** Name of a JTokenType, as messages show it. */
export function tokenTypeName(tokenType: JTokenType): string {
  return typeNames[tokenType];
}

/** Newtonsoft.Json.JsonToken. */
export const JsonToken = {
  None: 0,
  StartObject: 1,
  StartArray: 2,
  StartConstructor: 3,
  PropertyName: 4,
  Comment: 5,
  Raw: 6,
  Integer: 7,
  Float: 8,
  String: 9,
  Boolean: 10,
  Null: 11,
  Undefined: 12,
  EndObject: 13,
  EndArray: 14,
  EndConstructor: 15,
  Date: 16,
  Bytes: 17,
} as const;

export type JsonToken = (typeof JsonToken)[keyof typeof JsonToken];

const tokenNames = Object.keys(JsonToken);

/** Name of a JsonToken, as messages show it. */
export function jsonTokenName(token: JsonToken): string {
  return tokenNames[token];
}
