/**
 * The section `telemetry` of sallyport.yaml: where traces and metrics go. What it leaves out, the standard variables of the environment say.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
import type { DataNode } from "../documents/data-node.ts";
import { type Fields, reportAt } from "../documents/fields.ts";
import type { OtlpSettings } from "../snapshot.ts";
import { OTLP_PROTOCOLS, TELEMETRY_KEYS, TELEMETRY_OTLP_KEYS } from "./keys.ts";
import { type SecretRef, secretOf } from "./sections.ts";
import type { Environment, SecretReader } from "./secrets.ts";

/** What is written; undefined: the environment, or the default. */
export interface OtlpDraft {
  readonly fields: Fields;
  readonly endpoint: string | undefined;
  readonly protocol: OtlpSettings["protocol"] | undefined;
  readonly headers: ReadonlyMap<string, SecretRef>;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: ReadonlyMap<string, string>;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly logs: boolean;
  readonly samplingRatio: number | undefined;
  readonly intervalMs: number | undefined;
}

const INTERVAL_MS = 60_000;
/** The specification's default; http/json where a collector wants it. */
const PROTOCOL = "http/protobuf";

export function readOtlpTelemetry(root: Fields): OtlpDraft | undefined {
  const telemetry = root.object("telemetry");
  telemetry?.rejectUnknown(TELEMETRY_KEYS);
  const fields = telemetry?.object("otlp");
  if (fields === undefined) return undefined;
  fields.rejectUnknown(TELEMETRY_OTLP_KEYS);
  const headers = new Map<string, SecretRef>();
  for (const [name, node] of fields.entries("headers")) {
    const ref = secretOf(node);
    if (ref !== undefined) headers.set(name, ref);
  }
  const attributes = fields.entries("resourceAttributes").flatMap(([name, node]): [string, string][] => {
    return node.kind === "scalar" ? [[name, node.text]] : [];
  });
  const [traces, metrics] = [fields.boolean("traces") ?? true, fields.boolean("metrics") ?? true];
  const logs = fields.boolean("logs") ?? false;
  if (!traces && !metrics && !logs)
    fields.wrongValue("traces", "and metrics are both false, and logs are not wanted", "Leave the section out.");
  return {
    fields,
    endpoint: fields.string("endpoint"),
    protocol: fields.oneOf("protocol", OTLP_PROTOCOLS),
    headers,
    serviceName: fields.string("serviceName"),
    resourceAttributes: new Map(attributes),
    traces,
    metrics,
    logs,
    samplingRatio: ratioOf(fields, "samplingRatio"),
    intervalMs: fields.integer("intervalMs", 100, 3_600_000),
  };
}

function ratioOf(fields: Fields, name: string): number | undefined {
  const node: DataNode | undefined = fields.get(name);
  if (node === undefined) return undefined;
  const value = node.kind === "scalar" && typeof node.value === "number" ? node.value : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  fields.wrongValue(name, "is no number between 0 and 1", "0.1 keeps one trace of ten.");
  return undefined;
}

/** Fills in what the environment says, and the secrets. */
export async function fetchOtlp(
  secrets: SecretReader,
  draft: OtlpDraft | undefined,
  env: Environment,
): Promise<OtlpSettings | undefined> {
  if (draft === undefined) return undefined;
  const endpoint = draft.endpoint ?? (env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined);
  if (endpoint === undefined) {
    draft.fields.missing("endpoint", "Such as http://127.0.0.1:4318, here or in OTEL_EXPORTER_OTLP_ENDPOINT.");
    return undefined;
  }
  if (!isAddress(endpoint)) {
    const what = "is no http or https address without user and query";
    draft.fields.wrongValue("endpoint", what, "Such as http://127.0.0.1:4318; /v1/traces is added.");
    return undefined;
  }
  const headers = new Map(pairs(env.OTEL_EXPORTER_OTLP_HEADERS));
  for (const [name, ref] of draft.headers) {
    const value = await secrets.read(ref);
    if (value === undefined) continue;
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value)) headers.set(name, value);
    else reportAt(secrets.reading, ref.node, "SP1006", `The header "${name}" of telemetry.otlp cannot be sent`);
  }
  const named = new Map([...pairs(env.OTEL_RESOURCE_ATTRIBUTES), ...draft.resourceAttributes]);
  const protocol = OTLP_PROTOCOLS.find((known) => known === env.OTEL_EXPORTER_OTLP_PROTOCOL) ?? PROTOCOL;
  return {
    endpoint,
    protocol: draft.protocol ?? protocol,
    headers,
    serviceName: draft.serviceName ?? (env.OTEL_SERVICE_NAME || (named.get("service.name") ?? "sallyport")),
    resourceAttributes: named,
    traces: draft.traces,
    metrics: draft.metrics,
    logs: draft.logs,
    samplingRatio: draft.samplingRatio ?? samplerOf(env),
    intervalMs: draft.intervalMs ?? INTERVAL_MS,
  };
}

function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  return isWeb && url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

/** `a=1,b=2` with values percent-encoded, as in the W3C's baggage. */
function pairs(text = ""): [string, string][] {
  return text.split(",").flatMap((pair): [string, string][] => {
    const at = pair.indexOf("=");
    if (at < 1) return [];
    try {
      return [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]];
    } catch {
      return [];
    }
  });
}

function samplerOf(env: Environment): number {
  const sampler = env.OTEL_TRACES_SAMPLER ?? "";
  if (sampler.endsWith("always_off")) return 0;
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || "1");
  return sampler.endsWith("traceidratio") && ratio >= 0 && ratio <= 1 ? ratio : 1;
}
