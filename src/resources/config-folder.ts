/**
 * The folder a configuration is read from. Nothing outside it is read: names are taken from listings, and a symbolic
 * link counts only when what it points to lies within the folder too (so mounted Kubernetes volumes work and a link to
 * /etc does not). Sizes are bounded; everything read goes into the digest that identifies the configuration.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { Diagnostics } from "../base/diagnostic.ts";
import { SourceText } from "../base/source-text.ts";
import type { ConfigCopy } from "./config-copy.ts";
import type { DataNode, Parsed } from "./documents/data-node.ts";
import { Fields, type Reading, reportAt } from "./documents/fields.ts";
import { parseJson } from "./documents/json.ts";
import { parseYaml } from "./documents/yaml.ts";

export const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** YAML is read at about 1 MB a second; a load is to be refused or done within five. */
export const MAX_YAML_BYTES = 4 * 1024 * 1024;
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;
const MAX_ENTRIES = 200_000;

export interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

export interface ReadDocument {
  readonly reading: Reading;
  readonly root: DataNode;
}

/** What a load is copied to, and what copy is read instead of the folder. */
export interface Copies {
  readonly to?: ConfigCopy | undefined;
  readonly from?: ConfigCopy | undefined;
}

const EMPTY: Listing = { folders: [], files: [] };

export class ConfigFolder {
  /** As given: in messages and in Snapshot.folder. */
  readonly path: string;
  readonly diagnostics: Diagnostics;
  /** Absolute paths of all files read and folders listed: what to watch. */
  readonly files: string[] = [];
  /** Is told what stands where, when somebody wants to know. */
  places: { addResource(path: string, properties: Fields): void } | undefined;
  readonly #root: string;
  readonly #copies: Copies;
  readonly #digest = createHash("sha256");
  readonly #listings = new Map<string, Listing>();
  #bytes = 0;
  #entries = 0;

  private constructor(path: string, root: string, diagnostics: Diagnostics, copies: Copies) {
    this.path = path;
    this.#root = root;
    this.diagnostics = diagnostics;
    this.#copies = copies;
    if (copies.to !== undefined) copies.to.root = root;
  }

  /** Undefined, and reported, when there is no such folder. */
  static async open(path: string, diagnostics: Diagnostics, copies: Copies = {}): Promise<ConfigFolder | undefined> {
    if (copies.from !== undefined) return new ConfigFolder(path, copies.from.root, diagnostics, copies);
    try {
      const root = await realpath(path);
      if ((await stat(root)).isDirectory()) return new ConfigFolder(path, root, diagnostics, copies);
      diagnostics.error("SP1001", `${path} is not a folder`, {
        hint: "Name the folder that the APIOps extractor wrote.",
      });
    } catch (error) {
      diagnostics.error("SP1001", `The folder ${path} cannot be read: ${reasonOf(error)}`);
    }
    return undefined;
  }

  /** Names in a folder, sorted; those that begin with a dot are left out. An absent folder is empty. */
  async list(folder: string): Promise<Listing> {
    const known = this.#listings.get(folder);
    if (known !== undefined) return known;
    const { from, to } = this.#copies;
    const listing = from === undefined ? await this.#list(folder) : (from.listings.get(folder) ?? EMPTY);
    // The folder itself may come back.
    if (from !== undefined) this.files.push(join(this.#root, folder));
    this.#listings.set(folder, listing);
    to?.listings.set(folder, listing);
    return listing;
  }

  async has(folder: string, file: string): Promise<boolean> {
    return (await this.list(folder)).files.includes(file);
  }

  /** A text file by its path from the folder, with `/`; undefined, and reported, when it cannot be read. */
  async read(path: string, limit = MAX_FILE_BYTES): Promise<SourceText | undefined> {
    return this.#read(join(this.#root, path), path, limit);
  }

  /** A file that the author named and that may stand anywhere: the settings. `name` is for messages. */
  async readForeign(absolute: string, name: string): Promise<SourceText | undefined> {
    return this.#read(absolute, name, MAX_YAML_BYTES);
  }

  /** Counts a file that somebody else has read into what is to be watched, and copied. */
  took(absolute: string, bytes: Uint8Array | undefined): void {
    this.files.push(absolute);
    if (bytes !== undefined) this.#copies.to?.files.set(absolute, bytes);
  }

  /** What a file held that is not there any more; undefined where no copy is read. */
  get copied(): ((absolute: string) => Uint8Array | undefined) | undefined {
    const { from } = this.#copies;
    return from && ((absolute) => from.files.get(absolute));
  }

  async #read(absolute: string, path: string, limit: number): Promise<SourceText | undefined> {
    try {
      const { from } = this.#copies;
      const copied = from?.files.get(absolute);
      if (from !== undefined && copied === undefined) throw Object.assign(new Error(), { code: "ENOENT" });
      const size = copied?.length ?? (await stat(absolute)).size;
      if (size > limit || this.#bytes + size > MAX_TOTAL_BYTES) {
        const most = size > limit ? `${limit} bytes` : `${MAX_TOTAL_BYTES} bytes of the whole configuration`;
        this.diagnostics.error("SP1002", `The file has ${size} bytes; more than ${most} are not read`, { file: path });
        return undefined;
      }
      const bytes = copied ?? (await readFile(absolute));
      this.#bytes += bytes.length;
      this.#digest.update(`${path}\0${bytes.length}\0`).update(bytes);
      this.took(absolute, bytes);
      return this.#decode(path, bytes);
    } catch (error) {
      this.diagnostics.error("SP1001", `The file cannot be read: ${reasonOf(error)}`, { file: path });
      return undefined;
    }
  }

  /** A JSON or YAML document, by the file's extension. */
  async readDocument(path: string): Promise<ReadDocument | undefined> {
    const isJson = path.endsWith(".json");
    const source = await this.read(path, isJson ? MAX_FILE_BYTES : MAX_YAML_BYTES);
    if (source === undefined) return undefined;
    return parsedDocument(source, isJson ? parseJson(source.text) : parseYaml(source.text), this.diagnostics);
  }

  /** A JSON document that must hold an object. */
  async readFields(path: string): Promise<Fields | undefined> {
    const document = await this.readDocument(path);
    return document && fieldsOf(document);
  }

  /** Identifies what was read. */
  get version(): string {
    return this.#digest.copy().digest("hex").slice(0, 16);
  }

  async #list(folder: string): Promise<Listing> {
    const absolute = join(this.#root, folder);
    let entries: import("node:fs").Dirent[];
    try {
      entries = await readdir(absolute, { withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        this.diagnostics.error("SP1001", `The folder cannot be read: ${reasonOf(error)}`, { file: folder });
      }
      return EMPTY;
    }
    this.files.push(absolute);
    this.#entries += entries.length;
    if (this.#entries > MAX_ENTRIES) {
      this.diagnostics.error("SP1002", `More than ${MAX_ENTRIES} files and folders`, { file: folder });
      return EMPTY;
    }
    const folders: string[] = [];
    const files: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const kind = entry.isSymbolicLink() ? await this.#linkKind(join(folder, entry.name)) : entry;
      if (kind?.isDirectory()) folders.push(entry.name);
      else if (kind?.isFile()) files.push(entry.name);
    }
    return { folders: folders.sort(), files: files.sort() };
  }

  /** What a symbolic link points to, when that lies within the folder and does not hold the link itself. */
  async #linkKind(path: string): Promise<{ isDirectory(): boolean; isFile(): boolean } | undefined> {
    const absolute = join(this.#root, path);
    try {
      const target = await realpath(absolute);
      const inside = relative(this.#root, target);
      const isWithin = inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`);
      if (isWithin && !`${absolute}${sep}`.startsWith(`${target}${sep}`)) return await stat(target);
      this.diagnostics.warning(
        "SP1008",
        `The symbolic link ${basename(path)} leads outside the configuration: it is not followed`,
        {
          file: path,
          hint: "Put the files themselves there.",
        },
      );
    } catch (error) {
      this.diagnostics.warning("SP1008", `The symbolic link ${basename(path)} cannot be followed: ${reasonOf(error)}`, {
        file: path,
      });
    }
    return undefined;
  }

  #decode(path: string, bytes: Uint8Array): SourceText | undefined {
    try {
      // A byte order mark stays: the readers know it, and positions are those of the file.
      return new SourceText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), path);
    } catch {
      this.diagnostics.error("SP1003", "The file is not UTF-8", { file: path, hint: "Save it as UTF-8." });
      return undefined;
    }
  }
}

/** The tree of a document; undefined, and reported, when it could not be parsed. */
export function parsedDocument(source: SourceText, parsed: Parsed, diagnostics: Diagnostics): ReadDocument | undefined {
  const reading = { source, diagnostics };
  if ("root" in parsed) return { reading, root: parsed.root };
  reportAt(reading, { start: parsed.offset, end: parsed.offset }, "SP1003", parsed.problem, parsed.hint);
  return undefined;
}

/** The properties of a document that must be an object. */
export function fieldsOf(document: ReadDocument): Fields | undefined {
  if (document.root.kind === "object") return new Fields(document.reading, document.root);
  reportAt(document.reading, document.root, "SP1004", "The document must be an object");
  return undefined;
}

/** The reason of a failed file operation, in words without the path. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "it does not exist";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ENOTDIR") return "a part of the path is not a folder";
  if (code === "ELOOP") return "its symbolic links run in a circle";
  return code ?? message;
}
