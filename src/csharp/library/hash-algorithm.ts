/**
 * System.Security.Cryptography.HashAlgorithm and the hash functions MD5, SHA-1 and SHA-2, over node:crypto.
 * https://learn.microsoft.com/dotnet/api/system.security.cryptography.hashalgorithm
 */
import { createHash } from "node:crypto";
import { spend } from "../runtime/budget.ts";
import { bytes, type CsArray, CsException, CsObject } from "../runtime/values.ts";
import { declareTypes, type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, checkNonNegative } from "./exceptions-thrown.ts";

/** Of library code, for a start. */
const HASH_STEPS = 4;
const NAMESPACE = "System.Security.Cryptography.";

/** What collects data and gives a digest: node's Hash and Hmac. */
export interface Digester {
  update(data: Uint8Array): unknown;
  digest(): Buffer;
}

export class HashAlgorithm extends CsObject {
  readonly #typeName: string;
  /** Bits of the result. */
  readonly hashSize: number;
  readonly #start: () => Digester;
  #current: Digester | null = null;
  #result: Uint8Array | null = null;
  #disposed = false;

  /** @param typeName name within System.Security.Cryptography */
  constructor(typeName: string, hashSize: number, start: () => Digester) {
    super();
    this.#typeName = typeName;
    this.hashSize = hashSize;
    this.#start = start;
  }

  override get type(): Type {
    return type(NAMESPACE + this.#typeName);
  }

  /** Digest of everything taken in since the start, then of this. */
  computeHash(data: Uint8Array): Uint8Array {
    this.takeIn(data);
    return this.finish();
  }

  takeIn(data: Uint8Array): void {
    this.#checkUsable();
    spend(HASH_STEPS + (data.length >> 7));
    this.#current ??= this.#start();
    this.#current.update(data);
  }

  finish(): Uint8Array {
    this.#result = new Uint8Array((this.#current ?? this.#start()).digest());
    this.#current = null;
    return this.#result;
  }

  initialize(): void {
    this.#current = null;
  }

  dispose(): void {
    this.#current = null;
    this.#disposed = true;
  }

  #checkUsable(): void {
    if (!this.#disposed) return;
    const text = `Cannot access a disposed object.\nObject name: '${this.type.clrName}'.`;
    throw new CsException("System.ObjectDisposedException", text);
  }

  /** The last result; null before the first, an exception between blocks. */
  get result(): Uint8Array | null {
    this.#checkUsable();
    if (this.#current) {
      throw new CsException(
        `${NAMESPACE}CryptographicUnexpectedOperationException`,
        "Hash must be finalized before the hash value is retrieved.",
      );
    }
    return this.#result;
  }
}

interface HashFunction {
  /** Class name in .NET. */
  readonly name: string;
  /** Name for node:crypto. */
  readonly algorithm: string;
  readonly bits: number;
}

export const HASH_FUNCTIONS: readonly HashFunction[] = [
  { name: "MD5", algorithm: "md5", bits: 128 },
  { name: "SHA1", algorithm: "sha1", bits: 160 },
  { name: "SHA256", algorithm: "sha256", bits: 256 },
  { name: "SHA384", algorithm: "sha384", bits: 384 },
  { name: "SHA512", algorithm: "sha512", bits: 512 },
];

/** The data of an argument; null is an ArgumentNullException. */
export function dataOf(array: CsArray | null, parameter: string): Uint8Array {
  if (array === null) throw argumentNull(parameter);
  return array.items as Uint8Array;
}

/** Part of a byte array, checked as the cryptography classes check it. */
export function dataRange(array: CsArray | null, offset: number, count: number, parameter: string): Uint8Array {
  const data = dataOf(array, parameter);
  checkNonNegative(offset, "offset");
  if (count < 0 || count > data.length) throw argument("Value was invalid.");
  if (data.length - count < offset) {
    throw argument(
      "Offset and length were out of bounds for the array or count is greater than the number of elements from index " +
        "to the end of the source collection.",
    );
  }
  return data.subarray(offset, offset + count);
}

/** HashAlgorithm.Create(name): null for an unknown name. */
function createByName(name: string | null): HashAlgorithm | null {
  if (name === null) throw argumentNull("name");
  const wanted = name.replace(/^System\.Security\.Cryptography\./, "").replace(/(Managed|CryptoServiceProvider)$/, "");
  const plain = wanted.toUpperCase().replace(/^SHA-/, "SHA").replace(/^SHA$/, "SHA1");
  const found = HASH_FUNCTIONS.find((f) => f.name === plain || `System.Security.Cryptography.${f.name}` === name);
  return found ? create(found) : null;
}

// What Create() makes is of a class that is not public.
declareTypes(
  HASH_FUNCTIONS.map(({ name }) => ({
    type: `${NAMESPACE}${name}+Implementation`,
    kind: "class" as const,
    base: NAMESPACE + name,
    ifaces: [],
    m: [],
  })),
);

function create(f: HashFunction, className = `${f.name}+Implementation`): HashAlgorithm {
  return new HashAlgorithm(className, f.bits, () => createHash(f.algorithm));
}

export function noDefaultAlgorithm(): never {
  const text = "This platform does not allow the automatic selection of an algorithm.";
  throw new CsException("System.PlatformNotSupportedException", text);
}

/** HashAlgorithm.TransformBlock: takes data in, and copies it. */
export function hashBlock(
  self: HashAlgorithm,
  input: CsArray | null,
  offset: number,
  count: number,
  output: CsArray | null,
  outputOffset: number,
): number {
  const data = dataRange(input, offset, count, "inputBuffer");
  self.takeIn(data);
  if (output !== null && (output !== input || outputOffset !== offset)) {
    (output.items as Uint8Array).set(data, outputOffset);
  }
  return count;
}

/** HashAlgorithm.TransformFinalBlock: afterwards the hash is there. */
export function hashFinalBlock(self: HashAlgorithm, input: CsArray | null, offset: number, count: number): CsArray {
  const data = dataRange(input, offset, count, "inputBuffer");
  self.takeIn(data);
  self.finish();
  return bytes(Uint8Array.from(data));
}

const members = {
  "ComputeHash(byte[])": (self: HashAlgorithm, buffer: CsArray | null) =>
    bytes(self.computeHash(dataOf(buffer, "buffer"))),
  "ComputeHash(byte[],int,int)": (self: HashAlgorithm, buffer: CsArray | null, offset: number, count: number) =>
    bytes(self.computeHash(dataRange(buffer, offset, count, "buffer"))),
  "TransformBlock(byte[],int,int,byte[],int)": hashBlock,
  "TransformFinalBlock(byte[],int,int)": hashFinalBlock,
  "Initialize()": (self: HashAlgorithm) => self.initialize(),
  "Clear()": (self: HashAlgorithm) => self.dispose(),
  "Dispose()": (self: HashAlgorithm) => self.dispose(),
  Hash: (self: HashAlgorithm) => {
    const { result } = self;
    return result && bytes(result.slice());
  },
  HashSize: (self: HashAlgorithm) => self.hashSize,
  CanReuseTransform: () => true,
  CanTransformMultipleBlocks: () => true,
  InputBlockSize: () => 1,
  OutputBlockSize: () => 1,
};

implement(`${NAMESPACE}HashAlgorithm`, {
  ...members,
  "Create()": noDefaultAlgorithm,
  "Create(string)": createByName,
});

for (const f of HASH_FUNCTIONS) {
  implement(NAMESPACE + f.name, {
    HashSizeInBits: () => f.bits,
    HashSizeInBytes: () => f.bits / 8,
    "Create()": () => create(f),
    "Create(string)": (name: string | null) => {
      const made = createByName(name);
      return made && made.hashSize === f.bits ? made : null;
    },
    "HashData(byte[])": (source: CsArray | null) => bytes(create(f).computeHash(dataOf(source, "source"))),
  });
  implement(`${NAMESPACE}${f.name}Managed`, {
    "new()": () => create(f, `${f.name}Managed`),
    "Initialize()": members["Initialize()"],
  });
}
