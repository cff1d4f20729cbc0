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

/** Both, where both are wanted. */
export function bothLogs(first: AccessLog | undefined, second: AccessLog | undefined): AccessLog | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    add: (record) => {
      first.add(record);
      second.add(record);
    },
  };
}

/** What the place of an operation adds to a line: the same text for all of its requests. */
interface Place extends Pick<AccessRecord, "apiId" | "apiRevision" | "operationId" | "productId"> {
  readonly text: string;
}

/** Texts that are kept; callers can make up some of them. */
const MAX_KEPT = 2_000;

export class JsonAccessLog implements AccessLog {
  readonly #writer: LineWriter;
  /** The same second is formatted once. */
  #second = -1;
  #secondText = "";
  /** By operation: APIs may share its name, and then take turns. */
  readonly #places = new Map<string | undefined, Place>();
  /** Quoted texts of which there are few. */
  readonly #quoted = new Map<string, string>();

  constructor(writer: LineWriter) {
    this.#writer = writer;
  }

  add(record: AccessRecord): void {
    let line =
      `{"timestamp":"${this.#time(record.receivedAt)}","correlationId":"${record.correlationId}"` +
      `,"method":${this.#quote(record.method)},"url":${quote(record.url)}` +
      `,"callerIpAddress":${this.#quote(record.callerIp)},"clientProtocol":${this.#quote(record.clientProtocol)}`;
    if (record.clientTlsVersion !== "") line += `,"clientTlsVersion":${this.#quote(record.clientTlsVersion)}`;
    line +=
      `,"responseCode":${record.responseCode},"responseSize":${record.responseBytes}` +
      `,"isRequestSuccess":${record.responseCode >= 200 && record.responseCode < 400}` +
      `,"totalTime":${thousandths(record.totalMs)}`;
    if (record.backendMs !== undefined) line += `,"backendTime":${thousandths(record.backendMs)}`;
    line += this.#place(record);
    if (record.subscriptionId !== undefined) line += `,"apimSubscriptionId":${this.#quote(record.subscriptionId)}`;
    if (record.userId !== undefined) line += `,"userId":${this.#quote(record.userId)}`;
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

  #place({ apiId, apiRevision, operationId, productId }: AccessRecord): string {
    const known = this.#places.get(operationId);
    if (known?.apiId === apiId && known?.apiRevision === apiRevision && known?.productId === productId)
      return known?.text ?? "";
    let text = "";
    if (apiId !== undefined) text += `,"apiId":${quote(apiId)}`;
    if (apiRevision !== undefined) text += `,"apiRevision":${quote(apiRevision)}`;
    if (operationId !== undefined) text += `,"operationId":${quote(operationId)}`;
    if (productId !== undefined) text += `,"productId":${quote(productId)}`;
    keep(this.#places, operationId, { apiId, apiRevision, operationId, productId, text });
    return text;
  }

  #quote(text: string): string {
    return this.#quoted.get(text) ?? keep(this.#quoted, text, quote(text));
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

function keep<K, V>(kept: Map<K, V>, key: K, value: V): V {
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, value);
  return value;
}

/** ".001" to ".999", without zeros at the end: whole numbers are written in a fraction of the time of others. */
const FRACTIONS = Array.from({ length: 1_000 }, (_, i) => (i / 1_000).toString().slice(1));

/** Milliseconds with three decimals. */
function thousandths(ms: number): string | number {
  const all = Math.round(ms * 1_000);
  if (!(all >= 0 && all < 2 ** 31)) return all / 1_000;
  const whole = Math.floor(all / 1_000);
  return whole + FRACTIONS[all - whole * 1_000];
}
