/**
 * The file of prices that `ai.prices` names, in YAML or JSON: what a million tokens of a model cost, each price from a day on.
 *
 *     currency: USD
 *     models:
 *       gpt-4o: { from: 2024-10-01, prompt: 2.50, completion: 10, cached: 1.25 }
 *       gpt-4o-audio*:
 *         - { from: 2024-10-01, prompt: 2.50, completion: 10, promptAudio: 100, completionAudio: 200 }
 *         - { from: 2025-06-01, prompt: 2.50, completion: 10, promptAudio: 40, completionAudio: 80 }
 */
import type { Price, PriceTable } from "../ai-settings.ts";
import { type ConfigFolder, fieldsOf, parsedDocument } from "../config-folder.ts";
import { type DataNode, describe } from "../documents/data-node.ts";
import { Fields, reportAt } from "../documents/fields.ts";
import { parseJson } from "../documents/json.ts";
import { parseYaml } from "../documents/yaml.ts";
import { PRICE_KEYS, PRICES_KEYS } from "./keys.ts";

/** Undefined when the file cannot be read, which is reported. @param name for messages */
export async function readPrices(folder: ConfigFolder, file: string, name: string): Promise<PriceTable | undefined> {
  const source = await folder.readForeign(file, name);
  if (source === undefined) return undefined;
  const parsed = file.endsWith(".json") ? parseJson(source.text) : parseYaml(source.text);
  const document = parsedDocument(source, parsed, folder.diagnostics);
  const fields = document && fieldsOf(document);
  if (fields === undefined) return undefined;
  fields.rejectUnknown(PRICES_KEYS);
  const currency = fields.string("currency") ?? "USD";
  if (!/^[A-Z]{3}$/.test(currency))
    fields.wrongValue("currency", `is "${currency}", no code of a currency`, "Such as USD.");
  if (fields.get("models") === undefined)
    fields.missing("models", "Such as gpt-4o: { from: 2024-10-01, prompt: 2.5 }.");
  const models = new Map<string, readonly Price[]>();
  for (const [model, node] of fields.entries("models")) models.set(model, pricesOf(fields, model, node));
  return { currency, models };
}

/** Newest first; one day has one price. */
function pricesOf({ reading }: Fields, model: string, node: DataNode): readonly Price[] {
  const items = node.kind === "list" ? node.items : [node];
  const days = new Set<number>();
  const prices = items.flatMap((item, i): Price[] => {
    const path = node.kind === "list" ? `models.${model}[${i}]` : `models.${model}`;
    if (item.kind !== "object") {
      reportAt(reading, item, "SP1004", `"${path}" must be an object, not ${describe(item)}`);
      return [];
    }
    const fields = new Fields(reading, item, `${path}.`);
    const price = priceOf(fields);
    if (days.has(price.from)) fields.wrongValue("from", "is the day of another price of this model");
    days.add(price.from);
    return [price];
  });
  return prices.sort((a, b) => b.from - a.from);
}

function priceOf(fields: Fields): Price {
  fields.rejectUnknown(PRICE_KEYS);
  const from = fields.requiredString("from", "The day from which it is valid: from: 2025-01-01.") ?? "1970-01-01";
  const at = Date.parse(`${from}T00:00:00Z`);
  // A date that does not exist, such as 2025-02-30, becomes another one.
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(from) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(from);
  if (!isDay) fields.wrongValue("from", `is "${from}", which is no day`, "Such as 2025-01-01, in UTC.");
  const prompt = amount(fields, "prompt");
  if (prompt === undefined) fields.missing("prompt", "What a million tokens cost: prompt: 2.50.");
  const completion = amount(fields, "completion") ?? 0;
  return {
    from: isDay ? at : 0,
    prompt: prompt ?? 0,
    completion,
    cached: amount(fields, "cached") ?? prompt ?? 0,
    cacheWrite: amount(fields, "cacheWrite") ?? prompt ?? 0,
    reasoning: amount(fields, "reasoning") ?? completion,
    promptAudio: amount(fields, "promptAudio") ?? prompt ?? 0,
    completionAudio: amount(fields, "completionAudio") ?? completion,
  };
}

function amount(fields: Fields, name: string): number | undefined {
  const node = fields.get(name);
  if (node === undefined) return undefined;
  if (node.kind === "scalar" && typeof node.value === "number" && node.value >= 0 && node.value <= 1e9)
    return node.value;
  fields.wrongValue(name, "is no price of a million tokens", "A number such as 2.50.");
  return undefined;
}
