/**
 * What diagnostics want logged of calls of models: `largeLanguageModel` in diagnosticInformation.json, of the whole service and of an API,
 * whose own diagnostic goes before the service's of the same name. All else in a diagnostic is not acted on.
 * https://learn.microsoft.com/azure/templates/microsoft.apimanagement/service/apis/diagnostics
 */
import type { MessageDiagnostic } from "../ai-settings.ts";
import type { Fields } from "../documents/fields.ts";
import { type Extract, type Item, itemsIn, kindOf } from "./layout.ts";

const FILE = "diagnosticInformation.json";

/** By name of the diagnostic; those that say nothing of models are there too, since they go before others. */
export type MessageDiagnostics = ReadonlyMap<string, MessageDiagnostic>;

/** @param folders that hold diagnostics: one folder for each */
export async function readMessageDiagnostics(
  extract: Pick<Extract, "folder" | "ignored">,
  folders: readonly string[],
): Promise<MessageDiagnostics> {
  const found = new Map<string, MessageDiagnostic>();
  for (const item of await itemsIn(extract, folders)) {
    if (!item.listing.files.includes(FILE)) continue;
    const fields = await extract.folder.readFields(`${item.path}/${FILE}`);
    found.set(item.id.toLowerCase(), diagnosticOf(fields?.object("properties")));
  }
  return found;
}

/** What holds for an API, by all diagnostics together; undefined: none of them says anything. */
export async function messageDiagnosticOf(extract: Extract, item: Item): Promise<MessageDiagnostic | undefined> {
  const folders = item.listing.folders.filter((name) => kindOf(name) === "diagnostics");
  const own = await readMessageDiagnostics(
    extract,
    folders.map((name) => `${item.path}/${name}`),
  );
  const all = [...new Map([...(extract.messageDiagnostics ?? []), ...own]).values()];
  const [prompts, completions] = [all.some((one) => one.prompts), all.some((one) => one.completions)];
  return prompts || completions ? { prompts, completions } : undefined;
}

function diagnosticOf(properties: Fields | undefined): MessageDiagnostic {
  const model = properties?.object("largeLanguageModel");
  const isOn = model?.string("logs")?.toLowerCase() === "enabled";
  const wants = (side: string) => isOn && model.object(side)?.string("messages")?.toLowerCase() === "all";
  return { prompts: wants("requests"), completions: wants("responses") };
}
