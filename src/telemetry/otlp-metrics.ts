/**
 * The numbers that Prometheus reads, over OTLP/HTTP: the same registry, under the names of the semantic conventions where there are some.
 * Cumulative: what a collector misses while it is away is in the next export.
 */
import type { Attributes, HrTime } from "@opentelemetry/api";
import type { MetricData, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { Log } from "./log.ts";
import type { FamilySnapshot } from "./metric-registry.ts";
import { exported, type OtlpExport, otlpClient, otlpResource } from "./otlp-client.ts";

export interface OtlpMetricOptions extends OtlpExport {
  readonly intervalMs: number;
  /** All numbers, of all threads. */
  readonly read: () => Promise<readonly FamilySnapshot[]>;
  /** What is known of an operation beyond its id: its method and route. */
  readonly operation: (api: string, operation: string) => Attributes;
}

type Sdk = typeof import("@opentelemetry/sdk-metrics");

const WARN_AGAIN_MS = 60_000;

export class OtlpMetrics {
  readonly #log: Log;
  readonly #export: () => Promise<void>;
  readonly #close: () => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #exporting: Promise<void> | undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  private constructor(log: Log, intervalMs: number, run: () => Promise<void>, close: () => Promise<void>) {
    this.#log = log;
    this.#export = run;
    this.#close = close;
    this.#timer = setInterval(() => this.#tick(), intervalMs);
    this.#timer.unref();
  }

  static async open(options: OtlpMetricOptions, log: Log): Promise<OtlpMetrics> {
    const sdk = await import("@opentelemetry/sdk-metrics");
    const { OTLPMetricExporter } = await (options.protocol === "http/json"
      ? import("@opentelemetry/exporter-metrics-otlp-http")
      : import("@opentelemetry/exporter-metrics-otlp-proto"));
    const exporter = new OTLPMetricExporter(otlpClient(options, "metrics"));
    const resource = await otlpResource(options);
    const startedAt = hrTime(Date.now() - process.uptime() * 1000);
    const run = async () => {
      const families = await options.read();
      const metrics = families.flatMap((family) => metricsOf(sdk, family, startedAt, options.operation));
      const batch: ResourceMetrics = { resource, scopeMetrics: [{ scope: { name: "sallyport" }, metrics }] };
      await exported((done) => exporter.export(batch, done));
    };
    return new OtlpMetrics(log, options.intervalMs, run, () => exporter.shutdown());
  }

  /** Sends the last numbers, if the collector takes them soon. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#exporting;
    const late = new Promise((resolve) => setTimeout(resolve, 2_000).unref());
    await Promise.race([this.#export().catch(() => undefined), late]);
    await this.#close();
  }

  /** One export at a time: a slow collector gets fewer of them. */
  #tick(): void {
    this.#exporting ??= this.#export()
      .then(
        () => this.#succeeded(),
        (error: Error) => this.#failed(error),
      )
      .finally(() => {
        this.#exporting = undefined;
      });
  }

  #succeeded(): void {
    if (this.#isFailing) this.#log.info("Metrics are taken again", { service: "OTLP" });
    this.#isFailing = false;
  }

  #failed(error: Error): void {
    this.#isFailing = true;
    const now = performance.now();
    if (now - this.#warnedAt < WARN_AGAIN_MS) return;
    this.#warnedAt = now;
    this.#log.warn("Metrics could not be sent", { service: "OTLP", error: error.message });
  }
}

/** Names of the semantic conventions, with units as UCUM writes them. https://opentelemetry.io/docs/specs/semconv/ */
const CONVENTIONAL: Readonly<Record<string, readonly [name: string, unit: string]>> = {
  sallyport_request_duration_seconds: ["http.server.request.duration", "s"],
  sallyport_requests_in_flight: ["http.server.active_requests", "{request}"],
  gen_ai_client_token_usage: ["gen_ai.client.token.usage", "{token}"],
  gen_ai_client_operation_duration_seconds: ["gen_ai.client.operation.duration", "s"],
  gen_ai_server_time_to_first_token_seconds: ["gen_ai.server.time_to_first_token", "s"],
  process_cpu_seconds_total: ["process.cpu.time", "s"],
  process_resident_memory_bytes: ["process.memory.usage", "By"],
};
const UNITS: readonly (readonly [suffix: string, unit: string])[] = [
  ["_seconds", "s"],
  ["_bytes", "By"],
];
const LABELS: Readonly<Record<string, string>> = {
  api: "sallyport.api.id",
  operation: "sallyport.operation.id",
  gen_ai_operation_name: "gen_ai.operation.name",
  gen_ai_provider_name: "gen_ai.provider.name",
  gen_ai_request_model: "gen_ai.request.model",
  gen_ai_response_model: "gen_ai.response.model",
  gen_ai_token_type: "gen_ai.token.type",
  error_type: "error.type",
};
/** Of the conventions: where there is nothing to say, the attribute is not there. */
const isLeftOut = (label: string, value: string) =>
  value === "" && (label.startsWith("gen_ai_") || label === "error_type");

/** `sallyport_backend_duration_seconds` -> `sallyport.backend_duration`, in s. */
export function conventionalName(name: string): readonly [name: string, unit: string] {
  const known = CONVENTIONAL[name];
  if (known !== undefined) return known;
  let plain = name.replace(/_total$/, "");
  let unit = "1";
  for (const [suffix, of] of UNITS) {
    if (!plain.endsWith(suffix)) continue;
    plain = plain.slice(0, -suffix.length);
    unit = of;
  }
  return [plain.replace(/^(sallyport|process)_/, "$1."), unit];
}

function metricsOf(
  sdk: Sdk,
  family: FamilySnapshot,
  startTime: HrTime,
  operation: OtlpMetricOptions["operation"],
): MetricData[] {
  const [name, unit] = conventionalName(family.name);
  const endTime = hrTime(Date.now());
  const points = family.series.map(([values, numbers]) => ({
    numbers,
    times: { startTime, endTime, attributes: attributesOf(family.labels, values, operation) },
  }));
  const { CUMULATIVE } = sdk.AggregationTemporality;
  const base = { aggregationTemporality: CUMULATIVE };
  const describe = (of: string, u: string) => ({ name: of, description: family.help, unit: u, valueType: DOUBLE });
  const { SUM, HISTOGRAM } = sdk.DataPointType;
  const sum = (of: string, u: string, isMonotonic: boolean, pick: (numbers: readonly number[]) => number) => ({
    ...base,
    descriptor: describe(of, u),
    dataPointType: SUM as typeof SUM,
    isMonotonic,
    dataPoints: points.map(({ numbers, times }) => ({ ...times, value: pick(numbers) })),
  });
  switch (family.type) {
    case "counter":
      return [sum(name, unit, true, ([value]) => value)];
    case "gauge":
      return [sum(name, unit, false, ([value]) => value)];
    case "summary":
      // Values of emit-metric may fall.
      return [sum(`${name}.count`, "1", true, ([count]) => count), sum(name, unit, false, (numbers) => numbers[1])];
    case "histogram": {
      const boundaries = [...(family.bounds ?? [])];
      const dataPoints = points.map(({ numbers, times }) => {
        const counts = numbers.slice(0, -1);
        const count = counts.reduce((total, n) => total + n, 0);
        return { ...times, value: { buckets: { boundaries, counts }, count, sum: numbers.at(-1) } };
      });
      return [{ ...base, descriptor: describe(name, unit), dataPointType: HISTOGRAM as typeof HISTOGRAM, dataPoints }];
    }
  }
}

/** ValueType.DOUBLE of @opentelemetry/api. */
const DOUBLE = 1;

function attributesOf(
  labels: readonly string[],
  values: readonly string[],
  operation: OtlpMetricOptions["operation"],
): Attributes {
  const pairs = labels.map((label, i): [string, string] => [label, values[i] ?? ""]);
  const named = Object.fromEntries(
    pairs.filter(([label, value]) => !isLeftOut(label, value)).map(([label, value]) => [LABELS[label] ?? label, value]),
  );
  const [api, id] = [labels.indexOf("api"), labels.indexOf("operation")];
  return api < 0 || id < 0 ? named : { ...named, ...operation(values[api] ?? "", values[id] ?? "") };
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
