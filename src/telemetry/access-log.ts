/**
 * One JSON line for every request, with the fields of Azure Monitor's ApiManagementGatewayLogs in lower camel case. Never keys, never
 * header values, never queries: they carry secrets.
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewaylogs
 */
import { quote } from "./json-text.ts";
import type { LineWriter } from "./line-writer.ts";
import { redact } from "./redact.ts";

export interface AccessRecord {
  /** Wall time of receipt, ms since the epoch. */
  readonly receivedAt: number;
  readonly correlationId: string;
  readonly method: string;
  /** Scheme, host and path; "" when the request had no canonical form. */
  readonly url: string;
  readonly callerIp: string;
  readonly clientProtocol: string;
  readonly clientTlsVersion: string;
  /** 0 when the connection broke off before an answer. */
  readonly responseCode: number;
  readonly responseBytes: number;
  readonly totalMs: number;
  /** Undefined when no backend was called. */
  readonly backendMs?: number;
  readonly apiId?: string;
  readonly apiRevision?: string;
  readonly operationId?: string;
  readonly productId?: string;
  readonly subscriptionId?: string;
  readonly userId?: string;
  readonly lastError?: {
    readonly source: string;
    readonly reason: string;
    readonly message: string;
    readonly scope: string;
    readonly section: string;
  };
  readonly traceId?: string;
}

export interface AccessLog {
  add(record: AccessRecord): void;
}

export class JsonAccessLog implements AccessLog {
  readonly #writer: LineWriter;
  /** The same second is formatted once. */
  #second = -1;
  #secondText = "";

  constructor(writer: LineWriter) {
    this.#writer = writer;
  }

  add(record: AccessRecord): void {
    let line =
      `{"timestamp":"${this.#time(record.receivedAt)}","correlationId":"${record.correlationId}"` +
      `,"method":${quote(record.method)},"url":${quote(record.url)},"callerIpAddress":${quote(record.callerIp)}` +
      `,"clientProtocol":${quote(record.clientProtocol)}`;
    if (record.clientTlsVersion !== "") line += `,"clientTlsVersion":${quote(record.clientTlsVersion)}`;
    line +=
      `,"responseCode":${record.responseCode},"responseSize":${record.responseBytes}` +
      `,"isRequestSuccess":${record.responseCode >= 200 && record.responseCode < 400}` +
      `,"totalTime":${thousandths(record.totalMs)}`;
    if (record.backendMs !== undefined) line += `,"backendTime":${thousandths(record.backendMs)}`;
    if (record.apiId !== undefined) line += `,"apiId":${quote(record.apiId)}`;
    if (record.apiRevision !== undefined) line += `,"apiRevision":${quote(record.apiRevision)}`;
    if (record.operationId !== undefined) line += `,"operationId":${quote(record.operationId)}`;
    if (record.productId !== undefined) line += `,"productId":${quote(record.productId)}`;
    if (record.subscriptionId !== undefined) line += `,"apimSubscriptionId":${quote(record.subscriptionId)}`;
    if (record.userId !== undefined) line += `,"userId":${quote(record.userId)}`;
    const error = record.lastError;
    if (error !== undefined) {
      line +=
        `,"lastErrorSource":${quote(error.source)},"lastErrorReason":${quote(error.reason)}` +
        `,"lastErrorMessage":${quote(redact(error.message))},"lastErrorScope":${quote(error.scope)}` +
        `,"lastErrorSection":${quote(error.section)}`;
    }
    if (record.traceId !== undefined) line += `,"traceId":${quote(record.traceId)}`;
    this.#writer.write(`${line}}`);
  }

  /** ISO 8601 with milliseconds. */
  #time(at: number): string {
    const second = Math.floor(at / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = new Date(second * 1000).toISOString().slice(0, 20);
    }
    const ms = Math.floor(at) - second * 1000;
    return `${this.#secondText}${ms < 10 ? "00" : ms < 100 ? "0" : ""}${ms}Z`;
  }
}

/** Milliseconds with three decimals. */
function thousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
