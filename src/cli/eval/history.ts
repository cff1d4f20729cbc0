/** Lines of the prompt across runs: a file in the user's cache folder, readable for the user alone; without it memory does. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

export const HISTORY_SIZE = 500;

/** Where histories are kept (https://specifications.freedesktop.org/basedir-spec): undefined when there is no home. */
export function historyFile(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  const cache = env.XDG_CACHE_HOME || env.LOCALAPPDATA || (home && join(home, ".cache"));
  return cache ? join(cache, "sallyport", "eval-history") : undefined;
}

/** Newest first; empty when there is none. */
export function readHistory(file: string | undefined): string[] {
  try {
    return file === undefined ? [] : readFileSync(file, "utf8").split("\n").filter(Boolean).slice(0, HISTORY_SIZE);
  } catch {
    return [];
  }
}

/** Newest first. That it cannot be kept is no reason to stop. */
export function writeHistory(file: string | undefined, lines: readonly string[]): void {
  if (file === undefined) return;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${lines.slice(0, HISTORY_SIZE).join("\n")}\n`, { mode: 0o600 });
  } catch {
    // A read-only home.
  }
}
