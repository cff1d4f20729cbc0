/**
 * Calls of models as metrics by the conventions for generative AI, beside the gateway's own (usage-metrics.ts).
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
 */
import type { UsageRecord } from "../state/ledger/usage-record.ts";
import type { Family, MetricRegistry } from "../telemetry/metric-registry.ts";
import type { NamedCall } from "./model-span.ts";

/** Bounds that the conventions ask for. */
const TOKENS = Array.from({ length: 14 }, (_, i) => 4 ** i);
const SECONDS = Array.from({ length: 14 }, (_, i) => Number((0.01 * 2 ** i).toFixed(2)));
const FIRST_TOKEN_SECONDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const MAX_SERIES = 500;
const CALL = [
  "gen_ai_operation_name",
  "gen_ai_provider_name",
  "gen_ai_request_model",
  "gen_ai_response_model",
] as const;

export class ConventionMetrics {
  readonly #registry: MetricRegistry;
  readonly #tokens: Family;
  readonly #duration: Family;
  readonly #firstToken: Family;

  constructor(registry: MetricRegistry) {
    this.#registry = registry;
    const histogram = (name: string, help: string, labels: readonly string[], bounds: readonly number[]) =>
      registry.family({ name, help, type: "histogram", labels, bounds, maxSeries: MAX_SERIES });
    this.#tokens = histogram(
      "gen_ai_client_token_usage",
      "Number of input and output tokens used by calls of models.",
      [...CALL, "gen_ai_token_type"],
      TOKENS,
    );
    this.#duration = histogram(
      "gen_ai_client_operation_duration_seconds",
      "Duration of calls of models.",
      [...CALL, "error_type"],
      SECONDS,
    );
    this.#firstToken = histogram(
      "gen_ai_server_time_to_first_token_seconds",
      "From a call's receipt to the first token of its answer, of calls that succeeded.",
      CALL,
      FIRST_TOKEN_SECONDS,
    );
  }

  /** Counts a call that reached a service. */
  add(record: UsageRecord, { operation, provider }: NamedCall): void {
    const { model, outcome, promptTokens, completionTokens, firstTokenMs } = record;
    // What a caller asked for is a name of a model when one answered to it: callers make no series.
    const asked = model === "" ? "" : record.modelAsked || model;
    const call = [operation, provider, asked, model];
    if (promptTokens > 0) this.#record(this.#tokens, TOKENS, promptTokens, [...call, "input"]);
    if (completionTokens > 0) this.#record(this.#tokens, TOKENS, completionTokens, [...call, "output"]);
    this.#record(this.#duration, SECONDS, record.latencyMs / 1_000, [...call, errorType(record)]);
    if (firstTokenMs !== undefined && outcome === "ok")
      this.#record(this.#firstToken, FIRST_TOKEN_SECONDS, firstTokenMs / 1_000, call);
  }

  #record(family: Family, bounds: readonly number[], value: number, labels: readonly string[]): void {
    const at = family.series(...labels);
    const bucket = bounds.findIndex((bound) => value <= bound);
    this.#registry.values[at + (bucket < 0 ? bounds.length : bucket)]++;
    this.#registry.values[at + bounds.length + 1] += value;
  }
}

/** The status of a refusal, or how else the call failed; "" when it did not. */
function errorType({ outcome, reason }: UsageRecord): string {
  if (outcome === "ok") return "";
  return /^status (\d{3})$/.exec(reason)?.[1] ?? outcome;
}
