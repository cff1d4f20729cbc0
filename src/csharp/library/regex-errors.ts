/** Exceptions of regular expressions: a pattern that cannot be read, a match that takes too long. */
import { CsException, FuelExhausted } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { TimeSpan } from "./time-span.ts";

export class RegexParseException extends CsException {
  readonly offset: number;

  constructor(pattern: string, offset: number, problem: string) {
    const message = `Invalid pattern '${pattern}' at offset ${offset}. ${problem}`;
    super("System.Text.RegularExpressions.RegexParseException", message);
    this.offset = offset;
  }
}

const TIMED_OUT =
  "The Regex engine has timed out while trying to match a pattern to an input string. This can occur for many reasons, including very large inputs or excessive backtracking caused by nested quantifiers, back-references and other factors.";

const TIMEOUT_TYPE = "System.Text.RegularExpressions.RegexMatchTimeoutException";

export class RegexMatchTimeoutException extends CsException {
  readonly input: string;
  readonly pattern: string;
  readonly matchTimeout: TimeSpan;

  constructor(
    message: string,
    input = "",
    pattern = "",
    matchTimeout = new TimeSpan(-1n),
    inner: CsException | null = null,
  ) {
    super(TIMEOUT_TYPE, message, inner);
    this.input = input;
    this.pattern = pattern;
    this.matchTimeout = matchTimeout;
  }
}

export function timedOut(input: string, pattern: string, matchTimeout: TimeSpan): RegexMatchTimeoutException {
  return new RegexMatchTimeoutException(TIMED_OUT, input, pattern, matchTimeout);
}

/** Patterns nested deeper are refused: they would exhaust the stack. */
export const MAX_PATTERN_DEPTH = 500;

export function patternTooDeep(): FuelExhausted {
  return new FuelExhausted("a regular expression is nested too deeply");
}

implement("System.Text.RegularExpressions.RegexParseException", {
  Offset: (self: RegexParseException) => self.offset,
});

implement(TIMEOUT_TYPE, {
  "new()": () => new RegexMatchTimeoutException("The operation has timed out."),
  "new(string)": (message: string | null) => new RegexMatchTimeoutException(message ?? defaultMessage()),
  "new(string,Exception)": (message: string | null, inner: CsException | null) =>
    new RegexMatchTimeoutException(message ?? defaultMessage(), "", "", new TimeSpan(-1n), inner),
  Input: (self: RegexMatchTimeoutException) => self.input,
  Pattern: (self: RegexMatchTimeoutException) => self.pattern,
  MatchTimeout: (self: RegexMatchTimeoutException) => self.matchTimeout,
});

/** What .NET shows for an exception made with a null message. */
function defaultMessage(): string {
  return `Exception of type '${TIMEOUT_TYPE}' was thrown.`;
}
