/** Members of JValue and JRaw that C# sees. */
import { type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { JRaw } from "./jraw.ts";
import { tokenMembers } from "./jtoken-members.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr } from "./json-values.ts";
import { JValue } from "./jvalue.ts";

const LINQ = "Newtonsoft.Json.Linq";

/** new JValue(T) for the types that have a constructor of their own. */
function constructors(): Members {
  const members: Members = {};
  const add = (key: string, tokenType: JTokenType, valueType: () => Type) => {
    members[`new(${key})`] = (value: unknown) => new JValue(tokenType, value, valueType());
  };
  add("bool", JTokenType.Boolean, clr.boolean);
  add("char", JTokenType.String, () => type("System.Char"));
  add("DateTime", JTokenType.Date, clr.dateTime);
  add("DateTimeOffset", JTokenType.Date, clr.dateTimeOffset);
  add("decimal", JTokenType.Float, clr.decimal);
  add("double", JTokenType.Float, clr.double);
  add("float", JTokenType.Float, () => type("System.Single"));
  add("Guid", JTokenType.Guid, clr.guid);
  add("long", JTokenType.Integer, clr.int64);
  add("ulong", JTokenType.Integer, () => type("System.UInt64"));
  add("string", JTokenType.String, clr.string);
  add("TimeSpan", JTokenType.TimeSpan, clr.timeSpan);
  return members;
}

const valueMembers: Members = {
  ...tokenMembers,
  Value: (self: JValue) => self.value,
  "Value=": (self: JValue, value: unknown) => {
    self.value = value;
  },
  "CompareTo(JValue)": (self: JValue, other: JValue | null) => self.compareTo(other),
  "Equals(object)": (self: JValue, other: unknown) => self.equals(other),
  "Equals(JValue)": (self: JValue, other: unknown) => self.equals(other),
  "GetHashCode()": (self: JValue) => self.hash(),
  "ToString(string)": (self: JValue, format: string | null) => self.format(format),
  "ToString(IFormatProvider)": (self: JValue) => self.toText(),
  "ToString(string,IFormatProvider)": (self: JValue, format: string | null) => self.format(format),
};

implement(`${LINQ}.JValue`, {
  ...valueMembers,
  ...constructors(),
  "new(object)": (value: unknown) => JValue.fromObject(value),
  "new(Uri)": (value: unknown) => JValue.fromObject(value),
  "new(JValue)": (other: JValue | null) => {
    if (other === null) throw argumentNull("other");
    return new JValue(other.tokenType, other.raw, other.rawType);
  },
  "CreateNull()": () => JValue.null(),
  "CreateUndefined()": () => new JValue(JTokenType.Undefined, null, null),
  "CreateString(string)": (text: string | null) => JValue.string(text),
  "CreateComment(string)": (text: string | null) => new JValue(JTokenType.Comment, text, clr.string()),
});

implement(`${LINQ}.JRaw`, {
  ...valueMembers,
  "new(object)": (raw: unknown) => new JRaw(raw),
  "new(JRaw)": (other: JRaw | null) => {
    if (other === null) throw argumentNull("other");
    return other.cloneToken();
  },
});
