/**
 * The last good values on disk, encrypted (AES-256-GCM), so that a gateway starts while its vaults are down. Written beside the old file
 * and put in its place; the one before stays for when the new one turns out damaged.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { VaultValue } from "./vault-client.ts";

export interface BackedUp extends VaultValue {
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
}

const MAGIC = Buffer.from("SPB1");
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = MAGIC.length + SALT_BYTES + IV_BYTES + TAG_BYTES;

export class Backup {
  readonly #file: string;
  readonly #secret: string;
  #read: Promise<ReadonlyMap<string, BackedUp>> | undefined;
  #written = "";

  constructor({ file, key }: { readonly file: string; readonly key: string }) {
    this.#file = file;
    this.#secret = key;
  }

  /** By source. Rejects with an Error that says why there is none. */
  read(): Promise<ReadonlyMap<string, BackedUp>> {
    this.#read ??= this.#load().catch((error: unknown) => {
      this.#read = undefined;
      throw error;
    });
    return this.#read;
  }

  /** Readable by its owner alone. Unchanged values are not written again. */
  async write(values: ReadonlyMap<string, BackedUp>): Promise<void> {
    const text = JSON.stringify([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
    const digest = digestOf(values);
    // What was read from it has nothing to add, and would push out the generation before.
    if (digest === this.#written) return;
    await mkdir(dirname(this.#file), { recursive: true });
    const fresh = `${this.#file}.new`;
    await writeFile(fresh, seal(text, this.#secret), { mode: 0o600 });
    await rename(this.#file, `${this.#file}.old`).catch(() => undefined);
    await rename(fresh, this.#file);
    this.#written = digest;
    this.#read = undefined;
  }

  async #load(): Promise<ReadonlyMap<string, BackedUp>> {
    try {
      return await this.#loadFile(this.#file);
    } catch (error) {
      return await this.#loadFile(`${this.#file}.old`).catch(() => Promise.reject(error));
    }
  }

  async #loadFile(file: string): Promise<ReadonlyMap<string, BackedUp>> {
    let bytes: Buffer;
    try {
      bytes = await readFile(file);
    } catch {
      throw new Error(`there is no backup ${this.#file}`);
    }
    const values = new Map(JSON.parse(open(bytes, this.#secret)) as [string, BackedUp][]);
    this.#written = file === this.#file ? digestOf(values) : "";
    return values;
  }
}

function digestOf(values: ReadonlyMap<string, BackedUp>): string {
  return JSON.stringify([...values].map(([source, { value }]) => [source, value]).sort());
}

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
