/** Constants as JavaScript text. */
import type { ConstantValue, DecimalConstant } from "../2-bind/bound.ts";
import { Decimal } from "../library/decimal.ts";
import { defaultOf } from "../runtime/default-value.ts";
import type { Type } from "../types.ts";
import type { Frame } from "./frame.ts";
import { quote } from "./module-text.ts";

export function literalText(frame: Frame, value: ConstantValue): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "bigint":
      return value < 0n ? `(${value}n)` : `${value}n`;
    case "number":
      return numberText(value);
    case "boolean":
      return String(value);
    default:
      return value === null ? "null" : decimalText(frame, value);
  }
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "(0 / 0)";
  if (!Number.isFinite(value)) return value > 0 ? "(1 / 0)" : "(-1 / 0)";
  if (value < 0 || Object.is(value, -0)) return `(-${-value})`;
  return String(value);
}

function decimalText(frame: Frame, { mantissa, scale }: DecimalConstant): string {
  return frame.constant(new Decimal(mantissa, scale), `decimal ${mantissa} ${scale}`);
}

/** A constant in its run-time representation. */
export function constantValue(value: ConstantValue): unknown {
  return typeof value === "object" && value !== null ? new Decimal(value.mantissa, value.scale) : value;
}

/** default(T). */
export function defaultText(frame: Frame, t: Type): string {
  const value = defaultOf(t);
  if (typeof value === "object" && value !== null) return frame.constant(value, `default ${t.id}`);
  return literalText(frame, value as ConstantValue);
}
