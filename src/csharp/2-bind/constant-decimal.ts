/** Decimal constants: what of decimal arithmetic the compiler folds. Division is left to the run time. */
import type { DecimalConstant } from "./bound.ts";

const MAX = (1n << 96n) - 1n;
const MAX_SCALE = 28;

export function isDecimalConstant(value: unknown): value is DecimalConstant {
  return typeof value === "object" && value !== null && "mantissa" in value;
}

/** Digits with an optional point: `1.10`. */
export function parseDecimal(text: string): DecimalConstant {
  const point = text.indexOf(".");
  if (point < 0) return { mantissa: BigInt(text), scale: 0 };
  return { mantissa: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

export function decimalOf(value: bigint): DecimalConstant {
  return { mantissa: value, scale: 0 };
}

/** As .NET does: 15 significant digits of a double, 7 of a float. Undefined when out of range. */
export function decimalOfDouble(value: number, digits: 15 | 7): DecimalConstant | undefined {
  if (!Number.isFinite(value)) return undefined;
  const [coefficient, exponentText] = value.toExponential(digits - 1).split("e");
  const negative = coefficient.startsWith("-");
  const figures = coefficient.replace(/[-.]/g, "").replace(/0+$/, "") || "0";
  const exponent = Number(exponentText) - (figures.length - 1);
  const mantissa = BigInt(figures) * (exponent > 0 ? 10n ** BigInt(exponent) : 1n);
  const rounded = fit({ mantissa: negative ? -mantissa : mantissa, scale: Math.max(0, -exponent) });
  return rounded?.mantissa === 0n ? decimalOf(0n) : rounded;
}

export function decimalToNumber(value: DecimalConstant): number {
  return Number(`${value.mantissa}e-${value.scale}`);
}

/** Towards zero. */
export function truncateDecimal(value: DecimalConstant): bigint {
  return value.mantissa / 10n ** BigInt(value.scale);
}

export function decimalText(value: DecimalConstant): string {
  const digits = (value.mantissa < 0n ? -value.mantissa : value.mantissa).toString().padStart(value.scale + 1, "0");
  const whole = digits.slice(0, digits.length - value.scale);
  const text = value.scale === 0 ? whole : `${whole}.${digits.slice(-value.scale)}`;
  return value.mantissa < 0n ? `-${text}` : text;
}

export function compareDecimal(a: DecimalConstant, b: DecimalConstant): number {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `+`, `-` or `*`; undefined when the result does not fit. */
export function computeDecimal(
  op: "+" | "-" | "*",
  a: DecimalConstant,
  b: DecimalConstant,
): DecimalConstant | undefined {
  if (op === "*") return fit({ mantissa: a.mantissa * b.mantissa, scale: a.scale + b.scale });
  const [x, y] = align(a, b);
  return fit({ mantissa: op === "+" ? x + y : x - y, scale: Math.max(a.scale, b.scale) });
}

function align(a: DecimalConstant, b: DecimalConstant): [bigint, bigint] {
  const scale = Math.max(a.scale, b.scale);
  return [a.mantissa * 10n ** BigInt(scale - a.scale), b.mantissa * 10n ** BigInt(scale - b.scale)];
}

/** Drops digits behind the point, rounding half to even, until 96 bits and 28 places are enough. */
function fit(value: DecimalConstant): DecimalConstant | undefined {
  let { mantissa, scale } = value;
  let drop = Math.max(0, scale - MAX_SCALE);
  for (;;) {
    const divisor = 10n ** BigInt(drop);
    const rounded = divideHalfEven(mantissa, divisor);
    if ((rounded < 0n ? -rounded : rounded) <= MAX) {
      mantissa = rounded;
      scale -= drop;
      return { mantissa, scale };
    }
    if (drop >= scale) return undefined;
    drop++;
  }
}

function divideHalfEven(value: bigint, divisor: bigint): bigint {
  if (divisor === 1n) return value;
  const quotient = value / divisor;
  const rest = value % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n !== 0n);
  return up ? quotient + (value < 0n ? -1n : 1n) : quotient;
}
