/** Reads PKCS #12 files (RFC 7292): certificates with their private keys, protected by a password. */
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  type KeyObject,
  pbkdf2Sync,
  timingSafeEqual,
} from "node:crypto";
import { DerError, type DerNode, readDer, Tag } from "./der.ts";
import { decryptRc2Cbc } from "./rc2.ts";

export interface Pkcs12Entry {
  /** DER */
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject | null;
}

/** The password is wrong, or the file was changed. */
export class WrongPassword extends Error {}

/** More rounds of key derivation than this are taken for an attack. */
const MAX_ITERATIONS = 2_000_000;

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const BAG = "1.2.840.113549.1.12.10.1.";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

/** Hash functions of the integrity check and of key derivation. */
const HASHES: Record<string, string> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

function hashOf(oid: string): string {
  const hash = HASHES[oid];
  if (!hash) throw new DerError(`unknown hash ${oid}`);
  return hash;
}

/** Throws DerError for what is no PKCS #12 file, WrongPassword. */
export function readPkcs12(data: Uint8Array, password: string): Pkcs12Entry[] {
  const file = readDer(data);
  const content = contentOf(file.child(1));
  const safe = checkMac(file.children[2], content, password);
  const bags = readDer(content).children.flatMap((info) => safeContents(info, safe).children);
  const keys = bags.filter((bag) => isKey(bag)).map((bag) => ({ id: localKeyId(bag), key: readKey(bag, safe) }));
  const certificates = bags.filter((bag) => bag.child(0).oid === `${BAG}3`);
  return certificates.map((bag) => {
    const id = localKeyId(bag);
    const only = certificates.length === 1 ? keys[0] : undefined;
    const owner = keys.find((k) => k.id === id && id !== undefined) ?? only;
    return { certificate: bag.child(1).child(0).child(1).child(0).content, privateKey: owner?.key ?? null };
  });
}

/** The octets in a ContentInfo of type data. */
function contentOf(info: DerNode): Uint8Array {
  if (info.child(0).oid !== DATA) throw new DerError("not protected by a password");
  return info.child(1).child(0).content;
}

/** Passwords in the form that key derivation takes them; an empty one has two forms. */
function passwordForms(password: string): Uint8Array[] {
  const wide = Buffer.from(`${password}\0`, "utf16le").swap16();
  return password === "" ? [wide, new Uint8Array(0)] : [wide];
}

/** Password in both encodings, as it fits the integrity check. */
interface Secret {
  readonly text: string;
  readonly wide: Uint8Array;
}

function checkMac(mac: DerNode | undefined, content: Uint8Array, password: string): Secret {
  const forms = passwordForms(password);
  if (!mac) return { text: password, wide: forms[0] };
  const hash = hashOf(mac.child(0).child(0).child(0).oid);
  const expected = mac.child(0).child(1).content;
  const salt = mac.child(1).content;
  const iterations = checkedIterations(mac.children[2]?.integer ?? 1);
  for (const wide of forms) {
    const key = deriveKey(hash, wide, salt, iterations, MAC_KEY, expected.length);
    const found = createHmac(hash, key).update(content).digest();
    if (found.length === expected.length && timingSafeEqual(found, expected)) return { text: password, wide };
  }
  throw new WrongPassword();
}

function checkedIterations(count: number): number {
  if (count < 1 || count > MAX_ITERATIONS) throw new DerError("too many iterations");
  return count;
}

const ENCRYPTION_KEY = 1;
const INITIALIZATION_VECTOR = 2;
const MAC_KEY = 3;

/** RFC 7292 appendix B.2. */
function deriveKey(
  hash: string,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  purpose: number,
  length: number,
): Uint8Array {
  const block = hash === "sha384" || hash === "sha512" ? 128 : 64;
  const filled = (data: Uint8Array) => {
    const size = Math.ceil(data.length / block) * block;
    return Uint8Array.from({ length: size }, (_, i) => data[i % data.length]);
  };
  const state = Buffer.concat([filled(salt), filled(password)]);
  const diversifier = new Uint8Array(block).fill(purpose);
  const out: Uint8Array[] = [];
  for (let have = 0; have < length; ) {
    let digest = createHash(hash).update(diversifier).update(state).digest();
    for (let i = 1; i < iterations; i++) digest = createHash(hash).update(digest).digest();
    out.push(digest);
    have += digest.length;
    addToBlocks(state, digest, block);
  }
  return Buffer.concat(out).subarray(0, length);
}

/** Adds the digest, repeated to a block, and one to each block of the state, as big-endian numbers. */
function addToBlocks(state: Uint8Array, digest: Uint8Array, block: number): void {
  for (let at = 0; at < state.length; at += block) {
    let carry = 1;
    for (let i = block - 1; i >= 0; i--) {
      carry += state[at + i] + digest[i % digest.length];
      state[at + i] = carry;
      carry >>= 8;
    }
  }
}

/** SafeContents of a ContentInfo. */
function safeContents(info: DerNode, secret: Secret): DerNode {
  if (info.child(0).oid !== ENCRYPTED_DATA) return readDer(contentOf(info));
  const encrypted = info.child(1).child(0).child(1);
  return readDer(decrypt(encrypted.child(1), encrypted.child(2).content, secret));
}

function isKey(bag: DerNode): boolean {
  const { oid } = bag.child(0);
  return oid === `${BAG}1` || oid === `${BAG}2`;
}

/** A private key in PKCS #8 form, encrypted or not. */
function readKey(bag: DerNode, secret: Secret): KeyObject {
  const value = bag.child(1).child(0);
  const isPlain = bag.child(0).oid === `${BAG}1`;
  const der = isPlain ? value.encoded : decrypt(value.child(0), value.child(1).content, secret);
  return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
}

/** Ties a key to its certificate. */
function localKeyId(bag: DerNode): string | undefined {
  const attribute = bag.children[2]?.children.find((a) => a.child(0).oid === LOCAL_KEY_ID);
  return attribute && Buffer.from(attribute.child(1).child(0).content).toString("hex");
}

/** Ciphers of PKCS #12's own encryption: name (or RC2) and length of the key. */
const OWN_CIPHERS: Record<string, { cipher: string; keyBytes: number }> = {
  "1.2.840.113549.1.12.1.3": { cipher: "des-ede3-cbc", keyBytes: 24 },
  "1.2.840.113549.1.12.1.4": { cipher: "des-ede-cbc", keyBytes: 16 },
  "1.2.840.113549.1.12.1.5": { cipher: "rc2", keyBytes: 16 },
  "1.2.840.113549.1.12.1.6": { cipher: "rc2", keyBytes: 5 },
};
const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";

/** Ciphers of PBES2. */
const PBES2_CIPHERS: Record<string, { cipher: string; keyBytes: number }> = {
  "2.16.840.1.101.3.4.1.2": { cipher: "aes-128-cbc", keyBytes: 16 },
  "2.16.840.1.101.3.4.1.22": { cipher: "aes-192-cbc", keyBytes: 24 },
  "2.16.840.1.101.3.4.1.42": { cipher: "aes-256-cbc", keyBytes: 32 },
  "1.2.840.113549.3.7": { cipher: "des-ede3-cbc", keyBytes: 24 },
};

function decrypt(algorithm: DerNode, data: Uint8Array, secret: Secret): Uint8Array {
  const { oid } = algorithm.child(0);
  if (oid === PBES2) return decryptPbes2(algorithm.child(1), data, secret.text);
  const own = OWN_CIPHERS[oid];
  if (!own) throw new DerError(`unknown encryption ${oid}`);
  const salt = algorithm.child(1).child(0).content;
  const iterations = checkedIterations(algorithm.child(1).child(1).integer);
  const key = deriveKey("sha1", secret.wide, salt, iterations, ENCRYPTION_KEY, own.keyBytes);
  const iv = deriveKey("sha1", secret.wide, salt, iterations, INITIALIZATION_VECTOR, 8);
  if (own.cipher !== "rc2") return runCipher(own.cipher, key, iv, data);
  const plain = decryptRc2Cbc(data, key, iv, own.keyBytes * 8);
  return plain.subarray(0, plain.length - (plain.at(-1) ?? 0));
}

/** RFC 8018 6.2 with PBKDF2. */
function decryptPbes2(parameters: DerNode, data: Uint8Array, password: string): Uint8Array {
  const derivation = parameters.child(0);
  if (derivation.child(0).oid !== PBKDF2) throw new DerError("unknown key derivation");
  const settings = derivation.child(1);
  const pseudoRandom = settings.children.find((node) => node.tag === Tag.Sequence);
  const hash = pseudoRandom ? hashOf(pseudoRandom.child(0).oid) : "sha1";
  const scheme = parameters.child(1);
  const known = PBES2_CIPHERS[scheme.child(0).oid];
  if (!known) throw new DerError("unknown cipher");
  const iterations = checkedIterations(settings.child(1).integer);
  const key = pbkdf2Sync(password, settings.child(0).content, iterations, known.keyBytes, hash);
  return runCipher(known.cipher, key, scheme.child(1).content, data);
}

function runCipher(cipher: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  try {
    const machine = createDecipheriv(cipher, key, iv);
    return Buffer.concat([machine.update(data), machine.final()]);
  } catch {
    throw new WrongPassword();
  }
}
