/** Texts encrypted under a secret: AES-256-GCM, with a key that scrypt makes of it. */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

const MAGIC = Buffer.from("SPB1");
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = MAGIC.length + SALT_BYTES + IV_BYTES + TAG_BYTES;

/** Encrypts a text under a key made from a secret. */
export function seal(text: string, secret: string): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", scryptSync(secret, salt, 32), iv);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([MAGIC, salt, iv, cipher.getAuthTag(), sealed]);
}

/** Throws when the secret is another one or a byte was changed. */
export function open(bytes: Buffer, secret: string): string {
  if (bytes.length < HEAD_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("it is damaged");
  const at = (from: number, length: number) => bytes.subarray(from, from + length);
  const salt = at(MAGIC.length, SALT_BYTES);
  const iv = at(MAGIC.length + SALT_BYTES, IV_BYTES);
  const tag = at(MAGIC.length + SALT_BYTES + IV_BYTES, TAG_BYTES);
  try {
    const decipher = createDecipheriv("aes-256-gcm", scryptSync(secret, salt, 32), iv);
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    throw new Error("it is damaged, or its key is another one");
  }
}
