/** Metrics in the text format of Prometheus. https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { FamilySnapshot } from "./metric-registry.ts";

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function prometheusText(families: readonly FamilySnapshot[]): string {
  return families
    .filter(({ series }) => series.length > 0)
    .map(
      (family) =>
        `${head(family)}${family.series.flatMap(([values, numbers]) => lines(family, values, numbers)).join("")}`,
    )
    .join("");
}

function head({ name, help, type }: FamilySnapshot): string {
  return `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n`;
}

function lines(family: FamilySnapshot, values: readonly string[], numbers: readonly number[]): string[] {
  const { name, type, labels, bounds = [] } = family;
  const pairs = labels.map((label, i) => `${label}="${escaped(values[i] ?? "")}"`);
  const line = (suffix: string, value: number, more: readonly string[] = []) => {
    const all = [...pairs, ...more];
    return `${name}${suffix}${all.length === 0 ? "" : `{${all.join(",")}}`} ${numberText(value)}\n`;
  };
  if (type === "summary") return [line("_count", numbers[0]), line("_sum", numbers[1])];
  if (type !== "histogram") return [line("", numbers[0])];
  let count = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
    count += numbers[i];
    return line("_bucket", count, [`le="${numberText(bound)}"`]);
  });
  return [...buckets, line("_sum", numbers[bounds.length + 1]), line("_count", count)];
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}
