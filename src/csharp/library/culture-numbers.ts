/** Number conventions of cultures, read off what ICU writes. .NET takes them from the same data. */
import { currencyOf } from "./culture-regions.ts";
import {
  CURRENCY_NEGATIVE,
  CURRENCY_POSITIVE,
  NUMBER_NEGATIVE,
  type NumberConventions,
  type NumberStyleConventions,
  PERCENT_NEGATIVE,
  PERCENT_POSITIVE,
} from "./number-conventions.ts";

type Parts = readonly Intl.NumberFormatPart[];

/** Marks for the direction of writing are no part of a pattern. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f]/g;

/** A number with many groups and a fraction. */
const SAMPLE = 1234567890123.5;

/** @param locale name of a culture that Intl knows */
export function numberConventions(locale: string): NumberConventions {
  const plain = partsOf(locale, { minimumFractionDigits: 1 }, -SAMPLE);
  const percent = partsOf(locale, { style: "percent", minimumFractionDigits: 1 }, -SAMPLE);
  const positivePercent = partsOf(locale, { style: "percent", minimumFractionDigits: 1 }, SAMPLE);
  const currency = currencyOf(locale);
  const money = { style: "currency", currency, minimumFractionDigits: 1 } as const;
  const negativeMoney = partsOf(locale, money, -SAMPLE);
  const positiveMoney = partsOf(locale, money, SAMPLE);
  const { maximumFractionDigits } = new Intl.NumberFormat(locale, { style: "currency", currency }).resolvedOptions();
  const decimals = new Intl.NumberFormat(locale).resolvedOptions().maximumFractionDigits ?? 3;
  const infinity = textOf(partsOf(locale, {}, Number.POSITIVE_INFINITY), "infinity", "∞");
  const negativeSign = textOf(plain, "minusSign", "-");
  const number = style(plain, decimals, patternIn(NUMBER_NEGATIVE, plain, "-n"), 0);
  return {
    number,
    currency: style(
      negativeMoney,
      maximumFractionDigits ?? 2,
      patternIn(CURRENCY_NEGATIVE, negativeMoney, "-$n"),
      patternIn(CURRENCY_POSITIVE, positiveMoney, "$n"),
    ),
    percent: {
      ...number,
      negativePattern: patternIn(PERCENT_NEGATIVE, percent, "-n%"),
      positivePattern: patternIn(PERCENT_POSITIVE, positivePercent, "n%"),
    },
    currencySymbol: textOf(positiveMoney, "currency", currency),
    percentSymbol: textOf(percent, "percentSign", "%"),
    perMilleSymbol: "\u2030",
    positiveSign: textOf(partsOf(locale, { signDisplay: "always" }, 1), "plusSign", "+"),
    negativeSign,
    nan: textOf(partsOf(locale, {}, Number.NaN), "nan", "NaN"),
    positiveInfinity: infinity,
    negativeInfinity: negativeSign + infinity,
  };
}

function partsOf(locale: string, options: Intl.NumberFormatOptions, value: number): Parts {
  return new Intl.NumberFormat(locale, { useGrouping: "always", ...options }).formatToParts(value);
}

function textOf(parts: Parts, type: Intl.NumberFormatPart["type"], otherwise: string): string {
  return parts.find((part) => part.type === type)?.value ?? otherwise;
}

function style(
  parts: Parts,
  decimalDigits: number,
  negativePattern: number,
  positivePattern: number,
): NumberStyleConventions {
  const sizes = parts.filter((part) => part.type === "integer").map((part) => part.value.length);
  // From the right; the leftmost group is what was left over.
  const inner = sizes.slice(1).reverse();
  while (inner.length > 1 && inner.at(-1) === inner.at(-2)) inner.pop();
  return {
    decimalDigits,
    decimalSeparator: textOf(parts, "decimal", "."),
    groupSeparator: textOf(parts, "group", ","),
    groupSizes: inner.length === 0 ? [0] : inner,
    negativePattern,
    positivePattern,
  };
}

const SIGNS: Partial<Record<Intl.NumberFormatPart["type"], string>> = {
  minusSign: "-",
  currency: "$",
  percentSign: "%",
  integer: "n",
};

/** Which of the patterns a formatted number follows. */
function patternIn(patterns: readonly string[], parts: Parts, otherwise: string): number {
  const shape = parts
    .map((part) => SIGNS[part.type] ?? (part.type === "literal" ? blank(part.value) : ""))
    .join("")
    .replace(/n+/, "n");
  const index = patterns.indexOf(shape);
  return index < 0 ? patterns.indexOf(otherwise) : index;
}

function blank(literal: string): string {
  return literal.replace(DIRECTION_MARKS, "").replace(/\s+/g, " ");
}
