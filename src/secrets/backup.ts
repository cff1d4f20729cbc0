/** The last good values on disk, encrypted, so that a gateway starts while its vaults are down. */
import { SealedFile, type SealedPlace } from "./sealed-file.ts";
import type { VaultValue } from "./vault-client.ts";

export interface BackedUp extends VaultValue {
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
}

export class Backup {
  readonly #file: SealedFile;
  #read: Promise<ReadonlyMap<string, BackedUp>> | undefined;
  #written = "";

  constructor(place: SealedPlace) {
    this.#file = new SealedFile(place);
  }

  /** By source. Rejects with an Error that says why there is none. */
  read(): Promise<ReadonlyMap<string, BackedUp>> {
    this.#read ??= this.#load().catch((error: unknown) => {
      this.#read = undefined;
      throw error;
    });
    return this.#read;
  }

  /** Unchanged values are not written again. */
  async write(values: ReadonlyMap<string, BackedUp>): Promise<void> {
    const digest = digestOf(values);
    // What was read from it has nothing to add, and would push out the generation before.
    if (digest === this.#written) return;
    await this.#file.write(JSON.stringify([...values].sort(([a], [b]) => (a < b ? -1 : 1))));
    this.#written = digest;
    this.#read = undefined;
  }

  async #load(): Promise<ReadonlyMap<string, BackedUp>> {
    const { content, isOld } = await this.#file.read((text) => new Map(JSON.parse(text) as [string, BackedUp][]));
    this.#written = isOld ? "" : digestOf(content);
    return content;
  }
}

function digestOf(values: ReadonlyMap<string, BackedUp>): string {
  return JSON.stringify([...values].map(([source, { value }]) => [source, value]).sort());
}
