/**
 * C# values as bytes: what threads and machines that share a cache can hand to each other. Text, numbers, dates, byte[], string[], JSON
 * trees and responses in memory have such a form; other objects have none, and stay with the thread that made them.
 */
import { DateTimeOffset } from "../csharp/library/date-time-offset.ts";
import { DateTime } from "../csharp/library/date-time.ts";
import { Decimal } from "../csharp/library/decimal.ts";
import { Guid } from "../csharp/library/guid.ts";
import { JToken } from "../csharp/library/jtoken.ts";
import { parseJson } from "../csharp/library/json-loading.ts";
import { TimeSpan } from "../csharp/library/time-span.ts";
import { Box, bytes, CsArray, strings } from "../csharp/runtime/values.ts";
import { arrayOf, type } from "../csharp/types.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { ResponseMessage } from "../kit/message.ts";

/** The first byte says what follows. Another format of one of them gets another letter: replicas of two versions may share a cache. */
const TEXT = 0x73;
const SCALAR = 0x62;
const JSON_TREE = 0x6a;
const BYTES = 0x79;
const RESPONSE = 0x72;

const BYTE = type("System.Byte");
const STRING = type("System.String");

/** A value type's representation as text, and back. */
const PRIMITIVES: Readonly<Record<string, (text: string) => unknown>> = {
  "System.Boolean": (text) => text === "true",
  "System.Int64": BigInt,
  "System.UInt64": BigInt,
  ...Object.fromEntries(
    ["SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Char", "Single", "Double"].map((name) => [
      `System.${name}`,
      Number,
    ]),
  ),
  "System.Decimal": (text) => {
    const [mantissa, scale] = text.split(" ");
    return new Decimal(BigInt(mantissa), Number(scale));
  },
  "System.DateTime": (text) => {
    const [ticks, kind] = text.split(" ");
    return new DateTime(BigInt(ticks), Number(kind));
  },
  "System.DateTimeOffset": (text) => {
    const [ticks, offset] = text.split(" ");
    return new DateTimeOffset(BigInt(ticks), BigInt(offset));
  },
  "System.TimeSpan": (text) => new TimeSpan(BigInt(text)),
  "System.Guid": (text) => new Guid(text),
};

/** Undefined: the value has no form that others could read. */
export function encodeValue(value: unknown): Uint8Array | undefined {
  if (typeof value === "string")
    return value.isWellFormed() ? tagged(TEXT, value) : tagged(SCALAR, JSON.stringify(["text", value]));
  if (value instanceof Box) {
    const name = value.type.clrName;
    return Object.hasOwn(PRIMITIVES, name) ? tagged(SCALAR, JSON.stringify([name, textOf(value.value)])) : undefined;
  }
  if (value instanceof JToken) return encodeTree(value);
  if (value instanceof CsArray) return encodeArray(value);
  if (value instanceof ResponseMessage) return encodeMessage(value);
  return undefined;
}

/** Undefined when it is not what `encodeValue` made. */
export function decodeValue(stored: Uint8Array): unknown {
  const content = Buffer.from(stored.buffer, stored.byteOffset, stored.length).subarray(1);
  try {
    switch (stored[0]) {
      case TEXT:
        return content.toString("utf8");
      case SCALAR:
        return decodeScalar(JSON.parse(content.toString("utf8")));
      case JSON_TREE:
        return parseJson(content.toString("utf8"));
      case BYTES:
        return bytes(new Uint8Array(content));
      case RESPONSE:
        return decodeMessage(content);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (value instanceof Decimal) return `${value.mantissa} ${value.scale}`;
  if (value instanceof DateTime) return `${value.ticks} ${value.kind}`;
  if (value instanceof DateTimeOffset) return `${value.ticks} ${value.offset}`;
  if (value instanceof TimeSpan) return `${value.ticks}`;
  if (value instanceof Guid) return value.digits;
  return Object.is(value, -0) ? "-0" : String(value);
}

function decodeScalar([name, content]: [string, unknown]): unknown {
  if (name === "text") return content;
  if (name === "texts") return strings(content as string[]);
  return Object.hasOwn(PRIMITIVES, name) ? new Box(type(name), PRIMITIVES[name](content as string)) : undefined;
}

/** JSON text loses what it cannot write, such as a string that looks like a date: what comes back has to be the same. */
function encodeTree(tree: JToken): Uint8Array | undefined {
  const text = tree.toJson();
  try {
    if (!text.isWellFormed() || !isSameTree(tree, parseJson(text))) return undefined;
  } catch {
    return undefined;
  }
  return tagged(JSON_TREE, text);
}

function isSameTree(a: JToken, b: JToken): boolean {
  return a.tokenType === b.tokenType && a.type === b.type && a.deepEquals(b);
}

function encodeArray(array: CsArray): Uint8Array | undefined {
  if (array.type === arrayOf(BYTE)) return tagged(BYTES, array.items as Uint8Array);
  return array.type === arrayOf(STRING) ? tagged(SCALAR, JSON.stringify(["texts", array.items])) : undefined;
}

interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly string[];
}

/** A response whose body is in memory. One that was read away stays so. */
function encodeMessage({ status, reason, headers, body, isBodyConsumed }: ResponseMessage): Uint8Array | undefined {
  if (body.buffered === undefined || isBodyConsumed) return undefined;
  const head = Buffer.from(JSON.stringify({ status, reason, headers: headers.raw } satisfies Head));
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(head.length);
  return tagged(RESPONSE, Buffer.concat([length, head, body.buffered]));
}

function decodeMessage(content: Buffer): ResponseMessage {
  const end = 4 + content.readUInt32LE();
  const head: Head = JSON.parse(content.toString("utf8", 4, end));
  return new ResponseMessage(
    head.status,
    head.reason,
    new Headers([...head.headers]),
    Body.bytes(content.subarray(end)),
  );
}

function tagged(tag: number, content: string | Uint8Array): Uint8Array {
  const size = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  const all = Buffer.allocUnsafe(size + 1);
  all[0] = tag;
  if (typeof content === "string") all.write(content, 1);
  else all.set(content, 1);
  return all;
}
