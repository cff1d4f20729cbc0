/** Members of JObject that C# sees. */
import type { Ref } from "../runtime/values.ts";
import { type } from "../types.ts";
import { containerMembers } from "./jcontainer-members.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { JEnumerable } from "./jenumerable.ts";
import { JObject } from "./jobject.ts";
import type { JProperty } from "./jproperty.ts";
import type { JToken } from "./jtoken.ts";
import { chargedInput } from "./jtoken-members.ts";
import { loadObject, parseWith } from "./json-loading.ts";
import { loadOptions, type Settings } from "./json-settings.ts";
import { clr } from "./json-values.ts";
import { pairType } from "./key-value-pair.ts";
import { Sequence } from "./sequence.ts";

const LINQ = "Newtonsoft.Json.Linq";

function get(self: JObject, name: string | null): JToken | null {
  if (name === null) throw argumentNull("propertyName");
  return self.get(name);
}

function put(self: JObject, name: string | null, value: JToken | null): void {
  self.putEntry(name, value);
}

function tryGet(found: JProperty | null, value: Ref): boolean {
  value.v = found?.value ?? null;
  return found !== null;
}

implement(`${LINQ}.JObject`, {
  ...containerMembers,
  "new()": () => new JObject(),
  "new(object)": (content: unknown) => JObject.of(content),
  "new(object[])": (content: unknown) => JObject.of(content),
  "new(JObject)": (other: JObject | null) => {
    if (other === null) throw argumentNull("other");
    return other.cloneToken();
  },
  "Parse(string)": (json: string | null) => parseWith(chargedInput(json), loadObject),
  "Parse(string,JsonLoadSettings)": (json: string | null, settings: Settings | null) =>
    parseWith(chargedInput(json), loadObject, loadOptions(settings)),
  "this[string]": get,
  "this[string]=": put,
  "Add(string,JToken)": (self: JObject, name: string | null, value: JToken | null) => self.addEntry(name, value),
  "ContainsKey(string)": (self: JObject, name: string | null) => {
    if (name === null) throw argumentNull("propertyName");
    return self.property(name) !== null;
  },
  "GetValue(string)": (self: JObject, name: string | null) => self.property(name)?.value ?? null,
  "GetValue(string,StringComparison)": (self: JObject, name: string | null, comparison: number) =>
    self.propertyBy(name, comparison)?.value ?? null,
  "TryGetValue(string,JToken&)": (self: JObject, name: string | null, value: Ref) => tryGet(self.property(name), value),
  "TryGetValue(string,StringComparison,JToken&)": (
    self: JObject,
    name: string | null,
    comparison: number,
    value: Ref,
  ) => tryGet(self.propertyBy(name, comparison), value),
  "Property(string)": (self: JObject, name: string | null) => self.property(name),
  "Property(string,StringComparison)": (self: JObject, name: string | null, comparison: number) =>
    self.propertyBy(name, comparison),
  "Properties()": (self: JObject) => new Sequence(type(`${LINQ}.JProperty`), () => self[Symbol.iterator]()),
  "PropertyValues()": (self: JObject) =>
    new JEnumerable(function* () {
      for (const property of self) yield (property as JProperty).value;
    }),
  "Remove(string)": (self: JObject, name: string | null) => self.removeProperty(name),
  "GetEnumerator()": (self: JObject) => new Enumerator(self.pairs(), pairType(clr.string(), type(`${LINQ}.JToken`))),
});
