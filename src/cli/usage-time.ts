/** Times as people write them for reports: a month, a day, a moment, or so long ago. */
import { UsageError } from "./command.ts";

const UNITS_MS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/**
 * Ms since the epoch. Throws UsageError.
 * @param side of the month or day that is named: its start, or its end
 */
export function timeOf(text: string, option: string, side: "start" | "end", now: number): number {
  const at = agoOf(text, now) ?? momentOf(text) ?? daysOf(text, side);
  if (at === undefined)
    throw new UsageError(
      `--${option} wants a day (2026-03-01), a month (2026-03), a time (2026-03-01T12:00Z) or a span until now (12h, 7d, 4w), not "${text}"`,
    );
  return at;
}

function agoOf(text: string, now: number): number | undefined {
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  return unit === undefined ? undefined : now - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

function momentOf(text: string): number | undefined {
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = isMoment ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Days and months in UTC. */
function daysOf(text: string, side: "start" | "end"): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const [y, m, d] = [Number(year), Number(month) - 1, Number(day ?? 1)];
  // A day that does not exist becomes another one.
  const start = new Date(Date.UTC(y, m, d));
  if (start.getUTCMonth() !== m || start.getUTCDate() !== d) return undefined;
  if (side === "start") return start.getTime();
  return day === undefined ? Date.UTC(y, m + 1, 1) : Date.UTC(y, m, d + 1);
}
