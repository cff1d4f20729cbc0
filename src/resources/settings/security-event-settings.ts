/** The section `securityEvents` of sallyport.yaml: who is told of refusals and of changes of configuration and keys. */
import { resolve } from "node:path";
import type { Fields } from "../documents/fields.ts";
import type { SecurityEventSettings } from "../snapshot.ts";
import { AZURE_MONITOR_KEYS, OTLP_KEYS, SECURITY_EVENT_KEYS } from "./keys.ts";
import { type SecretRef, secretOf } from "./sections.ts";
import type { SecretReader } from "./secrets.ts";

/** Settings whose secrets are still names of places. */
export interface SecurityEventDraft extends Omit<SecurityEventSettings, "otlp"> {
  readonly otlp:
    | { readonly endpoint: string; readonly headers: ReadonlyMap<string, SecretRef>; readonly serviceName: string }
    | undefined;
}

export function readSecurityEvents(root: Fields, folder: string): SecurityEventDraft | undefined {
  const fields = root.object("securityEvents");
  if (fields === undefined) return undefined;
  fields.rejectUnknown(SECURITY_EVENT_KEYS);
  const file = fields.string("file");
  const draft: SecurityEventDraft = {
    file: file === undefined ? undefined : resolve(folder, file),
    stdout: fields.boolean("stdout") ?? false,
    otlp: readOtlp(fields.object("otlp")),
    azureMonitor: readAzureMonitor(fields.object("azureMonitor")),
  };
  const goesNowhere =
    !draft.stdout && SECURITY_EVENT_KEYS.every((name) => name === "stdout" || fields.get(name) === undefined);
  if (goesNowhere) fields.missing("file", "Say where events go: file, stdout: true, otlp or azureMonitor.");
  if (draft.stdout && file !== undefined)
    fields.wrongValue("stdout", "and file are given", "Lines go to one of them; services may be told besides.");
  return draft;
}

function readOtlp(fields: Fields | undefined): SecurityEventDraft["otlp"] {
  if (fields === undefined) return undefined;
  fields.rejectUnknown(OTLP_KEYS);
  const endpoint = urlIn(fields, "endpoint", ["http:", "https:"], "Such as http://127.0.0.1:4318/v1/logs.");
  const headers = new Map<string, SecretRef>();
  for (const [name, node] of fields.entries("headers")) {
    const ref = secretOf(node);
    if (ref !== undefined) headers.set(name, ref);
  }
  return endpoint === undefined
    ? undefined
    : { endpoint, headers, serviceName: fields.string("serviceName") ?? "sallyport" };
}

function readAzureMonitor(fields: Fields | undefined): SecurityEventSettings["azureMonitor"] {
  if (fields === undefined) return undefined;
  fields.rejectUnknown(AZURE_MONITOR_KEYS);
  const endpoint = urlIn(
    fields,
    "endpoint",
    ["https:"],
    "The data collection endpoint, such as https://x.westeurope-1.ingest.monitor.azure.com.",
  );
  const ruleId = fields.requiredString("ruleId", "The immutable id of the data collection rule: dcr-...");
  const streamName = fields.requiredString("streamName", "Such as Custom-Sallyport_CL.");
  if (endpoint === undefined || ruleId === undefined || streamName === undefined) return undefined;
  const audience = fields.string("audience") ?? "https://monitor.azure.com";
  return { endpoint, ruleId, streamName, clientId: fields.string("clientId"), audience };
}

function urlIn(fields: Fields, name: string, protocols: readonly string[], hint: string): string | undefined {
  const text = fields.requiredString(name, hint);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && protocols.includes(url.protocol) && url.username === "" && url.password === "") return text;
  fields.wrongValue(name, `is no ${protocols.map((p) => p.slice(0, -1)).join(" or ")} address`, hint);
  return undefined;
}

export async function fetchSecurityEvents(
  secrets: SecretReader,
  draft: SecurityEventDraft | undefined,
): Promise<SecurityEventSettings | undefined> {
  if (draft?.otlp === undefined) return draft as SecurityEventSettings | undefined;
  const headers = new Map<string, string>();
  for (const [name, ref] of draft.otlp.headers) {
    const value = await secrets.read(ref);
    if (value !== undefined) headers.set(name, value);
  }
  return { ...draft, otlp: { ...draft.otlp, headers } };
}
