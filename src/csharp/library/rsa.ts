/** System.Security.Cryptography.RSA and AsymmetricAlgorithm, over node:crypto. */
import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  sign,
  verify,
} from "node:crypto";
import { spend } from "../runtime/budget.ts";
import { bytes, type CsArray, CsException, CsObject } from "../runtime/values.ts";
import { declareTypes, type Type, type } from "../types.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { implement } from "./define.ts";
import { derOid, derSequence, derValue, Tag } from "../../base/pki/der.ts";
import { argumentNull, notSupported } from "./exceptions-thrown.ts";
import { dataOf, dataRange, noDefaultAlgorithm } from "./hash-algorithm.ts";
import { HashAlgorithmName, hashOid, nodeHashName } from "./hash-algorithm-name.ts";
import { KeySizes, keySizes } from "./key-sizes.ts";
import { exportParameters, fromXml, importParameters, type RsaParameters, toXml } from "./rsa-keys.ts";
import type { RsaEncryptionPadding, RsaSignaturePadding } from "./rsa-padding.ts";

const NAMESPACE = "System.Security.Cryptography.";

// What .NET makes is of a class that is not public; policies cast to RSACng, which APIM's keys are.
declareTypes([{ type: `${NAMESPACE}RSAWrapper`, kind: "class", base: `${NAMESPACE}RSACng`, ifaces: [], m: [] }]);

const KEY_SIZES = new KeySizes(512, 16384, 8);
const DEFAULT_BITS = 2048;

export class Rsa extends CsObject {
  #bits: number;
  #key: KeyObject | null;

  /** @param key public or private; null for a new pair, made when it is first needed */
  constructor(key: KeyObject | null, bits = DEFAULT_BITS) {
    super();
    this.#key = key;
    this.#bits = key?.asymmetricKeyDetails?.modulusLength ?? bits;
  }

  override get type(): Type {
    return type(`${NAMESPACE}RSAWrapper`);
  }

  get key(): KeyObject {
    this.#key ??= generate(this.#bits);
    return this.#key;
  }

  set key(key: KeyObject) {
    this.#key = key;
    this.#bits = key.asymmetricKeyDetails?.modulusLength ?? this.#bits;
  }

  get publicKey(): KeyObject {
    return this.key.type === "public" ? this.key : createPublicKey(this.key);
  }

  /** The private key; CryptographicException when only the public one is known. */
  get privateKey(): KeyObject {
    if (this.key.type === "private") return this.key;
    const text = "Object contains only the public half of a key pair. A private key must also be provided.";
    throw cryptographicError(text);
  }

  get bits(): number {
    return this.#bits;
  }

  /** Another size drops the key. */
  set bits(value: number) {
    if (!KEY_SIZES.allows(value)) throw cryptographicError("Specified key is not a valid size for this algorithm.");
    this.#bits = value;
    this.#key = null;
  }
}

/** Making a key holds up everything else: the larger sizes take many seconds. */
const MAX_GENERATED_BITS = 4096;
/** What a bit of a new key costs in steps of library code, and what a key does. */
const GENERATE_STEPS = 125;
const KEY_STEPS = 2_500;

function generate(bits: number): KeyObject {
  if (bits > MAX_GENERATED_BITS) {
    throw cryptographicError(`Keys of more than ${MAX_GENERATED_BITS} bits are not made in expressions.`);
  }
  spend(bits * GENERATE_STEPS);
  return generateKeyPairSync("rsa", { modulusLength: bits }).privateKey;
}

/** Pays for what a key does, and turns an error of node:crypto into the exception that .NET throws. */
function guarded<T>(run: () => T): T {
  spend(KEY_STEPS);
  try {
    return run();
  } catch (error) {
    if (error instanceof CsException) throw error;
    throw cryptographicError("The operation could not be carried out with this key, data and padding.");
  }
}

function signatureOptions(key: KeyObject, padding: RsaSignaturePadding | null) {
  if (padding === null) throw argumentNull("padding");
  if (padding.mode === 0) return { key, padding: constants.RSA_PKCS1_PADDING };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function signData(self: Rsa, data: Uint8Array, hash: HashAlgorithmName, padding: RsaSignaturePadding | null): CsArray {
  const options = signatureOptions(self.privateKey, padding);
  return bytes(guarded(() => new Uint8Array(sign(nodeHashName(hash), data, options))));
}

function verifyData(
  self: Rsa,
  data: Uint8Array,
  signature: CsArray | null,
  hash: HashAlgorithmName,
  padding: RsaSignaturePadding | null,
): boolean {
  const options = signatureOptions(self.publicKey, padding);
  return guarded(() => verify(nodeHashName(hash), data, options, dataOf(signature, "signature")));
}

/** A hash that was computed elsewhere, as PKCS #1 1.5 signs it: algorithm and value in DER (RFC 8017 9.2). */
function digestInfo(hash: CsArray | null, name: HashAlgorithmName): Uint8Array {
  const algorithm = derSequence(derOid(hashOid(name)), derValue(Tag.Null, new Uint8Array(0)));
  return derSequence(algorithm, derValue(Tag.OctetString, dataOf(hash, "hash")));
}

function requirePkcs1(padding: RsaSignaturePadding | null): void {
  if (padding === null) throw argumentNull("padding");
  if (padding.mode !== 0) throw cryptographicError("Only PKCS #1 1.5 padding can be used with a computed hash.");
}

function signHash(
  self: Rsa,
  hash: CsArray | null,
  name: HashAlgorithmName,
  padding: RsaSignaturePadding | null,
): CsArray {
  requirePkcs1(padding);
  const options = { key: self.privateKey, padding: constants.RSA_PKCS1_PADDING };
  return bytes(guarded(() => new Uint8Array(privateEncrypt(options, digestInfo(hash, name)))));
}

function verifyHash(
  self: Rsa,
  hash: CsArray | null,
  signature: CsArray | null,
  name: HashAlgorithmName,
  padding: RsaSignaturePadding | null,
): boolean {
  requirePkcs1(padding);
  const options = { key: self.publicKey, padding: constants.RSA_PKCS1_PADDING };
  try {
    return publicDecrypt(options, dataOf(signature, "signature")).equals(digestInfo(hash, name));
  } catch (error) {
    if (error instanceof CsException) throw error;
    return false;
  }
}

function encryptionOptions(key: KeyObject, padding: RsaEncryptionPadding | null) {
  if (padding === null) throw argumentNull("padding");
  if (padding.oaepHash === null) return { key, padding: constants.RSA_PKCS1_PADDING };
  const oaepHash = nodeHashName(new HashAlgorithmName(padding.oaepHash));
  return { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash };
}

const der = (raw: Buffer) => bytes(new Uint8Array(raw));
/** .NET's PEM has no line ending behind the last line. */
const pem = (text: string | Buffer) => String(text).trimEnd();

function createByName(name: string | null): Rsa | null {
  if (name === null) throw argumentNull("algName");
  const known = /^(System\.Security\.Cryptography\.)?RSA(Cng|OpenSsl|CryptoServiceProvider)?$/;
  return known.test(name) ? new Rsa(null) : null;
}

function setFromXml(self: Rsa, xml: string | null): void {
  self.key = guarded(() => fromXml(xml));
}

function setFromParameters(self: Rsa, parameters: RsaParameters): void {
  self.key = guarded(() => importParameters(parameters));
}

function createWithSize(bits: number): Rsa {
  const made = new Rsa(null);
  made.bits = bits;
  return made;
}

type Hash = HashAlgorithmName;
type Padding = RsaSignaturePadding | null;

implement(`${NAMESPACE}AsymmetricAlgorithm`, {
  "Create()": noDefaultAlgorithm,
  "Create(string)": createByName,
  KeySize: (self: Rsa) => self.bits,
  "KeySize=": (self: Rsa, bits: number) => {
    self.bits = bits;
  },
  LegalKeySizes: () => keySizes(KEY_SIZES),
  KeyExchangeAlgorithm: () => "RSA",
  SignatureAlgorithm: () => "RSA",
  "ToXmlString(bool)": toXml,
  "FromXmlString(string)": setFromXml,
  "ExportPkcs8PrivateKey()": (self: Rsa) => der(self.privateKey.export({ type: "pkcs8", format: "der" })),
  "ExportPkcs8PrivateKeyPem()": (self: Rsa) => pem(self.privateKey.export({ type: "pkcs8", format: "pem" })),
  "ExportSubjectPublicKeyInfo()": (self: Rsa) => der(self.publicKey.export({ type: "spki", format: "der" })),
  "ExportSubjectPublicKeyInfoPem()": (self: Rsa) => pem(self.publicKey.export({ type: "spki", format: "pem" })),
  "Clear()": () => {},
  "Dispose()": () => {},
});

implement(`${NAMESPACE}RSA`, {
  "Create()": () => new Rsa(null),
  "Create(string)": createByName,
  "Create(int)": createWithSize,
  KeyExchangeAlgorithm: () => "RSA",
  SignatureAlgorithm: () => "RSA",
  "ToXmlString(bool)": toXml,
  "FromXmlString(string)": setFromXml,
  "ExportParameters(bool)": exportParameters,
  "ImportParameters(RSAParameters)": setFromParameters,
  "Create(RSAParameters)": (parameters: RsaParameters) => {
    const made = new Rsa(null);
    setFromParameters(made, parameters);
    return made;
  },
  "GetMaxOutputSize()": (self: Rsa) => self.bits / 8,
  "ExportRSAPrivateKey()": (self: Rsa) => der(self.privateKey.export({ type: "pkcs1", format: "der" })),
  "ExportRSAPrivateKeyPem()": (self: Rsa) => pem(self.privateKey.export({ type: "pkcs1", format: "pem" })),
  "ExportRSAPublicKey()": (self: Rsa) => der(self.publicKey.export({ type: "pkcs1", format: "der" })),
  "ExportRSAPublicKeyPem()": (self: Rsa) => pem(self.publicKey.export({ type: "pkcs1", format: "pem" })),
  "SignData(byte[],HashAlgorithmName,RSASignaturePadding)": (self: Rsa, data: CsArray, hash: Hash, padding: Padding) =>
    signData(self, dataOf(data, "data"), hash, padding),
  "SignData(byte[],int,int,HashAlgorithmName,RSASignaturePadding)": (
    self: Rsa,
    data: CsArray,
    offset: number,
    count: number,
    hash: Hash,
    padding: Padding,
  ) => signData(self, dataRange(data, offset, count, "data"), hash, padding),
  "VerifyData(byte[],byte[],HashAlgorithmName,RSASignaturePadding)": (
    self: Rsa,
    data: CsArray,
    signature: CsArray,
    hash: Hash,
    padding: Padding,
  ) => verifyData(self, dataOf(data, "data"), signature, hash, padding),
  "VerifyData(byte[],int,int,byte[],HashAlgorithmName,RSASignaturePadding)": (
    self: Rsa,
    data: CsArray,
    offset: number,
    count: number,
    signature: CsArray,
    hash: Hash,
    padding: Padding,
  ) => verifyData(self, dataRange(data, offset, count, "data"), signature, hash, padding),
  "SignHash(byte[],HashAlgorithmName,RSASignaturePadding)": signHash,
  "VerifyHash(byte[],byte[],HashAlgorithmName,RSASignaturePadding)": verifyHash,
  "Encrypt(byte[],RSAEncryptionPadding)": (self: Rsa, data: CsArray, padding: RsaEncryptionPadding | null) => {
    const options = encryptionOptions(self.publicKey, padding);
    return der(guarded(() => publicEncrypt(options, dataOf(data, "data"))));
  },
  "Decrypt(byte[],RSAEncryptionPadding)": (self: Rsa, data: CsArray, padding: RsaEncryptionPadding | null) => {
    const given = dataOf(data, "data");
    const options = encryptionOptions(self.privateKey, padding);
    const size = self.privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
    // OpenSSL makes something up instead, so as not to say what is wrong with a padding; a length is no secret.
    if (given.length !== Math.ceil(size / 8)) {
      throw cryptographicError("The length of the data to decrypt is not valid for the size of this key.");
    }
    return der(guarded(() => privateDecrypt(options, given)));
  },
  "EncryptValue(byte[])": noRawValues,
  "DecryptValue(byte[])": noRawValues,
});

/** RSA without padding, which .NET does not do. */
function noRawValues(): never {
  throw notSupported("Method is not supported.");
}
