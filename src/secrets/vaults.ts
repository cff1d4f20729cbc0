/**
 * Secrets in vaults: `keyvault:`, `aws:`, `gcp:`, `vault:`. A value is asked for once, kept, and asked for again after a while; the last
 * good value stays while its vault is away, and a start without the vault takes it from an encrypted backup. A new value comes into
 * force by a reload, which is what `onChange` is for.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { Backup } from "./backup.ts";
import type { Expiring } from "./expiry-watch.ts";
import { type Notes, reasonOf } from "./notes.ts";
import type { VaultSettings } from "./settings.ts";
import { Throttled, type VaultClient, type VaultValue } from "./vault-client.ts";

/** Prefixes of sources that are in a vault. */
export const VAULT_KINDS = ["keyvault", "aws", "gcp", "vault"] as const;
export type VaultKind = (typeof VAULT_KINDS)[number];

export function vaultKindOf(source: string): VaultKind | undefined {
  const colon = source.indexOf(":");
  return VAULT_KINDS.find((kind) => kind.length === colon && source.startsWith(kind));
}

export type VaultSecret = { readonly value: string } | { readonly problem: string; readonly hint: string };

const PLACEHOLDER = "sallyport-placeholder-";

/** Stands for secrets where vaults are not asked (`check`): each source has one of its own. */
export const UNASKED = {
  read: (source: string): Promise<VaultSecret> => Promise.resolve({ value: placeholderOf(source) }),
};

export function placeholderOf(source: string): string {
  return PLACEHOLDER + createHash("sha256").update(source).digest("hex").slice(0, 24);
}

export function isPlaceholder(value: string): boolean {
  return value.startsWith(PLACEHOLDER);
}

export interface VaultsOptions {
  readonly clock: Clock;
  readonly notes: Notes;
  readonly open: OpenVault;
}

/** Makes the client of a kind of vault, on first use. */
export type OpenVault = (kind: VaultKind, settings: VaultSettings) => Promise<VaultClient>;

/** How a configuration reaches its vaults. */
interface Access {
  readonly settings: VaultSettings;
  readonly open: OpenVault;
  readonly clients: Map<VaultKind, Promise<VaultClient>>;
  readonly backup: Backup | undefined;
}

interface Kept {
  current: VaultValue | undefined;
  /** Wall time of the vault's answer. */
  savedAt: number;
  /** Monotonic times. */
  fetchedAt: number;
  /** Not asked again before. */
  notBefore: number;
  failures: number;
  problem: string;
  pending: Promise<void> | undefined;
}

const PARALLEL = 8;
/** After a failure a vault is asked again in so long, twice that, and so on. */
const RETRY_MS = 5_000;
const MAX_RETRY_MS = 5 * 60_000;
/** Not all gateways ask at the same moment: up to this part of the interval earlier. */
const JITTER = 0.1;

export class Vaults {
  readonly #options: VaultsOptions;
  #inForce: Access;
  /** Of the load under way; the one in force when they are the same. */
  #loading: Access;
  #kept = new Map<string, Kept>();
  #inUse: ReadonlySet<string> = new Set();
  #used = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #onChange: (() => void) | undefined;

  constructor(options: VaultsOptions, settings: VaultSettings) {
    this.#options = options;
    this.#inForce = accessOf(settings, options.open);
    this.#loading = this.#inForce;
  }

  /**
   * Begins a load: what it reads is what will be in use.
   * @param settings of that load, where they differ from those in force; values in use are kept all the same
   */
  begin(settings?: VaultSettings, open = this.#options.open): void {
    this.#used = new Set();
    const isNew = settings !== undefined || this.#loading !== this.#inForce;
    this.#loading = settings === undefined ? this.#inForce : accessOf(settings, open);
    // What a load that never came into force has left was read by other rules.
    if (isNew) this.#keepOnlyUsed();
  }

  /** The load came into force: what it read is kept fresh from now on, and backed up. */
  async commit(): Promise<void> {
    this.#inForce = this.#loading;
    this.#inUse = this.#used;
    this.#keepOnlyUsed();
    await this.#save();
  }

  /** Many at once: a load with a hundred secrets does not wait a hundred times. */
  async prefetch(sources: Iterable<string>): Promise<void> {
    const queue = [...new Set(sources)];
    const work = async () => {
      for (let source = queue.pop(); source !== undefined; source = queue.pop()) await this.#find(source);
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
  }

  /** The value known, else the vault's answer, else the backup's. Never rejects. */
  async read(source: string): Promise<VaultSecret> {
    this.#used.add(source);
    const kept = await this.#find(source);
    if (kept.current !== undefined) return { value: kept.current.value };
    return { problem: `The secret ${nameOf(source)} cannot be had: ${kept.problem}`, hint: hintOf(source) };
  }

  async #find(source: string): Promise<Kept> {
    const kept = this.#entry(source);
    const mayAsk = kept.failures === 0 || this.#options.clock.monotonic() >= kept.notBefore;
    if (kept.current === undefined && mayAsk) await this.#fetchOnce(source, kept, this.#loading);
    if (kept.current === undefined) await this.#fromBackup(source, kept, this.#loading);
    return kept;
  }

  /** Starts asking again, as values get old. */
  start(onChange: () => void): void {
    this.#onChange = onChange;
    this.#timer ??= setInterval(() => void this.refresh(), this.#tickMs()).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#onChange = undefined;
  }

  /** Asks again for what is in use and old enough. Answers whether anything has changed. */
  async refresh(): Promise<boolean> {
    const now = this.#options.clock.monotonic();
    const due = [...this.#inUse].filter((source) => {
      const kept = this.#kept.get(source);
      return kept !== undefined && now >= kept.notBefore;
    });
    const before = due.map((source) => this.#kept.get(source)?.current?.value);
    const queue = [...due];
    const work = async () => {
      for (let source = queue.pop(); source !== undefined; source = queue.pop())
        await this.#fetchOnce(source, this.#entry(source), this.#inForce);
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    const changed = due.filter((source, i) => this.#kept.get(source)?.current?.value !== before[i]);
    if (changed.length === 0) return false;
    this.#options.notes.info("Secrets have new values", { secrets: changed.map(nameOf).join(", ") });
    this.#onChange?.();
    return true;
  }

  /** What the vaults say of ends. */
  get expiring(): readonly Expiring[] {
    return [...this.#kept].flatMap(([source, { current }]): Expiring[] =>
      current?.expiresAt === undefined ? [] : [{ kind: "secret", name: nameOf(source), expiresAt: current.expiresAt }],
    );
  }

  #tickMs(): number {
    return Math.max(200, Math.min(this.#inForce.settings.refreshMs / 10, 10_000));
  }

  #entry(source: string): Kept {
    let kept = this.#kept.get(source);
    if (kept === undefined) {
      kept = {
        current: undefined,
        savedAt: 0,
        fetchedAt: 0,
        notBefore: 0,
        failures: 0,
        problem: "",
        pending: undefined,
      };
      this.#kept.set(source, kept);
    }
    return kept;
  }

  #fetchOnce(source: string, kept: Kept, access: Access): Promise<void> {
    kept.pending ??= this.#fetch(source, kept, access).finally(() => {
      kept.pending = undefined;
    });
    return kept.pending;
  }

  async #fetch(source: string, kept: Kept, access: Access): Promise<void> {
    const { clock, notes } = this.#options;
    const { refreshMs, timeoutMs } = access.settings;
    try {
      const kind = vaultKindOf(source);
      if (kind === undefined) throw new Error("it names no vault");
      const client = await clientOf(access, kind);
      kept.current = await within(timeoutMs, client.read(source.slice(kind.length + 1), timeoutMs));
      kept.fetchedAt = clock.monotonic();
      kept.savedAt = clock.now();
      kept.notBefore = kept.fetchedAt + refreshMs * (1 - Math.random() * JITTER);
      if (kept.failures > 0) notes.info("A secret can be read again", { secret: nameOf(source) });
      kept.failures = 0;
    } catch (error) {
      const asked = error instanceof Throttled ? error.retryAfterMs : 0;
      const backOff = Math.min(RETRY_MS * 2 ** kept.failures, MAX_RETRY_MS, Math.max(refreshMs, 200));
      kept.failures++;
      kept.notBefore = clock.monotonic() + Math.max(backOff, asked);
      kept.problem = reasonOf(error).split(/\r?\n/, 1)[0].slice(0, 500);
      notes.warn("A secret could not be read from its vault", {
        secret: nameOf(source),
        error: kept.problem,
        kept: kept.current !== undefined,
        ageSeconds: kept.current === undefined ? undefined : Math.round((clock.monotonic() - kept.fetchedAt) / 1000),
      });
    }
  }

  async #fromBackup(source: string, kept: Kept, { backup }: Access): Promise<void> {
    if (backup === undefined) return;
    try {
      const value = (await backup.read()).get(source);
      if (value === undefined) return;
      kept.current = value;
      kept.savedAt = value.savedAt;
      this.#options.notes.warn("A secret comes from the backup: its vault could not be asked", {
        secret: nameOf(source),
        savedAt: new Date(value.savedAt).toISOString(),
      });
    } catch (error) {
      kept.problem += `; nor from the backup: ${reasonOf(error)}`;
    }
  }

  async #save(): Promise<void> {
    const { backup } = this.#inForce;
    if (backup === undefined || this.#inUse.size === 0) return;
    const values = [...this.#inUse].flatMap((source) => {
      const kept = this.#kept.get(source);
      return kept?.current === undefined ? [] : [[source, { ...kept.current, savedAt: kept.savedAt }] as const];
    });
    try {
      await backup.write(new Map(values));
    } catch (error) {
      this.#options.notes.warn("The backup of secrets could not be written", { error: reasonOf(error) });
    }
  }

  #keepOnlyUsed(): void {
    for (const source of this.#kept.keys()) if (!this.#inUse.has(source)) this.#kept.delete(source);
  }
}

function accessOf(settings: VaultSettings, open: OpenVault): Access {
  return { settings, open, clients: new Map(), backup: settings.backup && new Backup(settings.backup) };
}

function clientOf({ settings, open, clients }: Access, kind: VaultKind): Promise<VaultClient> {
  let client = clients.get(kind);
  if (client === undefined) {
    client = open(kind, settings);
    clients.set(kind, client);
    client.catch(() => clients.delete(kind));
  }
  return client;
}

function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

/** For messages: sources name places, never values. */
function nameOf(source: string): string {
  return source.slice(0, 300);
}

function hintOf(source: string): string {
  switch (vaultKindOf(source)) {
    case "keyvault":
      return "Check the identity (setting identity) and its right to get secrets (role Key Vault Secrets User).";
    case "aws":
      return "Check secrets.aws, the AWS environment and the right secretsmanager:GetSecretValue.";
    case "gcp":
      return "Check secrets.google, the Google credentials and the role Secret Manager Secret Accessor.";
    default:
      return "Check secrets.vault: address, mount and the policy of its token or role.";
  }
}
