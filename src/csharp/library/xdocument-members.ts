/** Members of XDocument that C# sees. */
import type { CsObject } from "../runtime/values.ts";
import { implement } from "./define.ts";
import type { XDeclaration } from "./xdeclaration.ts";
import { parseXDocument, XDocument } from "./xdocument.ts";
import { containerMembers, input, rest, save } from "./xelement-members.ts";
import { required } from "./xnode-members.ts";

function documentOf(content: unknown, declaration: XDeclaration | null = null): XDocument {
  const document = new XDocument();
  document.declaration = declaration;
  document.add(content);
  return document;
}

implement("System.Xml.Linq.XDocument", {
  ...containerMembers,
  "new()": () => new XDocument(),
  "new(object[])": (content: unknown) => documentOf(content),
  "new(XDeclaration,object[])": (declaration: XDeclaration | null, content: unknown) =>
    documentOf(content, declaration),
  "new(XDocument)": (other: XDocument | null) => required(other, "other").cloneNode(),
  "Parse(string)": (text: string | null) => parseXDocument(input(text)),
  "Parse(string,LoadOptions)": (text: string | null, options: number) => parseXDocument(input(text), options),
  "Load(TextReader)": (reader: CsObject | null) => parseXDocument(rest(reader)),
  "Load(TextReader,LoadOptions)": (reader: CsObject | null, options: number) => parseXDocument(rest(reader), options),
  Root: (self: XDocument) => self.root,
  DocumentType: (self: XDocument) => self.documentType,
  Declaration: (self: XDocument) => self.declaration,
  "Declaration=": (self: XDocument, declaration: XDeclaration | null) => {
    self.declaration = declaration;
  },
  "Save(TextWriter)": (self: XDocument, writer: CsObject | null) => save(self, writer),
  "Save(TextWriter,SaveOptions)": save,
});
