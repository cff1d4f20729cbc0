/** The figures of the usage ledger as metrics. Labels are ids of the configuration and names that providers gave: callers make no series. */
import type { UsageRecord } from "../state/ledger/usage-record.ts";
import type { Family, MetricRegistry } from "../telemetry/metric-registry.ts";

const MAX_SERIES = 2_000;
const BOUNDS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export class UsageMetrics {
  readonly #registry: MetricRegistry;
  readonly #calls: Family;
  readonly #tokens: Family;
  readonly #cost: Family;
  readonly #firstToken: Family;

  constructor(registry: MetricRegistry) {
    this.#registry = registry;
    const counter = (name: string, help: string, labels: readonly string[]) =>
      registry.family({ name, help, type: "counter", labels, maxSeries: MAX_SERIES });
    const who = ["api", "product", "subscription", "model"];
    this.#calls = counter("sallyport_model_calls_total", "Calls of models, by how they ended.", [...who, "outcome"]);
    this.#tokens = counter("sallyport_model_tokens_total", "Tokens that calls of models used, by kind.", [
      ...who,
      "kind",
    ]);
    this.#cost = counter("sallyport_model_cost_total", "What calls of models cost, by the table of prices.", [
      ...who,
      "currency",
    ]);
    this.#firstToken = registry.family({
      name: "sallyport_model_first_token_seconds",
      help: "From a call's receipt to the first token of its answer.",
      type: "histogram",
      labels: ["api", "model"],
      bounds: BOUNDS_SECONDS,
      maxSeries: MAX_SERIES / 4,
    });
  }

  add(record: UsageRecord): void {
    const { api, product, subscription, model, cost, firstTokenMs } = record;
    const who = [api, product, subscription, model] as const;
    this.#calls.add(1, ...who, record.outcome);
    const kinds = [
      ["prompt", record.promptTokens],
      ["completion", record.completionTokens],
      ["cached", record.cachedTokens],
      ["reasoning", record.reasoningTokens],
      ["audio", record.audioTokens],
    ] as const;
    for (const [kind, tokens] of kinds) if (tokens > 0) this.#tokens.add(tokens, ...who, kind);
    if (cost !== undefined && cost > 0) this.#cost.add(cost, ...who, record.currency);
    if (firstTokenMs === undefined) return;
    const at = this.#firstToken.series(api, model);
    const seconds = firstTokenMs / 1_000;
    const bucket = BOUNDS_SECONDS.findIndex((bound) => seconds <= bound);
    this.#registry.values[at + (bucket < 0 ? BOUNDS_SECONDS.length : bucket)]++;
    this.#registry.values[at + BOUNDS_SECONDS.length + 1] += seconds;
  }
}
