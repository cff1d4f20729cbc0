/** System.Guid. https://learn.microsoft.com/dotnet/api/system.guid */
import { randomUUID } from "node:crypto";
import { structDefault } from "../runtime/default-value.ts";
import { bytes, type CsArray, CsObject, type Ref, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, formatError, overflow } from "./exceptions-thrown.ts";
import { trimWhiteSpace } from "./string-trim.ts";

export class Guid extends CsObject {
  /** 32 lower-case hexadecimal digits. */
  readonly digits: string;

  constructor(digits: string) {
    super();
    this.digits = digits;
  }

  static readonly empty = new Guid("0".repeat(32));

  override get type(): Type {
    return type("System.Guid");
  }

  override toText(): string {
    return this.format("D");
  }

  /** D, N, B, P or X in any case; FormatException for others. */
  format(format: string | null): string {
    const d = this.digits;
    const dashed = `${d.slice(0, 8)}-${d.slice(8, 12)}-${d.slice(12, 16)}-${d.slice(16, 20)}-${d.slice(20)}`;
    switch ((format || "D").toUpperCase()) {
      case "D":
        return dashed;
      case "N":
        return d;
      case "B":
        return `{${dashed}}`;
      case "P":
        return `(${dashed})`;
      case "X": {
        const tail = d.slice(16).replace(/../g, ",0x$&").slice(1);
        return `{0x${d.slice(0, 8)},0x${d.slice(8, 12)},0x${d.slice(12, 16)},{${tail}}}`;
      }
      default:
        throw formatError(BAD_FORMAT);
    }
  }

  override equals(other: unknown): boolean {
    return other instanceof Guid && other.digits === this.digits;
  }

  override hash(): number {
    const view = new DataView(this.toBytes(false).buffer);
    return view.getInt32(0, true) ^ view.getInt32(4, true) ^ view.getInt32(8, true) ^ view.getInt32(12, true);
  }

  compareTo(other: unknown): number {
    if (other === null) return 1;
    if (!(other instanceof Guid)) throw argument("Object must be of type GUID.", "value");
    return compareGuids(this, other);
  }

  /** The first three fields are little-endian unless `bigEndian`. */
  toBytes(bigEndian: boolean): Uint8Array<ArrayBuffer> {
    const raw = Uint8Array.from(this.digits.match(/../g) as string[], (pair) => Number.parseInt(pair, 16));
    return bigEndian ? raw : raw.map((_, i) => raw[FIELD_ORDER[i]]);
  }

  static fromBytes(raw: ArrayLike<number>, bigEndian: boolean): Guid {
    let digits = "";
    for (let i = 0; i < 16; i++) digits += raw[bigEndian ? i : FIELD_ORDER[i]].toString(16).padStart(2, "0");
    return new Guid(digits);
  }
}

/** Byte positions when the first three fields are reversed; its own inverse. */
const FIELD_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

structDefault("System.Guid", () => Guid.empty);

/** The fields compare as unsigned numbers, which the digits do as text. */
function compareGuids(a: Guid, b: Guid): number {
  return a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0;
}

const LENGTH = "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).";
const NOT_HEX = "Guid string should only contain hexadecimal characters.";
const BRACE = "Expected {0xdddddddd, etc}.";
const TOO_LARGE = "Value was either too large or too small for a UInt32.";
const UNRECOGNIZED = "Unrecognized Guid format.";
const BAD_FORMAT = 'Format string can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".';

/** A Guid, or why the text is none. */
type Parsed = Guid | string;

/** Any of the five forms, told apart by the first characters. */
function parseAny(input: string): Parsed {
  const text = trimWhiteSpace(input);
  if (text.length < 32) return UNRECOGNIZED;
  if (text[0] === "(") return parseForm(text, "P");
  if (text[0] === "{") return parseForm(text, text[9] === "-" ? "B" : "X");
  return parseForm(text, text[8] === "-" ? "D" : "N");
}

function parseForm(text: string, form: string): Parsed {
  switch (form) {
    case "N":
      return text.length === 32 ? fromDigits(text) : LENGTH;
    case "D":
      return parseDashed(text);
    case "B":
      return text.length === 38 && text[0] === "{" && text[37] === "}" ? parseDashed(text.slice(1, 37)) : LENGTH;
    case "P":
      return text.length === 38 && text[0] === "(" && text[37] === ")" ? parseDashed(text.slice(1, 37)) : LENGTH;
    default:
      return parseStructure(text.replace(/\s/g, ""));
  }
}

function parseDashed(text: string): Parsed {
  if (text.length !== 36) return LENGTH;
  if ([8, 13, 18, 23].some((at) => text[at] !== "-")) return "Dashes are in the wrong position for GUID parsing.";
  const digits = text.slice(0, 8) + text.slice(9, 13) + text.slice(14, 18) + text.slice(19, 23) + text.slice(24);
  return /[x+]/i.test(text) ? fromLooseFields(text) : fromDigits(digits);
}

function fromDigits(digits: string): Parsed {
  return /^[0-9a-f]{32}$/i.test(digits) ? new Guid(digits.toLowerCase()) : NOT_HEX;
}

/** What older versions took within the dashes: fields that begin with `+`, `0x` or both, within their width. */
function fromLooseFields(text: string): Parsed {
  let digits = "";
  for (const [start, width] of [
    [0, 8],
    [9, 4],
    [14, 4],
    [19, 4],
    [24, 4],
  ] as const) {
    const field = looseHex(text.slice(start, start + width));
    if (typeof field === "string") return NOT_HEX;
    digits += hex(field, width);
  }
  return fromDigits(digits + text.slice(28));
}

/** A number perhaps after `+`, `0x` or both; else which failure it is. */
function looseHex(text: string): number | typeof NOT_HEX | typeof TOO_LARGE {
  const digits = text.replace(/^\+?(0x)?/i, "").replace(/^0+/, "");
  const valid = (/^[0-9a-f]*/i.exec(digits) as RegExpExecArray)[0].length;
  if (valid > 8) return TOO_LARGE;
  return valid < digits.length ? NOT_HEX : Number.parseInt(digits || "0", 16);
}

/** Form X without spaces: {0xdddddddd,0xdddd,0xdddd,{0xdd,0xdd,0xdd,0xdd,0xdd,0xdd,0xdd,0xdd}}; any number of digits. */
function parseStructure(text: string): Parsed {
  if (text[0] !== "{") return BRACE;
  let at = 1;
  let digits = "";
  for (let i = 0; i < 11; i++) {
    if (i === 3 && text[at++] !== "{") return BRACE;
    if (!/^0x/i.test(text.slice(at, at + 2))) return "Expected 0x prefix.";
    const end = text.indexOf(i < 10 ? "," : "}", at + 2);
    if (end <= at + 2) return i < 10 ? endless("comma") : endless("brace");
    const field = looseHex(text.slice(at + 2, end));
    if (typeof field === "string") return field;
    if (i > 2 && field > 255) return UNRECOGNIZED;
    digits += hex(field, i === 0 ? 8 : i < 3 ? 4 : 2);
    at = end + 1;
  }
  if (text[at] !== "}") return "Could not find the ending brace.";
  if (at + 1 !== text.length) return "Additional non-parsable characters are at the end of the string.";
  return fromDigits(digits);
}

function endless(sign: string): string {
  return `Could not find a ${sign}, or the length between the previous token and the ${sign} was zero (i.e., '0x,'etc.).`;
}

/** Guid.Parse: ArgumentNull and FormatException. */
export function parseGuid(text: string | null): Guid {
  if (text === null) throw argumentNull("input");
  return orThrow(parseAny(text));
}

function orThrow(parsed: Parsed): Guid {
  if (typeof parsed === "string") throw formatError(parsed === TOO_LARGE ? UNRECOGNIZED : parsed);
  return parsed;
}

/** The constructor alone says when a field is too large: OverflowException. */
function constructGuid(text: string | null): Guid {
  if (text === null) throw argumentNull("g");
  const parsed = parseAny(text);
  if (parsed === TOO_LARGE) throw overflow(TOO_LARGE);
  return orThrow(parsed);
}

function tryParse(text: string | null, result: Ref): boolean {
  const parsed = text === null ? UNRECOGNIZED : parseAny(text);
  result.v = typeof parsed === "string" ? Guid.empty : parsed;
  return typeof parsed !== "string";
}

function isForm(format: string | null): format is string {
  return format !== null && /^[dnbpx]$/i.test(format);
}

function fromArray(raw: CsArray | null): Guid {
  if (raw === null) throw argumentNull("b");
  if (raw.items.length !== 16) throw argument("Byte array for Guid must be exactly 16 bytes long.", "b");
  return Guid.fromBytes(raw.items as Uint8Array, false);
}

const hex = (value: number, width: number) => (value >>> 0).toString(16).slice(-width).padStart(width, "0");

function fromFields(a: number, b: number, c: number, ...rest: number[]): Guid {
  return new Guid(hex(a, 8) + hex(b, 4) + hex(c, 4) + rest.map((value) => hex(value, 2)).join(""));
}

function fromFieldsAndArray(a: number, b: number, c: number, rest: CsArray | null): Guid {
  if (rest === null) throw argumentNull("d");
  if (rest.items.length !== 8) throw argument("Byte array for Guid must be exactly 8 bytes long.", "d");
  return fromFields(a, b, c, ...(rest.items as Uint8Array));
}

implement("System.Guid", {
  "new(string)": constructGuid,
  "new(byte[])": fromArray,
  "new(int,short,short,byte[])": fromFieldsAndArray,
  "new(*)": fromFields,
  Empty: () => Guid.empty,
  "NewGuid()": () => new Guid(randomUUID().replaceAll("-", "")),
  "Parse(string)": (text: string | null) => parseGuid(text),
  "Parse(string,IFormatProvider)": (text: string | null) => parseGuid(text),
  "ParseExact(string,string)": (text: string | null, format: string | null) => {
    if (text === null) throw argumentNull("input");
    if (format === null) throw argumentNull("format");
    if (!isForm(format)) throw formatError(BAD_FORMAT);
    return orThrow(parseForm(trimWhiteSpace(text), format.toUpperCase()));
  },
  "TryParse(string,Guid&)": tryParse,
  "TryParse(string,IFormatProvider,Guid&)": (text: string | null, _provider: unknown, result: Ref) =>
    tryParse(text, result),
  "TryParseExact(string,string,Guid&)": (text: string | null, format: string | null, result: Ref) => {
    const known = text !== null && text.length >= 32 && isForm(format);
    const parsed = known ? parseForm(trimWhiteSpace(text), format.toUpperCase()) : UNRECOGNIZED;
    result.v = typeof parsed === "string" ? Guid.empty : parsed;
    return typeof parsed !== "string";
  },
  "ToByteArray()": (self: Guid) => bytes(self.toBytes(false)),
  "ToByteArray(bool)": (self: Guid, bigEndian: boolean) => bytes(self.toBytes(bigEndian)),
  "ToString()": (self: Guid) => self.toText(),
  "ToString(string)": (self: Guid, format: string | null) => self.format(format),
  "ToString(string,IFormatProvider)": (self: Guid, format: string | null) => self.format(format),
  "Equals(*)": (self: Guid, other: unknown) => self.equals(unbox(other)),
  "GetHashCode()": (self: Guid) => self.hash(),
  "CompareTo(Guid)": compareGuids,
  "CompareTo(object)": (self: Guid, other: unknown) => self.compareTo(unbox(other)),
  "op_Equality(Guid,Guid)": (a: Guid, b: Guid) => a.digits === b.digits,
  "op_Inequality(Guid,Guid)": (a: Guid, b: Guid) => a.digits !== b.digits,
  "op_LessThan(Guid,Guid)": (a: Guid, b: Guid) => compareGuids(a, b) < 0,
  "op_LessThanOrEqual(Guid,Guid)": (a: Guid, b: Guid) => compareGuids(a, b) <= 0,
  "op_GreaterThan(Guid,Guid)": (a: Guid, b: Guid) => compareGuids(a, b) > 0,
  "op_GreaterThanOrEqual(Guid,Guid)": (a: Guid, b: Guid) => compareGuids(a, b) >= 0,
});
