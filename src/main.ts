/** Composition root: a folder's configuration, the policies and the outside world become a running gateway. The one file that knows them all. */
import { randomUUID } from "node:crypto";
import { AdminServer } from "./admin/server.ts";
import { type Clock, systemClock } from "./base/clock.ts";
import type { Program } from "./engine/program.ts";
import { ConfigurationSource, type LoadedConfiguration, type ServedInstead } from "./fleet/configuration-source.ts";
import { DataPlane } from "./fleet/data-plane.ts";
import { Fleet } from "./fleet/fleet.ts";
import { Observation } from "./fleet/observation.ts";
import type { Address } from "./gateway/server.ts";
import { Egress, type EgressRefusal } from "./http/egress.ts";
import { createUpstream } from "./http/engine.ts";
import { postForm } from "./http/post-form.ts";
import { vendorFence } from "./http/vendor-fence.ts";
import { type KeepUsage, openLedger } from "./ledger/open.ts";
import type { TellKeptKeys } from "./kit/services.ts";
import { expiringCertificates } from "./resources/expiring.ts";
import { LastGood } from "./resources/last-good.ts";
import type { LoadOptions, MakeFence } from "./resources/load.ts";
import { namedOrigins } from "./resources/named-origins.ts";
import { secretValues } from "./resources/secret-values.ts";
import type { Snapshot } from "./resources/snapshot.ts";
import { FileWatcher } from "./resources/watch.ts";
import { Keyring } from "./secrets/keyring.ts";
import type { SealedPlace } from "./secrets/sealed-file.ts";
import { contextTrusting } from "./secrets/trust.ts";
import { type JournalReport, journalSeed, QuotaJournal } from "./state/disk/quota-journal.ts";
import type { UsageRecord } from "./state/ledger/usage-record.ts";
import { allocateStores, type StoreMemory } from "./state/open.ts";
import { SharedCounters } from "./state/shared/counters.ts";
import { JsonLog } from "./telemetry/json-log.ts";
import { BufferedLineWriter } from "./telemetry/line-writer.ts";
import type { FamilySnapshot } from "./telemetry/metric-registry.ts";
import type { Log } from "./telemetry/log.ts";
import { hideFromLogs, hideOwnFromLogs } from "./telemetry/redact.ts";
import { SecretMask } from "./telemetry/secret-mask.ts";
import { FileSink, QueuedSink, type Sink, standardOutput } from "./telemetry/sink.ts";

export { ConfigurationError, type LoadedConfiguration, loadConfiguration } from "./fleet/configuration-source.ts";

export interface StartOptions extends LoadOptions {
  readonly folder: string;
  /** Reload when files change; default true. */
  readonly watch?: boolean;
  /** Threads that serve; default: as the settings say, else one: this one. */
  readonly workers?: number | undefined;
  /** Where neither says anything; default 1. */
  readonly usualWorkers?: number;
  /** File that keeps quotas over a restart, where the settings name none; left out: they are not kept. */
  readonly quotaFile?: string;
  /** File of the usage ledger, where the settings name no place; left out: nothing is kept then. */
  readonly ledgerFile?: string;
  /** Keeps the configuration in force; a start whose folder cannot be loaded serves that. Left out: such a start is refused. */
  readonly lastGood?: SealedPlace | undefined;
  /** Told of every reload, successful (a program) or not. */
  readonly onReload?: (loaded: LoadedConfiguration) => void;
}

export interface RunningGateway {
  readonly addresses: readonly Address[];
  /** What it started with. */
  readonly loaded: LoadedConfiguration & { readonly snapshot: Snapshot };
  /** Of a start with the last good copy. */
  readonly instead: ServedInstead | undefined;
  /** Reads the folder again; the new configuration comes into force only when it is without mistakes. */
  reload(): Promise<LoadedConfiguration>;
  /** Lame duck, then stop: no request is lost. */
  drain(): Promise<void>;
  /** Stops at once. */
  stop(): Promise<void>;
}

/** Loads a folder and serves it. Rejects with ConfigurationError, or with what kept a listener from its address. */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  const clock = systemClock;
  const logSink = new QueuedSink(standardOutput());
  const logWriter = new BufferedLineWriter(logSink);
  const log = new JsonLog(logWriter, clock);
  const keyring = new Keyring({ clock, notes: log, env: options.env ?? process.env, hide: hideOwnFromLogs });
  /** Refused while the first configuration was loaded: before anybody could be told where the settings say. */
  const early: EgressRefusal[] = [];
  let observation: Observation | undefined;
  const fence: MakeFence = (egress, authorities) => {
    const told = (refusal: EgressRefusal) => {
      log.warn("A call to a vault or identity service was refused", { ...refusal });
      if (observation === undefined) early.push(refusal);
      else observation.callRefused(refusal);
    };
    return vendorFence(egress, contextTrusting(authorities), told);
  };
  const lastGood = options.lastGood && new LastGood(options.lastGood);
  const source = new ConfigurationSource({ ...options, keyring, fence, lastGood, clock, log });
  const loaded = await source.start();
  const { snapshot, program } = loaded;
  keyring.activate();
  const expiring = () => keyring.expiries.states();
  const facts = { identities: keyring.identities, expiring, copySavedAt: source.copySavedAt, early };
  const watching = await Observation.open({ snapshot, clock, log, logWriter, logSink, ...facts });
  observation = watching;
  const serving = await serve(program, { options, clock, log, logSink, keyring, observation: watching, source });
  await watching.started(serving.threads, serving.measure);
  await keyring.commit(expiringCertificates(snapshot));
  await source.cameIntoForce(loaded);

  const reloadOnce = async (): Promise<LoadedConfiguration> => {
    const next = await source.read();
    if (next.program !== undefined) {
      keyring.activate();
      await serving.activate(next.program);
      await keyring.commit(expiringCertificates(next.program.snapshot));
      await source.cameIntoForce(next);
      watching.reloaded(next.program.snapshot);
    } else {
      watching.refused(next.diagnostics);
    }
    options.onReload?.(next);
    await watcher?.update(next.files);
    return next;
  };
  // One after the other: the newest state of the files is the last to come into force.
  let last: Promise<unknown> = Promise.resolve();
  const reload = (): Promise<LoadedConfiguration> => {
    const next = last.then(reloadOnce);
    last = next.catch(() => undefined);
    return next;
  };
  const onChange = () => {
    reload().catch((error: Error) => log.error("The configuration could not be reloaded", { error: error.message }));
  };
  const watcher = options.watch === false ? undefined : new FileWatcher({ onChange });
  await watcher?.update(loaded.files);
  keyring.start(onChange);

  const end = async (stop: () => Promise<void>): Promise<void> => {
    watcher?.close();
    keyring.stop();
    await stop();
    await watching.close();
  };
  return {
    addresses: serving.addresses,
    loaded,
    instead: source.instead,
    reload,
    drain: () => end(serving.drain),
    stop: () => end(serving.close),
  };
}

/** A gateway that serves, in this thread or in several. */
interface Serving {
  /** How many threads serve now. */
  readonly threads: () => number;
  /** What threads beside this one have counted. */
  readonly measure: () => Promise<readonly FamilySnapshot[]>;
  readonly addresses: readonly Address[];
  activate(program: Program): Promise<void>;
  readonly drain: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface World {
  readonly options: StartOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly logSink: Sink;
  readonly keyring: Keyring;
  readonly observation: Observation;
  readonly source: ConfigurationSource;
}

async function serve(program: Program, world: World): Promise<Serving> {
  const { options, clock, log, observation } = world;
  const { settings } = program.snapshot;
  const { rates, quotas, cacheBytes, quotaFile = options.quotaFile ?? null } = settings.stores;
  // With a shared store quotas are kept there.
  const journalFile = settings.stores.redis === undefined ? quotaFile : null;
  const seed = journalFile === null ? undefined : seedOf(journalFile, log);
  const memory = allocateStores({ rates, quotas, cacheBytes }, seed);
  const journal =
    journalFile === null || seed === undefined
      ? undefined
      : new QuotaJournal(journalFile, new SharedCounters(clock, memory.counters, MAIN_THREAD), report(log));
  await journal?.start();
  const ledger = openLedger(settings.ai.ledger, options.ledgerFile, log);
  observation.keepsUsage(ledger);
  // A place that the settings name must be good from the start; the usual one is made when the first record comes.
  if (ledger !== undefined && (settings.ai.ledger.file ?? settings.ai.ledger.postgres) !== undefined)
    await ledger.start();
  const keepUsage = ledger && ((records: readonly UsageRecord[]) => ledger.add(records));
  const threads = options.workers ?? settings.workers ?? options.usualWorkers ?? 1;
  const tellKeptKeys = (url: string, until: number | undefined) => world.keyring.expiries.keptKeys(url, until);
  const share = { program, memory, threads, replica: randomUUID(), keepUsage, tellKeptKeys };
  try {
    const serving = threads === 1 ? await serveAlone(world, share) : await serveByWorkers(world, share);
    const end = (stop: () => Promise<void>) => async () => {
      await stop();
      journal?.close();
      await ledger?.close();
    };
    return { ...serving, drain: end(serving.drain), close: end(serving.close) };
  } catch (error) {
    journal?.close();
    await ledger?.close();
    throw error;
  }
}

/** What the threads of a process have in common. */
interface Share {
  readonly program: Program;
  readonly memory: StoreMemory;
  readonly threads: number;
  readonly replica: string;
  readonly keepUsage: KeepUsage | undefined;
  readonly tellKeptKeys: TellKeptKeys;
}

async function serveAlone({ clock, log, keyring, observation, source }: World, share: Share): Promise<Serving> {
  const { settings } = share.program.snapshot;
  const plane = await DataPlane.start({
    ...share,
    clock,
    log,
    owner: 0,
    registry: observation.registry,
    securitySink: observation.securitySink,
    identities: (upstream) => {
      keyring.authorizations.post = (url, headers, form) => postForm(upstream, url, headers, form);
      return { identities: keyring.identities, authorizations: keyring.authorizations };
    },
    companion:
      settings.admin === undefined
        ? undefined
        : (gateway) =>
            new AdminServer(gateway, settings, {
              expiries: keyring.expiries,
              metrics: async () => observation.text(),
              copySavedAt: source.copySavedAt,
            }),
  });
  return {
    threads: () => 1,
    measure: async () => [],
    addresses: plane.addresses,
    activate: async (next) => plane.activate(next),
    drain: () => plane.drain(),
    close: () => plane.close(),
  };
}

async function serveByWorkers(world: World, share: Share): Promise<Serving> {
  const { clock, log, logSink, keyring, observation, source } = world;
  const { snapshot } = share.program;
  const { settings } = snapshot;
  const hide = (of: Snapshot) => hideFromLogs(new SecretMask(secretValues(of)));
  hide(snapshot);
  const egress = new Egress(settings.egress);
  egress.configure(namedOrigins(snapshot));
  const upstream = createUpstream(settings.http.engine, egress);
  keyring.authorizations.post = (url, headers, form) => postForm(upstream, url, headers, form);
  const state = { isLoaded: true, isDraining: false, version: snapshot.version };
  const sinkOf = (file: string | undefined) => (file === undefined ? logSink : new QueuedSink(new FileSink(file)));
  const [accessSink, messageSink] = [sinkOf(settings.accessLog.file), sinkOf(settings.ai.messages.file)];
  const { identities, authorizations } = keyring;
  const fleet = await Fleet.start({
    ...share,
    snapshot,
    clock,
    log,
    logSink,
    accessSink,
    messageSink,
    securitySink: observation.securitySink,
    counts: observation.registry !== undefined,
    identities,
    authorizations,
  });
  const metrics = async () => observation.text(await fleet.measure());
  const facts = { expiries: keyring.expiries, metrics, copySavedAt: source.copySavedAt };
  const admin = settings.admin === undefined ? undefined : new AdminServer(state, settings, facts);
  const adminAddress = await admin?.listen().catch(async (error) => {
    await fleet.close();
    throw error;
  });
  const end = (stop: () => Promise<void>) => async () => {
    state.isDraining = true;
    await stop();
    await Promise.all([admin?.close(), upstream.close()]);
  };
  const addresses = [
    ...fleet.addresses,
    ...(adminAddress === undefined ? [] : [{ name: "admin", scheme: "http" as const, ...adminAddress }]),
  ];
  return {
    addresses,
    threads: () => fleet.serving,
    measure: () => fleet.measure(),
    activate: async ({ snapshot: next }) => {
      hide(next);
      egress.configure(namedOrigins(next));
      egress.take(next.settings.egress);
      await fleet.activate(next);
      state.version = next.version;
    },
    drain: end(() => fleet.drain()),
    close: end(() => fleet.close()),
  };
}

/** The main thread counts, too, when it puts quotas back: by a number that no worker has. */
const MAIN_THREAD = 63;

function seedOf(file: string, log: Log): Uint8Array | undefined {
  try {
    return journalSeed(file);
  } catch (error) {
    report(log)(
      `Quotas cannot be kept in ${file}: they count in memory, and begin anew at the next start`,
      error as Error,
    );
    return undefined;
  }
}

function report(log: Log): JournalReport {
  return (message, error) => {
    if (error === undefined) log.info(message);
    else log.warn(message, { error: error.message });
  };
}
