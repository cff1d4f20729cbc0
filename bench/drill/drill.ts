/** What a drill is: something breaks under load, and figures are held against their bars. */

export interface Scale {
  /** Long runs by hand; short ones where the machine is shared and little time is left. */
  readonly isLong: boolean;
}

export interface Finding {
  readonly bar: string;
  readonly figure: string;
  readonly isMet: boolean;
}

export interface Drill {
  readonly id: string;
  readonly title: string;
  /** Why it cannot be run here. */
  readonly missing?: string | false;
  /** Takes long, or says something in a long run alone: a short run of all leaves it out. */
  readonly isLong?: boolean;
  /** Measures the processor or how fast something is: nothing else runs beside it. */
  readonly isAlone?: boolean;
  run(scale: Scale): Promise<readonly Finding[]>;
}

/** At most so much. */
export function atMost(what: string, figure: number, bar: number, unit = ""): Finding {
  return { bar: `${what} <= ${bar}${unit}`, figure: `${rounded(figure)}${unit}`, isMet: figure <= bar };
}

/** At least so much. */
export function atLeast(what: string, figure: number, bar: number, unit = ""): Finding {
  return { bar: `${what} >= ${bar}${unit}`, figure: `${rounded(figure)}${unit}`, isMet: figure >= bar };
}

export function equal(what: string, figure: unknown, bar: unknown): Finding {
  return { bar: `${what}: ${bar}`, figure: `${figure}`, isMet: figure === bar };
}

/** A figure to look at, without a bar: where a busy machine says more about itself than about the gateway. */
export function noted(what: string, figure: string): Finding {
  return { bar: `(${what})`, figure, isMet: true };
}

/** Both, side by side, and both to their end: what one has started is gone before the other's failure ends the run. */
export async function sideBySide<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return await Promise.all([one, other]);
}

function rounded(figure: number): string {
  return Number.isInteger(figure) ? String(figure) : figure.toFixed(2);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
