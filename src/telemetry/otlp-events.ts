/**
 * Security events as log records of OpenTelemetry, over OTLP/HTTP. The packages of OpenTelemetry are loaded here, when this is configured.
 * https://opentelemetry.io/docs/specs/otel/logs/data-model/
 */
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { optionalPackage } from "../base/optional-package.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { EventFields, EventService } from "./event-batches.ts";

export interface OtlpOptions {
  /** Address of the collector's logs: http://collector:4318/v1/logs. */
  readonly endpoint: string;
  /** Secrets, often. */
  readonly headers: ReadonlyMap<string, string>;
  readonly serviceName: string;
  readonly fence: VendorFence;
}

/** WARN and INFO of the data model. */
const WARN = 13;
const INFO = 9;
/** ExportResultCode.SUCCESS of @opentelemetry/core. */
const SUCCESS = 0;
const TIMEOUT_MS = 5_000;

export async function openOtlpEvents({ endpoint, headers, serviceName, fence }: OtlpOptions): Promise<EventService> {
  const load = <T>(name: string, start: () => Promise<T>) => optionalPackage(name, start);
  const { LoggerProvider } = await load("@opentelemetry/sdk-logs", () => import("@opentelemetry/sdk-logs"));
  const { OTLPLogExporter } = await load(
    "@opentelemetry/exporter-logs-otlp-http",
    () => import("@opentelemetry/exporter-logs-otlp-http"),
  );
  const resources = await load("@opentelemetry/resources", () => import("@opentelemetry/resources"));
  const agents = fence([endpoint]);
  const exporter = new OTLPLogExporter({
    url: endpoint,
    httpAgentOptions: (protocol) => (protocol === "http:" ? agents.http : agents.https),
    headers: Object.fromEntries(headers),
    timeoutMillis: TIMEOUT_MS,
  });
  // Batches are ours, bounded and counted; the SDK makes the records.
  let records: ReadableLogRecord[] = [];
  const provider = new LoggerProvider({
    resource: resources.resourceFromAttributes({ "service.name": serviceName }),
    processors: [
      { onEmit: (record) => void records.push(record), forceFlush: async () => {}, shutdown: async () => {} },
    ],
  });
  const logger = provider.getLogger("sallyport.security");
  return {
    name: "OTLP",
    send: (events) => {
      records = [];
      for (const event of events) logger.emit(recordOf(event));
      const batch = records;
      return new Promise((resolve, reject) => {
        exporter.export(batch, ({ code, error }) => {
          if (code === SUCCESS) resolve();
          else reject(error ?? new Error("The collector did not take the events"));
        });
      });
    },
    close: async () => {
      await exporter.shutdown();
      await provider.shutdown();
    },
  };
}

function recordOf(event: EventFields) {
  const { timestamp, event: kind, ...rest } = event;
  const isRefusal = kind === "refusal" || kind === "egress";
  return {
    timestamp: new Date(String(timestamp)),
    severityNumber: isRefusal ? WARN : INFO,
    severityText: isRefusal ? "WARN" : "INFO",
    eventName: `sallyport.${kind}`,
    body: bodyOf(event),
    attributes: flat(rest),
  };
}

function bodyOf({ event, action, subject, reason, message }: EventFields): string {
  const what = action === undefined ? `${event}: ${reason}` : `${event} ${subject} ${action}`;
  return message === undefined ? what : `${what}: ${message}`;
}

/** `detail` as `detail.x`: collectors search flat names. */
function flat(fields: EventFields): Record<string, string | number | boolean | string[]> {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    name === "detail" ? Object.entries(value as object).map(([key, v]) => [`detail.${key}`, v]) : [[name, value]],
  );
  return Object.fromEntries(pairs);
}
