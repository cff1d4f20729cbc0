/**
 * Security events to a table of Azure Monitor (Log Analytics), by the Logs Ingestion API and Microsoft's own client library, which is loaded
 * here, when this is configured. https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
 */
import { optionalPackage } from "../base/optional-package.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { EventFields, EventService } from "./event-batches.ts";

export interface AzureMonitorOptions {
  /** Data collection endpoint: https://x.westeurope-1.ingest.monitor.azure.com. */
  readonly endpoint: string;
  /** Immutable id of the data collection rule. */
  readonly ruleId: string;
  readonly streamName: string;
  /** An access token for Azure Monitor, of the gateway's own identity. */
  readonly token: () => Promise<string>;
  readonly fence: VendorFence;
}

/** Tokens are asked for anew each time: who hands them out keeps and renews them. */
const TOKEN_LIFE_MS = 300_000;

export async function openAzureMonitorEvents(options: AzureMonitorOptions): Promise<EventService> {
  const { LogsIngestionClient } = await optionalPackage(
    "@azure/monitor-ingestion",
    () => import("@azure/monitor-ingestion"),
  );
  const credential = {
    getToken: async () => ({ token: await options.token(), expiresOnTimestamp: Date.now() + TOKEN_LIFE_MS }),
  };
  const agent = options.fence([options.endpoint]).https;
  const client = new LogsIngestionClient(options.endpoint, credential, { agent, retryOptions: { maxRetries: 1 } });
  return {
    name: "Azure Monitor",
    send: async (events) => {
      try {
        await client.upload(options.ruleId, options.streamName, events.map(rowOf));
      } catch (error) {
        throw firstOf(error as Error);
      }
    },
    close: async () => {},
  };
}

/** The client tells of all parts that failed at once, in a text that says little. */
function firstOf(error: Error & { readonly errors?: readonly { readonly cause?: Error }[] }): Error {
  return error.errors?.[0]?.cause ?? error;
}

/** Columns begin with a capital; the time of the event is TimeGenerated. */
function rowOf({ timestamp, ...rest }: EventFields): Record<string, unknown> {
  const columns = Object.entries(rest).map(([name, value]) => [name[0].toUpperCase() + name.slice(1), value]);
  return { TimeGenerated: timestamp, ...Object.fromEntries(columns) };
}
