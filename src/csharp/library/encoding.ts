/** System.Text.Encoding. https://learn.microsoft.com/dotnet/api/system.text.encoding */
import { allocate } from "../runtime/budget.ts";
import { bytes, CsArray, CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, checkNonNegative, invalidOperation } from "./exceptions-thrown.ts";
import {
  ascii,
  type Codec,
  latin1,
  utf16BigEndian,
  utf16LittleEndian,
  utf32BigEndian,
  utf32LittleEndian,
  utf8,
} from "./encoding-codecs.ts";
import { type Fallback, fallbacks, withFallbacks } from "./encoding-fallbacks.ts";
import { stringToUnits, unitsToString } from "./string.ts";

interface Traits {
  /** Name of the .NET class. */
  readonly className: string;
  readonly codePage: number;
  readonly webName: string;
  readonly displayName: string;
  readonly windowsCodePage: number;
  readonly preamble: readonly number[];
  readonly maxBytes: (chars: number) => number;
  readonly maxChars: (bytes: number) => number;
}

export class Encoding extends CsObject {
  readonly traits: Traits;
  readonly codec: Codec;
  /** What stands in for text and bytes without a form; undefined for the codec's own way. */
  #fallbacks: { readonly encoder: Fallback; readonly decoder: Fallback } | undefined;
  #strict: Codec | undefined;
  /** The encodings of the properties and of GetEncoding cannot be changed, copies can. */
  isReadOnly = true;

  constructor(traits: Traits, codec: Codec) {
    super();
    this.traits = traits;
    this.codec = codec;
  }

  get encoderFallback(): Fallback {
    const isUnicode = this.traits.windowsCodePage === 1200;
    return this.#fallbacks?.encoder ?? fallbacks.encoderReplacement(isUnicode ? "\ufffd" : "?");
  }

  get decoderFallback(): Fallback {
    return this.#fallbacks?.decoder ?? fallbacks.decoderReplacement(this === ASCII ? "?" : "\ufffd");
  }

  /** Throws InvalidOperationException where it is read-only. */
  setFallbacks(encoder: Fallback, decoder: Fallback): void {
    if (this.isReadOnly) throw invalidOperation("Instance is read-only.");
    this.#fallbacks = { encoder, decoder };
    this.#strict = withFallbacks(this.codec, this.traits.codePage, encoder, decoder);
  }

  /** A copy that can be changed. */
  copy(): Encoding {
    const copy = new Encoding(this.traits, this.codec);
    copy.isReadOnly = false;
    if (this.#fallbacks) copy.setFallbacks(this.#fallbacks.encoder, this.#fallbacks.decoder);
    return copy;
  }

  override get type(): Type {
    return type("System.Text.Encoding");
  }

  override toText(): string {
    return `System.Text.${this.traits.className}`;
  }

  override equals(other: unknown): boolean {
    return other instanceof Encoding && other.traits.codePage === this.traits.codePage;
  }

  override hash(): number {
    return this.traits.codePage;
  }

  encode(text: string): Uint8Array {
    allocate(text.length);
    return (this.#strict ?? this.codec).encode(text);
  }

  decode(raw: Uint8Array): string {
    allocate(raw.length);
    return (this.#strict ?? this.codec).decode(raw);
  }
}

const wide = (size: number) => (chars: number) => (chars + 1) * size;
const utf16Chars = (count: number) => (count >> 1) + (count & 1) + 1;
const utf32Chars = (count: number) => (count >> 1) + 2;

function unicode(
  className: string,
  codePage: number,
  webName: string,
  displayName: string,
  preamble: number[],
): Traits {
  const size = codePage === 65001 ? 3 : codePage < 12000 ? 2 : 4;
  const maxChars = size === 3 ? (count: number) => count + 1 : size === 2 ? utf16Chars : utf32Chars;
  return { className, codePage, webName, displayName, windowsCodePage: 1200, preamble, maxBytes: wide(size), maxChars };
}

function single(className: string, codePage: number, webName: string, displayName: string): Traits {
  const maxChars = (count: number) => count;
  return {
    className,
    codePage,
    webName,
    displayName,
    windowsCodePage: 1252,
    preamble: [],
    maxBytes: (chars) => chars + 1,
    maxChars,
  };
}

const UTF8_CLASS = "UTF8Encoding+UTF8EncodingSealed";
const UTF8_NAME = "Unicode (UTF-8)";
export const UTF8 = new Encoding(unicode(UTF8_CLASS, 65001, "utf-8", UTF8_NAME, [0xef, 0xbb, 0xbf]), utf8);
/** As UTF8, but without a byte order mark. */
const DEFAULT = new Encoding(unicode(UTF8_CLASS, 65001, "utf-8", UTF8_NAME, []), utf8);
const ASCII = new Encoding(single("ASCIIEncoding+ASCIIEncodingSealed", 20127, "us-ascii", "US-ASCII"), ascii);
const LATIN1 = new Encoding(
  single("Latin1Encoding+Latin1EncodingSealed", 28591, "iso-8859-1", "Western European (ISO)"),
  latin1,
);
const UTF16 = new Encoding(unicode("UnicodeEncoding", 1200, "utf-16", "Unicode", [0xff, 0xfe]), utf16LittleEndian);
const UTF16_BE = new Encoding(
  unicode("UnicodeEncoding", 1201, "utf-16BE", "Unicode (Big-Endian)", [0xfe, 0xff]),
  utf16BigEndian,
);
const UTF32 = new Encoding(
  unicode("UTF32Encoding", 12000, "utf-32", "Unicode (UTF-32)", [0xff, 0xfe, 0, 0]),
  utf32LittleEndian,
);
const UTF32_BE = new Encoding(
  unicode("UTF32Encoding", 12001, "utf-32BE", "Unicode (UTF-32 Big-Endian)", [0, 0, 0xfe, 0xff]),
  utf32BigEndian,
);

/** Names that Encoding.GetEncoding knows, in lower case. "utf8" is none of them. */
const NAMES = new Map<string, Encoding>();
function named(encoding: Encoding, ...names: string[]): void {
  for (const name of names) NAMES.set(name, encoding);
}
named(UTF8, "utf-8", "unicode-1-1-utf-8", "unicode-2-0-utf-8", "x-unicode-1-1-utf-8", "x-unicode-2-0-utf-8");
named(ASCII, "us-ascii", "us", "ascii", "csascii", "cp367", "ibm367", "iso-ir-6", "iso646-us", "iso_646.irv:1991");
named(ASCII, "ansi_x3.4-1968", "ansi_x3.4-1986");
named(LATIN1, "iso-8859-1", "iso8859-1", "iso_8859-1", "iso_8859-1:1987", "iso-ir-100", "latin1", "l1", "csisolatin1");
named(LATIN1, "cp819", "ibm819");
named(UTF16, "utf-16", "utf-16le", "unicode", "ucs-2", "iso-10646-ucs-2");
named(UTF16_BE, "utf-16be", "unicodefffe");
named(UTF32, "utf-32", "utf-32le");
named(UTF32_BE, "utf-32be");

const ADVICE =
  "For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method.";

/** Encoding.GetEncoding(string). */
export function encodingByName(name: string | null): Encoding {
  if (name === null) throw argumentNull("name");
  const found = NAMES.get(name.trim().toLowerCase());
  if (!found) throw argument(`'${name}' is not a supported encoding name. ${ADVICE}`, "name");
  return found;
}

function encodingByCodePage(codePage: number): Encoding {
  if (codePage < 0 || codePage > 65535) {
    throw argumentOutOfRange("codepage", "Valid values are between 0 and 65535, inclusive.");
  }
  if (codePage === 0) return DEFAULT;
  for (const encoding of NAMES.values()) if (encoding.traits.codePage === codePage) return encoding;
  throw new CsException("System.NotSupportedException", `No data is available for encoding ${codePage}. ${ADVICE}`);
}

/** An encoding with fallbacks of one's own. */
function strictly(encoding: Encoding, encoder: Fallback | null, decoder: Fallback | null): Encoding {
  const copy = encoding.copy();
  copy.setFallbacks(required(encoder, "value"), required(decoder, "value"));
  return copy;
}

const BEYOND_END = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";
const OUTSIDE = "Index and count must refer to a location within the buffer.";
const TOO_SMALL = "The output byte buffer is too small to contain the encoded data, encoding codepage";

function required<T>(value: T | null, parameter: string): T {
  if (value === null) throw argumentNull(parameter);
  return value;
}

/** Part of an array, checked as GetString and GetChars do. */
function slice(array: CsArray | null, index: number, count: number, parameter: string): CsArray["items"] {
  const { items } = required(array, parameter);
  if (index < 0 || count < 0) throw argumentOutOfRange(index < 0 ? "index" : "count", "Non-negative number required.");
  if (items.length - index < count) throw argumentOutOfRange(parameter, OUTSIDE);
  return items.slice(index, index + count);
}

function substringOf(text: string | null, index: number, count: number): string {
  const whole = required(text, "s");
  checkNonNegative(index, "index");
  checkNonNegative(count, "count");
  if (index > whole.length - count) {
    throw argumentOutOfRange("index", "Index and count must refer to a location within the string.");
  }
  return whole.slice(index, index + count);
}

const chars = (text: string) => new CsArray(type("System.Char"), stringToUnits(text));
const textOfUnits = (units: CsArray["items"]) => unitsToString(units as number[]);
const all = (array: CsArray | null, parameter: string) => required(array, parameter).items as Uint8Array;

/** Writes into a caller's array; answers how many. */
function copyInto(self: Encoding, source: Uint8Array, target: CsArray | null, at: number): number {
  const { items } = required(target, "bytes");
  if (at < 0 || at > items.length) throw argumentOutOfRange("byteIndex", BEYOND_END);
  if (source.length > items.length - at) {
    const fallback = "fallback 'System.Text.EncoderReplacementFallback'.";
    throw argument(`${TOO_SMALL} '${self.traits.codePage}' and ${fallback}`, "bytes");
  }
  for (let i = 0; i < source.length; i++) items[at + i] = source[i];
  return source.length;
}

function decodeInto(
  self: Encoding,
  raw: CsArray | null,
  index: number,
  count: number,
  target: CsArray | null,
  at: number,
): number {
  const units = stringToUnits(self.decode(slice(raw, index, count, "bytes") as Uint8Array));
  const { items } = required(target, "chars");
  if (at < 0 || at > items.length) throw argumentOutOfRange("charIndex", BEYOND_END);
  if (units.length > items.length - at) throw argument("The output char buffer is too small.", "chars");
  for (let i = 0; i < units.length; i++) items[at + i] = units[i];
  return units.length;
}

implement("System.Text.Encoding", {
  UTF8: () => UTF8,
  ASCII: () => ASCII,
  Unicode: () => UTF16,
  BigEndianUnicode: () => UTF16_BE,
  UTF32: () => UTF32,
  Latin1: () => LATIN1,
  Default: () => DEFAULT,
  "GetEncoding(string)": encodingByName,
  "GetEncoding(int)": encodingByCodePage,
  "GetEncoding(string,EncoderFallback,DecoderFallback)": (
    name: string | null,
    encoder: Fallback | null,
    decoder: Fallback | null,
  ) => strictly(encodingByName(name), encoder, decoder),
  "GetEncoding(int,EncoderFallback,DecoderFallback)": (
    codePage: number,
    encoder: Fallback | null,
    decoder: Fallback | null,
  ) => strictly(encodingByCodePage(codePage), encoder, decoder),
  "Convert(Encoding,Encoding,byte[])": (from: Encoding, to: Encoding, raw: CsArray | null) =>
    bytes(required(to, "dstEncoding").encode(required(from, "srcEncoding").decode(all(raw, "bytes")))),
  "Convert(Encoding,Encoding,byte[],int,int)": (
    from: Encoding,
    to: Encoding,
    raw: CsArray | null,
    index: number,
    count: number,
  ) => {
    const target = required(to, "dstEncoding");
    return bytes(target.encode(required(from, "srcEncoding").decode(slice(raw, index, count, "bytes") as Uint8Array)));
  },

  "GetBytes(string)": (self: Encoding, text: string | null) => bytes(self.encode(required(text, "s"))),
  "GetBytes(string,int,int)": (self: Encoding, text: string | null, index: number, count: number) =>
    bytes(self.encode(substringOf(text, index, count))),
  "GetBytes(char[])": (self: Encoding, units: CsArray | null) =>
    bytes(self.encode(textOfUnits(required(units, "chars").items))),
  "GetBytes(char[],int,int)": (self: Encoding, units: CsArray | null, index: number, count: number) =>
    bytes(self.encode(textOfUnits(slice(units, index, count, "chars")))),
  "GetBytes(string,int,int,byte[],int)": (
    self: Encoding,
    text: string | null,
    index: number,
    count: number,
    target: CsArray | null,
    at: number,
  ) => copyInto(self, self.encode(substringOf(text, index, count)), target, at),
  "GetBytes(char[],int,int,byte[],int)": (
    self: Encoding,
    units: CsArray | null,
    index: number,
    count: number,
    target: CsArray | null,
    at: number,
  ) => copyInto(self, self.encode(textOfUnits(slice(units, index, count, "chars"))), target, at),
  "GetChars(byte[],int,int,char[],int)": decodeInto,
  "GetByteCount(string)": (self: Encoding, text: string | null) => self.encode(required(text, "s")).length,
  "GetByteCount(string,int,int)": (self: Encoding, text: string | null, index: number, count: number) =>
    self.encode(substringOf(text, index, count)).length,
  "GetByteCount(char[])": (self: Encoding, units: CsArray | null) =>
    self.encode(textOfUnits(required(units, "chars").items)).length,
  "GetByteCount(char[],int,int)": (self: Encoding, units: CsArray | null, index: number, count: number) =>
    self.encode(textOfUnits(slice(units, index, count, "chars"))).length,

  "GetString(byte[])": (self: Encoding, raw: CsArray | null) => self.decode(all(raw, "bytes")),
  "GetString(byte[],int,int)": (self: Encoding, raw: CsArray | null, index: number, count: number) =>
    self.decode(slice(raw, index, count, "bytes") as Uint8Array),
  "GetChars(byte[])": (self: Encoding, raw: CsArray | null) => chars(self.decode(all(raw, "bytes"))),
  "GetChars(byte[],int,int)": (self: Encoding, raw: CsArray | null, index: number, count: number) =>
    chars(self.decode(slice(raw, index, count, "bytes") as Uint8Array)),
  "GetCharCount(byte[])": (self: Encoding, raw: CsArray | null) => self.decode(all(raw, "bytes")).length,
  "GetCharCount(byte[],int,int)": (self: Encoding, raw: CsArray | null, index: number, count: number) =>
    self.decode(slice(raw, index, count, "bytes") as Uint8Array).length,

  "GetMaxByteCount(int)": (self: Encoding, count: number) => {
    checkNonNegative(count, "charCount");
    return self.traits.maxBytes(count);
  },
  "GetMaxCharCount(int)": (self: Encoding, count: number) => {
    checkNonNegative(count, "byteCount");
    return self.traits.maxChars(count);
  },
  "GetPreamble()": (self: Encoding) => bytes(Uint8Array.from(self.traits.preamble)),
  "Equals(object)": (self: Encoding, other: unknown) => self.equals(other),
  "GetHashCode()": (self: Encoding) => self.hash(),
  "Clone()": (self: Encoding) => self.copy(),
  "IsAlwaysNormalized(*)": (self: Encoding, form = 1) => self === ASCII || (self === LATIN1 && form === 1),
  BodyName: (self: Encoding) => self.traits.webName,
  HeaderName: (self: Encoding) => self.traits.webName,
  WebName: (self: Encoding) => self.traits.webName,
  EncodingName: (self: Encoding) => self.traits.displayName,
  CodePage: (self: Encoding) => self.traits.codePage,
  WindowsCodePage: (self: Encoding) => self.traits.windowsCodePage,
  IsReadOnly: (self: Encoding) => self.isReadOnly,
  EncoderFallback: (self: Encoding) => self.encoderFallback,
  "EncoderFallback=": (self: Encoding, fallback: Fallback | null) =>
    self.setFallbacks(required(fallback, "value"), self.decoderFallback),
  DecoderFallback: (self: Encoding) => self.decoderFallback,
  "DecoderFallback=": (self: Encoding, fallback: Fallback | null) =>
    self.setFallbacks(self.encoderFallback, required(fallback, "value")),
  IsSingleByte: (self: Encoding) => self.traits.windowsCodePage === 1252,
  IsBrowserDisplay: (self: Encoding) => self.traits.codePage === 65001 || self.traits.codePage === 28591,
  IsBrowserSave: (self: Encoding) => [65001, 28591, 1200].includes(self.traits.codePage),
  IsMailNewsDisplay: (self: Encoding) => [65001, 28591, 20127].includes(self.traits.codePage),
  IsMailNewsSave: (self: Encoding) => [65001, 28591, 20127].includes(self.traits.codePage),
});
