/**
 * The security log: every refusal, and every change of configuration or keys, as one stream of JSON lines. Fields have the names of the
 * access log. No header values, no queries, no keys; texts are cut, escaped and free of credentials.
 */
import type { Clock } from "../base/clock.ts";
import { quote } from "./json-text.ts";
import type { LineWriter } from "./line-writer.ts";
import { redact } from "./redact.ts";

/** A request that was refused, by a policy or by the gateway itself. */
export interface RefusedRequest {
  readonly kind: "refusal";
  readonly correlationId: string;
  readonly callerIp: string;
  readonly method: string;
  /** Scheme, host and path; "" when the request had no canonical form. */
  readonly url: string;
  readonly status: number;
  /** The policy, or `authorization`, `configuration`, `gateway`; source, reason and message are those of LastError. */
  readonly source: string;
  readonly reason: string;
  readonly message: string;
  readonly scope: string;
  readonly section: string;
  readonly policyId?: string | undefined;
  readonly apiId?: string | undefined;
  readonly operationId?: string | undefined;
  readonly productId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly userId?: string | undefined;
  readonly detail?: EventDetail | undefined;
}

/** An outgoing call that the egress rules refused. */
export interface RefusedCall {
  readonly kind: "egress";
  readonly reason: string;
  readonly message: string;
  readonly detail?: EventDetail | undefined;
}

/** A change of what the gateway serves, by whom and how. */
export interface ConfigurationChange {
  readonly kind: "configuration" | "key" | "certificate" | "named value";
  /** `loaded`, `refused`, `added`, `removed`, `changed`. */
  readonly action: string;
  /** Version of the configuration, id of the subscription, name of the listener or named value. */
  readonly subject: string;
  readonly message?: string | undefined;
  readonly detail?: EventDetail | undefined;
}

export type SecurityEvent = RefusedRequest | RefusedCall | ConfigurationChange;

export type EventDetail = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface SecurityEvents {
  /** Never throws, never waits. */
  add(event: SecurityEvent): void;
}

const MAX_ITEMS = 50;

export class JsonSecurityEvents implements SecurityEvents {
  readonly #writer: LineWriter;
  readonly #clock: Clock;

  constructor(writer: LineWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  add(event: SecurityEvent): void {
    let line = `{"timestamp":"${new Date(this.#clock.now()).toISOString()}","event":${quote(event.kind)}`;
    switch (event.kind) {
      case "refusal":
        line += refusalFields(event);
        break;
      case "egress":
        line += field("reason", event.reason) + field("message", event.message);
        break;
      default:
        line += field("action", event.action) + field("subject", event.subject) + field("message", event.message);
    }
    const detail = event.detail === undefined ? "" : `,"detail":{${detailFields(event.detail)}}`;
    this.#writer.write(`${line}${detail}}`);
  }
}

function refusalFields(event: RefusedRequest): string {
  return (
    field("correlationId", event.correlationId) +
    field("callerIpAddress", event.callerIp) +
    field("method", event.method) +
    field("url", event.url) +
    `,"responseCode":${event.status}` +
    field("source", event.source) +
    field("reason", event.reason) +
    field("message", event.message) +
    field("scope", event.scope) +
    field("section", event.section) +
    field("policyId", event.policyId) +
    field("apiId", event.apiId) +
    field("operationId", event.operationId) +
    field("productId", event.productId) +
    field("apimSubscriptionId", event.subscriptionId) +
    field("userId", event.userId)
  );
}

function field(name: string, value: string | undefined): string {
  return value === undefined || value === "" ? "" : `,"${name}":${quote(redact(value))}`;
}

function detailFields(detail: EventDetail): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(detail).slice(0, MAX_ITEMS)) {
    if (value === undefined) continue;
    parts.push(`${quote(name)}:${valueText(value)}`);
  }
  return parts.join(",");
}

function valueText(value: string | number | boolean | readonly string[]): string {
  if (typeof value === "string") return quote(redact(value));
  if (typeof value === "object")
    return `[${value
      .slice(0, MAX_ITEMS)
      .map((item) => quote(redact(item)))
      .join(",")}]`;
  return typeof value === "number" && !Number.isFinite(value) ? "null" : String(value);
}
