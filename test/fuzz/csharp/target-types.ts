/** Which types are asked for: those of real policies often, every other of the table now and then. */
import { arrayOf, nullableOf, type Type, tupleOf, type } from "../../../src/csharp/types.ts";
import { closedTypes } from "./catalogue.ts";
import type { Dice } from "./random.ts";

export const INT = type("System.Int32");
export const LONG = type("System.Int64");
export const STRING = type("System.String");
export const BOOL = type("System.Boolean");
export const CHAR = type("System.Char");
export const OBJECT = type("System.Object");
export const DOUBLE = type("System.Double");
export const DECIMAL = type("System.Decimal");
export const EXCEPTION = type("System.Exception");
const BYTE = type("System.Byte");
const TOKEN = type("Newtonsoft.Json.Linq.JToken");

export function enumerableOf(t: Type): Type {
  return type("System.Collections.Generic.IEnumerable", t);
}

export function listOf(t: Type): Type {
  return type("System.Collections.Generic.List", t);
}

function named(...names: string[]): Type[] {
  return names.map((n) => type(n));
}

/** Types with operators of the language. */
export const NUMBERS: readonly Type[] = [
  ...[INT, LONG, DOUBLE, DECIMAL, BYTE, CHAR],
  ...named("System.SByte", "System.Int16", "System.UInt16", "System.UInt32", "System.UInt64", "System.Single"),
];

const SIMPLE: readonly Type[] = [INT, STRING, BOOL, INT, STRING, LONG, DOUBLE, CHAR, DECIMAL, OBJECT];

const VALUES: readonly Type[] = named(
  ...[
    "System.DateTime",
    "System.TimeSpan",
    "System.DateTimeOffset",
    "System.Guid",
    "System.DayOfWeek",
    "System.StringComparison",
  ],
);

const JSON_AND_XML: readonly Type[] = named(
  ...[
    "Newtonsoft.Json.Linq.JToken",
    "Newtonsoft.Json.Linq.JObject",
    "Newtonsoft.Json.Linq.JArray",
    "Newtonsoft.Json.Linq.JValue",
  ],
  ...["System.Xml.Linq.XElement", "System.Xml.Linq.XDocument", "System.Xml.Linq.XAttribute", "System.Xml.Linq.XName"],
);

const COLLECTIONS: readonly Type[] = [
  ...[arrayOf(INT), arrayOf(STRING), arrayOf(BYTE), arrayOf(OBJECT), listOf(INT), listOf(STRING), listOf(OBJECT)],
  ...[enumerableOf(INT), enumerableOf(STRING), enumerableOf(OBJECT), enumerableOf(TOKEN), enumerableOf(CHAR)],
  type("System.Collections.Generic.Dictionary", STRING, OBJECT),
  type("System.Collections.Generic.Dictionary", STRING, INT),
  type("System.Collections.Generic.Dictionary", INT, STRING),
  type("System.Collections.Generic.HashSet", STRING),
  type("System.Collections.Generic.KeyValuePair", STRING, INT),
  type("System.Collections.Generic.IReadOnlyDictionary", STRING, STRING),
  type("System.Linq.IOrderedEnumerable", STRING),
  enumerableOf(type("System.Linq.IGrouping", INT, STRING)),
  type("System.Linq.ILookup", STRING, INT),
  ...[type("System.Collections.Generic.Stack", INT), type("System.Collections.Generic.Queue", STRING)],
  ...[tupleOf([INT, STRING]), tupleOf([BOOL, OBJECT, LONG], ["a", undefined, "c"]), type("System.Tuple", STRING, INT)],
  ...[type("System.Func", INT, INT), type("System.Func", STRING), type("System.Predicate", STRING)],
];

const NULLABLES: readonly Type[] = [INT, LONG, BOOL, DOUBLE, DECIMAL, CHAR, type("System.DateTime")].map(nullableOf);

/** A type to ask for. */
export function pickType(dice: Dice): Type {
  const pool = dice.weighted([
    [30, SIMPLE],
    [12, NUMBERS],
    [8, NULLABLES],
    [8, VALUES],
    [12, JSON_AND_XML],
    [16, COLLECTIONS],
    [14, closedTypes],
  ]);
  return dice.pick(pool);
}

/** For a type parameter that nothing else decides. */
export function pickArgument(dice: Dice): Type {
  return dice.oneIn(8) ? dice.pick(dice.pick([VALUES, NULLABLES, JSON_AND_XML])) : dice.pick(SIMPLE);
}
