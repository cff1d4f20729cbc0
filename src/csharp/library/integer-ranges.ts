/** Ranges and overflow texts of the integer types, by full .NET name. */
import { overflow } from "./exceptions-thrown.ts";
import type { IntegerRange } from "./number-parse.ts";

function range(bits: number, signed: boolean, name: string): IntegerRange {
  const size = 1n << BigInt(bits);
  return {
    min: signed ? -size / 2n : 0n,
    max: (signed ? size / 2n : size) - 1n,
    bits,
    overflow: `Value was either too large or too small for ${name}.`,
  };
}

export const sbyteRange = range(8, true, "a signed byte");
export const byteRange = range(8, false, "an unsigned byte");
export const int16Range = range(16, true, "an Int16");
export const uint16Range = range(16, false, "a UInt16");
export const int32Range = range(32, true, "an Int32");
export const uint32Range = range(32, false, "a UInt32");
export const int64Range = range(64, true, "an Int64");
export const uint64Range = range(64, false, "a UInt64");
export const charRange = range(16, false, "a character");

/** The value when the range holds it; otherwise OverflowException. */
export function within(value: bigint, limits: IntegerRange): bigint {
  if (value < limits.min || value > limits.max) throw overflow(limits.overflow);
  return value;
}
