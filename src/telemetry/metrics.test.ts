import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CustomMetrics } from "./custom-metrics.ts";
import { MetricRegistry, mergedSnapshots, OTHER } from "./metric-registry.ts";
import { prometheusText } from "./prometheus-text.ts";
import { RequestMetrics } from "./request-metrics.ts";

describe("registry", () => {
  test("series are counted, bounded, and cleared", () => {
    const registry = new MetricRegistry();
    const family = registry.family({ name: "a_total", help: "h", type: "counter", labels: ["x"], maxSeries: 2 });
    for (const x of ["1", "2", "3", "4", "1"]) family.add(1, x);
    assert.deepEqual(family.snapshot().series, [
      [["1"], [2]],
      [["2"], [1]],
      [[OTHER], [2]],
    ]);
    family.clear();
    family.set(7, "9");
    assert.deepEqual(family.snapshot().series, [[["9"], [7]]]);
  });

  test("numbers keep their places as the array grows", () => {
    const registry = new MetricRegistry();
    const family = registry.family({ name: "a", help: "h", type: "gauge", labels: ["x"] });
    for (let i = 0; i < 5_000; i++) family.set(i, String(i));
    assert.ok(family.snapshot().series.every(([[x], [value]]) => Number(x) === value));
  });

  test("threads' numbers are summed series by series", () => {
    const of = (values: Record<string, number>) => {
      const registry = new MetricRegistry();
      const family = registry.family({ name: "a_total", help: "h", type: "counter", labels: ["x"] });
      for (const [x, value] of Object.entries(values)) family.add(value, x);
      return registry.snapshot();
    };
    const [merged] = mergedSnapshots([of({ a: 1, b: 2 }), [], of({ b: 3, c: 4 })]);
    assert.deepEqual(merged.series, [
      [["a"], [1]],
      [["b"], [5]],
      [["c"], [4]],
    ]);
  });
});

test("the text is what Prometheus reads: escaped labels, cumulative buckets", () => {
  const registry = new MetricRegistry();
  registry.family({ name: "a_total", help: "back\\slash\nline", type: "counter", labels: ["x"] }).add(1.5, 'q"\\\n');
  const histogram = registry.family({ name: "h_seconds", help: "h", type: "histogram", bounds: [0.1, 1] });
  const at = histogram.series();
  registry.values.set([2, 1, 4, 9.5], at);
  registry.family({ name: "empty_total", help: "h", type: "counter" });
  assert.equal(
    prometheusText(registry.snapshot()),
    [
      "# HELP a_total back\\\\slash\\nline",
      "# TYPE a_total counter",
      'a_total{x="q\\"\\\\\\n"} 1.5',
      "# HELP h_seconds h",
      "# TYPE h_seconds histogram",
      'h_seconds_bucket{le="0.1"} 2',
      'h_seconds_bucket{le="1"} 3',
      'h_seconds_bucket{le="+Inf"} 7',
      "h_seconds_sum 9.5",
      "h_seconds_count 7",
      "",
    ].join("\n"),
  );
});

test("requests: bounds of buckets belong to them, codes have classes, under way goes back to none", () => {
  const registry = new MetricRegistry();
  const metrics = new RequestMetrics(registry);
  const operation = { id: "get" };
  for (const [status, ms] of [
    [200, 1],
    [204, 1.1],
    [500, 1e9],
    [0, 5],
    [999, 5],
  ] as const) {
    metrics.began();
    metrics.ended("api", operation, status, ms, status === 200 ? 0.5 : undefined);
  }
  const text = prometheusText(registry.snapshot());
  for (const line of [
    'sallyport_requests_total{api="api",operation="get",code="2xx"} 2',
    'sallyport_requests_total{api="api",operation="get",code="none"} 2',
    'sallyport_request_duration_seconds_bucket{api="api",operation="get",le="0.001"} 1',
    'sallyport_request_duration_seconds_bucket{api="api",operation="get",le="60"} 4',
    'sallyport_request_duration_seconds_count{api="api",operation="get"} 5',
    'sallyport_backend_duration_seconds_count{api="api",operation="get"} 1',
    "sallyport_requests_in_flight 0",
  ])
    assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
});

test("custom metrics: names as Prometheus wants them, each set of dimensions a metric, never without bound", () => {
  const registry = new MetricRegistry();
  const custom = new CustomMetrics(registry);
  custom.emit("ns", "Tokens (prompt)", 3, [["API ID", "a"]]);
  custom.emit("ns", "Tokens (prompt)", 4, [["API ID", "a"]]);
  custom.emit("ns", "Tokens (prompt)", 5, [["User", "u"]]);
  custom.emit("ns", "7", Number.NaN, [
    ["x", "1"],
    ["X", "2"],
  ]);
  const text = prometheusText(registry.snapshot());
  for (const line of [
    'sallyport_custom_tokens_prompt_sum{namespace="ns",api_id="a"} 7',
    'sallyport_custom_tokens_prompt_count{namespace="ns",api_id="a"} 2',
    'sallyport_custom_tokens_prompt_2_sum{namespace="ns",user="u"} 5',
    'sallyport_custom__7_sum{namespace="ns",x="1",x_2="2"} 0',
  ])
    assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  for (let i = 0; i < 2_000; i++) {
    custom.emit("ns", `m${i}`, 1, [["x", "1"]]);
    custom.emit("ns", "m1", 1, [["x", String(i)]]);
  }
  const series = registry.snapshot().reduce((sum, family) => sum + family.series.length, 0);
  assert.ok(series < 1_300, `${series}`);
});
