/** What the exporters of traces, metrics and the access log have in common: where they send, through which agents, and as whom. */
import type { Resource } from "@opentelemetry/resources";
import type { VendorFence } from "../base/vendor-agents.ts";

export interface OtlpExport {
  /** Base of the collector's addresses: http://collector:4318. */
  readonly endpoint: string;
  readonly protocol: "http/json" | "http/protobuf";
  /** Secrets, often. */
  readonly headers: ReadonlyMap<string, string>;
  readonly serviceName: string;
  readonly resourceAttributes: ReadonlyMap<string, string>;
  readonly fence: VendorFence;
}

const TIMEOUT_MS = 5_000;
/** ExportResultCode.SUCCESS of @opentelemetry/core. */
const SUCCESS = 0;

/** Options of an exporter for one signal. */
export function otlpClient({ endpoint, headers, fence }: OtlpExport, signal: "traces" | "metrics" | "logs") {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/${signal}`;
  const agents = fence([url]);
  return {
    url,
    headers: Object.fromEntries(headers),
    timeoutMillis: TIMEOUT_MS,
    httpAgentOptions: (protocol: string) => (protocol === "http:" ? agents.http : agents.https),
  };
}

export async function otlpResource({ serviceName, resourceAttributes }: OtlpExport): Promise<Resource> {
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  return resourceFromAttributes({ ...Object.fromEntries(resourceAttributes), "service.name": serviceName });
}

/** Rejects when the collector did not take it. */
export function exported(
  start: (done: (result: { readonly code: number; readonly error?: Error }) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    start(({ code, error }) => {
      if (code === SUCCESS) resolve();
      else reject(error ?? new Error("The collector did not take it"));
    });
  });
}
