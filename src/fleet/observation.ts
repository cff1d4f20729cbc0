/**
 * What a process tells of itself, whether one thread serves or several: metrics when there is an admin server to ask, security events when
 * the settings say where they go.
 */
import type { Clock } from "../base/clock.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { configurationChanges } from "../gateway/configuration-changes.ts";
import { routeTemplate } from "../gateway/request-span.ts";
import { Egress, type EgressRefusal } from "../http/egress.ts";
import { followingFence } from "../http/vendor-fence.ts";
import type { Identities } from "../kit/identities.ts";
import type { SecurityEventSettings, Snapshot } from "../resources/snapshot.ts";
import { openAzureMonitorEvents } from "../telemetry/azure-monitor-events.ts";
import { EventBatches } from "../telemetry/event-batches.ts";
import { BufferedLineWriter, type LineWriter } from "../telemetry/line-writer.ts";
import type { Log } from "../telemetry/log.ts";
import { type FamilySnapshot, MetricRegistry, mergedSnapshots } from "../telemetry/metric-registry.ts";
import type { OtlpMetrics } from "../telemetry/otlp-metrics.ts";
import { openOtlpEvents } from "../telemetry/otlp-events.ts";
import {
  ConfigurationMetrics,
  type ExpiringThing,
  measureCopy,
  measureExpiries,
  measureProcess,
} from "../telemetry/process-metrics.ts";
import { prometheusText } from "../telemetry/prometheus-text.ts";
import { JsonSecurityEvents } from "../telemetry/security-events.ts";
import { SecuritySink } from "../telemetry/security-sink.ts";
import { FileSink, QueuedSink, type Sink } from "../telemetry/sink.ts";
import { countDropped } from "./data-plane.ts";

export interface ObservationParts {
  readonly snapshot: Snapshot;
  readonly clock: Clock;
  readonly log: Log;
  readonly logWriter: LineWriter;
  /** Standard output. */
  readonly logSink: Sink;
  readonly identities: Identities;
  readonly expiring: () => readonly ExpiringThing[];
  /** When the copy was saved that is in force instead of the folder. */
  readonly copySavedAt: () => number | undefined;
  /** Calls of vaults that were refused while the first configuration was loaded. */
  readonly early: readonly EgressRefusal[];
}

export class Observation {
  /** Undefined: nobody can ask for numbers. */
  readonly registry: MetricRegistry | undefined;
  /** Undefined: nobody wants security events. */
  readonly securitySink: Sink | undefined;
  readonly #clock: Clock;
  /** What exporters go by: the rules in force. */
  readonly #egress: Egress;
  readonly #services: readonly EventBatches[];
  readonly #writer: BufferedLineWriter | undefined;
  readonly #events: JsonSecurityEvents | undefined;
  readonly #configuration: ConfigurationMetrics | undefined;
  readonly #log: Log;
  #push: OtlpMetrics | undefined;
  #snapshot: Snapshot;
  #threads: () => number = () => 1;

  private constructor(parts: ObservationParts, egress: Egress, services: readonly EventBatches[]) {
    const { snapshot, clock, logSink, logWriter } = parts;
    const { admin, otlp, securityEvents } = snapshot.settings;
    this.#clock = clock;
    this.#log = parts.log;
    this.#egress = egress;
    this.#services = services;
    this.#snapshot = snapshot;
    if (securityEvents !== undefined) {
      this.securitySink = new SecuritySink(linesOf(securityEvents, logSink), services);
      this.#writer = new BufferedLineWriter(this.securitySink);
      this.#events = new JsonSecurityEvents(this.#writer, clock);
    }
    if (admin === undefined && otlp?.metrics !== true) return;
    this.registry = new MetricRegistry();
    this.#configuration = new ConfigurationMetrics(this.registry);
    measureExpiries(this.registry, parts.expiring);
    measureCopy(this.registry, parts.copySavedAt);
    measureProcess(this.registry, () => this.#threads());
    const sent = services.map((service) => [`security (${service.name})`, service] as const);
    countDropped(this.registry, { operational: logWriter, configuration: this.#writer, ...Object.fromEntries(sent) });
  }

  /** Rejects when a service cannot be opened: a package that is missing. */
  static async open(parts: ObservationParts): Promise<Observation> {
    const { otlp, azureMonitor } = parts.snapshot.settings.securityEvents ?? {};
    const services: EventBatches[] = [];
    const egress = new Egress(parts.snapshot.settings.egress);
    const fence = followingFence(egress);
    if (otlp !== undefined) services.push(new EventBatches(await openOtlpEvents({ ...otlp, fence }), parts.log));
    if (azureMonitor !== undefined) {
      const token = () => parts.identities.token(azureMonitor.audience, azureMonitor.clientId);
      services.push(new EventBatches(await openAzureMonitorEvents({ ...azureMonitor, token, fence }), parts.log));
    }
    const observation = new Observation(parts, egress, services);
    for (const refusal of parts.early) observation.callRefused(refusal);
    return observation;
  }

  /** Counts the records that the usage ledger had to give up. */
  keepsUsage(ledger: { readonly lost: number } | undefined): void {
    if (ledger === undefined || this.registry === undefined) return;
    const lost = this.registry.family({
      name: "sallyport_usage_records_lost_total",
      help: "Records of the usage ledger that were given up: the disk was full, or the database away, for too long.",
      type: "counter",
    });
    this.registry.onCollect(() => lost.set(ledger.lost));
  }

  /** The first configuration serves. @param threads that serve now @param others what other threads have counted */
  async started(threads: () => number, others: () => Promise<readonly FamilySnapshot[]>): Promise<void> {
    this.#threads = threads;
    await this.#startPush(others);
    const { version } = this.#snapshot;
    this.#configuration?.accepted(version, this.#clock.now());
    this.#events?.add({ kind: "configuration", action: "loaded", subject: version, message: "The gateway started" });
  }

  /** The packages of OpenTelemetry are loaded here, and only when the settings ask for metrics. */
  async #startPush(others: () => Promise<readonly FamilySnapshot[]>): Promise<void> {
    const { otlp } = this.#snapshot.settings;
    const fence = followingFence(this.#egress);
    if (otlp?.metrics !== true) return;
    const { OtlpMetrics: metrics } = await import("../telemetry/otlp-metrics.ts");
    const read = async () => mergedSnapshots([this.registry?.snapshot() ?? [], await others()]);
    const operation = (api: string, id: string) => operationAttributes(this.#snapshot, api, id);
    this.#push = await metrics.open({ ...otlp, fence, read, operation }, this.#log);
  }

  /** Another configuration is in force. */
  reloaded(next: Snapshot): void {
    const old = this.#snapshot;
    this.#snapshot = next;
    this.#egress.take(next.settings.egress);
    this.#configuration?.accepted(next.version, this.#clock.now());
    if (this.#events === undefined) return;
    if (old.version !== next.version)
      this.#events.add({
        kind: "configuration",
        action: "loaded",
        subject: next.version,
        detail: { from: old.version },
      });
    for (const change of configurationChanges(old, next)) this.#events.add(change);
  }

  /** One was read and not taken. */
  refused(diagnostics: readonly Diagnostic[]): void {
    this.#configuration?.refused();
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const [first] = errors;
    this.#events?.add({
      kind: "configuration",
      action: "refused",
      subject: this.#snapshot.version,
      message: "A changed configuration has mistakes: the old one stays in force",
      detail: { errors: errors.length, code: first?.code, file: first?.file, line: first?.line },
    });
  }

  /** A vault, or a service of identities, was not called: the egress rules forbid it. */
  callRefused(refusal: EgressRefusal): void {
    const message = "A call to a vault or identity service was refused by the egress rules";
    this.#events?.add({ kind: "egress", reason: "EgressDenied", message, detail: { ...refusal } });
  }

  /** All numbers in the text format of Prometheus. @param others what other threads have counted */
  text(others: readonly FamilySnapshot[] = []): string {
    return prometheusText(mergedSnapshots([this.registry?.snapshot() ?? [], others]));
  }

  /** Tells what is left to tell. */
  async close(): Promise<void> {
    this.#events?.add({
      kind: "configuration",
      action: "unloaded",
      subject: this.#snapshot.version,
      message: "The gateway stopped",
    });
    await Promise.all([this.#writer?.flush(), this.#push?.close()]);
    await Promise.all(this.#services.map((service) => service.close()));
    this.securitySink?.close();
  }
}

function operationAttributes({ apis }: Snapshot, apiId: string, id: string): Record<string, string> {
  const api = apis.find((one) => one.id === apiId);
  const operation = api?.operations.find((one) => one.id === id);
  if (api === undefined || operation === undefined) return {};
  return { "http.request.method": operation.method, "http.route": routeTemplate(api, operation) };
}

function linesOf({ file, stdout }: SecurityEventSettings, logSink: Sink): Sink | undefined {
  if (file !== undefined) return new QueuedSink(new FileSink(file));
  return stdout ? logSink : undefined;
}
