/**
 * Counters, gauges and histograms as numbers in one typed array; a series is an index into it, found once and then counted by adding.
 * Bounded: a family that has its greatest number of series counts everything further under labels that say so.
 */

export type MetricType = "counter" | "gauge" | "histogram" | "summary";

export interface FamilyOptions {
  /** As Prometheus wants it: letters, digits and underscores; units last (`_seconds`), `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labels?: readonly string[];
  /** Upper bounds of a histogram, ascending. */
  readonly bounds?: readonly number[];
  /** Greatest number of series; default 10,000. */
  readonly maxSeries?: number;
}

/** A family in plain data: what threads send each other and the text is made of. */
export interface FamilySnapshot extends Omit<FamilyOptions, "maxSeries"> {
  readonly labels: readonly string[];
  /** Values of the labels; numbers: one, or buckets (not cumulative) and sum, or count and sum. */
  readonly series: readonly (readonly [values: readonly string[], numbers: readonly number[]])[];
}

const MAX_SERIES = 10_000;
/** Stands for the labels of all series beyond the bound. */
export const OTHER = "(other)";
const MAX_LABEL_LENGTH = 200;

export class Family {
  readonly options: FamilyOptions;
  readonly #registry: MetricRegistry;
  readonly #series = new Map<string, { readonly values: readonly string[]; readonly at: number }>();
  readonly #width: number;

  constructor(registry: MetricRegistry, options: FamilyOptions) {
    this.#registry = registry;
    this.options = options;
    const { type, bounds = [] } = options;
    // A histogram: a number for each bucket, one beyond the last bound, and the sum.
    this.#width = type === "histogram" ? bounds.length + 2 : type === "summary" ? 2 : 1;
  }

  /** Index of a series; made when it is not there yet. */
  series(...values: readonly string[]): number {
    const key = values.join("\0");
    const known = this.#series.get(key);
    if (known !== undefined) return known.at;
    const { maxSeries = MAX_SERIES } = this.options;
    if (this.#series.size >= maxSeries) {
      const others = values.map(() => OTHER);
      return this.#series.get(others.join("\0"))?.at ?? this.#make(others);
    }
    return this.#make(
      values.map((value) => value.slice(0, MAX_LABEL_LENGTH)),
      key,
    );
  }

  #make(values: readonly string[], key = values.join("\0")): number {
    const at = this.#registry.allocate(this.#width);
    this.#series.set(key, { values, at });
    return at;
  }

  /** Adds to a counter or gauge. */
  add(amount: number, ...values: readonly string[]): void {
    const at = this.series(...values);
    this.#registry.values[at] += amount;
  }

  /** Sets a gauge, or a counter that is counted elsewhere. */
  set(value: number, ...values: readonly string[]): void {
    // Only then: a new series may have made the array longer.
    const at = this.series(...values);
    this.#registry.values[at] = value;
  }

  /** Forgets all series: for gauges of things that come and go. Their numbers are not used again, so few should. */
  clear(): void {
    for (const { at } of this.#series.values()) this.#registry.release(at, this.#width);
    this.#series.clear();
  }

  snapshot(): FamilySnapshot {
    const { name, help, type, labels = [], bounds } = this.options;
    const { values } = this.#registry;
    const series = [...this.#series.values()].map(
      (s) => [s.values, [...values.subarray(s.at, s.at + this.#width)]] as const,
    );
    return { name, help, type, labels, ...(bounds === undefined ? {} : { bounds }), series };
  }
}

export class MetricRegistry {
  /** Numbers of all series; replaced by a longer array as series come, so it is never kept. */
  values = new Float64Array(1_024);
  #used = 0;
  readonly #free = new Map<number, number[]>();
  readonly #families = new Map<string, Family>();
  readonly #collectors: (() => void)[] = [];

  family(options: FamilyOptions): Family {
    const known = this.#families.get(options.name);
    if (known !== undefined) return known;
    const family = new Family(this, options);
    this.#families.set(options.name, family);
    return family;
  }

  /** Runs before numbers are read: for what is measured only when somebody asks. */
  onCollect(collect: () => void): void {
    this.#collectors.push(collect);
  }

  snapshot(): readonly FamilySnapshot[] {
    for (const collect of this.#collectors) collect();
    return [...this.#families.values()].map((family) => family.snapshot());
  }

  /** For families. */
  allocate(width: number): number {
    const free = this.#free.get(width)?.pop();
    if (free !== undefined) return free;
    const at = this.#used;
    this.#used += width;
    if (this.#used > this.values.length) {
      const longer = new Float64Array(Math.max(this.values.length * 2, this.#used));
      longer.set(this.values);
      this.values = longer;
    }
    return at;
  }

  /** For families. */
  release(at: number, width: number): void {
    this.values.fill(0, at, at + width);
    const free = this.#free.get(width);
    if (free === undefined) this.#free.set(width, [at]);
    else free.push(at);
  }
}

/** Sums the numbers of several threads, series by series. */
export function mergedSnapshots(all: readonly (readonly FamilySnapshot[])[]): readonly FamilySnapshot[] {
  const families = new Map<string, { readonly family: FamilySnapshot; readonly sums: Map<string, number[]> }>();
  const values = new Map<string, readonly string[]>();
  for (const family of all.flat()) {
    let merged = families.get(family.name);
    if (merged === undefined) {
      merged = { family, sums: new Map() };
      families.set(family.name, merged);
    }
    for (const [labels, numbers] of family.series) {
      const key = labels.join("\0");
      values.set(key, labels);
      const sums = merged.sums.get(key);
      if (sums === undefined) merged.sums.set(key, [...numbers]);
      else for (const [i, number] of numbers.entries()) sums[i] += number;
    }
  }
  return [...families.values()].map(({ family, sums }) => ({
    ...family,
    series: [...sums].map(([key, numbers]) => [values.get(key) ?? [], numbers] as const),
  }));
}
