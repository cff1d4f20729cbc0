/** What dates and times throw beyond the common exceptions, with the texts of .NET 8. */
import { CsException } from "../runtime/values.ts";
import { formatError } from "./exceptions-thrown.ts";

/** ArgumentOutOfRangeException that names no argument. */
export function outOfRange(message: string): CsException {
  return new CsException("System.ArgumentOutOfRangeException", message);
}

/** A format string that makes no sense. */
export function badFormat(): CsException {
  return formatError("Input string was not in a correct format.");
}

export function badQuote(quote: string): CsException {
  return formatError(`Cannot find a matching quote character for the character '${quote}'.`);
}

export const UNREPRESENTABLE = "The added or subtracted value results in an un-representable DateTime.";
