/** System.Security.Cryptography.Oid: an object identifier with a name for people. */
import { CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";

/** Friendly names as .NET shows them. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.1", "RSA"],
  ["1.2.840.113549.1.1.4", "md5RSA"],
  ["1.2.840.113549.1.1.5", "sha1RSA"],
  ["1.2.840.113549.1.1.10", "RSASSA-PSS"],
  ["1.2.840.113549.1.1.11", "sha256RSA"],
  ["1.2.840.113549.1.1.12", "sha384RSA"],
  ["1.2.840.113549.1.1.13", "sha512RSA"],
  ["1.2.840.10045.2.1", "ECC"],
  ["1.2.840.10045.4.1", "sha1ECDSA"],
  ["1.2.840.10045.4.3.2", "sha256ECDSA"],
  ["1.2.840.10045.4.3.3", "sha384ECDSA"],
  ["1.2.840.10045.4.3.4", "sha512ECDSA"],
  ["1.2.840.10045.3.1.7", "nistP256"],
  ["1.3.132.0.34", "nistP384"],
  ["1.3.132.0.35", "nistP521"],
  ["1.2.840.113549.2.5", "md5"],
  ["1.3.14.3.2.26", "sha1"],
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
  ["2.5.4.3", "CN"],
  ["2.5.4.4", "SN"],
  ["2.5.4.5", "SERIALNUMBER"],
  ["2.5.4.6", "C"],
  ["2.5.4.7", "L"],
  ["2.5.4.8", "S"],
  ["2.5.4.9", "STREET"],
  ["2.5.4.10", "O"],
  ["2.5.4.11", "OU"],
  ["2.5.4.12", "T"],
  ["2.5.4.42", "G"],
  ["2.5.4.43", "I"],
  ["2.5.4.46", "dnQualifier"],
  ["1.2.840.113549.1.9.1", "E"],
  ["0.9.2342.19200300.100.1.25", "DC"],
  ["2.5.29.14", "X509v3 Subject Key Identifier"],
  ["2.5.29.15", "X509v3 Key Usage"],
  ["2.5.29.17", "X509v3 Subject Alternative Name"],
  ["2.5.29.19", "X509v3 Basic Constraints"],
  ["2.5.29.35", "X509v3 Authority Key Identifier"],
  ["2.5.29.37", "X509v3 Extended Key Usage"],
]);

/** Friendly name of an object identifier. */
export function oidName(value: string): string | undefined {
  return NAMES.get(value);
}

function oidByName(name: string): string | undefined {
  for (const [value, known] of NAMES) if (known.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

export class Oid extends CsObject {
  value: string | null;
  #name: string | null;

  constructor(value: string | null, name: string | null = null) {
    super();
    this.value = value;
    this.#name = name;
  }

  override get type(): Type {
    return type("System.Security.Cryptography.Oid");
  }

  get name(): string | null {
    return this.#name ?? (this.value === null ? null : (oidName(this.value) ?? null));
  }

  set name(name: string | null) {
    this.#name = name;
    if (name !== null) this.value ??= oidByName(name) ?? null;
  }
}

function unknownName(): CsException {
  const text = "No OID value matches this name.";
  return new CsException("System.Security.Cryptography.CryptographicException", text);
}

implement("System.Security.Cryptography.Oid", {
  "new()": () => new Oid(null),
  "new(string)": (text: string | null) => {
    // A name is turned into its value.
    const value = text === null || /^[0-9.]+$/.test(text) ? text : (oidByName(text) ?? text);
    return new Oid(value);
  },
  "new(string,string)": (value: string | null, name: string | null) => new Oid(value, name),
  "new(Oid)": (other: Oid | null) => {
    if (other === null) throw argumentNull("oid");
    return new Oid(other.value, other.name);
  },
  "FromFriendlyName(*)": (name: string | null) => {
    if (name === null) throw argumentNull("friendlyName");
    const value = oidByName(name);
    if (value === undefined) throw unknownName();
    return new Oid(value, name);
  },
  "FromOidValue(*)": (value: string | null) => {
    if (value === null) throw argumentNull("oidValue");
    const name = oidName(value);
    if (name === undefined) throw unknownName();
    return new Oid(value, name);
  },
  Value: (self: Oid) => self.value,
  "Value=": (self: Oid, value: string | null) => {
    self.value = value;
  },
  FriendlyName: (self: Oid) => self.name,
  "FriendlyName=": (self: Oid, value: string | null) => {
    self.name = value;
  },
});
