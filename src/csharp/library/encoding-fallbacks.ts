/**
 * What an Encoding does about text and bytes that it has no form for: EncoderFallback and DecoderFallback, which replace or throw.
 * https://learn.microsoft.com/dotnet/standard/base-types/character-encoding#choosing-a-fallback-strategy
 */
import { CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import type { Codec } from "./encoding-codecs.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";

const NAMESPACE = "System.Text.";
const REPLACEMENT = "\ufffd";

type Direction = "Encoder" | "Decoder";

export class Fallback extends CsObject {
  readonly direction: Direction;
  /** What stands in; null throws. */
  readonly replacement: string | null;

  constructor(direction: Direction, replacement: string | null) {
    super();
    this.direction = direction;
    this.replacement = replacement;
  }

  override get type(): Type {
    return type(`${NAMESPACE}${this.direction}${this.replacement === null ? "Exception" : "Replacement"}Fallback`);
  }

  override equals(other: unknown): boolean {
    return other instanceof Fallback && other.direction === this.direction && other.replacement === this.replacement;
  }

  override hash(): number {
    return this.replacement?.length ?? 879;
  }

  /** In place of a code point at an index of the text. */
  ofCodePoint(codePoint: number, index: number): string {
    // A pair of surrogates counts as two.
    if (this.replacement !== null) return this.replacement.repeat(codePoint > 0xffff ? 2 : 1);
    const hex = codePoint.toString(16).toUpperCase().padStart(4, "0");
    throw new CsException(
      `${NAMESPACE}EncoderFallbackException`,
      `Unable to translate Unicode character \\u${hex} at index ${index} to specified code page.`,
    );
  }

  /** In place of bytes. */
  ofBytes(raw: Uint8Array, index: number): string {
    if (this.replacement !== null) return this.replacement;
    const shown = [...raw].map((byte) => `[${byte.toString(16).toUpperCase().padStart(2, "0")}]`).join("");
    throw new CsException(
      `${NAMESPACE}DecoderFallbackException`,
      `Unable to translate bytes ${shown} at index ${index} from specified code page to Unicode.`,
    );
  }
}

export const fallbacks = {
  encoderReplacement: (text = "?") => new Fallback("Encoder", text),
  decoderReplacement: (text = REPLACEMENT) => new Fallback("Decoder", text),
  encoderException: new Fallback("Encoder", null),
  decoderException: new Fallback("Decoder", null),
};

/** What an encoding has forms for. */
interface Repertoire {
  readonly encodes: (codePoint: number) => boolean;
  /** How many bytes at a place belong together; negative when they stand for nothing. */
  readonly length: (raw: Uint8Array, at: number) => number;
}

const isSurrogate = (codePoint: number) => codePoint >= 0xd800 && codePoint <= 0xdfff;
const isScalar = (codePoint: number) => codePoint <= 0x10ffff && !isSurrogate(codePoint);

/** Well-formed sequences of UTF-8; of others, the longest part that could have become one (Unicode 15, table 3-7). */
function utf8Length(raw: Uint8Array, at: number): number {
  const first = raw[at];
  if (first < 0x80) return 1;
  const size =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (size === 0) return -1;
  for (let i = 1; i < size; i++) {
    const byte = raw[at + i] ?? 0;
    const low = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const high = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (byte < low || byte > high) return -i;
  }
  return size;
}

function utf16Length(littleEndian: boolean) {
  return (raw: Uint8Array, at: number): number => {
    if (at + 2 > raw.length) return -1;
    const data = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const unit = data.getUint16(at, littleEndian);
    if (!isSurrogate(unit)) return 2;
    const next = at + 4 <= raw.length ? data.getUint16(at + 2, littleEndian) : 0;
    return unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff ? 4 : -2;
  };
}

function utf32Length(littleEndian: boolean) {
  return (raw: Uint8Array, at: number): number => {
    if (at + 4 > raw.length) return at - raw.length;
    const data = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return isScalar(data.getUint32(at, littleEndian)) ? 4 : -4;
  };
}

/** By code page. */
const REPERTOIRES = new Map<number, Repertoire>([
  [65001, { encodes: isScalar, length: utf8Length }],
  [20127, { encodes: (codePoint) => codePoint < 0x80, length: (raw, at) => (raw[at] < 0x80 ? 1 : -1) }],
  [28591, { encodes: (codePoint) => codePoint < 0x100, length: () => 1 }],
  [1200, { encodes: isScalar, length: utf16Length(true) }],
  [1201, { encodes: isScalar, length: utf16Length(false) }],
  [12000, { encodes: isScalar, length: utf32Length(true) }],
  [12001, { encodes: isScalar, length: utf32Length(false) }],
]);

/** An encoding's codec with other fallbacks than its own. */
export function withFallbacks(codec: Codec, codePage: number, encoder: Fallback, decoder: Fallback): Codec {
  const repertoire = REPERTOIRES.get(codePage);
  if (!repertoire) return codec;
  return {
    encode: (text) => codec.encode(encodable(text, repertoire, encoder)),
    decode: (raw) => {
      let text = "";
      let from = 0;
      for (let at = 0; at < raw.length; ) {
        const length = repertoire.length(raw, at);
        if (length < 0) {
          text += codec.decode(raw.subarray(from, at)) + decoder.ofBytes(raw.subarray(at, at - length), at);
          from = at - length;
        }
        at += Math.abs(length);
      }
      return text + codec.decode(raw.subarray(from));
    },
  };
}

function encodable(text: string, { encodes }: Repertoire, fallback: Fallback): string {
  let written = "";
  let index = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number;
    written += encodes(codePoint) ? character : fallback.ofCodePoint(codePoint, index);
    index += character.length;
  }
  return written;
}

/** Members of the six classes, which differ by direction alone. */
function implementFallbacks(direction: Direction, standard: string): void {
  const thrower = direction === "Encoder" ? fallbacks.encoderException : fallbacks.decoderException;
  const replacer = new Fallback(direction, standard);
  implement(`${NAMESPACE}${direction}Fallback`, {
    ExceptionFallback: () => thrower,
    ReplacementFallback: () => replacer,
    MaxCharCount: (self: Fallback) => self.replacement?.length ?? 0,
  });
  implement(`${NAMESPACE}${direction}ExceptionFallback`, { "new()": () => new Fallback(direction, null) });
  implement(`${NAMESPACE}${direction}ReplacementFallback`, {
    "new()": () => new Fallback(direction, standard),
    "new(string)": (replacement: string | null) => {
      if (replacement === null) throw argumentNull("replacement");
      if (!replacement.isWellFormed()) {
        throw argument("String contains invalid Unicode code points.", "replacement");
      }
      return new Fallback(direction, replacement);
    },
    DefaultString: (self: Fallback) => self.replacement,
  });
}

implementFallbacks("Encoder", "?");
implementFallbacks("Decoder", REPLACEMENT);
