/** Numbers of the process, of its configuration and of what expires: measured when somebody asks. */
import type { MetricRegistry } from "./metric-registry.ts";

/** Something that expires, as src/secrets/expiry-watch.ts knows it. */
export interface ExpiringThing {
  readonly kind: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export class ConfigurationMetrics {
  readonly #loads;
  readonly #loadedAt;
  readonly #info;

  constructor(registry: MetricRegistry) {
    this.#loads = registry.family({
      name: "sallyport_configuration_loads_total",
      help: "Configurations that were loaded: accepted, or refused because of mistakes.",
      type: "counter",
      labels: ["result"],
    });
    this.#loadedAt = registry.family({
      name: "sallyport_configuration_loaded_timestamp_seconds",
      help: "When the configuration in force was loaded.",
      type: "gauge",
    });
    this.#info = registry.family({
      name: "sallyport_configuration_info",
      help: "Version of the configuration in force.",
      type: "gauge",
      labels: ["version"],
    });
    // Alerts on the rise of a counter want it to be there before it rises.
    for (const result of ["accepted", "refused"]) this.#loads.add(0, result);
  }

  /** @param now milliseconds since the epoch */
  accepted(version: string, now: number): void {
    this.#loads.add(1, "accepted");
    this.#loadedAt.set(now / 1000);
    this.#info.clear();
    this.#info.set(1, version);
  }

  refused(): void {
    this.#loads.add(1, "refused");
  }
}

/** @param savedAt when the copy was saved that is in force instead of the folder, ms since the epoch; undefined: none is */
export function measureCopy(registry: MetricRegistry, savedAt: () => number | undefined): void {
  const family = registry.family({
    name: "sallyport_configuration_copy_timestamp_seconds",
    help: "When the last good copy was saved that is in force instead of the folder; no value: the folder is.",
    type: "gauge",
  });
  registry.onCollect(() => {
    family.clear();
    const at = savedAt();
    if (at !== undefined) family.set(at / 1000);
  });
}

/** @param expiring what is watched, when it is asked for */
export function measureExpiries(registry: MetricRegistry, expiring: () => readonly ExpiringThing[]): void {
  const family = registry.family({
    name: "sallyport_expiry_timestamp_seconds",
    help: "When a secret, certificate, signing key or app registration expires.",
    type: "gauge",
    labels: ["kind", "name"],
    maxSeries: 2_000,
  });
  registry.onCollect(() => {
    family.clear();
    for (const { kind, name, expiresAt } of expiring()) family.set(expiresAt / 1000, kind, name);
  });
}

/** @param threads that serve now */
export function measureProcess(registry: MetricRegistry, threads: () => number): void {
  const startedAt = Date.now() / 1000 - process.uptime();
  const gauge = (name: string, help: string) => registry.family({ name, help, type: "gauge" });
  const cpu = registry.family({
    name: "process_cpu_seconds_total",
    help: "User and system CPU time of the process.",
    type: "counter",
  });
  const memory = gauge("process_resident_memory_bytes", "Resident memory of the process.");
  const start = gauge("process_start_time_seconds", "When the process began.");
  const serving = gauge("sallyport_workers", "Threads that serve requests now.");
  registry.onCollect(() => {
    const { user, system } = process.cpuUsage();
    cpu.set((user + system) / 1e6);
    memory.set(process.memoryUsage.rss());
    start.set(startedAt);
    serving.set(threads());
  });
}
