/**
 * Composite formatting: string.Format, StringBuilder.AppendFormat. Holes are {index[,alignment][:format]}.
 * https://learn.microsoft.com/dotnet/standard/base-types/composite-formatting
 */
import { allocate, limits, spend } from "../runtime/budget.ts";
import { formatObject } from "../runtime/object.ts";
import type { CsArray } from "../runtime/values.ts";
import { argumentNull, formatError } from "./exceptions-thrown.ts";

/** Index and alignment must stay below this. */
const LIMIT = 1_000_000;

/**
 * Fills a composite format.
 * @param args in object representation: value types boxed
 * @param provider an IFormatProvider; null is the current culture
 */
export function formatComposite(format: string | null, args: readonly unknown[], provider: unknown = null): string {
  if (format === null) throw argumentNull("format");
  return new HoleReader(format, args, provider).run();
}

/** Pads to |alignment|, left-aligned when it is negative. */
function pad(text: string, alignment: number): string {
  const width = Math.abs(alignment);
  if (text.length >= width) return text;
  allocate(width);
  return alignment < 0 ? text.padEnd(width) : text.padStart(width);
}

/** Arguments of `params object[]`; null is an error. */
export function paramsOf(format: string | null, args: CsArray | null): readonly unknown[] {
  if (args === null) throw argumentNull(format === null ? "format" : "args");
  return args.items as unknown[];
}

class HoleReader {
  readonly #format: string;
  readonly #args: readonly unknown[];
  readonly #provider: unknown;
  #at = 0;

  constructor(format: string, args: readonly unknown[], provider: unknown) {
    this.#format = format;
    this.#args = args;
    this.#provider = provider;
  }

  run(): string {
    const format = this.#format;
    let out = "";
    for (;;) {
      const brace = this.#nextBrace();
      out += format.slice(this.#at, brace);
      if (brace === format.length) return out;
      this.#at = brace;
      const ch = this.#move();
      if (ch === format[brace]) {
        out += ch;
        this.#at++;
        continue;
      }
      if (format[brace] === "}") {
        throw this.#error("Unexpected closing brace without a corresponding opening brace.");
      }
      out += this.#hole(ch);
      spend(1);
      if (out.length > limits.allocation) allocate(out.length);
    }
  }

  #nextBrace(): number {
    let at = this.#at;
    while (at < this.#format.length && this.#format[at] !== "{" && this.#format[at] !== "}") at++;
    return at;
  }

  /** Reads from the first character behind the brace to behind the closing one. */
  #hole(first: string): string {
    let ch = first;
    const index = this.#number(ch);
    ch = this.#skipSpaces();
    let alignment = 0;
    if (ch === ",") {
      this.#move();
      ch = this.#skipSpaces();
      const left = ch === "-";
      if (left) ch = this.#move();
      const width = this.#number(ch);
      alignment = left ? -width : width;
      ch = this.#skipSpaces();
    }
    let format: string | null = null;
    if (ch !== "}") {
      if (ch !== ":") throw this.#unclosed();
      const start = this.#at + 1;
      do {
        ch = this.#move();
        if (ch === "{") throw this.#unclosed();
      } while (ch !== "}");
      format = this.#format.slice(start, this.#at);
    }
    this.#at++;
    if (index >= this.#args.length) {
      throw formatError(
        "Index (zero based) must be greater than or equal to zero and less than the size of the argument list.",
      );
    }
    return pad(formatObject(this.#args[index], format, this.#provider), alignment);
  }

  /** Reads digits; the current character must be the first of them. */
  #number(first: string): number {
    if (!isDigit(first)) throw this.#error("Expected an ASCII digit.");
    let value = Number(first);
    for (let ch = this.#move(); isDigit(ch) && value < LIMIT; ch = this.#move()) value = value * 10 + Number(ch);
    return value;
  }

  #skipSpaces(): string {
    let ch = this.#format[this.#at];
    while (ch === " ") ch = this.#move();
    return ch;
  }

  #move(): string {
    this.#at++;
    if (this.#at >= this.#format.length) throw this.#unclosed();
    return this.#format[this.#at];
  }

  #unclosed() {
    return this.#error("Format item ends prematurely.");
  }

  #error(reason: string) {
    return formatError(`Input string was not in a correct format. Failure to parse near offset ${this.#at}. ${reason}`);
  }
}

function isDigit(ch: string): boolean {
  return ch >= "0" && ch <= "9";
}
