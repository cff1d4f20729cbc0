/** Text to bytes and back for the encodings. What cannot be encoded or decoded is replaced: never an error. */

export interface Codec {
  encode(text: string): Uint8Array;
  decode(raw: Uint8Array): string;
}

const QUESTION_MARK = 63;

function view(raw: Uint8Array): Buffer {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
}

/** Bad sequences become U+FFFD as the Encoding Standard has it; a byte order mark stays. */
export const utf8: Codec = {
  encode: (text) => {
    const short = text.length <= SHORT_CHARS ? shortAscii(text) : undefined;
    if (short !== undefined) return short;
    const { buffer, byteOffset, length } = Buffer.from(text, "utf8");
    return new Uint8Array(buffer, byteOffset, length);
  },
  decode: (raw) => view(raw).toString("utf8"),
};

/** To that length going out to native code costs more than the work does. */
const SHORT_CHARS = 40;

/** Undefined when there is more than ASCII. */
function shortAscii(text: string): Uint8Array | undefined {
  const raw = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return undefined;
    raw[i] = unit;
  }
  return raw;
}

/** Each unit above 7F is one `?`, and so is each byte. */
export const ascii: Codec = {
  encode: (text) => eachUnit(text, (unit) => (unit < 128 ? unit : QUESTION_MARK)),
  decode: (raw) =>
    view(raw)
      .toString("latin1")
      .replace(/[\x80-\xff]/g, "?"),
};

function eachUnit(text: string, toByte: (unit: number) => number): Uint8Array {
  const raw = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) raw[i] = toByte(text.charCodeAt(i));
  return raw;
}

/** ISO 8859-1. Beyond FF the nearest look-alike is taken, otherwise `?`. */
export const latin1: Codec = {
  encode: (text) => eachUnit(text, latin1Byte),
  decode: (raw) => view(raw).toString("latin1"),
};

const LOOK_ALIKES = new Map(
  Object.entries({
    "\u2002": " ",
    "\u2003": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": ",",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u2022": ".",
    "\u2026": ".",
    "\u2032": "'",
    "\u2035": "`",
    "\u2039": "<",
    "\u203a": ">",
    "\u2122": "T",
    "\u0111": "d",
    "\u0110": "\u00d0",
    "\u0131": "i",
    "\u0142": "l",
    "\u0141": "L",
    "\u0152": "O",
    "\u0153": "o",
  }),
);

function latin1Byte(unit: number): number {
  if (unit < 256) return unit;
  const ch = String.fromCharCode(unit);
  const alike = LOOK_ALIKES.get(ch);
  if (alike !== undefined) return alike.charCodeAt(0);
  // Letters with marks give the bare letter, full-width forms the ordinary one.
  const isLetter = unit < 0x250 || (unit >= 0x1e00 && unit <= 0x1eff) || (unit >= 0xff01 && unit <= 0xff5e);
  const base = isLetter ? ch.normalize("NFKD").charCodeAt(0) : unit;
  return base < 128 ? base : QUESTION_MARK;
}

function utf16(littleEndian: boolean): Codec {
  return {
    encode: (text) => {
      const raw = Buffer.from(text.toWellFormed(), "utf16le");
      return new Uint8Array(littleEndian ? raw : raw.swap16());
    },
    decode: (raw) => {
      const even = Buffer.from(raw.subarray(0, raw.length & ~1));
      const text = (littleEndian ? even : even.swap16()).toString("utf16le").toWellFormed();
      return raw.length % 2 === 0 ? text : `${text}\ufffd`;
    },
  };
}

export const utf16LittleEndian = utf16(true);
export const utf16BigEndian = utf16(false);

function utf32(littleEndian: boolean): Codec {
  return {
    encode: (text) => {
      const codePoints = Array.from(text.toWellFormed(), (ch) => ch.codePointAt(0) as number);
      const raw = new DataView(new ArrayBuffer(codePoints.length * 4));
      codePoints.forEach((codePoint, i) => {
        raw.setUint32(i * 4, codePoint, littleEndian);
      });
      return new Uint8Array(raw.buffer);
    },
    decode: (raw) => {
      const data = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
      let text = "";
      for (let at = 0; at + 4 <= raw.length; at += 4) {
        const codePoint = data.getUint32(at, littleEndian);
        const valid = codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
        text += valid ? String.fromCodePoint(codePoint) : "\ufffd";
      }
      return raw.length % 4 === 0 ? text : `${text}\ufffd`;
    },
  };
}

export const utf32LittleEndian = utf32(true);
export const utf32BigEndian = utf32(false);
