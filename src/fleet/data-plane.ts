/** One thread's gateway with its outside world: what serves requests, be it alone or beside others of the same process. */
import type { Clock } from "../base/clock.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { Program } from "../engine/program.ts";
import { Gateway } from "../gateway/serve.ts";
import { type Address, type Companion, GatewayServer, type Sharing } from "../gateway/server.ts";
import { Egress } from "../http/egress.ts";
import { openTls } from "../http/egress-tls.ts";
import { createUpstream } from "../http/engine.ts";
import { followingFence } from "../http/vendor-fence.ts";
import type { Upstream } from "../http/upstream.ts";
import type { Authorizations, Identities } from "../kit/identities.ts";
import type { TellKeptKeys } from "../kit/services.ts";
import { QueueError } from "../kit/queues.ts";
import { ServiceBus } from "../queues/service-bus.ts";
import { type KeepUsage, ThreadUsage } from "../ledger/open.ts";
import { namedOrigins } from "../resources/named-origins.ts";
import type { Settings } from "../resources/snapshot.ts";
import { openStores, type StoreMemory, type Stores } from "../state/open.ts";
import { openVectors } from "../state/vectors/open.ts";
import type { Vectors } from "../state/vectors/vectors.ts";
import { bothLogs, JsonAccessLog } from "../telemetry/access-log.ts";
import { BufferedLineWriter } from "../telemetry/line-writer.ts";
import type { Log } from "../telemetry/log.ts";
import { CustomMetrics } from "../telemetry/custom-metrics.ts";
import { LogMetrics } from "../telemetry/log-metrics.ts";
import type { OtlpAccessLog } from "../telemetry/otlp-access-log.ts";
import type { OtlpTracing } from "../telemetry/otlp-traces.ts";
import type { MetricRegistry } from "../telemetry/metric-registry.ts";
import { RequestMetrics } from "../telemetry/request-metrics.ts";
import { JsonSecurityEvents } from "../telemetry/security-events.ts";
import type { Sink } from "../telemetry/sink.ts";

export interface DataPlaneParts {
  readonly program: Program;
  readonly clock: Clock;
  readonly log: Log;
  readonly memory: StoreMemory;
  /** Number of this thread among `threads`. */
  readonly owner: number;
  readonly threads: number;
  /** Names this process among all replicas. */
  readonly replica: string;
  /** Where the access log goes; undefined: as the settings say. */
  readonly accessSink?: Sink | undefined;
  /** Where security events go; undefined: nobody wants them. */
  readonly securitySink?: Sink | undefined;
  /** Takes records of calls of models; undefined: none are kept. */
  readonly keepUsage?: KeepUsage | undefined;
  readonly tellKeptKeys?: TellKeptKeys | undefined;
  /** Where prompts and completions go; undefined: as the settings say. */
  readonly messageSink?: Sink | undefined;
  /** Counts what this thread does; undefined: nobody asks. */
  readonly registry?: MetricRegistry | undefined;
  /** Given the upstream client of this thread. */
  readonly identities: (upstream: Upstream) => { identities: Identities; authorizations: Authorizations };
  /** Answers beside the listeners: the admin server. */
  readonly companion?: ((gateway: Gateway) => Companion) | undefined;
  /** Ports and TLS sessions are shared with other threads. */
  readonly sharing?: Sharing;
}

/** What a thread's gateway has beside itself. */
interface World {
  readonly egress: Egress;
  readonly upstream: Upstream;
  readonly stores: Stores;
  readonly vectors: Vectors;
  readonly queues: ServiceBus;
  readonly usage: ThreadUsage;
  readonly tracing: OtlpTracing | undefined;
  readonly log: Log;
  readonly flush: () => Promise<void>;
}

export class DataPlane {
  readonly #gateway: Gateway;
  readonly #egress: Egress;
  readonly #upstream: Upstream;
  readonly #stores: Stores;
  readonly #vectors: Vectors;
  readonly #queues: ServiceBus;
  readonly #server: GatewayServer;
  readonly #usage: ThreadUsage;
  readonly #tracing: OtlpTracing | undefined;
  readonly #log: Log;
  readonly #flush: () => Promise<void>;

  private constructor(gateway: Gateway, world: World, server: GatewayServer) {
    this.#gateway = gateway;
    this.#egress = world.egress;
    this.#upstream = world.upstream;
    this.#stores = world.stores;
    this.#vectors = world.vectors;
    this.#queues = world.queues;
    this.#usage = world.usage;
    this.#tracing = world.tracing;
    this.#log = world.log;
    this.#flush = world.flush;
    this.#server = server;
  }

  /** Rejects with what kept a listener from its address; nothing is left open then. */
  static async start(parts: DataPlaneParts): Promise<DataPlane> {
    const { program, clock, log } = parts;
    const { settings } = program.snapshot;
    const { registry, securitySink } = parts;
    const securityWriter = securitySink && new BufferedLineWriter(securitySink);
    const securityEvents = securityWriter && new JsonSecurityEvents(securityWriter, clock);
    const egress = new Egress(settings.egress, (refusal) => {
      const message = "An outgoing call was refused by the egress rules";
      log.warn(message, { ...refusal });
      securityEvents?.add({ kind: "egress", reason: "EgressDenied", message, detail: { ...refusal } });
    });
    const upstream = createUpstream(settings.http.engine, egress);
    const stores = await openStores({ ...parts, redis: settings.stores.redis, ...storeNews(log) });
    const vectors = await vectorsOf(settings, clock).catch(async (error: Error) => {
      await Promise.all([stores.close(), upstream.close()]);
      throw error;
    });
    const accessWriter = settings.accessLog.enabled
      ? new BufferedLineWriter(parts.accessSink ?? settings.accessLog.file)
      : undefined;
    const own = parts.identities(upstream);
    const queues = new ServiceBus(settings.serviceBus.endpoints, {
      connect: (host, port, timeoutMs) => openTls(egress, { scheme: "amqps", host, port, timeoutMs }),
      token: (resource, clientId) => own.identities.token(resource, clientId),
      failure: (reason, message, cause) => new QueueError(reason, message, { cause }),
    });
    const services = {
      clock,
      upstream,
      ...stores,
      vectors,
      ...own,
      queues,
      log,
      metrics: registry === undefined ? new LogMetrics(log) : new CustomMetrics(registry),
      tellKeptKeys: parts.tellKeptKeys,
    };
    const records = await accessRecordsOf(settings, followingFence(egress), log);
    const accessLog = bothLogs(accessWriter && new JsonAccessLog(accessWriter), records);
    const metrics = registry && new RequestMetrics(registry);
    const { keepUsage: keep, messageSink } = parts;
    const usage = new ThreadUsage({ snapshot: program.snapshot, log, registry, keep, messageSink });
    const tracing = await tracingOf(settings, followingFence(egress), clock, log, registry);
    const watchers = { accessLog, metrics, securityEvents, models: usage.calls, tracing };
    const gateway = new Gateway({
      services,
      ...watchers,
      asksForHealth: parts.owner === 0,
      channel: parts.sharing?.channel,
    });
    const writers = {
      access: accessWriter,
      "access-otlp": records,
      security: securityWriter,
      messages: usage.messageWriter,
    };
    if (registry !== undefined) countDropped(registry, writers);
    const flush = async () =>
      void (await Promise.all([accessWriter?.flush(), securityWriter?.flush(), records?.close()]));
    const world = { egress, upstream, stores, vectors, queues, usage, tracing, log, flush };
    egress.configure(namedOrigins(program.snapshot));
    gateway.activate(program);
    try {
      const server = await GatewayServer.start(gateway, settings, parts.companion?.(gateway), parts.sharing);
      return new DataPlane(gateway, world, server);
    } catch (error) {
      await Promise.all([stores.close(), vectors.close(), queues.close(), upstream.close()]);
      throw error;
    }
  }

  get addresses(): readonly Address[] {
    return this.#server.addresses;
  }

  /** Requests from now on run by this program; listeners take up new certificates. */
  activate(program: Program): void {
    this.#gateway.activate(program);
    this.#usage.calls.configure(program.snapshot);
    this.#egress.configure(namedOrigins(program.snapshot));
    this.#egress.take(program.snapshot.settings.egress);
    this.#queues.configure(program.snapshot.settings.serviceBus.endpoints);
    this.#server.update(program.snapshot.settings, this.#log);
  }

  /** Lame duck, then stop: no request is lost. */
  async drain(): Promise<void> {
    await this.#server.drain();
    await this.#end();
  }

  /** Stops at once. */
  async close(): Promise<void> {
    await this.#server.close();
    await this.#end();
  }

  async #end(): Promise<void> {
    await Promise.all([this.#usage.flush(), this.#tracing?.close()]);
    const stores = [this.#stores.close(), this.#vectors.close()];
    await Promise.all([this.#upstream.close(), ...stores, this.#queues.close(), this.#flush()]);
  }
}

/** The packages of OpenTelemetry are loaded here, and only when the settings ask for the access log. */
async function accessRecordsOf({ otlp }: Settings, fence: VendorFence, log: Log): Promise<OtlpAccessLog | undefined> {
  if (otlp?.logs !== true) return undefined;
  const { OtlpAccessLog: records } = await import("../telemetry/otlp-access-log.ts");
  return records.open({ ...otlp, fence }, log);
}

/** The same for traces. */
async function tracingOf(
  { otlp }: Settings,
  fence: VendorFence,
  clock: Clock,
  log: Log,
  registry: MetricRegistry | undefined,
): Promise<OtlpTracing | undefined> {
  if (otlp?.traces !== true) return undefined;
  const { OtlpTracing: traces } = await import("../telemetry/otlp-traces.ts");
  const tracing = await traces.open({ ...otlp, fence }, clock, log);
  const dropped = registry?.family({
    name: "sallyport_spans_dropped_total",
    help: "Spans that could not be sent: the collector did not take them for too long.",
    type: "counter",
  });
  registry?.onCollect(() => dropped?.set(tracing.dropped));
  return tracing;
}

/** A shared store must be good from the start. */
function vectorsOf({ ai, stores }: Settings, clock: Clock): Promise<Vectors> {
  const { semanticCache: cache } = ai;
  const url = cache.url ?? (cache.store === "redis" ? stores.redis?.url : undefined);
  return openVectors(clock, { ...cache, url, prefix: stores.redis?.prefix ?? "sallyport:" });
}

/** Lines that could not be written, by log. */
export function countDropped(
  registry: MetricRegistry,
  writers: Readonly<Record<string, { readonly dropped: number } | undefined>>,
): void {
  const dropped = registry.family({
    name: "sallyport_log_lines_dropped_total",
    help: "Lines of logs that could not be written: the disk was full, the pipe closed or its reader stuck.",
    type: "counter",
    labels: ["log"],
  });
  registry.onCollect(() => {
    for (const [name, writer] of Object.entries(writers)) if (writer !== undefined) dropped.set(writer.dropped, name);
  });
}

function storeNews(log: Log) {
  const news = (what: string, meanwhile: string) => (isAvailable: boolean, reason: string) => {
    if (isAvailable) log.info(`${what} is back`, { reason });
    else log.warn(`${what} does not answer: ${meanwhile}`, { reason });
  };
  return {
    onChange: news("The shared store", "limits follow stores.redis.onOutage"),
    onCacheChange: news("The external cache", "nothing is found in it meanwhile"),
  };
}
