/** The configuration that was last in force, encrypted on disk: what a gateway starts with when its folder cannot be loaded. */
import { hash } from "node:crypto";
import { SealedFile, type SealedPlace } from "../secrets/sealed-file.ts";
import { ConfigCopy } from "./config-copy.ts";

export interface KeptConfiguration {
  readonly copy: ConfigCopy;
  /** When it was first kept, ms since the epoch. */
  readonly savedAt: number;
}

export class LastGood {
  readonly #file: SealedFile;
  /** Digest of what the file holds. */
  #kept = "";

  constructor(place: SealedPlace) {
    this.#file = new SealedFile(place);
  }

  /** Rejects with an Error that says why there is none. */
  async read(): Promise<KeptConfiguration> {
    const { content, isOld } = await this.#file.read((text) => {
      const { savedAt, copy } = JSON.parse(text) as { readonly savedAt: number; readonly copy: string };
      return { savedAt, copy };
    });
    if (!isOld) this.#kept = hash("sha256", content.copy);
    return { savedAt: content.savedAt, copy: ConfigCopy.decode(content.copy) };
  }

  /** What has not changed is not written again, and does not push the one before out. @param now ms since the epoch */
  async keep(copy: ConfigCopy, now: number): Promise<void> {
    const text = copy.encode();
    const digest = hash("sha256", text);
    if (digest === this.#kept) return;
    await this.#file.write(JSON.stringify({ savedAt: now, copy: text }));
    this.#kept = digest;
  }
}
