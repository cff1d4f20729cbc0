/** Members of JContainer, JArray, JConstructor and JProperty that C# sees. */
import { spend } from "../runtime/budget.ts";
import type { CsArray } from "../runtime/values.ts";
import { type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { implement, type Members } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { JArray } from "./jarray.ts";
import { JConstructor } from "./jconstructor.ts";
import type { JContainer } from "./jcontainer.ts";
import { JProperty } from "./jproperty.ts";
import type { JToken } from "./jtoken.ts";
import { chargedInput, tokenMembers } from "./jtoken-members.ts";
import { loadArray, parseWith } from "./json-loading.ts";
import { mergeWith } from "./json-merge.ts";
import { loadOptions, type Settings } from "./json-settings.ts";
import { Sequence } from "./sequence.ts";

const LINQ = "Newtonsoft.Json.Linq";

function descendants(self: JContainer, withSelf: boolean): Sequence {
  return new Sequence(type(`${LINQ}.JToken`), function* () {
    for (const token of self.descendants(withSelf)) {
      spend(1);
      yield token;
    }
  });
}

/** Of JContainer, and again of every class below it. */
export const containerMembers: Members = {
  ...tokenMembers,
  Count: (self: JContainer) => self.itemCount,
  "Add(object)": (self: JContainer, content: unknown) => self.add(content),
  "AddFirst(object)": (self: JContainer, content: unknown) => self.addContent(0, content),
  "RemoveAll()": (self: JContainer) => self.clearTokens(),
  "ReplaceAll(object)": (self: JContainer, content: unknown) => {
    self.clearTokens();
    self.add(content);
  },
  "Descendants()": (self: JContainer) => descendants(self, false),
  "DescendantsAndSelf()": (self: JContainer) => descendants(self, true),
  "Merge(object)": (self: JContainer, content: unknown) => mergeWith(self, content, null),
  "Merge(object,JsonMergeSettings)": (self: JContainer, content: unknown, settings: Settings | null) =>
    mergeWith(self, content, settings),
};

implement(`${LINQ}.JContainer`, containerMembers);

implement(`${LINQ}.JArray`, {
  ...containerMembers,
  "new()": () => new JArray(),
  "new(object)": (content: unknown) => JArray.of(content),
  "new(object[])": (content: unknown) => JArray.of(content),
  "new(JArray)": (other: JArray | null) => {
    if (other === null) throw argumentNull("other");
    return other.cloneToken();
  },
  "Parse(string)": (json: string | null) => parseWith(chargedInput(json), loadArray),
  "Parse(string,JsonLoadSettings)": (json: string | null, settings: Settings | null) =>
    parseWith(chargedInput(json), loadArray, loadOptions(settings)),
  "this[int]": (self: JArray, index: number) => self.tokenAt(index),
  "this[int]=": (self: JArray, index: number, value: JToken | null) => self.setTokenAt(index, value),
  IsReadOnly: () => false,
  "Add(JToken)": (self: JArray, token: JToken | null) => self.add(token),
  "Clear()": (self: JArray) => self.clearTokens(),
  "Contains(JToken)": (self: JArray, token: JToken | null) => self.containsItem(token),
  "IndexOf(JToken)": (self: JArray, token: JToken | null) => self.indexOfToken(token),
  "Insert(int,JToken)": (self: JArray, index: number, token: JToken | null) => self.insertToken(index, token),
  "Remove(JToken)": (self: JArray, token: JToken | null) => self.removeToken(token),
  "RemoveAt(int)": (self: JArray, index: number) => self.removeTokenAt(index),
  "CopyTo(JToken[],int)": (self: JArray, target: CsArray | null, index: number) =>
    copyItems(self.children(), 0, target, index, self.itemCount),
  "GetEnumerator()": (self: JArray) => new Enumerator(self, type(`${LINQ}.JToken`)),
});

implement(`${LINQ}.JConstructor`, {
  ...containerMembers,
  "new()": () => new JConstructor(),
  "new(string)": (name: string | null) => JConstructor.named(name),
  "new(string,object)": (name: string | null, content: unknown) => JConstructor.of(name, content),
  "new(string,object[])": (name: string | null, content: unknown) => JConstructor.of(name, content),
  "new(JConstructor)": (other: JConstructor | null) => {
    if (other === null) throw argumentNull("other");
    return other.cloneToken();
  },
  Name: (self: JConstructor) => self.name,
  "Name=": (self: JConstructor, name: string | null) => {
    self.name = name;
  },
});

implement(`${LINQ}.JProperty`, {
  ...containerMembers,
  "new(string,object)": (name: string | null, content: unknown) => JProperty.of(name, content),
  "new(string,object[])": (name: string | null, content: unknown) => JProperty.of(name, content),
  "new(JProperty)": (other: JProperty | null) => {
    if (other === null) throw argumentNull("other");
    return other.cloneToken();
  },
  Name: (self: JProperty) => self.name,
  Value: (self: JProperty) => self.value,
  "Value=": (self: JProperty, value: JToken | null) => {
    self.value = value;
  },
});
