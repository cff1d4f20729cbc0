/** What `sallyport usage` shows: a table for people, CSV and JSON for programs. */
import type { UsageRow } from "../state/ledger/usage-record.ts";
import { columns, printable, type Terminal } from "./terminal.ts";

const FIGURES = [
  "calls",
  "prompt",
  "completion",
  "cached",
  "reasoning",
  "audio",
  "cost",
  "currency",
  "unpriced",
  "latency ms",
  "first token ms",
] as const;

export interface UsageReport {
  /** What is grouped by, in the words of who asked. */
  readonly headings: readonly string[];
  readonly rows: readonly UsageRow[];
  /** Those that are not shown, too: totals are theirs. */
  readonly all: readonly UsageRow[];
}

export function printTable({ headings: by, rows, all }: UsageReport, { out }: Terminal): void {
  if (rows.length === 0) {
    out.line("No calls of models in this time.");
    return;
  }
  const sums =
    by.length === 0 ? [] : totals(all).map((row) => ({ ...row, keys: by.map((_, i) => (i ? "" : "total")) }));
  const money = moneyOf([...rows, ...sums]);
  const cells = [...rows, ...sums].map((row) => [
    ...row.keys.map((key, i) => printable(key) || (row.keys[0] === "total" && i > 0 ? "" : "-")),
    ...figures(row, money),
  ]);
  // Figures are read from the right, and one that is nowhere needs no column.
  const shown = FIGURES.map((name, i) => ({ name, at: by.length + i })).filter(
    ({ name, at }) =>
      !["cached", "reasoning", "audio", "unpriced"].includes(name) || cells.some((row) => row[at] !== "0"),
  );
  const table = [
    [...by, ...shown.map(({ name }) => name)],
    ...cells.map((row) => [...row.slice(0, by.length), ...shown.map(({ at }) => row[at])]),
  ];
  const widths = shown.map((_, i) => Math.max(...table.map((row) => row[by.length + i].length)));
  const aligned = table.map((row) =>
    row.map((cell, i) => (i < by.length ? cell : cell.padStart(widths[i - by.length]))),
  );
  for (const [i, line] of columns(aligned).entries())
    out.line(i === 0 ? out.paint("bold", line) : i > rows.length ? out.paint("bold", line) : line);
  if (rows.length < all.length) out.line(`${rows.length} of ${all.length} groups; totals are of all.`);
  if (all.some(({ unpriced }) => unpriced > 0)) {
    const which = by.includes("model") ? "" : " Which: --by model.";
    out.line(
      `unpriced: calls of models that the table of prices (ai.prices) does not know; their cost is not in the sum.${which}`,
    );
  }
}

export function printCsv({ headings: by, rows }: UsageReport, { out }: Terminal): void {
  out.line([...by, ...FIGURES.map((name) => name.replaceAll(" ", "_"))].join(","));
  for (const row of rows) out.line([...row.keys, ...figures(row, exact)].map(csvCell).join(","));
}

export function printJson({ headings: by, rows, all }: UsageReport, { out }: Terminal): void {
  const plain = ({ keys, ...row }: UsageRow) => ({ ...Object.fromEntries(by.map((key, i) => [key, keys[i]])), ...row });
  out.line(JSON.stringify({ rows: rows.map(plain), totals: totals(all).map(({ keys, ...row }) => row) }, undefined, 2));
}

function figures(row: UsageRow, cost: (amount: number) => string): string[] {
  const { calls, promptTokens, completionTokens, cachedTokens, reasoningTokens, audioTokens, unpriced } = row;
  const mean = (ms: number | undefined) => (ms === undefined ? "" : String(Math.round(ms)));
  return [
    ...[calls, promptTokens, completionTokens, cachedTokens, reasoningTokens, audioTokens].map(String),
    cost(row.cost),
    row.currency,
    String(unpriced),
    mean(row.latencyMs),
    mean(row.firstTokenMs),
  ];
}

/** With as many digits as the smallest sum needs, the same for all: they are read one below the other. */
function moneyOf(rows: readonly UsageRow[]): (amount: number) => string {
  const isSmall = rows.some(({ cost }) => cost !== 0 && Math.abs(cost) < 1);
  return (amount) => amount.toFixed(isSmall ? 6 : 2);
}

/** Sums of fractions end in digits that mean nothing. */
function exact(amount: number): string {
  return String(Number(amount.toFixed(12)));
}

/** RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+@\t\r]|^-\D/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One row for each currency. */
function totals(rows: readonly UsageRow[]): UsageRow[] {
  return [...Map.groupBy(rows, ({ currency }) => currency).values()].map((same) => {
    const sum = (of: (row: UsageRow) => number) => same.reduce((all, row) => all + of(row), 0);
    const mean = (of: (row: UsageRow) => number | undefined) => {
      const known = same.filter((row) => of(row) !== undefined);
      const calls = known.reduce((all, row) => all + row.calls, 0);
      return calls === 0 ? undefined : known.reduce((all, row) => all + (of(row) ?? 0) * row.calls, 0) / calls;
    };
    return {
      keys: [],
      currency: same[0].currency,
      calls: sum((row) => row.calls),
      promptTokens: sum((row) => row.promptTokens),
      completionTokens: sum((row) => row.completionTokens),
      cachedTokens: sum((row) => row.cachedTokens),
      reasoningTokens: sum((row) => row.reasoningTokens),
      audioTokens: sum((row) => row.audioTokens),
      cost: sum((row) => row.cost),
      unpriced: sum((row) => row.unpriced),
      latencyMs: mean((row) => row.latencyMs),
      firstTokenMs: mean((row) => row.firstTokenMs),
    };
  });
}
