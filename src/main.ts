/** Composition root: a folder's configuration, the policies and the outside world become a running gateway. The one file that knows them all. */
import { systemClock } from "./base/clock.ts";
import type { Diagnostic } from "./base/diagnostic.ts";
import { loadProgram } from "./engine/load.ts";
import type { Program } from "./engine/program.ts";
import type { Services } from "./kit/services.ts";
import { policies } from "./policies/index.ts";
import { loadFolder, type LoadOptions } from "./resources/load.ts";
import type { Snapshot } from "./resources/snapshot.ts";
import { MemoryCache } from "./state/memory/cache.ts";
import { MemoryCounters } from "./state/memory/counters.ts";
import { MemoryLocks } from "./state/memory/locks.ts";

export interface Loaded {
  readonly snapshot: Snapshot | undefined;
  readonly program: Program | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read: what a watcher looks at. */
  readonly files: readonly string[];
}

/** Reads and compiles a configuration folder: what `check` and `run` share. Has no side effects. */
export async function loadConfiguration(folder: string, options: LoadOptions = {}): Promise<Loaded> {
  const { snapshot, diagnostics, files } = await loadFolder(folder, options);
  if (snapshot === undefined) return { snapshot, program: undefined, diagnostics, files };
  const loaded = loadProgram(snapshot, policies);
  return { snapshot, program: loaded.program, diagnostics: [...diagnostics, ...loaded.diagnostics], files };
}

export { MemoryCache, MemoryCounters, MemoryLocks, systemClock, type Services };
