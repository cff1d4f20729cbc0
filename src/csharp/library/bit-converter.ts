/** System.BitConverter: little-endian, as on every machine that .NET policies run on. */
import { spend } from "../runtime/budget.ts";
import { bytes, type CsArray } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { doubleBits, doubleFromBits, singleBits, singleFromBits } from "./float-functions.ts";

type Write = (view: DataView, value: never) => void;

function encoder(size: number, write: Write) {
  return (value: never): CsArray => {
    const raw = new Uint8Array(size);
    write(new DataView(raw.buffer), value);
    return bytes(raw);
  };
}

const TOO_SHORT =
  "Destination array is not long enough to copy all the items in the collection. Check array index and length.";
const BEYOND_END = "Index was out of range. Must be non-negative and less than the size of the collection.";

/** Reads `size` bytes at an index; errors as .NET words them. */
function decoder(size: number, read: (view: DataView, at: number) => unknown) {
  return (value: CsArray | null, start: number): unknown => {
    if (value === null) throw argumentNull("value");
    const raw = value.items as Uint8Array;
    if (start < 0 || start >= raw.length) throw argumentOutOfRange("startIndex", BEYOND_END);
    if (start > raw.length - size) throw argument(TOO_SHORT, "value");
    return read(new DataView(raw.buffer, raw.byteOffset, raw.byteLength), start);
  };
}

/** Upper-case hexadecimal pairs with dashes: 01-AB-FF. */
function toText(value: CsArray | null, start: number, length: number): string {
  if (value === null) throw argumentNull("value");
  const raw = value.items as Uint8Array;
  if (start < 0 || (start >= raw.length && start > 0)) {
    throw argumentOutOfRange("startIndex", "StartIndex cannot be less than zero.");
  }
  if (length < 0) throw argumentOutOfRange("length", "Value must be positive.");
  if (start > raw.length - length) throw argument(TOO_SHORT);
  spend(length);
  const pairs = Array.from(raw.subarray(start, start + length), (b) => b.toString(16).padStart(2, "0").toUpperCase());
  return pairs.join("-");
}

implement("System.BitConverter", {
  IsLittleEndian: () => true,
  "GetBytes(bool)": (value: boolean) => bytes(Uint8Array.of(Number(value))),
  "GetBytes(char)": encoder(2, (view, value) => view.setUint16(0, value, true)),
  "GetBytes(short)": encoder(2, (view, value) => view.setInt16(0, value, true)),
  "GetBytes(ushort)": encoder(2, (view, value) => view.setUint16(0, value, true)),
  "GetBytes(int)": encoder(4, (view, value) => view.setInt32(0, value, true)),
  "GetBytes(uint)": encoder(4, (view, value) => view.setUint32(0, value, true)),
  "GetBytes(long)": encoder(8, (view, value) => view.setBigInt64(0, value, true)),
  "GetBytes(ulong)": encoder(8, (view, value) => view.setBigUint64(0, value, true)),
  "GetBytes(float)": encoder(4, (view, value) => view.setFloat32(0, value, true)),
  "GetBytes(double)": encoder(8, (view, value) => view.setFloat64(0, value, true)),

  "ToBoolean(byte[],int)": decoder(1, (view, at) => view.getUint8(at) !== 0),
  "ToChar(byte[],int)": decoder(2, (view, at) => view.getUint16(at, true)),
  "ToInt16(byte[],int)": decoder(2, (view, at) => view.getInt16(at, true)),
  "ToUInt16(byte[],int)": decoder(2, (view, at) => view.getUint16(at, true)),
  "ToInt32(byte[],int)": decoder(4, (view, at) => view.getInt32(at, true)),
  "ToUInt32(byte[],int)": decoder(4, (view, at) => view.getUint32(at, true)),
  "ToInt64(byte[],int)": decoder(8, (view, at) => view.getBigInt64(at, true)),
  "ToUInt64(byte[],int)": decoder(8, (view, at) => view.getBigUint64(at, true)),
  "ToSingle(byte[],int)": decoder(4, (view, at) => view.getFloat32(at, true)),
  "ToDouble(byte[],int)": decoder(8, (view, at) => view.getFloat64(at, true)),

  "ToString(byte[])": (value: CsArray | null) => toText(value, 0, value?.items.length ?? 0),
  "ToString(byte[],int)": (value: CsArray | null, start: number) =>
    toText(value, start, (value?.items.length ?? 0) - start),
  "ToString(byte[],int,int)": toText,

  "DoubleToInt64Bits(double)": doubleBits,
  "DoubleToUInt64Bits(double)": (value: number) => BigInt.asUintN(64, doubleBits(value)),
  "Int64BitsToDouble(long)": doubleFromBits,
  "UInt64BitsToDouble(ulong)": (bits: bigint) => doubleFromBits(BigInt.asIntN(64, bits)),
  "SingleToInt32Bits(float)": singleBits,
  "SingleToUInt32Bits(float)": (value: number) => singleBits(value) >>> 0,
  "Int32BitsToSingle(int)": singleFromBits,
  "UInt32BitsToSingle(uint)": (bits: number) => singleFromBits(bits | 0),
});
