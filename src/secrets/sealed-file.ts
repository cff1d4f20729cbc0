/**
 * A text on disk, encrypted and for its owner's eyes alone. Written beside the old file and put in its place; the one before stays (`.old`)
 * for when the new one turns out damaged.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { open, seal } from "./seal.ts";

export interface SealedPlace {
  readonly file: string;
  /** The secret that the key is made from. */
  readonly key: string;
}

export class SealedFile {
  readonly #place: SealedPlace;

  constructor(place: SealedPlace) {
    this.#place = place;
  }

  async write(text: string): Promise<void> {
    const { file, key } = this.#place;
    await mkdir(dirname(file), { recursive: true });
    const fresh = `${file}.new`;
    await writeFile(fresh, seal(text, key), { mode: 0o600 });
    await rename(file, `${file}.old`).catch(() => undefined);
    await rename(fresh, file);
  }

  /**
   * The newest text that is whole; `isOld` when it is the one before the newest. Rejects with an Error that says why there is none.
   * @param parse throws when the text is not what it should be
   */
  async read<T>(parse: (text: string) => T): Promise<{ readonly content: T; readonly isOld: boolean }> {
    const { file } = this.#place;
    try {
      return { content: parse(await this.#read(file)), isOld: false };
    } catch (error) {
      const old = this.#read(`${file}.old`).then(parse);
      return { content: await old.catch(() => Promise.reject(error)), isOld: true };
    }
  }

  async #read(file: string): Promise<string> {
    let bytes: Buffer;
    try {
      bytes = await readFile(file);
    } catch {
      throw new Error(`there is no backup ${this.#place.file}`);
    }
    return open(bytes, this.#place.key);
  }
}
