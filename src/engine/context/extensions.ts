/** Extension methods that APIM adds to dictionaries, byte arrays and certificates. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { ReadOnlyDictionaryProtocol } from "../../csharp/library/collection-protocol.ts";
import { implement } from "../../csharp/library/define.ts";
import type { SymmetricAlgorithm } from "../../csharp/library/symmetric-algorithm.ts";
import type { X509Certificate2 } from "../../csharp/library/x509-certificate2.ts";
import { defaultOf } from "../../csharp/runtime/default-value.ts";
import { isInstance, iterate, nullReference, typeOf } from "../../csharp/runtime/object.ts";
import { Box, bytes, type CsArray, CsException } from "../../csharp/runtime/values.ts";
import { type Type, type } from "../../csharp/types.ts";
import type { MultiValues } from "./dictionaries.ts";

type Lookup = ReadOnlyDictionaryProtocol;

const STRING = type("System.String");

/** Values joined by commas, or the default. */
function joinedOrDefault(values: Lookup, name: string, fallback: string | null = null): string | null {
  // Half the price of instanceof, which walks up the prototypes.
  if ("joined" in values) return (values as MultiValues).joined(name) ?? fallback;
  const found = values.lookUp(name) as CsArray | undefined;
  return found === undefined ? fallback : (found.items as string[]).join(",");
}

function stringOrDefault(values: Lookup, name: string, fallback: string | null = null): string | null {
  return (values.lookUp(name) as string | null | undefined) ?? fallback;
}

/** Of Variables.GetValueOrDefault<T>: undefined when there is none, or null. The wrong type throws, as a cast does. */
function variableAs(variables: Lookup, target: Type, name: string): unknown {
  const value = variables.lookUp(name);
  if (value instanceof Box && value.type === target) return value.value;
  if (typeof value === "string" && target === STRING) return value;
  if (value === undefined || value === null) return undefined;
  if (!isInstance(value, target)) {
    throw new CsException(
      "System.InvalidCastException",
      `Unable to cast object of type '${typeOf(value).clrName}' to type '${target.clrName}'.`,
    );
  }
  return target.isValueType && value instanceof Box ? value.value : value;
}

type FormMap = Iterable<{ key: unknown; value: unknown }>;

function formText(form: FormMap): string {
  const parts: string[] = [];
  for (const { key, value } of form) {
    for (const item of iterate(value))
      parts.push(`${encodeURIComponent(key as string)}=${encodeURIComponent((item as string | null) ?? "")}`);
  }
  return parts.join("&");
}

const HEADERS = "IReadOnlyDictionary<string,string[]>";
const STRINGS = "IReadOnlyDictionary<string,string>";
const OBJECTS = "IReadOnlyDictionary<string,object>";
const FORM = "IDictionary<string,IList<string>>";

/** A member of a null `this` argument: extension methods are called all the same, and APIM's dereference it. */
function notNull<T>(self: T | null): T {
  if (self === null) throw nullReference();
  return self;
}

implement("ApimExtensions", {
  [`GetValueOrDefault(${HEADERS},string)`]: (self: Lookup | null, name: string) => joinedOrDefault(notNull(self), name),
  [`GetValueOrDefault(${HEADERS},string,string)`]: (self: Lookup | null, name: string, fallback: string | null) =>
    joinedOrDefault(notNull(self), name, fallback),
  [`GetValueOrDefault(${STRINGS},string)`]: (self: Lookup | null, name: string) => stringOrDefault(notNull(self), name),
  [`GetValueOrDefault(${STRINGS},string,string)`]: (self: Lookup | null, name: string, fallback: string | null) =>
    stringOrDefault(notNull(self), name, fallback),
  [`GetValueOrDefault(${OBJECTS},string)`]: (target: Type, self: Lookup | null, name: string) =>
    variableAs(notNull(self), target, name) ?? defaultOf(target),
  [`GetValueOrDefault(${OBJECTS},string,!!0)`]: (target: Type, self: Lookup | null, name: string, fallback: unknown) =>
    variableAs(notNull(self), target, name) ?? fallback,
  "VerifyNoRevocation(X509Certificate2)": (certificate: X509Certificate2 | null) => notNull(certificate).verify(false),
  [`ToQueryString(${FORM})`]: (form: FormMap | null) => formText(notNull(form)),
  [`ToFormUrlEncodedContent(${FORM})`]: (form: FormMap | null) => formText(notNull(form)),
});

/** node:crypto's name of a .NET algorithm with a key of that length, CBC and PKCS #7 as .NET's defaults. */
function cipherName(algorithm: string, keyBytes: number): string {
  switch (algorithm.toLowerCase()) {
    case "aes":
    case "rijndael":
    case "rijndaelmanaged":
    case "aesmanaged":
      return `aes-${keyBytes * 8}-cbc`;
    case "3des":
    case "tripledes":
      return "des-ede3-cbc";
    default:
      throw new CsException("System.ArgumentException", `The algorithm '${algorithm}' is not supported.`);
  }
}

function cipher(
  direction: "encrypt" | "decrypt",
  input: CsArray | null,
  algorithm: string,
  key: CsArray,
  iv: CsArray,
): CsArray {
  const data = notNull(input).items as Uint8Array;
  const secret = key.items as Uint8Array;
  const make = direction === "encrypt" ? createCipheriv : createDecipheriv;
  try {
    const machine = make(cipherName(algorithm, secret.length), secret, iv.items as Uint8Array);
    return bytes(Buffer.concat([machine.update(data), machine.final()]));
  } catch (error) {
    if (error instanceof CsException) throw error;
    throw new CsException(
      "System.Security.Cryptography.CryptographicException",
      `The data could not be ${direction}ed with this key and vector.`,
    );
  }
}

for (const direction of ["encrypt", "decrypt"] as const) {
  const name = direction === "encrypt" ? "Encrypt" : "Decrypt";
  implement("ApimExtensions", {
    [`${name}(byte[],string,byte[],byte[])`]: (input: CsArray | null, algorithm: string, key: CsArray, iv: CsArray) =>
      cipher(direction, input, algorithm, key, iv),
    [`${name}(byte[],SymmetricAlgorithm)`]: (input: CsArray | null, algorithm: SymmetricAlgorithm) =>
      cipher(direction, input, "aes", bytes(algorithm.key), bytes(algorithm.iv)),
    [`${name}(byte[],SymmetricAlgorithm,byte[],byte[])`]: (
      input: CsArray | null,
      _: SymmetricAlgorithm,
      key: CsArray,
      iv: CsArray,
    ) => cipher(direction, input, "aes", key, iv),
  });
}
