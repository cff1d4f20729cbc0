/** System.Security.Cryptography.HashAlgorithmName: a struct around a name. */
import { structDefault } from "../runtime/default-value.ts";
import { CsObject, type Ref, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { implement, type Members } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { hashString } from "./string.ts";

const NAME = "System.Security.Cryptography.HashAlgorithmName";

export class HashAlgorithmName extends CsObject {
  /** `SHA256`; null in the default value. */
  readonly name: string | null;

  constructor(name: string | null) {
    super();
    this.name = name;
  }

  override get type(): Type {
    return type(NAME);
  }

  override toText(): string {
    return this.name ?? "";
  }

  override equals(other: unknown): boolean {
    return other instanceof HashAlgorithmName && other.name === this.name;
  }

  override hash(): number {
    return this.name === null ? 0 : hashString(this.name);
  }
}

structDefault(NAME, () => new HashAlgorithmName(null));

/** .NET name -> object identifier and name for node:crypto. */
const ALGORITHMS: ReadonlyMap<string, { oid: string; node: string }> = new Map([
  ["MD5", { oid: "1.2.840.113549.2.5", node: "md5" }],
  ["SHA1", { oid: "1.3.14.3.2.26", node: "sha1" }],
  ["SHA256", { oid: "2.16.840.1.101.3.4.2.1", node: "sha256" }],
  ["SHA384", { oid: "2.16.840.1.101.3.4.2.2", node: "sha384" }],
  ["SHA512", { oid: "2.16.840.1.101.3.4.2.3", node: "sha512" }],
  ["SHA3-256", { oid: "2.16.840.1.101.3.4.2.8", node: "sha3-256" }],
  ["SHA3-384", { oid: "2.16.840.1.101.3.4.2.9", node: "sha3-384" }],
  ["SHA3-512", { oid: "2.16.840.1.101.3.4.2.10", node: "sha3-512" }],
]);

function known(name: HashAlgorithmName) {
  const found = ALGORITHMS.get(name.name ?? "");
  if (!found) throw cryptographicError(`'${name.name ?? ""}' is not a known hash algorithm.`);
  return found;
}

/** The name that node:crypto uses; CryptographicException for an unknown one. */
export function nodeHashName(name: HashAlgorithmName): string {
  return known(name).node;
}

/** Object identifier of the hash function. */
export function hashOid(name: HashAlgorithmName): string {
  return known(name).oid;
}

function byOid(oid: string | null): HashAlgorithmName | undefined {
  if (oid === null) throw argumentNull("oidValue");
  for (const [name, algorithm] of ALGORITHMS) if (algorithm.oid === oid) return new HashAlgorithmName(name);
  return undefined;
}

const members: Members = {
  "new(string)": (name: string | null) => new HashAlgorithmName(name),
  Name: (self: HashAlgorithmName) => self.name,
  "ToString()": (self: HashAlgorithmName) => self.toText(),
  "GetHashCode()": (self: HashAlgorithmName) => self.hash(),
  "Equals(*)": (self: HashAlgorithmName, other: unknown) => self.equals(unbox(other)),
  "op_Equality(HashAlgorithmName,HashAlgorithmName)": (a: HashAlgorithmName, b: HashAlgorithmName) => a.equals(b),
  "op_Inequality(HashAlgorithmName,HashAlgorithmName)": (a: HashAlgorithmName, b: HashAlgorithmName) => !a.equals(b),
  "FromOid(string)": (oid: string | null) => {
    const found = byOid(oid);
    if (found) return found;
    throw cryptographicError(`'${oid}' is not a known hash algorithm.`);
  },
  "TryFromOid(string,HashAlgorithmName&)": (oid: string | null, result: Ref) => {
    const found = byOid(oid);
    result.v = found ?? new HashAlgorithmName(null);
    return found !== undefined;
  },
};
for (const name of ALGORITHMS.keys()) members[name.replace("-", "_")] = () => new HashAlgorithmName(name);
implement(NAME, members);
