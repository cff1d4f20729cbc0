/** System.IFormatProvider as library members take it: a culture, or its conventions for numbers or for dates alone. */
import { CsObject } from "../runtime/values.ts";
import type { DateConventions } from "./date-conventions.ts";
import { INVARIANT_DATES } from "./date-conventions.ts";
import { ROOT } from "./linguistic.ts";
import { INVARIANT_NUMBERS, type NumberConventions } from "./number-conventions.ts";

/** CultureInfo, NumberFormatInfo and DateTimeFormatInfo. */
export abstract class FormatProvider extends CsObject {
  /** Conventions for numbers; null where it has none. */
  abstract get numbers(): NumberConventions | null;
  /** Conventions for dates; null where it has none. */
  abstract get dates(): DateConventions | null;
}

/** The conventions for numbers of an argument; without any, those of the current culture, which is the invariant one. */
export function numbersOf(provider: unknown): NumberConventions {
  return (provider instanceof FormatProvider ? provider.numbers : null) ?? INVARIANT_NUMBERS;
}

/** As numbersOf, for dates. */
export function datesOf(provider: unknown): DateConventions {
  return (provider instanceof FormatProvider ? provider.dates : null) ?? INVARIANT_DATES;
}

/** A CultureInfo, as far as comparing and changing case need it. */
export interface CultureLike {
  /** `en-US`; empty for the invariant culture. */
  readonly name: string;
}

/** The locale whose collation a culture has; null is the current culture. */
export function localeOf(culture: CultureLike | null): string {
  return culture === null || culture.name === "" ? ROOT : culture.name;
}
