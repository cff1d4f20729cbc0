/** All that a load has read of a configuration, so that the same load can be done again when the folder is gone. */
import type { Listing } from "./config-folder.ts";

export class ConfigCopy {
  /** The folder, absolute and without links. */
  root = "";
  /** By path from the folder. */
  readonly listings = new Map<string, Listing>();
  /** By absolute path: documents, settings, and the secrets that are files. */
  readonly files = new Map<string, Uint8Array>();

  encode(): string {
    const files = [...this.files].map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")]);
    return JSON.stringify({ root: this.root, listings: [...this.listings], files });
  }

  /** @param text made by `encode` */
  static decode(text: string): ConfigCopy {
    const { root, listings, files } = JSON.parse(text) as {
      readonly root: string;
      readonly listings: readonly [string, Listing][];
      readonly files: readonly [string, string][];
    };
    const copy = new ConfigCopy();
    copy.root = root;
    for (const [path, listing] of listings) copy.listings.set(path, listing);
    for (const [path, base64] of files) copy.files.set(path, Buffer.from(base64, "base64"));
    return copy;
  }
}
