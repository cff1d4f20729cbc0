/**
 * The access log as log records of OpenTelemetry, over OTLP/HTTP: the fields of the JSON lines under the same names, and nothing more.
 * https://opentelemetry.io/docs/specs/otel/logs/data-model/
 */
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { AccessLog, AccessRecord } from "./access-log.ts";
import { EventBatches } from "./event-batches.ts";
import type { Log } from "./log.ts";
import { exported, type OtlpExport, otlpClient, otlpResource } from "./otlp-client.ts";
import { redact } from "./redact.ts";

/** INFO and WARN of the data model. */
const INFO = 9;
const WARN = 13;

export class OtlpAccessLog implements AccessLog {
  readonly #batches: EventBatches<AccessRecord>;

  private constructor(batches: EventBatches<AccessRecord>) {
    this.#batches = batches;
  }

  /** Collectors take JSON and protobuf at the same address; records of logs are sent as JSON. */
  static async open(options: OtlpExport, log: Log): Promise<OtlpAccessLog> {
    const [{ LoggerProvider }, { OTLPLogExporter }] = await Promise.all([
      import("@opentelemetry/sdk-logs"),
      import("@opentelemetry/exporter-logs-otlp-http"),
    ]);
    const exporter = new OTLPLogExporter(otlpClient(options, "logs"));
    let records: ReadableLogRecord[] = [];
    const provider = new LoggerProvider({
      resource: await otlpResource(options),
      processors: [
        { onEmit: (record) => void records.push(record), forceFlush: async () => {}, shutdown: async () => {} },
      ],
    });
    const logger = provider.getLogger("sallyport.access");
    const send = (batch: readonly AccessRecord[]) => {
      records = [];
      for (const record of batch) logger.emit(logRecord(record));
      return exported((done) => exporter.export(records, done));
    };
    const service = { name: "OTLP", what: "Records of the access log", send, close: () => exporter.shutdown() };
    return new OtlpAccessLog(new EventBatches(service, log));
  }

  /** Records that no collector took. */
  get dropped(): number {
    return this.#batches.dropped;
  }

  add(record: AccessRecord): void {
    this.#batches.add(record);
  }

  close(): Promise<void> {
    return this.#batches.close();
  }
}

function logRecord(record: AccessRecord) {
  const { responseCode, lastError: error } = record;
  const isFailure = responseCode === 0 || responseCode >= 500;
  const attributes: Record<string, string | number | boolean | undefined> = {
    correlationId: record.correlationId,
    method: record.method,
    url: record.url,
    callerIpAddress: record.callerIp,
    clientProtocol: record.clientProtocol,
    clientTlsVersion: record.clientTlsVersion || undefined,
    responseCode,
    responseSize: record.responseBytes,
    isRequestSuccess: responseCode >= 200 && responseCode < 400,
    totalTime: record.totalMs,
    backendTime: record.backendMs,
    apiId: record.apiId,
    apiRevision: record.apiRevision,
    operationId: record.operationId,
    productId: record.productId,
    apimSubscriptionId: record.subscriptionId,
    userId: record.userId,
    lastErrorSource: error?.source,
    lastErrorReason: error?.reason,
    lastErrorMessage: error && redact(error.message),
    lastErrorScope: error?.scope,
    lastErrorSection: error?.section,
    traceId: record.traceId,
  };
  return {
    timestamp: new Date(record.receivedAt),
    severityNumber: isFailure ? WARN : INFO,
    severityText: isFailure ? "WARN" : "INFO",
    eventName: "sallyport.request",
    body: `${record.method} ${record.url} ${responseCode}`,
    attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)),
  };
}
