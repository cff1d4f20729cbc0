/** The exceptions that library members throw, with the message texts of .NET 8. `throw argumentNull("value")`. */
import { CsException } from "../runtime/values.ts";
import { declareTypes, type Type } from "../types.ts";

/** Exceptions that code can meet but not name: a base type tells which `catch` takes them. */
function declareException(name: string, base: string): void {
  declareTypes([{ type: name, kind: "class", base, ifaces: [], m: [] }]);
}
declareException("System.Globalization.CultureNotFoundException", "System.ArgumentException");
declareException("System.Net.Sockets.SocketException", "System.SystemException");
declareException("System.PlatformNotSupportedException", "System.NotSupportedException");
declareException(
  "System.Security.Cryptography.CryptographicUnexpectedOperationException",
  "System.Security.Cryptography.CryptographicException",
);

function withParameter(message: string, parameter: string | undefined): string {
  return parameter === undefined ? message : `${message} (Parameter '${parameter}')`;
}

export function argument(message: string, parameter?: string): CsException {
  return new CsException("System.ArgumentException", withParameter(message, parameter));
}

export function argumentNull(parameter: string, message = "Value cannot be null."): CsException {
  return new CsException("System.ArgumentNullException", withParameter(message, parameter));
}

/** @param actual the value as text, for messages that end in "Actual value was ..." */
export function argumentOutOfRange(
  parameter: string,
  message = "Specified argument was out of the range of valid values.",
  actual?: string | number | bigint,
): CsException {
  const text = withParameter(message, parameter);
  return new CsException(
    "System.ArgumentOutOfRangeException",
    actual === undefined ? text : `${text}\nActual value was ${actual}.`,
  );
}

/** As ArgumentOutOfRangeException.ThrowIfNegative. */
export function negativeArgument(parameter: string, actual: number): CsException {
  return argumentOutOfRange(parameter, `${parameter} ('${actual}') must be a non-negative value.`, actual);
}

/** Throws unless the argument is zero or more. */
export function checkNonNegative(value: number, parameter: string): void {
  if (value < 0) throw negativeArgument(parameter, value);
}

export function formatError(message: string): CsException {
  return new CsException("System.FormatException", message);
}

/** The text that every numeric Parse throws. */
export function inputFormatError(input: string): CsException {
  return formatError(`The input string '${input}' was not in a correct format.`);
}

export function overflow(message = "Arithmetic operation resulted in an overflow."): CsException {
  return new CsException("System.OverflowException", message);
}

export function divideByZero(): CsException {
  return new CsException("System.DivideByZeroException", "Attempted to divide by zero.");
}

export function indexOutOfRange(message = "Index was outside the bounds of the array."): CsException {
  return new CsException("System.IndexOutOfRangeException", message);
}

export function invalidOperation(message: string): CsException {
  return new CsException("System.InvalidOperationException", message);
}

export function invalidCast(from: Type, to: Type): CsException {
  const text = `Unable to cast object of type '${from.clrName}' to type '${to.clrName}'.`;
  return new CsException("System.InvalidCastException", text);
}

export function notSupported(message = "Specified method is not supported."): CsException {
  return new CsException("System.NotSupportedException", message);
}

/** @param key the key as ToString() shows it */
export function keyNotFound(key: string): CsException {
  const text = `The given key '${key}' was not present in the dictionary.`;
  return new CsException("System.Collections.Generic.KeyNotFoundException", text);
}

/** As ArgumentOutOfRangeException.ThrowIfGreaterThan. */
export function greaterArgument(parameter: string, actual: number, limit: number): CsException {
  return argumentOutOfRange(parameter, `${parameter} ('${actual}') must be less than or equal to '${limit}'.`, actual);
}
