/** System.Numerics.BigInteger, as far as JSON needs it: integers beyond long. Represented by a bigint. */
import { valueBehaviour } from "../runtime/object.ts";
import { declareTypes } from "../types.ts";
import { implement } from "./define.ts";
import { structDefault } from "../runtime/default-value.ts";
import { decodeType } from "./surface.ts";

const name = "System.Numerics.BigInteger";

declareTypes([
  decodeType(name, [
    `struct System.ValueType System.IComparable System.IComparable<${name}> System.IEquatable<${name}> System.IFormattable`,
    "ToString(): System.String",
    `CompareTo(${name} other): System.Int32`,
    `Equals(${name} other): System.Boolean`,
    "Equals(System.Object obj): System.Boolean",
    "GetHashCode(): System.Int32",
    "Sign: System.Int32 get",
    "IsZero: System.Boolean get",
    "IsEven: System.Boolean get",
  ]),
]);

structDefault(name, () => 0n);

function hash(value: bigint): number {
  return Number(BigInt.asIntN(32, value ^ (value >> 32n)));
}

valueBehaviour(name, {
  toText: (value: bigint) => String(value),
  equals: (a: bigint, b: bigint) => a === b,
  hash,
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

implement(name, {
  "ToString()": (self: bigint) => String(self),
  "CompareTo(BigInteger)": (self: bigint, other: bigint) => (self < other ? -1 : self > other ? 1 : 0),
  "Equals(BigInteger)": (self: bigint, other: bigint) => self === other,
  "GetHashCode()": hash,
  Sign: (self: bigint) => (self < 0n ? -1 : self > 0n ? 1 : 0),
  IsZero: (self: bigint) => self === 0n,
  IsEven: (self: bigint) => (self & 1n) === 0n,
});
