/** JsonTextReader for the deserialiser: reads values as what the caller expects, straight from the text. */
import { Decimal } from "./decimal.ts";
import { int32Range } from "./integer-ranges.ts";
import { kinds, type ReadValue, stringAs, valueAs } from "./json-read-as.ts";
import { type MemberRules, type ReadType, State, type TypedReader } from "./json-reader.ts";
import { Code, isFloat, isOctalOrHex } from "./json-scanner.ts";
import { JsonTextReader } from "./json-text-reader.ts";
import { JsonToken } from "./json-token-type.ts";
import { inZone, type JsonReading } from "./json-style.ts";
import { clr, datePartsOf, dateTimeOf } from "./json-values.ts";
import { NumberStyles } from "./number-reader.ts";

type Expected = Exclude<ReadType, "any">;

const numeric: readonly ReadType[] = ["int", "decimal", "double"];

export class JsonTypedReader extends JsonTextReader implements TypedReader {
  rules: MemberRules;

  constructor(text: string, reading?: JsonReading, rules: MemberRules = {}) {
    super(text, reading);
    this.rules = rules;
  }

  /** Where a property name must come, none of ReadAsInt32 and its like may be called. */
  refuseInObject(): void {
    if (this.state === State.Object || this.state === State.ObjectStart) throw this.unexpectedState();
  }

  readAs(expected: ReadType): boolean {
    if (this.state === State.Closed) throw this.unexpectedState();
    if (expected === "any") return this.readAndMoveToContent();
    if (this.state === State.Object || this.state === State.ObjectStart || this.state === State.Finished) {
      return this.readAndMoveToContent();
    }
    if (this.state === State.PostValue && this.parsePostValue(true)) return true;
    for (;;) {
      const c = this.peek();
      if (c === Code.END) {
        this.setToken(JsonToken.None);
        return false;
      }
      if (c === Code.SLASH) this.parseComment(false);
      else if (!this.skipBlank(c)) return this.#value(c, expected);
    }
  }

  #value(c: number, expected: Expected): boolean {
    if (c === Code.DOUBLE_QUOTE || c === Code.SINGLE_QUOTE) {
      this.#string(c, expected);
    } else if (c === Code.CLOSE_BRACKET) {
      this.pos++;
      if (this.state !== State.Array && this.state !== State.ArrayStart) throw this.unexpectedCharacter("]");
      this.setToken(JsonToken.EndArray);
    } else if (c === Code.COMMA) {
      this.pos++;
      this.setToken(JsonToken.Undefined);
      throw this.unexpectedCharacter(",");
    } else if (expected === "bytes" && c === Code.OPEN_BRACKET) {
      this.pos++;
      this.setToken(JsonToken.StartArray);
      this.readBytesOfArray();
    } else {
      this.#wordOrNumber(this.here(), c, expected);
    }
    return true;
  }

  #string(quote: number, expected: Expected): void {
    this.pos++;
    const text = this.readString(quote);
    this.setPostValueState(true);
    const value = stringAs(text, expected);
    if (value && value.token === JsonToken.Date) return this.#set(this.#inZone(value));
    if (value) return this.#set(value);
    this.setToken(JsonToken.String, text, clr.string(), false);
    throw this.error(`Could not convert string to ${kinds[expected].name}: ${text}.`);
  }

  /** DateTimeZoneHandling; a DateTimeOffset stays what it is. */
  #inZone(value: ReadValue): ReadValue {
    if (value.rawType !== clr.dateTime()) return value;
    return { ...value, raw: dateTimeOf(inZone(datePartsOf(value.raw), this.reading.zone)) };
  }

  #set(value: ReadValue): void {
    this.setToken(value.token, value.raw, value.rawType, false);
  }

  #wordOrNumber(first: string, c: number, expected: Expected): void {
    const isNumber = numeric.includes(expected);
    if (first === "n") return this.#null();
    if (first === "N" && (isNumber || expected === "string")) return this.#symbol("NaN", Number.NaN, expected);
    if (first === "I" && (isNumber || expected === "string")) return this.#symbol("Infinity", Infinity, expected);
    if (first === "-" && this.peek(1) === 73 && expected !== "bool")
      return this.#symbol("-Infinity", -Infinity, expected);
    const startsNumber = first === "-" || first === "." || (c >= 48 && c <= 57);
    if (startsNumber && (isNumber || expected === "string" || expected === "bool")) return this.#number(expected);
    if ((first === "t" || first === "f") && (expected === "bool" || expected === "string")) {
      return this.#boolean(first === "t", expected);
    }
    this.pos++;
    throw this.unexpectedCharacter(first);
  }

  #null(): void {
    if (this.peek(1) === Code.END) {
      this.pos = this.text.length;
      throw this.unexpectedEnd();
    }
    if (this.peek(1) !== 117) {
      this.pos += 2;
      throw this.unexpectedCharacter(this.text[this.pos - 1]);
    }
    this.matchWord("null", "Error parsing null value.");
    this.setToken(JsonToken.Null);
  }

  #symbol(word: string, value: number, expected: Expected): void {
    this.matchWord(word, `Error parsing ${word} value.`);
    if (expected === "double") this.setToken(JsonToken.Float, value, clr.double());
    else if (expected === "string") this.setToken(JsonToken.String, word, clr.string());
    else throw this.error(`Cannot read ${word} value.`);
  }

  #boolean(value: boolean, expected: Expected): void {
    const word = String(value);
    if (!this.tryMatchWord(word)) throw this.unexpectedCharacter(this.here());
    if (expected === "bool") this.setToken(JsonToken.Boolean, value, clr.boolean());
    else this.setToken(JsonToken.String, word, clr.string());
  }

  #number(expected: Expected): void {
    if (expected === "bool") {
      this.parseNumber();
      return this.#set(valueAs({ raw: this.value, rawType: this.valueType }, "bool"));
    }
    const literal = this.readNumber();
    const what = expected === "int" ? "integer" : expected === "string" ? "number" : kinds[expected].name;
    const isInteger = isOctalOrHex(literal);
    if (expected === "string") {
      if (isInteger) this.octalOrHex(literal, what);
      else if (!isFloat(literal)) throw this.error(`Input string '${literal}' is not a valid number.`);
      return this.setToken(JsonToken.String, literal, clr.string(), false);
    }
    if (isInteger && expected === "int") {
      return this.setToken(JsonToken.Integer, Number(this.octalOrHex(literal, what, int32Range)), clr.int32(), false);
    }
    if (isInteger) {
      return this.#set(valueAs({ raw: this.octalOrHex(literal, what), rawType: clr.int64() }, expected));
    }
    if (expected === "double" && isFloat(literal)) {
      return this.setToken(JsonToken.Float, Number(literal), clr.double(), false);
    }
    if (expected === "int" && /^-?\d+$/.test(literal)) return this.#int(literal);
    const value = expected === "decimal" && isFloat(literal) ? this.#decimal(literal) : undefined;
    if (!value) throw this.error(`Input string '${literal}' is not a valid ${what}.`);
    this.#set(value);
  }

  #int(literal: string): void {
    const value = Number(literal);
    if (value !== (value | 0)) throw this.error(`JSON integer ${literal} is too large or small for an Int32.`);
    this.setToken(JsonToken.Integer, value, clr.int32(), false);
  }

  #decimal(literal: string): ReadValue | undefined {
    const value = Decimal.tryParse(literal, NumberStyles.Number | NumberStyles.AllowExponent);
    return typeof value === "string" ? undefined : { token: JsonToken.Float, raw: value, rawType: clr.decimal() };
  }
}
