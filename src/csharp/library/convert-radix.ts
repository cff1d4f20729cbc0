/** System.Convert with a base: ToInt32("FF", 16), ToString(255, 2) and their kin. Bases are 2, 8, 10 and 16. */
import { implement, type Members } from "./define.ts";
import { argument, argumentOutOfRange, formatError, overflow } from "./exceptions-thrown.ts";
import {
  byteRange,
  int16Range,
  int32Range,
  int64Range,
  sbyteRange,
  uint16Range,
  uint32Range,
  uint64Range,
  within,
} from "./integer-ranges.ts";
import type { IntegerRange } from "./number-parse.ts";

const DIGITS: Record<number, RegExp> = { 2: /[01]*/y, 8: /[0-7]*/y, 10: /[0-9]*/y, 16: /[0-9a-fA-F]*/y };
const PREFIXES: Record<number, string> = { 2: "0b", 8: "0o", 10: "", 16: "0x" };

function checkBase(base: number): void {
  if (!(base in PREFIXES)) throw argument("Invalid Base.");
}

/** Reads sign, 0x and digits of the whole text. */
function readDigits(text: string, base: number, signed: boolean): { size: bigint; negative: boolean } {
  if (text === "") {
    // The constructor that .NET calls here takes the message for the parameter's name.
    throw argumentOutOfRange("Index was out of range. Must be non-negative and less than the size of the collection.");
  }
  let at = 0;
  const negative = text[0] === "-";
  if (negative) {
    if (base !== 10) throw argument("String cannot contain a minus sign if the base is not 10.");
    if (!signed) {
      throw overflow("The string was being parsed as an unsigned number and could not have a negative sign.");
    }
    at = 1;
  } else if (text[0] === "+") at = 1;
  if (base === 16 && text.length > at + 1 && /^0[xX]/.test(text.slice(at))) at += 2;
  const pattern = DIGITS[base];
  pattern.lastIndex = at;
  const digits = pattern.exec(text)?.[0] ?? "";
  if (digits === "") throw formatError("Could not find any recognizable digits.");
  if (at + digits.length < text.length) {
    throw formatError("Additional non-parsable characters are at the end of the string.");
  }
  return { size: BigInt(PREFIXES[base] + digits), negative };
}

/** Convert.ToInt32(text, base) and the like; throws what they throw. */
export function parseRadix(text: string | null, base: number, range: IntegerRange): bigint {
  checkBase(base);
  if (text === null) return 0n;
  const signed = range.min < 0n;
  const { size, negative } = readDigits(text, base, signed);
  const word = range.bits === 64 ? uint64Range : uint32Range;
  if (base === 10 && signed) {
    // Small types are read as Int32 first.
    within(negative ? -size : size, range.bits === 64 ? int64Range : int32Range);
    return within(negative ? -size : size, range);
  }
  within(size, word);
  if (size >> BigInt(range.bits)) throw overflow(range.overflow);
  return signed ? BigInt.asIntN(range.bits, size) : size;
}

/** Digits of the two's complement; base 10 shows the sign. */
function format(value: number | bigint, base: number, bits: number): string {
  checkBase(base);
  if (base === 10) return String(value);
  return BigInt.asUintN(bits, BigInt(value)).toString(base);
}

const TARGETS: [name: string, range: IntegerRange][] = [
  ["ToByte", byteRange],
  ["ToSByte", sbyteRange],
  ["ToInt16", int16Range],
  ["ToUInt16", uint16Range],
  ["ToInt32", int32Range],
  ["ToUInt32", uint32Range],
  ["ToInt64", int64Range],
  ["ToUInt64", uint64Range],
];

const members: Members = {
  "ToString(byte,int)": (value: number, base: number) => format(value, base, 32),
  "ToString(short,int)": (value: number, base: number) => format(value, base, 16),
  "ToString(int,int)": (value: number, base: number) => format(value, base, 32),
  "ToString(long,int)": (value: bigint, base: number) => format(value, base, 64),
};
for (const [name, range] of TARGETS) {
  members[`${name}(string,int)`] = (text: string | null, base: number) => {
    const value = parseRadix(text, base, range);
    return range.bits === 64 ? value : Number(value);
  };
}
implement("System.Convert", members);
