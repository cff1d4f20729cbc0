/** System.Security.Cryptography.HMAC and its kinds, over node:crypto. */
import { createHmac, randomBytes } from "node:crypto";
import { bytes, type CsArray } from "../runtime/values.ts";
import { implement, type Members } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { dataOf, HASH_FUNCTIONS, HashAlgorithm, noDefaultAlgorithm } from "./hash-algorithm.ts";

const NAMESPACE = "System.Security.Cryptography.";

export class Hmac extends HashAlgorithm {
  /** HashName: `SHA256`. */
  readonly hashName: string;
  #key: Uint8Array;

  constructor(hashName: string, algorithm: string, bits: number, key: Uint8Array) {
    super(`HMAC${hashName}`, bits, () => createHmac(algorithm, this.#key));
    this.hashName = hashName;
    this.#key = Uint8Array.from(key);
  }

  get key(): Uint8Array {
    return this.#key.slice();
  }

  set key(value: Uint8Array) {
    this.#key = Uint8Array.from(value);
    this.initialize();
  }
}

/** An HMAC by class name, null when there is none. */
function createByName(name: string | null): Hmac | null {
  if (name === null) throw argumentNull("name");
  const wanted = name.replace(/^System\.Security\.Cryptography\./, "").toUpperCase();
  const found = HASH_FUNCTIONS.find((f) => `HMAC${f.name}` === wanted);
  return found ? new Hmac(found.name, found.algorithm, found.bits, randomKey(found.bits)) : null;
}

/** A key as long as a block of the hash function. */
function randomKey(bits: number): Uint8Array {
  return new Uint8Array(randomBytes(bits > 256 ? 128 : 64));
}

const keyMembers: Members = {
  Key: (self: Hmac) => bytes(self.key),
  "Key=": (self: Hmac, value: CsArray | null) => {
    self.key = dataOf(value, "value");
  },
};
const initialize: Members = { "Initialize()": (self: Hmac) => self.initialize() };

implement(`${NAMESPACE}KeyedHashAlgorithm`, {
  ...keyMembers,
  "Create()": noDefaultAlgorithm,
  "Create(string)": createByName,
});
implement(`${NAMESPACE}HMAC`, {
  ...keyMembers,
  ...initialize,
  HashName: (self: Hmac) => self.hashName,
  "Create()": noDefaultAlgorithm,
  "Create(string)": createByName,
});

for (const f of HASH_FUNCTIONS) {
  const withKey = (key: CsArray | null) => new Hmac(f.name, f.algorithm, f.bits, dataOf(key, "key"));
  implement(`${NAMESPACE}HMAC${f.name}`, {
    ...keyMembers,
    ...initialize,
    HashSizeInBits: () => f.bits,
    HashSizeInBytes: () => f.bits / 8,
    "new()": () => new Hmac(f.name, f.algorithm, f.bits, randomKey(f.bits)),
    "new(byte[])": withKey,
    "new(byte[],bool)": withKey,
    "HashData(byte[],byte[])": (key: CsArray | null, source: CsArray | null) =>
      bytes(withKey(key).computeHash(dataOf(source, "source"))),
    ProduceLegacyHmacValues: () => false,
  });
}
