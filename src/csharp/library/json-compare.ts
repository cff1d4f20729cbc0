/** How Json.NET compares two values: for JValue.Equals, DeepEquals, CompareTo and the operators of JSONPath filters. */
import { compareOf, textOf } from "../runtime/object.ts";
import type { CsArray } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { argument, invalidCast } from "./exceptions-thrown.ts";
import { compareOrdinal } from "./string-comparison.ts";
import { convertTo } from "./json-conversion.ts";
import { JTokenType, tokenTypeName } from "./json-token-type.ts";
import { clr, type Scalar, scalarText, uriText } from "./json-values.ts";

/** Compares as values of a token type: negative, zero, positive. */
export function compareScalars(tokenType: JTokenType, a: Scalar, b: Scalar): number {
  if (a.raw === null || b.raw === null) return a.raw === b.raw ? 0 : a.raw === null ? -1 : 1;
  switch (tokenType) {
    case JTokenType.Integer:
      return compareNumbers(a, b, false);
    case JTokenType.Float:
      return compareNumbers(a, b, true);
    case JTokenType.Comment:
    case JTokenType.String:
    case JTokenType.Raw:
      return compareOrdinal(scalarText(a.raw, a.rawType), scalarText(b.raw, b.rawType));
    case JTokenType.Boolean:
      return Number(convertTo(a, clr.boolean())) - Number(convertTo(b, clr.boolean()));
    case JTokenType.Date:
      return compareDates(a, b);
    case JTokenType.Bytes:
      if (b.rawType?.kind !== "array") throw mustBe("byte[]");
      return Math.sign(Buffer.compare((a.raw as CsArray).items as Uint8Array, (b.raw as CsArray).items as Uint8Array));
    case JTokenType.Guid:
      return compareSame(a, b, "Guid");
    case JTokenType.TimeSpan:
      return compareSame(a, b, "TimeSpan");
    case JTokenType.Uri:
      if (b.rawType !== clr.uri()) throw mustBe("Uri");
      if (a.rawType !== clr.uri()) throw invalidCast(a.rawType as Type, clr.uri());
      return compareOf(clr.string())(uriText(a.raw), uriText(b.raw));
    default:
      throw argument(`Unexpected value type: ${tokenTypeName(tokenType)}`, "valueType");
  }
}

function mustBe(name: string) {
  return argument(`Object must be of type ${name}.`);
}

function compareSame(a: Scalar, b: Scalar, name: string): number {
  const wanted = type(`System.${name}`);
  if (b.rawType !== wanted) throw mustBe(name);
  if (a.rawType !== wanted) throw invalidCast(a.rawType as Type, wanted);
  return compareOf(a.rawType as Type)(a.raw, b.raw);
}

const wide = new Set(["System.UInt64", "System.Decimal"]);
const floating = new Set(["System.Single", "System.Double"]);

function compareNumbers(a: Scalar, b: Scalar, asFloat: boolean): number {
  if (a.rawType === b.rawType && typeof a.raw === "bigint") return order(a.raw, b.raw as bigint);
  if (isBig(a)) return compareBig(a.raw as bigint, b);
  if (isBig(b)) return -compareBig(b.raw as bigint, a);
  const is = (names: Set<string>) => names.has(a.rawType?.name ?? "") || names.has(b.rawType?.name ?? "");
  if (is(wide)) return compareOf(clr.decimal())(convertTo(a, clr.decimal()), convertTo(b, clr.decimal()));
  if (asFloat || is(floating)) {
    return compareFloats(convertTo(a, clr.double()) as number, convertTo(b, clr.double()) as number);
  }
  return order(convertTo(a, clr.int64()) as bigint, convertTo(b, clr.int64()) as bigint);
}

function isBig(value: Scalar): boolean {
  return value.rawType === clr.bigInteger();
}

function order<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A number beyond long against another number. */
function compareBig(big: bigint, other: Scalar): number {
  if (typeof other.raw === "bigint") return order(big, other.raw);
  const text = textOf(other.raw, other.rawType as Type);
  const number = Number(text);
  return Number.isInteger(number) ? order(big, BigInt(number)) : order(Number(big), number);
}

/** Doubles that differ by rounding errors only are equal. */
function compareFloats(a: number, b: number): number {
  if (a === b) return 0;
  const tolerance = (Math.abs(a) + Math.abs(b) + 10) * Number.EPSILON;
  if (Math.abs(a - b) < tolerance) return 0;
  return compareOf(clr.double())(a, b);
}

function compareDates(a: Scalar, b: Scalar): number {
  const target = a.rawType === clr.dateTimeOffset() ? clr.dateTimeOffset() : clr.dateTime();
  return compareOf(target)(a.raw, b.rawType === target ? b.raw : convertTo(b, target));
}
