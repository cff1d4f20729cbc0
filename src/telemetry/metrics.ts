/** Custom metrics of policies (emit-metric) and counts of the gateway. */
export interface Metrics {
  /** Adds a measurement; dimensions are already bounded by the policy's declaration. */
  emit(
    namespace: string,
    name: string,
    value: number,
    dimensions: readonly (readonly [name: string, value: string])[],
  ): void;
}
