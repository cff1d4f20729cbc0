/** What emit-metric emits, as summaries: count and sum for each set of dimensions. Policies name them, so everything is bounded. */
import { type Family, type MetricRegistry, OTHER } from "./metric-registry.ts";
import type { Metrics } from "./metrics.ts";

const MAX_METRICS = 200;
const MAX_SERIES = 1_000;
const HELP = "Emitted by emit-metric.";

export class CustomMetrics implements Metrics {
  readonly #registry: MetricRegistry;
  readonly #families = new Map<string, Family>();

  constructor(registry: MetricRegistry) {
    this.#registry = registry;
  }

  emit(
    namespace: string,
    name: string,
    value: number,
    dimensions: readonly (readonly [name: string, value: string])[],
  ): void {
    const labels = dimensions.map(([dimension]) => dimension);
    // Two policies may use one name with other dimensions: each set is a family of its own.
    const key = [name, ...labels].join("\0");
    let family = this.#families.get(key);
    if (family === undefined) {
      family = this.#families.size < MAX_METRICS ? this.#make(name, labels) : this.#other();
      if (this.#families.size < MAX_METRICS) this.#families.set(key, family);
    }
    const values = family.options.labels?.length === 1 ? [OTHER] : [namespace, ...dimensions.map(([, text]) => text)];
    const at = family.series(...values);
    this.#registry.values[at]++;
    if (Number.isFinite(value)) this.#registry.values[at + 1] += value;
  }

  #make(name: string, dimensions: readonly string[]): Family {
    const taken = new Set([...this.#families.values()].map((family) => family.options.name));
    const plain = `sallyport_custom_${nameOf(name)}`;
    let unique = plain;
    for (let i = 2; taken.has(unique); i++) unique = `${plain}_${i}`;
    const labels = uniqueNames(["namespace", ...dimensions.map(nameOf)]);
    return this.#registry.family({ name: unique, help: HELP, type: "summary", labels, maxSeries: MAX_SERIES });
  }

  /** Names of dimensions may be computed: what comes after so many is one metric. */
  #other(): Family {
    return this.#registry.family({ name: "sallyport_custom_other", help: HELP, type: "summary", labels: ["metric"] });
  }
}

/** Letters, digits and underscores: `API ID` -> `api_id`. */
function nameOf(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 100);
  return /^[a-z]/.test(plain) ? plain : `_${plain}`;
}

function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, i) => (names.indexOf(name) === i ? name : `${name}_${i}`));
}
