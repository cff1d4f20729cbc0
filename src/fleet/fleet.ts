/**
 * The worker threads of a process. Each listens on the same ports and counts in the same memory; the main thread hands out
 * configurations, starts a worker that died anew, and lets all of them leave without losing a request.
 */
import { flushCompileCache } from "node:module";
import { randomBytes, randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { Address } from "../gateway/server.ts";
import type { Authorizations, Identities } from "../kit/identities.ts";
import type { KeepUsage } from "../ledger/open.ts";
import type { TellKeptKeys } from "../kit/services.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import type { StoreMemory } from "../state/open.ts";
import { SharedBreakers } from "../state/shared/breakers.ts";
import { SharedCache } from "../state/shared/cache.ts";
import { SharedCounters } from "../state/shared/counters.ts";
import { SharedLocks } from "../state/shared/locks.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../telemetry/log.ts";
import type { Sink } from "../telemetry/sink.ts";
import { type FamilySnapshot, mergedSnapshots } from "../telemetry/metric-registry.ts";
import type { FromWorker, LogName, ToWorker, WorkerStart } from "./messages.ts";

export interface FleetParts {
  readonly snapshot: Snapshot;
  readonly threads: number;
  readonly memory: StoreMemory;
  readonly replica: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly logSink: Sink;
  readonly accessSink: Sink;
  /** Undefined: messages of calls of models are not logged. */
  readonly messageSink?: Sink | undefined;
  /** Takes records of calls of models; undefined: none are kept. */
  readonly keepUsage?: KeepUsage | undefined;
  readonly tellKeptKeys?: TellKeptKeys | undefined;
  /** Undefined: nobody wants security events. */
  readonly securitySink?: Sink | undefined;
  /** Somebody reads metrics. */
  readonly counts?: boolean;
  readonly identities: Identities;
  readonly authorizations: Authorizations;
  /** What a worker runs; left out: worker.ts. */
  readonly script?: URL;
}

/** Pauses before a worker that keeps dying is started again, in ms. */
const BACK_OFF = [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
/** A worker that lived so long died of something new. */
const STABLE_MS = 60_000;
const LONGEST_START_MS = 60_000;
const LONGEST_MEASURE_MS = 1_000;

interface Member {
  /** What it had counted when it was asked last. */
  families: readonly FamilySnapshot[];
  worker: Worker;
  startedAt: number;
  deaths: number;
  isServing: boolean;
}

export class Fleet {
  readonly #parts: FleetParts;
  readonly #members: (Member | undefined)[] = [];
  readonly #activating = new Map<number, (problem: string | undefined) => void>();
  readonly #measuring = new Map<number, (families: readonly FamilySnapshot[]) => void>();
  /** What workers that are gone had counted: counters never fall. */
  #gone: readonly FamilySnapshot[] = [];
  #snapshot: Snapshot;
  #addresses: readonly Address[] = [];
  readonly #ticketSecret: Uint8Array = randomBytes(32);
  readonly #channel = randomUUID();
  #nextId = 0;
  #isEnding = false;

  private constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#snapshot = parts.snapshot;
  }

  /** Rejects with what kept the first worker from its addresses. */
  static async start(parts: FleetParts): Promise<Fleet> {
    const fleet = new Fleet(parts);
    // What this thread has compiled its workers need not, where compiled code is kept.
    flushCompileCache();
    try {
      // The first finds the ports; the others share them.
      fleet.#addresses = await fleet.#spawn(0, 0);
      await Promise.all(Array.from({ length: parts.threads - 1 }, (_, i) => fleet.#spawn(i + 1, 0)));
    } catch (error) {
      await fleet.close();
      throw error;
    }
    return fleet;
  }

  get addresses(): readonly Address[] {
    return this.#addresses;
  }

  /** Workers that serve now. */
  get serving(): number {
    return this.#members.filter((member) => member?.isServing).length;
  }

  /** Resolves when every worker serves by the new configuration. */
  async activate(snapshot: Snapshot): Promise<void> {
    this.#snapshot = snapshot;
    const members = this.#members.filter((member) => member?.isServing === true);
    await Promise.all(
      members.map(async (member) => {
        const id = this.#nextId++;
        const problem = await new Promise<string | undefined>((resolve) => {
          this.#activating.set(id, resolve);
          member?.worker.once("exit", () => resolve(undefined));
          this.#tell(member, { kind: "activate", id, snapshot });
        });
        this.#activating.delete(id);
        if (problem !== undefined) throw new Error(`A worker could not take up the configuration: ${problem}`);
      }),
    );
  }

  /** What all workers have counted so far. One that does not answer in time counts as it did before. */
  async measure(): Promise<readonly FamilySnapshot[]> {
    const members = this.#members.filter((member) => member !== undefined);
    await Promise.all(members.map((member) => this.#measure(member)));
    return mergedSnapshots([this.#gone, ...members.map(({ families }) => families)]);
  }

  async #measure(member: Member): Promise<void> {
    if (!member.isServing) return;
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<readonly FamilySnapshot[]>();
    const late = setTimeout(() => resolve(member.families), LONGEST_MEASURE_MS);
    this.#measuring.set(id, resolve);
    this.#tell(member, { kind: "measure", id });
    member.families = await promise;
    clearTimeout(late);
    this.#measuring.delete(id);
  }

  drain(): Promise<void> {
    return this.#end("drain");
  }

  close(): Promise<void> {
    return this.#end("close");
  }

  async #end(kind: "drain" | "close"): Promise<void> {
    this.#isEnding = true;
    await Promise.all(
      this.#members.map(async (member) => {
        if (member === undefined) return;
        const gone = new Promise((resolve) => member.worker.once("exit", resolve));
        this.#tell(member, { kind });
        await gone;
      }),
    );
  }

  #tell(member: Member | undefined, message: ToWorker): void {
    member?.worker.postMessage(message);
  }

  /** Resolves when the worker serves; rejects when it cannot. */
  #spawn(owner: number, deaths: number): Promise<readonly Address[]> {
    const { memory, threads, replica } = this.#parts;
    const ports = owner === 0 && this.#addresses.length === 0 ? undefined : this.#addresses.map(({ port }) => port);
    const { counts = false, securitySink } = this.#parts;
    const tellsSecurity = securitySink !== undefined;
    const start: WorkerStart = {
      snapshot: this.#snapshot,
      memory,
      owner,
      threads,
      replica,
      ports,
      ticketSecret: this.#ticketSecret,
      channel: this.#channel,
      counts,
      tellsSecurity,
      keepsUsage: this.#parts.keepUsage !== undefined,
    };
    const script = this.#parts.script ?? new URL(`./worker${extension()}`, import.meta.url);
    const worker = new Worker(script, {
      workerData: start,
      name: `worker ${owner}`,
    });
    const member: Member = { families: [], worker, startedAt: Date.now(), deaths, isServing: false };
    this.#members[owner] = member;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("A worker did not start in time")), LONGEST_START_MS);
      const snapshot = this.#snapshot;
      worker.on("message", (message: FromWorker) => {
        if (message.kind === "started") {
          clearTimeout(late);
          member.isServing = true;
          resolve(message.addresses);
          // A configuration that came into force meanwhile.
          if (this.#snapshot !== snapshot)
            this.#tell(member, { kind: "activate", id: this.#nextId++, snapshot: this.#snapshot });
        } else if (message.kind === "unstarted") {
          clearTimeout(late);
          reject(new Error(message.message));
        } else {
          this.#heard(member, message);
        }
      });
      worker.on("error", (error: Error) => {
        this.#parts.log.error("A worker died", { worker: owner, error: error.message });
        reject(error);
      });
      worker.on("exit", () => {
        clearTimeout(late);
        this.#died(owner, member);
        reject(new Error("A worker ended before it served"));
      });
    });
  }

  #heard(member: Member, message: FromWorker): void {
    switch (message.kind) {
      case "lines": {
        const { block, bytes } = message;
        this.#sinkOf(message.to)?.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), (error) =>
          this.#tell(member, { kind: "written", block, problem: error?.message }),
        );
        return;
      }
      case "ended":
        // Nothing is left to do; whatever still holds the thread does not matter.
        void member.worker.terminate();
        return;
      case "usage":
        this.#parts.keepUsage?.(message.records);
        return;
      case "kept-keys":
        this.#parts.tellKeptKeys?.(message.url, message.until);
        return;
      case "activated":
        this.#activating.get(message.id)?.(message.problem);
        return;
      case "measured":
        this.#measuring.get(message.id)?.(message.families);
        return;
      case "ask":
        void this.#answer(member, message.id, message.what, message.values);
        return;
    }
  }

  #sinkOf(log: LogName): Sink | undefined {
    const { logSink, accessSink, messageSink, securitySink } = this.#parts;
    return { log: logSink, access: accessSink, messages: messageSink, security: securitySink }[log];
  }

  async #answer(
    member: Member,
    id: number,
    what: "identity" | "authorization",
    values: readonly (string | undefined)[],
  ): Promise<void> {
    const { identities, authorizations } = this.#parts;
    const [first = "", second] = values;
    try {
      const value =
        what === "identity" ? await identities.token(first, second) : await authorizations.token(first, second ?? "");
      this.#tell(member, { kind: "answer", id, value });
    } catch (error) {
      this.#tell(member, { kind: "failure", id, message: (error as Error).message });
    }
  }

  /** Frees what the worker held, and starts another in its place. */
  #died(owner: number, member: Member): void {
    member.isServing = false;
    this.#members[owner] = undefined;
    this.#gone = withoutGauges(mergedSnapshots([this.#gone, member.families]));
    const { memory, clock, log } = this.#parts;
    new SharedCounters(clock, memory.counters).releaseThread(owner);
    const locks = new SharedLocks(clock, memory.locks);
    locks.releaseThread(owner);
    new SharedBreakers(clock, memory.breakers).releaseThread(owner);
    new SharedCache(clock, locks, memory.cache).releaseThread(owner);
    if (this.#isEnding) return;
    const deaths = Date.now() - member.startedAt > STABLE_MS ? 1 : member.deaths + 1;
    const pause = BACK_OFF[Math.min(deaths - 1, BACK_OFF.length - 1)];
    setTimeout(() => {
      if (this.#isEnding) return;
      this.#spawn(owner, deaths).then(
        () => log.info("A worker serves again", { worker: owner }),
        (error: Error) => log.error("A worker could not be started", { worker: owner, error: error.message }),
      );
    }, pause);
  }
}

/** What is under way in a worker ends with it. */
function withoutGauges(families: readonly FamilySnapshot[]): readonly FamilySnapshot[] {
  return families.filter(({ type }) => type !== "gauge");
}

/** `.ts` in development, `.js` when built. */
function extension(): string {
  return import.meta.url.slice(import.meta.url.lastIndexOf("."));
}
