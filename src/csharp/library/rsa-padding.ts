/** System.Security.Cryptography.RSASignaturePadding and RSAEncryptionPadding. */
import { CsObject, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { HashAlgorithmName } from "./hash-algorithm-name.ts";
import { hashString } from "./string.ts";

const NAMESPACE = "System.Security.Cryptography.";

export class RsaSignaturePadding extends CsObject {
  /** RSASignaturePaddingMode: 0 PKCS #1 1.5, 1 PSS. */
  readonly mode: number;

  constructor(mode: number) {
    super();
    this.mode = mode;
  }

  static readonly pkcs1 = new RsaSignaturePadding(0);
  static readonly pss = new RsaSignaturePadding(1);

  override get type(): Type {
    return type(`${NAMESPACE}RSASignaturePadding`);
  }

  override toText(): string {
    return this.mode === 0 ? "Pkcs1" : "Pss";
  }

  override equals(other: unknown): boolean {
    return other instanceof RsaSignaturePadding && other.mode === this.mode;
  }

  override hash(): number {
    return this.mode;
  }
}

export class RsaEncryptionPadding extends CsObject {
  /** The hash of OAEP; null for PKCS #1 1.5. */
  readonly oaepHash: string | null;

  constructor(oaepHash: string | null) {
    super();
    this.oaepHash = oaepHash;
  }

  override get type(): Type {
    return type(`${NAMESPACE}RSAEncryptionPadding`);
  }

  override toText(): string {
    return this.oaepHash === null ? "Pkcs1" : `Oaep${this.oaepHash}`;
  }

  override equals(other: unknown): boolean {
    return other instanceof RsaEncryptionPadding && other.oaepHash === this.oaepHash;
  }

  override hash(): number {
    return hashString(this.toText());
  }
}

/** Equality members of a class whose instances are compared by value. */
function equality(name: string): Members {
  const same = (a: CsObject | null, b: CsObject | null) => a === b || (a?.equals(b) ?? false);
  return {
    "Equals(*)": (self: CsObject, other: unknown) => self.equals(unbox(other)),
    "GetHashCode()": (self: CsObject) => self.hash(),
    "ToString()": (self: CsObject) => self.toText(),
    [`op_Equality(${name},${name})`]: same,
    [`op_Inequality(${name},${name})`]: (a: CsObject | null, b: CsObject | null) => !same(a, b),
  };
}

implement(`${NAMESPACE}RSASignaturePadding`, {
  ...equality("RSASignaturePadding"),
  Pkcs1: () => RsaSignaturePadding.pkcs1,
  Pss: () => RsaSignaturePadding.pss,
  Mode: (self: RsaSignaturePadding) => self.mode,
});

const encryption: Members = {
  ...equality("RSAEncryptionPadding"),
  Pkcs1: () => new RsaEncryptionPadding(null),
  "CreateOaep(HashAlgorithmName)": (name: HashAlgorithmName) => new RsaEncryptionPadding(name.name),
  Mode: (self: RsaEncryptionPadding) => (self.oaepHash === null ? 0 : 1),
  OaepHashAlgorithm: (self: RsaEncryptionPadding) => new HashAlgorithmName(self.oaepHash),
};
for (const hash of ["SHA1", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-384", "SHA3-512"]) {
  encryption[`Oaep${hash.replace("-", "_")}`] = () => new RsaEncryptionPadding(hash);
}
implement(`${NAMESPACE}RSAEncryptionPadding`, encryption);
