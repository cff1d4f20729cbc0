/** What a call of a model costs, by the table of prices. */
import type { Usage } from "../llm/usage.ts";
import type { Price, PriceTable } from "../resources/ai-settings.ts";

const MILLION = 1_000_000;
const MAX_KEPT = 1_000;

export class Prices {
  readonly currency: string;
  readonly #table: PriceTable | undefined;
  /** Models that were looked for: callers make up names, so it is bounded. */
  readonly #kept = new Map<string, readonly Price[] | undefined>();

  constructor(table: PriceTable | undefined) {
    this.#table = table;
    this.currency = table?.currency ?? "";
  }

  /**
   * Undefined when no price is known for any of the names on that day.
   * @param models names of the model, the more precise one first
   */
  cost(models: readonly string[], usage: Usage, time: number): number | undefined {
    for (const model of models) {
      const price = model === "" ? undefined : this.#pricesOf(model)?.find(({ from }) => from <= time);
      if (price !== undefined) return costAt(price, usage);
    }
    return undefined;
  }

  /** By its name, else by the longest pattern that fits. */
  #pricesOf(model: string): readonly Price[] | undefined {
    if (this.#kept.has(model)) return this.#kept.get(model);
    let found = this.#table?.models.get(model);
    let length = -1;
    if (found === undefined) {
      for (const [name, prices] of this.#table?.models ?? []) {
        const start = name.endsWith("*") ? name.slice(0, -1) : undefined;
        if (start === undefined || start.length <= length || !model.startsWith(start)) continue;
        found = prices;
        length = start.length;
      }
    }
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(model, found);
    return found;
  }
}

function costAt(price: Price, usage: Usage): number {
  const { cachedTokens, cacheWriteTokens, promptAudioTokens, reasoningTokens, completionAudioTokens } = usage;
  const prompt = Math.max(0, usage.promptTokens - cachedTokens - cacheWriteTokens - promptAudioTokens);
  const completion = Math.max(0, usage.completionTokens - reasoningTokens - completionAudioTokens);
  const sum =
    prompt * price.prompt +
    cachedTokens * price.cached +
    cacheWriteTokens * price.cacheWrite +
    promptAudioTokens * price.promptAudio +
    completion * price.completion +
    reasoningTokens * price.reasoning +
    completionAudioTokens * price.completionAudio;
  return sum / MILLION;
}
