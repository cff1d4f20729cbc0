/** Puts the watch over calls of models together: for a thread that serves, and for the process that keeps the ledger. */
import type { LedgerSettings } from "../resources/ai-settings.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import { LedgerWriter } from "../state/ledger/ledger-writer.ts";
import { PostgresLedger } from "../state/ledger/postgres-ledger.ts";
import { SqliteLedger } from "../state/ledger/sqlite-ledger.ts";
import type { UsageRecord } from "../state/ledger/usage-record.ts";
import { BufferedLineWriter } from "../telemetry/line-writer.ts";
import type { Log } from "../telemetry/log.ts";
import type { MetricRegistry } from "../telemetry/metric-registry.ts";
import type { Sink } from "../telemetry/sink.ts";
import { ModelCalls } from "./model-calls.ts";
import { ConventionMetrics } from "./convention-metrics.ts";
import { UsageMetrics } from "./usage-metrics.ts";

/** Takes records of calls that have ended. */
export type KeepUsage = (records: readonly UsageRecord[]) => void;

/** One thread's watch with what it writes to. */
export class ThreadUsage {
  readonly calls: ModelCalls;
  readonly messageWriter: BufferedLineWriter;

  /** @param parts.messageSink undefined: as the settings say */
  constructor(parts: {
    readonly snapshot: Snapshot;
    readonly log: Log;
    readonly registry: MetricRegistry | undefined;
    readonly keep: KeepUsage | undefined;
    readonly messageSink: Sink | undefined;
  }) {
    const { keep, log, registry, snapshot, messageSink } = parts;
    this.messageWriter = new BufferedLineWriter(messageSink ?? snapshot.settings.ai.messages.file);
    this.calls = new ModelCalls({
      log,
      keep: keep && ((record) => keep([record])),
      metrics: registry && new UsageMetrics(registry),
      conventions: registry && new ConventionMetrics(registry),
      messageWriter: this.messageWriter,
    });
    this.calls.configure(snapshot);
  }

  /** Resolves when every call that has ended is told, and every message written. */
  async flush(): Promise<void> {
    await this.calls.settled();
    await this.messageWriter.flush();
  }
}

const GATHER_MS = 100;
const MOST_GATHERED = 200;

/** Records on their way to another thread, some at a time. */
export class UsageBatch {
  readonly #send: KeepUsage;
  #records: UsageRecord[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: KeepUsage) {
    this.#send = send;
  }

  add(records: readonly UsageRecord[]): void {
    this.#records.push(...records);
    if (this.#records.length >= MOST_GATHERED) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#records.length > 0) this.#send(this.#records);
    this.#records = [];
  }
}

/**
 * The ledger of a process; undefined when nothing is kept.
 * @param usualFile where it is kept when the settings do not say
 */
export function openLedger(
  settings: LedgerSettings,
  usualFile: string | undefined,
  log: Log,
): LedgerWriter | undefined {
  const { postgres, retentionDays, file = usualFile } = settings;
  const report = (message: string, error?: Error) => {
    if (error === undefined) log.info(message);
    else log.warn(message, { error: error.message });
  };
  if (postgres !== undefined)
    return new LedgerWriter({ open: () => PostgresLedger.open(postgres), retentionDays, report });
  if (file === undefined || file === null) return undefined;
  return new LedgerWriter({ open: () => SqliteLedger.open(file), retentionDays, report });
}
