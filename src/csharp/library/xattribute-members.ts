/** Members of XAttribute that C# sees. */
import { implement } from "./define.ts";
import { attributeType, axis } from "./xaxes.ts";
import { XAttribute } from "./xattribute.ts";
import { conversions } from "./xelement-members.ts";
import { contentText } from "./xml-values.ts";
import type { XName } from "./xname.ts";
import { objectMembers, required } from "./xnode-members.ts";

implement("System.Xml.Linq.XAttribute", {
  ...objectMembers,
  ...conversions("XAttribute", "attribute", (self: XAttribute) => self.value),
  "new(XName,object)": (name: XName | null, value: unknown) =>
    new XAttribute(required(name, "name"), contentText(required(value, "value"))),
  "new(XAttribute)": (other: XAttribute | null) => required(other, "other").clone(),
  EmptySequence: () => axis(attributeType, () => []),
  IsNamespaceDeclaration: (self: XAttribute) => self.isNamespaceDeclaration,
  Name: (self: XAttribute) => self.name,
  NextAttribute: (self: XAttribute) => self.sibling(1),
  PreviousAttribute: (self: XAttribute) => self.sibling(-1),
  Value: (self: XAttribute) => self.value,
  "Value=": (self: XAttribute, value: string | null) => {
    self.value = required(value, "value");
  },
  "SetValue(object)": (self: XAttribute, value: unknown) => {
    self.value = contentText(required(value, "value"));
  },
  "Remove()": (self: XAttribute) => self.remove(),
  "ToString()": (self: XAttribute) => self.toText(),
});
