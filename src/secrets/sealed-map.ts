/** Names and secret texts in one encrypted file (AES-256-GCM), which several processes may read and write. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { open, seal } from "./seal.ts";

export class SealedMap {
  readonly #file: string;
  readonly #secret: string;
  #writing: Promise<void> = Promise.resolve();

  constructor({ file, key }: { readonly file: string; readonly key: string }) {
    this.#file = file;
    this.#secret = key;
  }

  /** What the file holds now. Rejects when it is damaged or its key is another one. */
  async get(name: string): Promise<string | undefined> {
    return (await this.#read()).get(name);
  }

  /** Resolves when it is on disk. */
  set(name: string, value: string): Promise<void> {
    const write = this.#writing.then(async () => {
      const values = await this.#read();
      values.set(name, value);
      await mkdir(dirname(this.#file), { recursive: true });
      const fresh = `${this.#file}.${process.pid}.new`;
      await writeFile(fresh, seal(JSON.stringify([...values]), this.#secret), { mode: 0o600 });
      await rename(fresh, this.#file);
    });
    this.#writing = write.catch(() => undefined);
    return write;
  }

  async #read(): Promise<Map<string, string>> {
    let bytes: Buffer;
    try {
      bytes = await readFile(this.#file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
      throw error;
    }
    try {
      return new Map(JSON.parse(open(bytes, this.#secret)) as [string, string][]);
    } catch (error) {
      throw new Error(`The file ${this.#file} cannot be used: ${(error as Error).message}`, { cause: error });
    }
  }
}
