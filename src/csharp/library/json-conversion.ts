/** Conversions of JSON values to .NET types, as System.Convert does them: (int) on "12", on 2.5, on true. */
import { isAssignable } from "../runtime/assignable.ts";
import { toText, typeOf } from "../runtime/object.ts";
import { box, CsException, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { CONVERTERS, KEYWORDS } from "./convert-table.ts";
import { overflow } from "./exceptions-thrown.ts";
import { clr, type Scalar } from "./json-values.ts";

/** A value as another type, in that type's representation. Throws what System.Convert throws. */
export function convertTo(value: Scalar, target: Type): unknown {
  if (value.rawType === target) return value.raw;
  return changeType(value.rawType === null ? null : box(value.raw, value.rawType), target);
}

/** Convert.ChangeType(value, target): a value seen as object, as another type. */
export function changeType(value: unknown, target: Type): unknown {
  if (value === null) {
    if (target.isValueType) throw badCast("Null object cannot be converted to a value type.");
    return null;
  }
  const from = typeOf(value);
  if (from === target) return unbox(value);
  if (!isAssignable(from, type("System.IConvertible"))) throw badCast("Object must implement IConvertible.");
  const to = KEYWORDS.get(target.name);
  const source = from.kind === "enum" ? "int" : KEYWORDS.get(from.name);
  if (to === "string") return toText(value);
  if (to && source) return (CONVERTERS[to][source] as (value: unknown) => unknown)(unbox(value));
  throw badCast(`Invalid cast from '${from.clrName}' to '${target.clrName}'.`);
}

function badCast(message: string): CsException {
  return new CsException("System.InvalidCastException", message);
}

const bounds = new Map<string, readonly [bits: number, signed: boolean]>([
  ["System.SByte", [8, true]],
  ["System.Byte", [8, false]],
  ["System.Int16", [16, true]],
  ["System.UInt16", [16, false]],
  ["System.Char", [16, false]],
  ["System.Int32", [32, true]],
  ["System.UInt32", [32, false]],
  ["System.Int64", [64, true]],
  ["System.UInt64", [64, false]],
]);

/** A BigInteger as another number type, by its explicit conversion operators. */
export function convertBigInteger(value: bigint, target: Type): unknown {
  const bound = bounds.get(target.name);
  if (bound) {
    const [bits, signed] = bound;
    const wrapped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
    if (wrapped !== value) {
      // Smaller types are reached by way of int.
      const name = bits < 32 ? "Int32" : target.simpleName;
      throw overflow(`Value was either too large or too small for ${name.startsWith("I") ? "an" : "a"} ${name}.`);
    }
    return bits === 64 ? value : Number(value);
  }
  if (target === clr.double()) return Number(value);
  if (target.name === "System.Single") return Math.fround(Number(value));
  if (target === clr.decimal()) return changeType(String(value), target);
  if (target === clr.string()) return String(value);
  throw badCast(`Invalid cast from '${clr.bigInteger().clrName}' to '${target.clrName}'.`);
}
