/**
 * How a culture writes numbers: the data behind NumberFormatInfo.
 * https://learn.microsoft.com/dotnet/api/system.globalization.numberformatinfo
 */

/** Conventions of plain numbers, of amounts of money, or of percentages. */
export interface NumberStyleConventions {
  /** Decimals that a format without precision shows. */
  readonly decimalDigits: number;
  readonly decimalSeparator: string;
  readonly groupSeparator: string;
  /** From the point to the left; the last one counts for all further groups, 0 ends grouping. */
  readonly groupSizes: readonly number[];
  /** Index into the patterns of the style. */
  readonly negativePattern: number;
  /** Index into the patterns of the style; plain numbers have none. */
  readonly positivePattern: number;
}

export interface NumberConventions {
  readonly number: NumberStyleConventions;
  readonly currency: NumberStyleConventions;
  readonly percent: NumberStyleConventions;
  readonly currencySymbol: string;
  readonly percentSymbol: string;
  readonly perMilleSymbol: string;
  readonly positiveSign: string;
  readonly negativeSign: string;
  readonly nan: string;
  readonly positiveInfinity: string;
  readonly negativeInfinity: string;
}

/** `n` is the number, `-` the sign, `$` the currency, `%` the percent sign; the order is .NET's. */
export const NUMBER_NEGATIVE: readonly string[] = ["(n)", "-n", "- n", "n-", "n -"];
export const CURRENCY_POSITIVE: readonly string[] = ["$n", "n$", "$ n", "n $"];
export const CURRENCY_NEGATIVE: readonly string[] = [
  ...["($n)", "-$n", "$-n", "$n-", "(n$)", "-n$", "n-$", "n$-", "-n $", "-$ n", "n $-", "$ n-", "$ -n", "n- $"],
  ...["($ n)", "(n $)", "$- n"],
];
export const PERCENT_POSITIVE: readonly string[] = ["n %", "n%", "%n", "% n"];
export const PERCENT_NEGATIVE: readonly string[] = [
  ...["-n %", "-n%", "-%n", "%-n", "%n-", "n-%", "n%-", "-% n", "n %-", "% n-", "% -n", "n- %"],
];

const INVARIANT_STYLE: NumberStyleConventions = {
  decimalDigits: 2,
  decimalSeparator: ".",
  groupSeparator: ",",
  groupSizes: [3],
  negativePattern: 0,
  positivePattern: 0,
};

export const INVARIANT_NUMBERS: NumberConventions = {
  number: { ...INVARIANT_STYLE, negativePattern: NUMBER_NEGATIVE.indexOf("-n") },
  currency: INVARIANT_STYLE,
  percent: INVARIANT_STYLE,
  currencySymbol: "¤",
  percentSymbol: "%",
  perMilleSymbol: "\u2030",
  positiveSign: "+",
  negativeSign: "-",
  nan: "NaN",
  positiveInfinity: "Infinity",
  negativeInfinity: "-Infinity",
};
