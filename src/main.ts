/** Composition root: a folder's configuration, the policies and the outside world become a running gateway. The one file that knows them all. */
import { AdminServer } from "./admin/server.ts";
import { type Clock, systemClock } from "./base/clock.ts";
import type { Diagnostic } from "./base/diagnostic.ts";
import { checkPolicies, loadProgram } from "./engine/load.ts";
import type { Program } from "./engine/program.ts";
import { Gateway } from "./gateway/serve.ts";
import { type Address, GatewayServer } from "./gateway/server.ts";
import { Egress } from "./http/egress.ts";
import { NodeUpstream } from "./http/node-upstream.ts";
import { postForm } from "./http/post-form.ts";
import type { Upstream } from "./http/upstream.ts";
import type { Services } from "./kit/services.ts";
import { policies } from "./policies/index.ts";
import { expiringCertificates } from "./resources/expiring.ts";
import { type LoadOptions, loadFolder } from "./resources/load.ts";
import { namedOrigins } from "./resources/named-origins.ts";
import type { Settings, Snapshot } from "./resources/snapshot.ts";
import { FileWatcher } from "./resources/watch.ts";
import { Keyring } from "./secrets/keyring.ts";
import { MemoryCache } from "./state/memory/cache.ts";
import { SharedBreakers } from "./state/shared/breakers.ts";
import { SharedCounters } from "./state/shared/counters.ts";
import { SharedLocks } from "./state/shared/locks.ts";
import { JsonAccessLog } from "./telemetry/access-log.ts";
import { JsonLog } from "./telemetry/json-log.ts";
import { BufferedLineWriter } from "./telemetry/line-writer.ts";
import type { Log } from "./telemetry/log.ts";
import { LogMetrics } from "./telemetry/log-metrics.ts";

export interface LoadedConfiguration {
  /** Undefined when the folder itself has mistakes. */
  readonly snapshot: Snapshot | undefined;
  /** Undefined when there is any mistake. */
  readonly program: Program | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file and folder that was read: what a watcher looks at. */
  readonly files: readonly string[];
  /** Keys made for development: to be shown once. */
  readonly madeKeys: ReadonlyMap<string, string>;
}

/**
 * Reads and compiles a configuration folder: what `check`, `run` and a reload share. Has no side effects.
 * @param options.warn look for what would run, but surely not as it was meant
 */
export async function loadConfiguration(
  folder: string,
  options: LoadOptions & { readonly warn?: boolean } = {},
): Promise<LoadedConfiguration> {
  const { snapshot, draft, diagnostics, files, madeKeys } = await loadFolder(folder, options);
  if (snapshot === undefined) {
    const inDocuments = draft === undefined ? [] : checkPolicies(draft, policies);
    return { snapshot, program: undefined, diagnostics: [...diagnostics, ...inDocuments], files, madeKeys };
  }
  const loaded = loadProgram(snapshot, policies, { warn: options.warn });
  return { snapshot, program: loaded.program, diagnostics: [...diagnostics, ...loaded.diagnostics], files, madeKeys };
}

export interface StartOptions extends LoadOptions {
  readonly folder: string;
  /** Reload when files change; default true. */
  readonly watch?: boolean;
  /** Told of every reload, successful (a program) or not. */
  readonly onReload?: (loaded: LoadedConfiguration) => void;
}

/** A configuration that cannot be served. */
export class ConfigurationError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const first = diagnostics.find((d) => d.severity === "error");
    const place = first?.file === undefined ? "" : ` (${first.file}:${first.line}:${first.column})`;
    super(`The configuration has mistakes; the first: ${first?.message}${place}`);
    this.name = "ConfigurationError";
    this.diagnostics = diagnostics;
  }
}

export interface RunningGateway {
  readonly addresses: readonly Address[];
  /** What it started with. */
  readonly loaded: LoadedConfiguration & { readonly snapshot: Snapshot };
  /** Reads the folder again; the new configuration comes into force only when it is without mistakes. */
  reload(): Promise<LoadedConfiguration>;
  /** Lame duck, then stop: no request is lost. */
  drain(): Promise<void>;
  /** Stops at once. */
  stop(): Promise<void>;
}

/** Loads a folder and serves it. Rejects with ConfigurationError, or with what kept a listener from its address. */
export async function startGateway(options: StartOptions): Promise<RunningGateway> {
  const devKeys = options.devKeys ?? new Map<string, string>();
  const clock = systemClock;
  const log = new JsonLog(new BufferedLineWriter(), clock);
  const keyring = new Keyring({ clock, notes: log, env: options.env ?? process.env });
  const loadOptions = { ...options, devKeys, keyring };
  const loaded = await loadConfiguration(options.folder, loadOptions);
  const { snapshot, program } = loaded;
  if (snapshot === undefined || program === undefined) throw new ConfigurationError(loaded.diagnostics);
  for (const [id, key] of loaded.madeKeys) devKeys.set(id, key);
  const egress = new Egress(snapshot.settings.egress, (refusal) =>
    log.warn("An outgoing call was refused by the egress rules", { ...refusal }),
  );
  egress.configure(namedOrigins(snapshot));
  const upstream = new NodeUpstream(egress);
  const gateway = compose(snapshot.settings, clock, log, keyring, upstream);
  gateway.activate(program);
  await keyring.commit(expiringCertificates(snapshot));
  const companion = snapshot.settings.admin === undefined ? undefined : new AdminServer(gateway, snapshot.settings);
  const server = await GatewayServer.start(gateway, snapshot.settings, companion);

  const reloadOnce = async (): Promise<LoadedConfiguration> => {
    const next = await loadConfiguration(options.folder, loadOptions);
    for (const [id, key] of next.madeKeys) devKeys.set(id, key);
    if (next.program !== undefined) {
      gateway.activate(next.program);
      egress.configure(namedOrigins(next.program.snapshot));
      server.update(next.program.snapshot.settings, log);
      await keyring.commit(expiringCertificates(next.program.snapshot));
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
    await upstream.close();
  };
  return {
    addresses: server.addresses,
    loaded: { ...loaded, snapshot },
    reload,
    drain: () => end(() => server.drain()),
    stop: () => end(() => server.close()),
  };
}

/** The outside world of a gateway, as its settings want it. */
function compose(settings: Settings, clock: Clock, log: Log, keyring: Keyring, upstream: Upstream): Gateway {
  keyring.authorizations.post = (url, headers, form) => postForm(upstream, url, headers, form);
  const services: Services = {
    clock,
    upstream,
    counters: new SharedCounters(clock),
    cache: new MemoryCache(clock),
    locks: new SharedLocks(clock),
    breakers: new SharedBreakers(clock),
    identities: keyring.identities,
    authorizations: keyring.authorizations,
    log,
    metrics: new LogMetrics(log),
  };
  const accessLog = settings.accessLog.enabled
    ? new JsonAccessLog(new BufferedLineWriter(settings.accessLog.file))
    : undefined;
  return new Gateway({ services, accessLog });
}
