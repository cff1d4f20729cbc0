/**
 * Integer arithmetic that JavaScript does not have: division that throws, and the `checked` operators.
 * int and smaller types are numbers, long and ulong bigints (values.ts). Wrapping operators are emitted inline.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/expressions#1210-arithmetic-operators
 */
import { CsException } from "./values.ts";

const MIN_INT = -0x80000000;
const MIN_LONG = -(1n << 63n);
const MAX_LONG = (1n << 63n) - 1n;
const MAX_ULONG = (1n << 64n) - 1n;

export function overflow(message = "Arithmetic operation resulted in an overflow."): CsException {
  return new CsException("System.OverflowException", message);
}

function divideByZero(): CsException {
  return new CsException("System.DivideByZeroException", "Attempted to divide by zero.");
}

/** int / int: truncates; throws for zero and for int.MinValue / -1. */
export function divInt(a: number, b: number): number {
  if (b === 0) throw divideByZero();
  if (b === -1 && a === MIN_INT) throw overflow();
  return (a / b) | 0;
}

/** int % int: the sign of the dividend. */
export function remInt(a: number, b: number): number {
  if (b === 0) throw divideByZero();
  if (b === -1 && a === MIN_INT) throw overflow();
  return (a % b) | 0;
}

export function divUint(a: number, b: number): number {
  if (b === 0) throw divideByZero();
  return (a / b) >>> 0;
}

export function remUint(a: number, b: number): number {
  if (b === 0) throw divideByZero();
  return a % b;
}

/** long / long. */
export function divLong(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divideByZero();
  if (b === -1n && a === MIN_LONG) throw overflow();
  return a / b;
}

export function remLong(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divideByZero();
  if (b === -1n && a === MIN_LONG) throw overflow();
  return a % b;
}

/** ulong / ulong. */
export function divUlong(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divideByZero();
  return a / b;
}

export function remUlong(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divideByZero();
  return a % b;
}

/** The result of a checked int operation, computed without wrapping (a product of ints is exact enough to see that it is too large). */
export function checkInt(result: number): number {
  if (result > 0x7fffffff || result < MIN_INT) throw overflow();
  return result + 0;
}

export function checkUint(result: number): number {
  if (result > 0xffffffff || result < 0) throw overflow();
  return result + 0;
}

export function checkLong(result: bigint): bigint {
  if (result > MAX_LONG || result < MIN_LONG) throw overflow();
  return result;
}

export function checkUlong(result: bigint): bigint {
  if (result > MAX_ULONG || result < 0n) throw overflow();
  return result;
}
