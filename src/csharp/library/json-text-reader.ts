/**
 * Json.NET's JsonTextReader: lenient JSON (comments, single quotes, bare names, trailing commas, NaN, hexadecimal and octal numbers,
 * `new Date(...)`, empty array slots), dates recognised in strings, and its error messages with path, line and position.
 * What is accepted follows https://www.newtonsoft.com/json/help/html/T_Newtonsoft_Json_JsonTextReader.htm.
 */
import type { CsException } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { type ReadType, State } from "./json-reader.ts";
import {
  Code,
  isFloat,
  isIdentifier,
  isLetterOrDigit,
  isNumberStart,
  isOctalOrHex,
  JsonScanner,
} from "./json-scanner.ts";
import { DateTimeOffset } from "./date-time-offset.ts";
import { Decimal } from "./decimal.ts";
import { isWhiteSpace } from "./unicode.ts";
import { JsonToken } from "./json-token-type.ts";
import { clr, dateTimeOf } from "./json-values.ts";
import { DateKind, type DateParts, readJsonDate } from "./json-dates.ts";
import { inZone } from "./json-style.ts";
import { NumberStyles } from "./number-reader.ts";

/** DateParseHandling.DateTimeOffset. */
const WITH_OFFSET = 2;

const TICKS_PER_MINUTE = 600_000_000n;

/** A date with the offset that its text has; without one it is UTC, which local time is. */
function offsetDate(text: string, date: DateParts): DateTimeOffset {
  const found = date.kind === DateKind.Local ? /([+-])(\d\d):?(\d\d)?(?:\)\/)?$/.exec(text) : null;
  const size = found ? BigInt(Number(found[2]) * 60 + Number(found[3] ?? 0)) * TICKS_PER_MINUTE : 0n;
  const offset = found?.[1] === "-" ? -size : size;
  return DateTimeOffset.of(date.ticks + offset, offset);
}

/** Integers longer than this are refused, as Json.NET does: parsing them costs quadratic time. */
const MAX_INTEGER_LENGTH = 380;

export class JsonTextReader extends JsonScanner {
  override get type(): Type {
    return type("Newtonsoft.Json.JsonTextReader");
  }

  override read(): boolean {
    for (;;) {
      switch (this.state) {
        case State.Object:
        case State.ObjectStart:
          return this.#parseObject();
        case State.PostValue:
          if (this.parsePostValue()) return true;
          break;
        case State.Finished:
          return this.#parseAfterEnd();
        case State.Closed:
          throw this.unexpectedState();
        default:
          return this.#parseValue();
      }
    }
  }

  /** Reads to the end, which must hold nothing but blanks and comments. */
  readToEnd(): void {
    while (this.read());
  }

  #parseAfterEnd(): boolean {
    this.eatWhitespace();
    if (this.pos >= this.text.length) {
      this.setToken(JsonToken.None);
      return false;
    }
    if (this.peek() === Code.SLASH) {
      this.parseComment(true);
      return true;
    }
    throw this.error(`Additional text encountered after finished reading JSON content: ${this.here()}.`);
  }

  /** After a value: true when that gave a token, false when a comma or the end was met. */
  protected parsePostValue(ignoreComments = false): boolean {
    for (;;) {
      const c = this.peek();
      switch (c) {
        case Code.END:
          this.state = State.Finished;
          return false;
        case Code.CLOSE_BRACE:
          return this.#punctuation(JsonToken.EndObject);
        case Code.CLOSE_BRACKET:
          return this.#punctuation(JsonToken.EndArray);
        case Code.CLOSE_PARENTHESIS:
          return this.#punctuation(JsonToken.EndConstructor);
        case Code.SLASH:
          this.parseComment(!ignoreComments);
          if (!ignoreComments) return true;
          break;
        case Code.COMMA:
          this.pos++;
          this.setStateBasedOnCurrent();
          return false;
        default:
          if (!this.skipBlank(c)) {
            throw this.error(`After parsing a value an unexpected character was encountered: ${this.here()}.`);
          }
      }
    }
  }

  #punctuation(token: JsonToken): boolean {
    this.pos++;
    this.setToken(token);
    return true;
  }

  #parseObject(): boolean {
    for (;;) {
      const c = this.peek();
      if (c === Code.END) return false;
      if (c === Code.CLOSE_BRACE) return this.#punctuation(JsonToken.EndObject);
      if (c === Code.SLASH) {
        this.parseComment(true);
        return true;
      }
      if (!this.skipBlank(c)) {
        this.#parseProperty(c);
        return true;
      }
    }
  }

  #parseProperty(first: number): void {
    let name: string;
    if (first === Code.DOUBLE_QUOTE || first === Code.SINGLE_QUOTE) {
      this.pos++;
      name = this.readString(first);
    } else if (isIdentifier(first)) {
      name = this.#readBareName();
    } else {
      throw this.error(`Invalid property identifier character: ${this.here()}.`);
    }
    this.eatWhitespace();
    if (this.peek() !== Code.COLON) {
      throw this.error(`Invalid character after parsing property name. Expected ':' but got: ${this.here()}.`);
    }
    this.pos++;
    this.setToken(JsonToken.PropertyName, name, clr.string());
  }

  #readBareName(): string {
    const start = this.pos;
    for (;;) {
      const c = this.peek();
      if (c === Code.END) throw this.error("Unexpected end while parsing unquoted property name.");
      if (!isIdentifier(c)) {
        if (c === 0 || c === Code.COLON || isWhiteSpace(c)) return this.text.slice(start, this.pos);
        throw this.error(`Invalid JavaScript property identifier character: ${this.here()}.`);
      }
      this.pos++;
    }
  }

  #parseValue(): boolean {
    for (;;) {
      const c = this.peek();
      switch (c) {
        case Code.END:
          return false;
        case Code.DOUBLE_QUOTE:
        case Code.SINGLE_QUOTE:
          this.parseString(c, "any");
          return true;
        case Code.SLASH:
          this.parseComment(true);
          return true;
        case Code.OPEN_BRACE:
          return this.#punctuation(JsonToken.StartObject);
        case Code.OPEN_BRACKET:
          return this.#punctuation(JsonToken.StartArray);
        case Code.CLOSE_BRACKET:
          return this.#punctuation(JsonToken.EndArray);
        case Code.CLOSE_PARENTHESIS:
          return this.#punctuation(JsonToken.EndConstructor);
        case Code.COMMA:
          // The comma stays for the next read, so that [1,,2] has an undefined slot.
          this.setToken(JsonToken.Undefined);
          return true;
        default:
          if (this.skipBlank(c)) break;
          this.#parseWordOrNumber(c);
          return true;
      }
    }
  }

  #parseWordOrNumber(c: number): void {
    switch (this.text[this.pos]) {
      case "t":
        this.matchWord("true", "Error parsing boolean value.");
        return this.setToken(JsonToken.Boolean, true, clr.boolean());
      case "f":
        this.matchWord("false", "Error parsing boolean value.");
        return this.setToken(JsonToken.Boolean, false, clr.boolean());
      case "n":
        return this.#parseNullOrConstructor();
      case "u":
        this.matchWord("undefined", "Error parsing undefined value.");
        return this.setToken(JsonToken.Undefined);
      case "N":
        this.matchWord("NaN", "Error parsing NaN value.");
        return this.setToken(JsonToken.Float, Number.NaN, clr.double());
      case "I":
        this.matchWord("Infinity", "Error parsing Infinity value.");
        return this.setToken(JsonToken.Float, Number.POSITIVE_INFINITY, clr.double());
      case "-":
        if (this.peek(1) !== 73) return this.parseNumber();
        this.matchWord("-Infinity", "Error parsing -Infinity value.");
        return this.setToken(JsonToken.Float, Number.NEGATIVE_INFINITY, clr.double());
      default:
        if (isNumberStart(c)) return this.parseNumber();
        throw this.unexpectedCharacter(this.here());
    }
  }

  protected unexpectedCharacter(c: string): CsException {
    return this.error(`Unexpected character encountered while parsing value: ${c}.`);
  }

  #parseNullOrConstructor(): void {
    const next = this.peek(1);
    if (next === 117) {
      this.matchWord("null", "Error parsing null value.");
      this.setToken(JsonToken.Null);
    } else if (next === 101) {
      this.#parseConstructor();
    } else if (next === Code.END) {
      this.pos++;
      throw this.unexpectedEnd();
    } else {
      throw this.unexpectedCharacter(this.here());
    }
  }

  #parseConstructor(): void {
    this.matchWord("new", "Unexpected content while parsing JSON.");
    this.eatWhitespace();
    const start = this.pos;
    while (isLetterOrDigit(this.peek())) this.pos++;
    const end = this.pos;
    if (this.peek() === Code.END) throw this.error("Unexpected end while parsing constructor.");
    this.eatWhitespace();
    if (this.here() !== "(") throw this.error(`Unexpected character while parsing constructor: ${this.here()}.`);
    this.pos++;
    this.setToken(JsonToken.StartConstructor, this.text.slice(start, end), clr.string());
  }

  /** @param setToken whether the comment becomes a token */
  protected parseComment(setToken: boolean): void {
    const comment = this.readComment();
    if (setToken) this.setToken(JsonToken.Comment, comment, clr.string());
  }

  /** A string literal, whose opening quote is the current character. */
  protected parseString(quote: number, readType: ReadType): void {
    this.pos++;
    const text = this.readString(quote);
    this.setPostValueState(true);
    const { dates, zone } = this.reading;
    const date = dates > 0 && readType === "any" ? readJsonDate(text) : undefined;
    if (date && dates === WITH_OFFSET)
      this.setToken(JsonToken.Date, offsetDate(text, date), clr.dateTimeOffset(), false);
    else if (date) this.setToken(JsonToken.Date, dateTimeOf(inZone(date, zone)), clr.dateTime(), false);
    else this.setToken(JsonToken.String, text, clr.string(), false);
  }

  protected parseNumber(): void {
    const literal = this.readNumber();
    if (literal.length === 1 && literal >= "0" && literal <= "9") {
      return this.setToken(JsonToken.Integer, BigInt(literal.charCodeAt(0) - 48), clr.int64(), false);
    }
    if (isOctalOrHex(literal)) {
      return this.setToken(JsonToken.Integer, this.octalOrHex(literal, "number"), clr.int64(), false);
    }
    if (/^-?[0-9]+$/.test(literal)) return this.#setInteger(literal);
    if (!isFloat(literal)) throw this.error(`Input string '${literal}' is not a valid number.`);
    if (this.reading.floats === 0) return this.setToken(JsonToken.Float, Number(literal), clr.double(), false);
    const exact = Decimal.tryParse(literal, NumberStyles.Number | NumberStyles.AllowExponent);
    if (typeof exact === "string") throw this.error(`Input string '${literal}' is not a valid decimal.`);
    this.setToken(JsonToken.Float, exact, clr.decimal(), false);
  }

  #setInteger(literal: string): void {
    if (literal.length > MAX_INTEGER_LENGTH) throw this.error(`JSON integer ${literal} is too large to parse.`);
    const value = BigInt(literal);
    const fits = literal.length < 19 || BigInt.asIntN(64, value) === value;
    this.setToken(JsonToken.Integer, value, fits ? clr.int64() : clr.bigInteger(), false);
  }
}
