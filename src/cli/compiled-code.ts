/**
 * Compiled code is kept between starts, for threads as well: the second start, and a thread in place of one that died, take half the
 * time. What is read from there is run, so it lies in a folder that belongs to this user alone.
 * https://nodejs.org/api/module.html#module-compile-cache
 */
import { lstatSync, mkdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WRITABLE_BY_OTHERS = 0o022;

/** Undefined where such a folder cannot be made, or somebody else could write there. */
export function privateFolder(parent = tmpdir()): string | undefined {
  const user = process.getuid?.();
  const path = join(parent, `sallyport-code-${user ?? "own"}`);
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
    const found = lstatSync(path);
    // Windows has neither owners nor modes here, and a temporary folder for each user.
    if (user === undefined) return path;
    return found.isDirectory() && found.uid === user && (found.mode & WRITABLE_BY_OTHERS) === 0 ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Threads learn of the folder from the environment; who has set that variable has chosen another. */
export function keepCompiledCode(): void {
  const folder = process.env.NODE_COMPILE_CACHE ?? privateFolder();
  if (folder === undefined) return;
  enableCompileCache(folder);
  process.env.NODE_COMPILE_CACHE = folder;
}
