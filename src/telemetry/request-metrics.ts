/**
 * Numbers of every request: by API and operation, never by path or key, so that callers cannot make series. An operation's series are
 * found when its first request ends; from then on a request costs a few additions.
 */
import type { Family, MetricRegistry } from "./metric-registry.ts";

/** Seconds; the last ones for models that think. */
const BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BOUNDS_MS = Float64Array.from(BOUNDS_SECONDS, (seconds) => seconds * 1000);

/** Codes of answers by their first digit; none: the connection broke before. */
const CLASSES = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

/** What an operation is known by. */
export interface MeasuredOperation {
  readonly id: string;
}

interface Series {
  readonly api: string;
  readonly operation: string;
  /** By class; -1: none yet. */
  readonly codes: Int32Array;
  readonly duration: number;
  /** -1 until a backend was called. */
  backend: number;
}

/** How a request failed, when it did. */
export interface Failing {
  readonly source: string;
  readonly reason: string;
}

/** Reasons that tell of a backend that could not be used. */
const UPSTREAM: ReadonlySet<string> = new Set([
  "BackendConnectionFailure",
  "Timeout",
  "EgressDenied",
  "BackendResponseStatusCode",
]);

const NONE: MeasuredOperation = { id: "" };

export class RequestMetrics {
  readonly #registry: MetricRegistry;
  readonly #requests: Family;
  readonly #duration: Family;
  readonly #backend: Family;
  readonly #refusals: Family;
  readonly #failures: Family;
  readonly #disconnects: Family;
  readonly #inFlight: number;
  /** By the operation itself: those of an older configuration go with it. */
  readonly #series = new WeakMap<MeasuredOperation, Series>();

  constructor(registry: MetricRegistry) {
    const labels = ["api", "operation"];
    this.#registry = registry;
    this.#requests = registry.family({
      name: "sallyport_requests_total",
      help: "Requests that were answered, by API, operation and class of the status code.",
      type: "counter",
      labels: [...labels, "code"],
      maxSeries: 60_000,
    });
    this.#duration = registry.family({
      name: "sallyport_request_duration_seconds",
      help: "From the request's receipt to the end of its answer.",
      type: "histogram",
      labels,
      bounds: BOUNDS_SECONDS,
    });
    this.#backend = registry.family({
      name: "sallyport_backend_duration_seconds",
      help: "Time until the head of the backend's response, over all attempts of a request.",
      type: "histogram",
      labels,
      bounds: BOUNDS_SECONDS,
    });
    this.#refusals = registry.family({
      name: "sallyport_refusals_total",
      help: "Requests that a policy or the gateway refused, by who did so and why.",
      type: "counter",
      labels: ["api", "source", "reason"],
      maxSeries: 5_000,
    });
    this.#failures = registry.family({
      name: "sallyport_upstream_failures_total",
      help: "Calls to backends that failed, by reason.",
      type: "counter",
      labels: ["api", "reason"],
      maxSeries: 5_000,
    });
    this.#disconnects = registry.family({
      name: "sallyport_client_disconnects_total",
      help: "Requests whose caller went away before the answer was out.",
      type: "counter",
    });
    const inFlight = registry.family({
      name: "sallyport_requests_in_flight",
      help: "Requests under way.",
      type: "gauge",
    });
    this.#inFlight = inFlight.series();
  }

  began(): void {
    this.#registry.values[this.#inFlight]++;
  }

  /**
   * @param api "" when none was found
   * @param operation undefined when none was found
   * @param backendMs undefined when no backend was called
   */
  ended(
    api: string,
    operation: MeasuredOperation | undefined,
    status: number,
    totalMs: number,
    backendMs: number | undefined,
  ): void {
    const series = this.#seriesOf(api, operation ?? NONE);
    const digit = Math.floor(status / 100);
    const code = digit >= 1 && digit <= 5 ? digit : 0;
    if (series.codes[code] < 0) series.codes[code] = this.#requests.series(series.api, series.operation, CLASSES[code]);
    if (backendMs !== undefined && series.backend < 0)
      series.backend = this.#backend.series(series.api, series.operation);
    const { values } = this.#registry;
    values[this.#inFlight]--;
    values[series.codes[code]]++;
    observe(values, series.duration, totalMs);
    if (backendMs !== undefined) observe(values, series.backend, backendMs);
  }

  /** Ended without anything to count: the gateway's own pages. */
  left(): void {
    this.#registry.values[this.#inFlight]--;
  }

  failed(api: string, { source, reason }: Failing): void {
    if (reason === "ClientConnectionFailure") this.#disconnects.add(1);
    else if (UPSTREAM.has(reason)) this.#failures.add(1, api, reason);
    else this.#refusals.add(1, api, source, reason);
  }

  #seriesOf(api: string, operation: MeasuredOperation): Series {
    const known = this.#series.get(operation);
    // Requests without an operation share one object, whatever their API.
    if (known !== undefined && known.api === api) return known;
    const series: Series = {
      api,
      operation: operation.id,
      codes: new Int32Array(CLASSES.length).fill(-1),
      duration: this.#duration.series(api, operation.id),
      backend: -1,
    };
    this.#series.set(operation, series);
    return series;
  }
}

function observe(values: Float64Array, at: number, ms: number): void {
  let bucket = 0;
  while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]) bucket++;
  values[at + bucket]++;
  values[at + BOUNDS_MS.length + 1] += ms / 1000;
}
