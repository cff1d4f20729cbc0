/** Reads DER (ITU-T X.690), as far as certificates and key files need it. */

export const Tag = {
  Boolean: 1,
  Integer: 2,
  BitString: 3,
  OctetString: 4,
  Null: 5,
  ObjectIdentifier: 6,
  Utf8String: 12,
  PrintableString: 19,
  T61String: 20,
  Ia5String: 22,
  UtcTime: 23,
  GeneralizedTime: 24,
  UniversalString: 28,
  BmpString: 30,
  Sequence: 48,
  Set: 49,
} as const;

export class DerNode {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The whole value with tag and length. */
  readonly encoded: Uint8Array;

  constructor(tag: number, content: Uint8Array, encoded: Uint8Array) {
    this.tag = tag;
    this.content = content;
    this.encoded = encoded;
  }

  /** The values inside a constructed value. */
  get children(): DerNode[] {
    const nodes: DerNode[] = [];
    for (let at = 0; at < this.content.length; ) {
      const node = readDer(this.content, at);
      nodes.push(node);
      at += node.encoded.length;
    }
    return nodes;
  }

  /** The n-th value inside; a DerError when there is none. */
  child(index: number): DerNode {
    const found = this.children[index];
    if (!found) throw new DerError("a value is missing");
    return found;
  }

  /** Object identifier in dotted form. */
  get oid(): string {
    const numbers: number[] = [];
    let value = 0;
    for (const byte of this.content) {
      value = value * 128 + (byte & 127);
      if (byte < 128) {
        numbers.push(value);
        value = 0;
      }
    }
    const first = Math.min(Math.floor(numbers[0] / 40), 2);
    return [first, numbers[0] - first * 40, ...numbers.slice(1)].join(".");
  }

  /** Text of any string type. */
  get text(): string {
    const raw = Buffer.from(this.content);
    switch (this.tag) {
      case Tag.BmpString:
        return raw
          .subarray(0, raw.length & ~1)
          .swap16()
          .toString("utf16le");
      case Tag.Utf8String:
        return raw.toString("utf8");
      default:
        return raw.toString("latin1");
    }
  }

  /** Milliseconds since the epoch of either type of time, as RFC 5280 section 4.1.2.5 restricts them. */
  get time(): number {
    const found = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(this.text);
    const isShort = this.tag === Tag.UtcTime;
    if (found === null || (found[1].length === 2) !== isShort || (!isShort && this.tag !== Tag.GeneralizedTime))
      throw new DerError("not a time");
    const [year, month, day, hour, minute, second] = found.slice(1).map(Number);
    const full = !isShort ? year : year < 50 ? 2000 + year : 1900 + year;
    return Date.UTC(full, month - 1, day, hour, minute, second);
  }

  get integer(): number {
    return this.content.reduce((value, byte) => value * 256 + byte, 0);
  }
}

/** The data is no DER, or not of the expected shape. */
export class DerError extends Error {}

/** Reads the value at a position. Lengths of indefinite form are refused. */
export function readDer(data: Uint8Array, start = 0): DerNode {
  const [tag, first] = [data[start], data[start + 1]];
  if (first === undefined || (tag & 31) === 31 || first === 128) throw new DerError("not DER");
  let [length, at] = [first, start + 2];
  if (first > 128) {
    const size = first & 127;
    if (size > 4) throw new DerError("too long");
    length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + (data[at++] ?? 0);
  }
  if (at + length > data.length) throw new DerError("cut off");
  return new DerNode(tag, data.subarray(at, at + length), data.subarray(start, at + length));
}

/** A constructed value of these parts. */
export function derSequence(...parts: Uint8Array[]): Uint8Array {
  return derValue(Tag.Sequence, Buffer.concat(parts));
}

export function derValue(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [129, length] : [130, length >> 8, length & 255];
  if (length > 65535) throw new DerError("too long");
  return Buffer.concat([Uint8Array.of(tag, ...size), content]);
}

/** An object identifier from its dotted form. */
export function derOid(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const content: number[] = [];
  for (const number of [first * 40 + second, ...rest]) {
    const groups = [number & 127];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 127) | 128);
    }
    content.push(...groups);
  }
  return derValue(Tag.ObjectIdentifier, Uint8Array.from(content));
}
