/** System.Security.Cryptography.SymmetricAlgorithm and Aes, over node:crypto. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { allocate } from "../runtime/budget.ts";
import { bytes, type CsArray, CsObject } from "../runtime/values.ts";
import { declareTypes, type Type, type } from "../types.ts";
import { padding, PaddingMode, withoutPadding } from "./block-padding.ts";
import { CryptoTransform } from "./crypto-transform.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, checkNonNegative } from "./exceptions-thrown.ts";
import { dataOf, noDefaultAlgorithm } from "./hash-algorithm.ts";
import { KeySizes, keySizes } from "./key-sizes.ts";

const NAMESPACE = "System.Security.Cryptography.";

/** System.Security.Cryptography.CipherMode. */
const CipherMode = { CBC: 1, ECB: 2, OFB: 3, CFB: 4, CTS: 5 } as const;

const BLOCK_BYTES = 16;
const KEY_SIZES = new KeySizes(128, 256, 64);
const BLOCK_SIZES = new KeySizes(128, 128, 0);
const BAD_KEY = "Specified key is not a valid size for this algorithm.";
const BAD_VECTOR = "Specified initialization vector (IV) does not match the block size for this algorithm.";

// What Create() makes is of a class that is not public.
declareTypes([{ type: `${NAMESPACE}AesImplementation`, kind: "class", base: `${NAMESPACE}Aes`, ifaces: [], m: [] }]);

/** AES: the one algorithm that there is. */
export class SymmetricAlgorithm extends CsObject {
  #key: Uint8Array | null = null;
  #iv: Uint8Array | null = null;
  #keySize = 256;
  mode: number = CipherMode.CBC;
  padding: number = PaddingMode.PKCS7;
  feedbackSize = 8;

  override get type(): Type {
    return type(`${NAMESPACE}AesImplementation`);
  }

  /** Made when first asked for. */
  get key(): Uint8Array {
    this.#key ??= new Uint8Array(randomBytes(this.#keySize / 8));
    return this.#key;
  }

  set key(value: Uint8Array) {
    if (!KEY_SIZES.allows(value.length * 8)) throw cryptographicError(BAD_KEY);
    this.#key = Uint8Array.from(value);
    this.#keySize = value.length * 8;
  }

  get iv(): Uint8Array {
    this.#iv ??= new Uint8Array(randomBytes(BLOCK_BYTES));
    return this.#iv;
  }

  set iv(value: Uint8Array) {
    if (value.length !== BLOCK_BYTES) throw cryptographicError(BAD_VECTOR);
    this.#iv = Uint8Array.from(value);
  }

  get keySize(): number {
    return this.#keySize;
  }

  /** Another size drops the key. */
  set keySize(bits: number) {
    if (!KEY_SIZES.allows(bits)) throw cryptographicError(BAD_KEY);
    this.#keySize = bits;
    this.#key = null;
  }

  generateKey(): void {
    this.#key = null;
  }

  generateIv(): void {
    this.#iv = null;
  }
}

/** Name of the cipher for node:crypto. */
function cipherName(key: Uint8Array, mode: number, feedbackBits: number): string {
  const size = `aes-${key.length * 8}`;
  switch (mode) {
    case CipherMode.CBC:
      return `${size}-cbc`;
    case CipherMode.ECB:
      return `${size}-ecb`;
    case CipherMode.CFB:
      if (feedbackBits === 8) return `${size}-cfb8`;
      if (feedbackBits === 128) return `${size}-cfb`;
      throw cryptographicError("The specified feedback size is not valid for the given cipher mode.");
    default:
      throw cryptographicError("Specified cipher mode is not valid for this algorithm.");
  }
}

interface Settings {
  readonly key: Uint8Array;
  readonly iv: Uint8Array | null;
  readonly mode: number;
  readonly padding: number;
  readonly feedbackBits: number;
}

/** A new cipher without padding of its own. */
function start(encrypting: boolean, { key, iv, mode, feedbackBits }: Settings) {
  if (!KEY_SIZES.allows(key.length * 8)) throw argument(BAD_KEY, "rgbKey");
  const vector = mode === CipherMode.ECB ? null : iv;
  if (vector !== null && vector.length !== BLOCK_BYTES) throw argument(BAD_VECTOR, "rgbIV");
  const make = encrypting ? createCipheriv : createDecipheriv;
  return make(cipherName(key, mode, feedbackBits), key, vector).setAutoPadding(false);
}

/** Bytes that a message must be a multiple of. */
function unitOf({ mode, feedbackBits }: Settings): number {
  return mode === CipherMode.CFB ? feedbackBits / 8 : BLOCK_BYTES;
}

function encrypt(data: Uint8Array, settings: Settings): Uint8Array {
  allocate(data.length);
  const machine = start(true, settings);
  const fill = padding(data.length, unitOf(settings), settings.padding);
  return new Uint8Array(Buffer.concat([machine.update(data), machine.update(fill), machine.final()]));
}

function decrypt(data: Uint8Array, settings: Settings): Uint8Array {
  allocate(data.length);
  const unit = unitOf(settings);
  if (data.length % unit !== 0) throw cryptographicError("The input data is not a complete block.");
  const machine = start(false, settings);
  const plain = new Uint8Array(Buffer.concat([machine.update(data), machine.final()]));
  return plain.length === 0 ? plain : withoutPadding(plain, unit, settings.padding).slice();
}

function settingsOf(self: SymmetricAlgorithm, key = self.key, iv: Uint8Array | null = self.iv): Settings {
  return { key, iv, mode: self.mode, padding: self.padding, feedbackBits: self.feedbackSize };
}

function transform(encrypting: boolean) {
  return (self: SymmetricAlgorithm, key?: CsArray | null, iv?: CsArray | null): CryptoTransform => {
    if (key === null) throw argumentNull("rgbKey");
    const vector = iv === undefined ? self.iv : iv && (iv.items as Uint8Array);
    const settings = settingsOf(self, key ? (key.items as Uint8Array) : self.key, vector);
    const unit = unitOf(settings);
    return new CryptoTransform(() => start(encrypting, settings), encrypting, unit, settings.padding);
  };
}

/** One-shot methods with their own mode, vector and padding. */
function oneShot(mode: number, run: (data: Uint8Array, settings: Settings) => Uint8Array) {
  return (self: SymmetricAlgorithm, data: CsArray, iv: CsArray | null, fill: number, feedbackBits = 8): CsArray => {
    const name = run === encrypt ? "plaintext" : "ciphertext";
    const vector = mode === CipherMode.ECB ? null : dataOf(iv, "iv");
    if (vector && vector.length !== BLOCK_BYTES) throw argument(BAD_VECTOR, "iv");
    return bytes(run(dataOf(data, name), { key: self.key, iv: vector, mode, padding: fill, feedbackBits }));
  };
}

const encryptEcb = oneShot(CipherMode.ECB, encrypt);
const decryptEcb = oneShot(CipherMode.ECB, decrypt);

function cipherLength(unit: (feedbackBits: number) => number) {
  return (_self: unknown, length: number, fill: number, feedbackBits = 8): number => {
    checkNonNegative(length, "plaintextLength");
    return length + padding(length, unit(feedbackBits), fill).length;
  };
}

function byName(name: string | null): SymmetricAlgorithm | null {
  if (name === null) throw argumentNull("algorithmName");
  const known = /^(System\.Security\.Cryptography\.)?(AES|Aes|AesManaged|AesCryptoServiceProvider|AesCng)$/;
  return known.test(name) ? new SymmetricAlgorithm() : null;
}

type Self = SymmetricAlgorithm;
const create: Members = { "Create()": () => new SymmetricAlgorithm(), "Create(string)": byName };

implement(`${NAMESPACE}Aes`, create);
implement(`${NAMESPACE}SymmetricAlgorithm`, {
  ...create,
  "Create()": noDefaultAlgorithm,
  Key: (self: Self) => bytes(self.key.slice()),
  "Key=": (self: Self, value: CsArray | null) => {
    self.key = dataOf(value, "value");
  },
  IV: (self: Self) => bytes(self.iv.slice()),
  "IV=": (self: Self, value: CsArray | null) => {
    self.iv = dataOf(value, "value");
  },
  KeySize: (self: Self) => self.keySize,
  "KeySize=": (self: Self, bits: number) => {
    self.keySize = bits;
  },
  BlockSize: () => BLOCK_BYTES * 8,
  "BlockSize=": (_self: Self, bits: number) => {
    if (!BLOCK_SIZES.allows(bits)) throw cryptographicError("Specified block size is not valid for this algorithm.");
  },
  FeedbackSize: (self: Self) => self.feedbackSize,
  "FeedbackSize=": (self: Self, bits: number) => {
    if (bits <= 0 || bits > 128 || bits % 8 !== 0) throw cryptographicError("Specified feedback size is not valid.");
    self.feedbackSize = bits;
  },
  Mode: (self: Self) => self.mode,
  "Mode=": (self: Self, mode: number) => {
    if (mode < CipherMode.CBC || mode > CipherMode.CFB) {
      throw cryptographicError("Specified cipher mode is not valid for this algorithm.");
    }
    self.mode = mode;
  },
  Padding: (self: Self) => self.padding,
  "Padding=": (self: Self, mode: number) => {
    if (mode < PaddingMode.None || mode > PaddingMode.ISO10126) {
      throw cryptographicError("Specified padding mode is not valid for this algorithm.");
    }
    self.padding = mode;
  },
  LegalKeySizes: () => keySizes(KEY_SIZES),
  LegalBlockSizes: () => keySizes(BLOCK_SIZES),
  "ValidKeySize(int)": (_self: Self, bits: number) => KEY_SIZES.allows(bits),
  "GenerateKey()": (self: Self) => self.generateKey(),
  "GenerateIV()": (self: Self) => self.generateIv(),
  "Clear()": () => {},
  "Dispose()": () => {},
  "CreateEncryptor(*)": transform(true),
  "CreateDecryptor(*)": transform(false),
  "EncryptCbc(byte[],byte[],PaddingMode)": oneShot(CipherMode.CBC, encrypt),
  "DecryptCbc(byte[],byte[],PaddingMode)": oneShot(CipherMode.CBC, decrypt),
  "EncryptCfb(byte[],byte[],PaddingMode,int)": oneShot(CipherMode.CFB, encrypt),
  "DecryptCfb(byte[],byte[],PaddingMode,int)": oneShot(CipherMode.CFB, decrypt),
  "EncryptEcb(byte[],PaddingMode)": (self: Self, data: CsArray, fill: number) => encryptEcb(self, data, null, fill),
  "DecryptEcb(byte[],PaddingMode)": (self: Self, data: CsArray, fill: number) => decryptEcb(self, data, null, fill),
  "GetCiphertextLengthCbc(int,PaddingMode)": cipherLength(() => BLOCK_BYTES),
  "GetCiphertextLengthEcb(int,PaddingMode)": cipherLength(() => BLOCK_BYTES),
  "GetCiphertextLengthCfb(int,PaddingMode,int)": cipherLength((feedbackBits) => feedbackBits / 8),
});
