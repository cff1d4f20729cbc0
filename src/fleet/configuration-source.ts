/** Where the configuration of a process comes from: its folder, or the last good copy of it when a start cannot load the folder. */
import type { Clock } from "../base/clock.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { checkPolicies, loadProgram } from "../engine/load.ts";
import type { Program } from "../engine/program.ts";
import { ruleProblem } from "../ledger/redaction.ts";
import { policies } from "../policies/index.ts";
import type { ConfigCopy } from "../resources/config-copy.ts";
import type { LastGood } from "../resources/last-good.ts";
import { type LoadOptions, loadFolder } from "../resources/load.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import type { Log } from "../telemetry/log.ts";

export interface LoadedConfiguration {
  /** Undefined when the folder itself has mistakes. */
  readonly snapshot: Snapshot | undefined;
  /** Undefined when there is any mistake. */
  readonly program: Program | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file and folder that was read: what a watcher looks at. */
  readonly files: readonly string[];
  /** What was read, where it was asked for. */
  readonly copy: ConfigCopy | undefined;
  /** Keys made for development: to be shown once. */
  readonly madeKeys: ReadonlyMap<string, string>;
}

/** One without mistakes. */
export interface GoodConfiguration extends LoadedConfiguration {
  readonly snapshot: Snapshot;
  readonly program: Program;
}

/** Why the folder could not be loaded, and of when (ms since the epoch) the copy is that is served instead. */
export interface ServedInstead {
  readonly diagnostics: readonly Diagnostic[];
  readonly savedAt: number;
}

/** A configuration that cannot be served. */
export class ConfigurationError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  /** Why the last good copy does not stand in for it; undefined: none is kept. */
  readonly copyProblem: string | undefined;

  constructor(diagnostics: readonly Diagnostic[], copyProblem?: string) {
    const first = diagnostics.find((d) => d.severity === "error");
    const place = first?.file === undefined ? "" : ` (${first.file}:${first.line}:${first.column})`;
    super(`The configuration has mistakes; the first: ${first?.message}${place}`);
    this.name = "ConfigurationError";
    this.diagnostics = diagnostics;
    this.copyProblem = copyProblem;
  }
}

/**
 * Reads and compiles a configuration folder: what `check`, `run` and a reload share. Has no side effects.
 * @param options.warn look for what would run, but surely not as it was meant
 */
export async function loadConfiguration(
  folder: string,
  options: LoadOptions & { readonly warn?: boolean } = {},
): Promise<LoadedConfiguration> {
  const { draft, diagnostics, ...read } = await loadFolder(folder, { patternProblem: ruleProblem, ...options });
  if (read.snapshot === undefined) {
    const inDocuments = draft === undefined ? [] : checkPolicies(draft, policies);
    return { ...read, program: undefined, diagnostics: [...diagnostics, ...inDocuments] };
  }
  const loaded = loadProgram(read.snapshot, policies, { warn: options.warn });
  return { ...read, program: loaded.program, diagnostics: [...diagnostics, ...loaded.diagnostics] };
}

export interface SourceOptions extends LoadOptions {
  readonly folder: string;
  /** Undefined: no copy is kept. */
  readonly lastGood: LastGood | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export class ConfigurationSource {
  readonly #folder: string;
  readonly #lastGood: LastGood | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #devKeys: Map<string, string>;
  readonly #options: LoadOptions;
  #instead: ServedInstead | undefined;

  constructor({ folder, lastGood, clock, log, ...options }: SourceOptions) {
    this.#folder = folder;
    this.#lastGood = lastGood;
    this.#clock = clock;
    this.#log = log;
    this.#devKeys = options.devKeys ?? new Map();
    this.#options = { ...options, devKeys: this.#devKeys, keepsCopy: lastGood !== undefined };
  }

  /** Defined while a copy is in force instead of the folder. */
  get instead(): ServedInstead | undefined {
    return this.#instead;
  }

  /** When that copy was saved, ms since the epoch. */
  readonly copySavedAt = (): number | undefined => this.#instead?.savedAt;

  /** The folder as it is now. */
  async read(): Promise<LoadedConfiguration> {
    const loaded = await loadConfiguration(this.#folder, this.#options);
    for (const [id, key] of loaded.madeKeys) this.#devKeys.set(id, key);
    return loaded;
  }

  /** What to start with. Rejects with ConfigurationError. */
  async start(): Promise<GoodConfiguration> {
    const loaded = await this.read();
    if (isGood(loaded)) return loaded;
    const { diagnostics, files } = loaded;
    if (this.#lastGood === undefined) throw new ConfigurationError(diagnostics);
    const kept = await this.#readCopy(this.#lastGood).catch((error: Error) => {
      throw new ConfigurationError(diagnostics, error.message);
    });
    this.#instead = { diagnostics, savedAt: kept.savedAt };
    const facts = { version: kept.loaded.snapshot.version, savedAt: new Date(kept.savedAt).toISOString() };
    this.#log.warn("The configuration cannot be loaded: the last good copy is served until it can", facts);
    return { ...kept.loaded, files: [...new Set([...files, ...kept.loaded.files])] };
  }

  /** What was read serves: it is the last good one from now on, unless it is that already. Never rejects. */
  async cameIntoForce({ copy }: LoadedConfiguration): Promise<void> {
    if (copy === undefined) return;
    if (this.#instead !== undefined) this.#log.info("The configuration is that of its folder again");
    this.#instead = undefined;
    await this.#lastGood?.keep(copy, this.#clock.now()).catch((error: Error) => {
      this.#log.warn("The last good copy of the configuration could not be written", { error: error.message });
    });
  }

  async #readCopy(lastGood: LastGood): Promise<{ readonly loaded: GoodConfiguration; readonly savedAt: number }> {
    const { copy, savedAt } = await lastGood.read();
    const loaded = await loadConfiguration(this.#folder, { ...this.#options, keepsCopy: false, copy });
    if (!isGood(loaded)) throw new ConfigurationError(loaded.diagnostics);
    for (const [id, key] of loaded.madeKeys) this.#devKeys.set(id, key);
    return { loaded, savedAt };
  }
}

function isGood(loaded: LoadedConfiguration): loaded is GoodConfiguration {
  return loaded.snapshot !== undefined && loaded.program !== undefined;
}
