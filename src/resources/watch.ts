/**
 * Tells when the files of a configuration change. Folders are watched, not files: editors replace files, and mounted
 * volumes swap whole folders. Many events close together are one change. Where watching is not to be had (too many
 * folders, some network file systems), the files are looked at every few seconds instead.
 */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface WatchOptions {
  /** Called once for each change, when it has settled. */
  readonly onChange: () => void;
  /** Quiet time that ends a change. */
  readonly settleMs?: number;
  /** A change that never ends is told of after this time. */
  readonly longestMs?: number;
  /** Time between looks where watching is not to be had. */
  readonly pollMs?: number;
}

export class FileWatcher {
  readonly #options: Required<WatchOptions>;
  readonly #watchers = new Map<string, FSWatcher>();
  #files: ReadonlySet<string> = new Set();
  /** Folders in which files that were read stand, or that were listed: whatever comes and goes there may matter. */
  #near: ReadonlySet<string> = new Set();
  #settling: NodeJS.Timeout | undefined;
  #changedAt = 0;
  #polling: NodeJS.Timeout | undefined;
  #seen = "";
  #isClosed = false;

  constructor(options: WatchOptions) {
    this.#options = { settleMs: 100, longestMs: 2_000, pollMs: 2_000, ...options };
  }

  /** Watches the files and folders of the latest load instead of those before. */
  async update(paths: readonly string[]): Promise<void> {
    const facts = await Promise.all(paths.map(async (path) => ({ path, isFolder: await isFolder(path) })));
    const near = new Set(facts.map(({ path, isFolder }) => (isFolder ? path : dirname(path))));
    const folders = new Set([...near, ...paths.map((path) => dirname(path))]);
    if (this.#isClosed) return;
    this.#files = new Set(paths);
    this.#near = near;
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    const fresh = [...folders].filter((folder) => !this.#watchers.has(folder));
    const isFirst = this.#watchers.size === 0;
    const watched = fresh.map((folder) => this.#watch(folder)).every((done) => done);
    if (!watched) this.#poll();
    // What came into a new folder between its listing and the watching of it made no event.
    if (!isFirst && fresh.length > 0) this.#change();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#settling);
    clearInterval(this.#polling);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(folder: string): boolean {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        if (name === null || this.#matters(event, folder, name)) this.#change();
      });
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(folder);
        this.#change();
      });
      this.#watchers.set(folder, watcher);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT";
    }
  }

  /**
   * A file that was not read may be appended to (a log): only its coming and going matters, and that not beside the outermost
   * folder. There the folder itself may be replaced, or `..data`, through which Kubernetes swaps what a volume holds.
   */
  #matters(event: string, folder: string, name: string): boolean {
    if (this.#files.has(join(folder, name))) return true;
    return event === "rename" && (this.#near.has(folder) || name.startsWith(".."));
  }

  #change(): void {
    if (this.#isClosed) return;
    const now = performance.now();
    if (this.#settling === undefined) this.#changedAt = now;
    clearTimeout(this.#settling);
    const wait = Math.min(this.#options.settleMs, Math.max(0, this.#changedAt + this.#options.longestMs - now));
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      this.#options.onChange();
    }, wait);
    this.#settling.unref();
  }

  #poll(): void {
    if (this.#polling !== undefined) return;
    const look = async () => {
      const seen = await fingerprint(this.#files);
      if (this.#seen !== "" && seen !== this.#seen) this.#change();
      this.#seen = seen;
    };
    void look();
    this.#polling = setInterval(() => void look(), this.#options.pollMs);
    this.#polling.unref();
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Changes when any of the files does. */
async function fingerprint(paths: ReadonlySet<string>): Promise<string> {
  const facts = await Promise.all([...paths].map((path) => stat(path).catch(() => undefined)));
  return facts.map((f) => (f === undefined ? "-" : `${f.mtimeMs}/${f.size}/${f.ino}`)).join(" ");
}
