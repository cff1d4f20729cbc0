/** System.Globalization.NumberFormatInfo: the conventions for numbers of a culture, changeable where .NET lets them be changed. */
import { CsArray } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, invalidOperation } from "./exceptions-thrown.ts";
import { FormatProvider } from "./format-provider.ts";
import {
  CURRENCY_NEGATIVE,
  CURRENCY_POSITIVE,
  INVARIANT_NUMBERS,
  NUMBER_NEGATIVE,
  type NumberConventions,
  type NumberStyleConventions,
  PERCENT_NEGATIVE,
  PERCENT_POSITIVE,
} from "./number-conventions.ts";

export class NumberFormatInfo extends FormatProvider {
  #conventions: NumberConventions;
  readonly isReadOnly: boolean;

  constructor(conventions: NumberConventions, isReadOnly: boolean) {
    super();
    this.#conventions = conventions;
    this.isReadOnly = isReadOnly;
  }

  static readonly invariant = new NumberFormatInfo(INVARIANT_NUMBERS, true);

  override get type(): Type {
    return type("System.Globalization.NumberFormatInfo");
  }

  override get numbers(): NumberConventions {
    return this.#conventions;
  }

  override get dates(): null {
    return null;
  }

  /** Changes some conventions; InvalidOperationException when that is not allowed. */
  change(changed: Partial<NumberConventions>): void {
    if (this.isReadOnly) throw invalidOperation("Instance is read-only.");
    this.#conventions = { ...this.#conventions, ...changed };
  }
}

type StyleName = "number" | "currency" | "percent";

const STYLES: readonly (readonly [prefix: string, style: StyleName])[] = [
  ["Number", "number"],
  ["Currency", "currency"],
  ["Percent", "percent"],
];

/** Number of patterns that a property chooses among. */
const PATTERN_COUNTS: readonly (readonly [property: string, style: StyleName, key: PatternKey, count: number])[] = [
  ["NumberNegativePattern", "number", "negativePattern", NUMBER_NEGATIVE.length],
  ["CurrencyNegativePattern", "currency", "negativePattern", CURRENCY_NEGATIVE.length],
  ["CurrencyPositivePattern", "currency", "positivePattern", CURRENCY_POSITIVE.length],
  ["PercentNegativePattern", "percent", "negativePattern", PERCENT_NEGATIVE.length],
  ["PercentPositivePattern", "percent", "positivePattern", PERCENT_POSITIVE.length],
];

type PatternKey = "negativePattern" | "positivePattern";

const SYMBOLS: Readonly<Record<string, keyof NumberConventions>> = {
  CurrencySymbol: "currencySymbol",
  PercentSymbol: "percentSymbol",
  PerMilleSymbol: "perMilleSymbol",
  PositiveSign: "positiveSign",
  NegativeSign: "negativeSign",
  NaNSymbol: "nan",
  PositiveInfinitySymbol: "positiveInfinity",
  NegativeInfinitySymbol: "negativeInfinity",
};

const MAX_DIGITS = 99;
const MAX_GROUP = 9;

function requireText(value: string | null): string {
  if (value === null) throw argumentNull("value");
  return value;
}

function within(value: number, most: number): number {
  if (value >= 0 && value <= most) return value;
  throw argumentOutOfRange("value", `Valid values are between 0 and ${most}, inclusive.`, value);
}

function groupSizes(value: CsArray | null): readonly number[] {
  if (value === null) throw argumentNull("value");
  const sizes = Array.from(value.items as number[]);
  const valid = sizes.every((size, i) => (size >= 1 && size <= MAX_GROUP) || (size === 0 && i === sizes.length - 1));
  if (valid) return sizes;
  throw argument(
    "Every element in the value array should be between one and nine, except for the last element, which can be zero.",
    "value",
  );
}

const members: Members = {
  "new()": () => new NumberFormatInfo(INVARIANT_NUMBERS, false),
  InvariantInfo: () => NumberFormatInfo.invariant,
  CurrentInfo: () => NumberFormatInfo.invariant,
  IsReadOnly: (self: NumberFormatInfo) => self.isReadOnly,
  "Clone()": (self: NumberFormatInfo) => new NumberFormatInfo(self.numbers, false),
  "ReadOnly(NumberFormatInfo)": (self: NumberFormatInfo | null) => {
    if (self === null) throw argumentNull("nfi");
    return self.isReadOnly ? self : new NumberFormatInfo(self.numbers, true);
  },
};

function property<T>(
  name: string,
  read: (c: NumberConventions) => T,
  write: (c: NumberConventions, v: T) => Partial<NumberConventions>,
): void {
  members[name] = (self: NumberFormatInfo) => read(self.numbers);
  members[`${name}=`] = (self: NumberFormatInfo, value: T) => self.change(write(self.numbers, value));
}

function styleProperty<K extends keyof NumberStyleConventions>(
  name: string,
  style: StyleName,
  key: K,
  check: (value: NumberStyleConventions[K]) => NumberStyleConventions[K],
): void {
  property(
    name,
    (c) => c[style][key],
    (c, value) => ({ [style]: { ...c[style], [key]: check(value) } }),
  );
}

/** A separator between digits must not be empty. */
function requireSeparator(value: string): string {
  if (requireText(value) === "") throw argument("The value cannot be an empty string.", "value");
  return value;
}

for (const [prefix, style] of STYLES) {
  styleProperty(`${prefix}DecimalDigits`, style, "decimalDigits", (value) => within(value, MAX_DIGITS));
  styleProperty(`${prefix}DecimalSeparator`, style, "decimalSeparator", requireSeparator);
  styleProperty(`${prefix}GroupSeparator`, style, "groupSeparator", requireText);
  members[`${prefix}GroupSizes`] = (self: NumberFormatInfo) =>
    new CsArray(type("System.Int32"), [...self.numbers[style].groupSizes]);
  members[`${prefix}GroupSizes=`] = (self: NumberFormatInfo, value: CsArray | null) =>
    self.change({ [style]: { ...self.numbers[style], groupSizes: groupSizes(value) } });
}
for (const [name, style, key, count] of PATTERN_COUNTS) {
  styleProperty(name, style, key, (value) => within(value, count - 1));
}
for (const [name, key] of Object.entries(SYMBOLS)) {
  property(
    name,
    (c) => c[key] as string,
    (_, value) => ({ [key]: requireText(value) }),
  );
}
implement("System.Globalization.NumberFormatInfo", members);
