/** The figures of the usage ledger as metrics. Labels are ids of the configuration and names that providers gave: callers make no series. */
import type { CallOutcome, UsageRecord } from "../state/ledger/usage-record.ts";
import type { Family, MetricRegistry } from "../telemetry/metric-registry.ts";

const MAX_SERIES = 2_000;
const BOUNDS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const KINDS: readonly (readonly [kind: string, of: (record: UsageRecord) => number])[] = [
  ["prompt", (record) => record.promptTokens],
  ["completion", (record) => record.completionTokens],
  ["cached", (record) => record.cachedTokens],
  ["reasoning", (record) => record.reasoningTokens],
  ["audio", (record) => record.audioTokens],
];

/** Places of the numbers of one caller and model; undefined: none has been counted yet. */
interface Series {
  readonly calls: Partial<Record<CallOutcome, number>>;
  readonly tokens: (number | undefined)[];
  cost: number | undefined;
  firstToken: number | undefined;
}

export class UsageMetrics {
  readonly #registry: MetricRegistry;
  readonly #known = new Map<string, Series>();
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
    const series = this.#seriesOf(record);
    const { cost, firstTokenMs, outcome } = record;
    const who = [record.api, record.product, record.subscription, record.model] as const;
    series.calls[outcome] ??= this.#calls.series(...who, outcome);
    this.#registry.values[series.calls[outcome]]++;
    for (const [i, [kind, of]] of KINDS.entries()) {
      const tokens = of(record);
      if (tokens === 0) continue;
      series.tokens[i] ??= this.#tokens.series(...who, kind);
      this.#registry.values[series.tokens[i]] += tokens;
    }
    if (cost !== undefined && cost > 0) {
      series.cost ??= this.#cost.series(...who, record.currency);
      this.#registry.values[series.cost] += cost;
    }
    if (firstTokenMs === undefined) return;
    series.firstToken ??= this.#firstToken.series(record.api, record.model);
    const seconds = firstTokenMs / 1_000;
    const bucket = BOUNDS_SECONDS.findIndex((bound) => seconds <= bound);
    this.#registry.values[series.firstToken + (bucket < 0 ? BOUNDS_SECONDS.length : bucket)]++;
    this.#registry.values[series.firstToken + BOUNDS_SECONDS.length + 1] += seconds;
  }

  /** Found by one key: the names of labels are put together once for each caller and model. */
  #seriesOf({ api, product, subscription, model, currency }: UsageRecord): Series {
    const key = `${api}\0${product}\0${subscription}\0${model}\0${currency}`;
    let series = this.#known.get(key);
    if (series === undefined) {
      series = { calls: {}, tokens: [], cost: undefined, firstToken: undefined };
      if (this.#known.size < MAX_SERIES) this.#known.set(key, series);
    }
    return series;
  }
}
