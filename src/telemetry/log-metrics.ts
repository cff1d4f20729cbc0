/** Custom metrics as lines of the operational log: every emission with its dimensions, for whoever collects logs. */
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export class LogMetrics implements Metrics {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  emit(
    namespace: string,
    name: string,
    value: number,
    dimensions: readonly (readonly [name: string, value: string])[],
  ): void {
    const fields = dimensions.map(([dimension, text]) => [`dimension.${dimension}`, text] as const);
    this.#log.info("metric", { namespace, name, value, ...Object.fromEntries(fields) });
  }
}
